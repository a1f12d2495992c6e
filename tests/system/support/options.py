"""EDNS options: asked for and read as bytes, so that no library's idea of an option stands between."""

import dns.edns
import dns.rcode

from support.questions import ask, ask_tcp, query

NSID, COOKIE, KEEPALIVE, PADDING, EDE, ZONEVERSION = 3, 10, 11, 12, 15, 19
CLIENT_COOKIE = bytes.fromhex("2464c4abcf10c957")


def with_options(name, *options, record_type="TXT", payload=1232):
    """A query with these (code, data) pairs in its OPT record, in this order."""
    generic = [dns.edns.GenericOption(code, data) for code, data in options]
    return query(name, record_type, use_edns=0, payload=payload, options=generic)


def probe(*options):
    """A query without a question (RFC 7873 section 5.4)."""
    message = with_options(".", *options)
    message.question = []
    return message


def read(answer):
    """The options of an answer as (code, data) pairs."""
    return [(int(option.otype), option.to_wire()) for option in answer.options]


def ask_options(address, name, *options, tcp=False):
    """The options that come back, by code; each at most once."""
    answer = (ask_tcp if tcp else ask)(address, with_options(name, *options))
    found = read(answer)
    if len(dict(found)) != len(found):
        raise AssertionError(f"an option came twice: {found}")
    return dict(found)


def ask_cookie(address, name, cookie=CLIENT_COOKIE):
    """The cookie that comes back, of 24 bytes."""
    given = ask_options(address, name, (COOKIE, cookie))[COOKIE]
    if len(given) != 24 or given[:8] != cookie[:8]:
        raise AssertionError(f"no answer to the cookie {cookie.hex()}: {given.hex()}")
    return given


def judgement(address, cookie):
    """What a probe says of a cookie: "NOERROR" or "BADCOOKIE"."""
    return dns.rcode.to_text(ask(address, probe((COOKIE, cookie))).rcode())
