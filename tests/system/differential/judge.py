"""What every answer of dnsd must be, whatever the peers say: of right form, within its size, and a chain in order."""

import dns.exception
import dns.message
import dns.tsig

from differential.reading import (AA, AD, CD, CNAME, DNAME, QR, RA, SOA, TC, Unreadable, Z, read_answer, read_name)
from differential.servers import UDP_BYTES

_PLAIN_UDP_BYTES = 512
_ANY = 255


def _strict_fault(wire):
    """What dnspython has against it: counts, lengths, names, trailing bytes, an OPT that is not the only one.

    As an answer to QUERY, whatever it answers: dnspython does not read the form of opcodes that nobody uses.
    """
    try:
        dns.message.from_wire(wire[:2] + bytes([wire[2] & 0x87]) + wire[3:], ignore_trailing=False, keyring=False)
    except dns.tsig.PeerBadKey:
        return None  # read to its end, and the TSIG says BADKEY: right for a key that nobody knows
    except (dns.exception.DNSException, ValueError) as error:
        return f"dnspython: {type(error).__name__}: {error}"
    return None


def _query_of(question):
    """The query as a message, where it is one."""
    try:
        query = read_answer(question.wire)
    except Unreadable:
        return None
    return query if not query.trailing else None


def _limit_bytes(question, query):
    if question.tcp:
        return 65535
    if query is None or not query.opts:
        # An OPT that was understood may stand in a message that this reader does not take: 1232 then.
        return _PLAIN_UDP_BYTES if query is not None else UDP_BYTES
    return max(_PLAIN_UDP_BYTES, min(UDP_BYTES, query.opts[0].udp_bytes))


def _is_below(name, ancestor):
    return len(name) > len(ancestor) and name.endswith(ancestor)


def _chain_fault(answer):
    """Each record of the answer section is about the name that the ones before it lead to (RFC 1034 section 3.6.2)."""
    name, _ = read_name(answer.question, 0)
    for record in answer.sections[0]:
        if record.type == DNAME and record.owner != name:
            if not _is_below(name, record.owner):
                return "a DNAME that the chain does not pass"
            continue
        if record.owner != name:
            return f"a record of another name ({record.type}) in the answer section, or one out of order"
        if record.type == CNAME:
            asked = int.from_bytes(answer.question[-4:-2], "big")
            name = record.data if asked not in (CNAME, _ANY) else name
    return None


def _case_fault(wire, answer):
    """An owner that is the question's name points to it, so that its case comes back too (0x20)."""
    behind = 12 + len(answer.question)
    if answer.sections[0] and answer.sections[0][0].owner == read_name(answer.question, 0)[0]:
        return None if wire[behind:behind + 2] == b"\xc0\x0c" else "an owner that does not point to the question"
    return None


def _record_set_fault(answer):
    everything = [record for section in answer.sections for record in section]
    ttls = {}
    for section in answer.sections:
        if len(set(section)) != len(section):
            return "a record twice in one section"
    for record in everything:
        if record.type != SOA and ttls.setdefault((record.owner, record.type), record.ttl) != record.ttl:
            return "two TTLs in one record set (RFC 2181 section 5.2)"
    return None


def _negative_fault(answer):
    if answer.rcode in (0, 3) and answer.flags & AA and not answer.flags & TC and not answer.sections[0]:
        soas = [record for record in answer.sections[1] if record.type == SOA]
        if len(soas) != 1:
            return "no data, and no SOA in authority (RFC 2308 section 3)"
    return None


def _opt_fault(answer, query):
    if len(answer.opts) > 1:
        return "more than one OPT"
    if query is not None and not query.opts and answer.opts:
        return "an OPT that was not asked for (RFC 6891 section 7)"
    return None


def fault_of(question, wire):
    """A sentence, or None."""
    fault = _strict_fault(wire)
    if fault:
        return fault
    try:
        answer = read_answer(wire)
    except Unreadable as error:
        return str(error)
    query = _query_of(question)
    if not answer.flags & QR or answer.flags & (RA | Z | AD | CD):
        return f"flags {answer.flags:#06x}"
    if answer.trailing:
        return "trailing bytes"
    if answer.question and answer.question != question.wire[12:12 + len(answer.question)]:
        return "the question does not come back byte for byte"
    limit = _limit_bytes(question, query)
    if len(wire) > limit:
        return f"{len(wire)} bytes, over the limit of {limit}"
    if question.tcp and answer.flags & TC:
        return "TC over TCP"
    fault = _opt_fault(answer, query) or _record_set_fault(answer) or _negative_fault(answer)
    return fault or ((_chain_fault(answer) or _case_fault(wire, answer)) if answer.question else None)
