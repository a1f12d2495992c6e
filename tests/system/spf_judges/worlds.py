"""Worlds: a DNS of a few names, with the record of museum.com to be judged, made from a seed."""

import random

OURS = ("192.28.148.112", "2001:db8:1::1")
OTHERS = ("198.51.100.7", "203.0.113.9", "2001:db8:2::7")
DOMAIN = "museum.com"

_QUALIFIERS = ("", "", "", "", "", "+", "-", "~", "?")
_GOOD = ("include:spf.secutix.com", "include:spf.secutix.com", "include:us.org", "include:%{d2}.us.org", "include:one.org",
         "include:deep.org", "include:loop.org", "include:broken.org", "include:two.org", "include:open.org",
         "include:red.org", "include:gone.org", "include:macro.org", "include:%{i}.ip.org", "include:%{ir}.%{v}.rev.org",
         "a", "mx", "a/24", "mx//64", "a:h1.org", "a:h2.org/28", "a:gone.org", "a:gone2.org", "mx:gone3.org",
         "mx:m1.org", "mx:many.org", "mx:null.org", "ptr", "ptr:h1.org", "exists:%{i}.h1.org", "exists:h2.org",
         "exists:%{l}.%{o}.h2.org", "exists:%{d}.x.org", "ip4:198.51.100.0/24", "ip4:192.28.148.0/24", "ip4:203.0.113.9",
         "ip4:0.0.0.0/0", "ip6:2001:db8:1::/48", "ip6:::/0", "ip6:2001:db8:2::7", "a:%{d1r}.org", "exists:%{p}.x.org",
         "A:H1.ORG", "INCLUDE:us.org", "Ip4:203.0.113.0/28", "a:%{s}.org", "exists:%{S}.h2.org")
_BAD = ("include:spf.secutix.com;", "ipv4:203.0.113.9", "foo", "a:", "include:spf", "a/33", "mx/24/64", "ip4:1.2.3",
        "ip4:203.0.113.9/33", "ip6:203.0.113.9", "include", "exists", "all:x", "a:%{x}.org", "a:%{d0}.org", "a:b.123",
        "a:h1.org%", "ip4:203.0.113.09", "ptr/24", "a/024", "include:%{c}.org", "redirect=", "=x")
_MODIFIERS = ("exp=why.org", "unknown=yes", "moo=%{d}", "include=spf.secutix.com", "op=x")
_ENDS = ("-all", "~all", "?all", "", "redirect=us.org", "redirect=one.org", "redirect=gone.org", "redirect=%{d}.us.org",
         "-all redirect=us.org", "-ALL", "all")


def _zone():
    many = [f"m{number}.many.org" for number in range(11)]
    texts = {
        "spf.secutix.com": ["v=spf1 ip4:192.28.148.112 ip6:2001:db8:1::1 ~all"],
        "us.org": ["v=spf1 include:spf.secutix.com ?all"], "museum.com.us.org": ["v=spf1 redirect=us.org"],
        "one.org": ["v=spf1 ip4:198.51.100.7 -all"], "deep.org": ["v=spf1 include:one.org a:h1.org mx:m1.org -all"],
        "loop.org": ["v=spf1 ip4:203.0.113.9 include:loop2.org -all"], "loop2.org": ["v=spf1 include:loop.org -all"],
        "broken.org": ["v=spf1 ip4:198.51.100.7 include:gone.org -all"], "two.org": ["v=spf1 -all", "v=spf1 ~all"],
        "open.org": ["v=spf1 +all"], "red.org": ["v=spf1 redirect=one.org"],
        "macro.org": ["v=spf1 exists:%{i}.%{d}.h1.org include:%{o}.us.org -all"],
        "192.28.148.112.ip.org": ["v=spf1 include:spf.secutix.com -all"],
        "112.148.28.192.in-addr.rev.org": ["v=spf1 +all"], "why.org": ["no"],
    }
    addresses = {"h1.org": ["198.51.100.7", "2001:db8:2::7"], "h2.org": ["203.0.113.9"], "museum.com": ["198.51.100.8"],
                 "192.28.148.112.h1.org": ["127.0.0.2"], "postmaster.museum.com.h2.org": ["127.0.0.2"],
                 "com.org": ["192.28.148.112"], "h1.org.x.org": ["127.0.0.2"],
                 "m10.many.org": ["192.28.148.112"], **{name: ["203.0.113.77"] for name in many[:10]}}
    mx = {"m1.org": ["h1.org", "h2.org"], "museum.com": ["h2.org"], "many.org": many}
    ptr = {"112.148.28.192.in-addr.arpa": ["com.org"], "7.100.51.198.in-addr.arpa": ["gone.org", "h1.org"]}
    return texts, addresses, mx, ptr


def make(seed):
    """(texts, addresses, mx, ptr): by name, lists."""
    chance = random.Random(seed)
    texts, addresses, mx, ptr = _zone()
    terms = [chance.choice(_QUALIFIERS) + chance.choice(_GOOD) for _ in range(chance.randrange(chance.choice((4, 8, 14))))]
    if chance.random() < 0.1:
        terms.insert(chance.randrange(len(terms) + 1), chance.choice(_BAD))
    if chance.random() < 0.15:
        terms.insert(chance.randrange(len(terms) + 1), chance.choice(_MODIFIERS))
    texts[DOMAIN] = [" ".join(["v=spf1", *terms, chance.choice(_ENDS)]).rstrip()]
    for name in ("one.org", "us.org", "h1.org", "m1.org"):  # some are missing
        if chance.random() < 0.1:
            for each in (texts, addresses, mx):
                each.pop(name, None)
    return texts, addresses, mx, ptr


def as_lines(world):
    """As spf_result and the Perl judge read it."""
    texts, addresses, mx, ptr = world
    yield "WORLD"
    for kind, names in (("TXT", texts), ("A", addresses), ("MX", mx), ("PTR", ptr)):
        for name, values in names.items():
            for value in values:
                yield f"{kind} {name} {value}"
    for sender in (*OURS, *OTHERS):
        yield f"SPF {DOMAIN} {sender}"
