"""Unbound, BIND, Knot Resolver and PowerDNS Recursor, each at its strictest, find every kind of name through dnsd.

Over UDP with EDNS of 1232 and of 512 bytes, and over TCP alone; from the root down, in a network namespace.
"""

import unittest

import dns.flags
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from support import namespace
from support.questions import DKIM_ZONE, SPF_ZONE, ask_tcp, query, selector
from support.resolvers import EDNS_BYTES, all_resolvers
from support.server import serve
from support.sniffer import Sniffer
from support.store import new_store
from support.tree import DNSD_ADDRESS, ELSEWHERE, add_address, start_parents

ZONE = "rich.secutix.com."
LONG = [f"{number} " + "long " * 48 for number in range(12)]
RICH = f"""$ORIGIN {ZONE}
$TTL 3600
@ SOA ns1.secutix.com. hostmaster.secutix.com. 1 3600 600 1209600 300
@ NS ns1.secutix.com.
@ NS ns2.secutix.com.
@ MX 10 www
@ CAA 0 issue "ca.example.net"
www A 192.0.2.80
www AAAA 2001:db8::80
_sip._tcp SRV 10 20 5060 www
one CNAME www
two CNAME one
three CNAME two
gone CNAME nothere
spf CNAME spf.secutix.com.
there CNAME www.elsewhere
d DNAME target
www.target A 192.0.2.81
d2 DNAME d
*.wild TXT "from a wildcard"
*.wild A 192.0.2.82
named.wild TXT "no wildcard"
below.empty.wild TXT "below an empty non-terminal"
*.alias CNAME www
x.y.z TXT "deep"
unknown TYPE65280 \\# 4 0A000001
long TXT {" ".join(f'"{text}"' for text in LONG)}
a\\.b TXT "a dot in a label"
nul\\000 TXT "a NUL in a label"
elsewhere NS ns.elsewhere
ns.elsewhere A {ELSEWHERE}
"""

# (name, type): the answer section as zone file lines, each with its name, type and data.
POSITIVE = {
    ("www", "A"): ["www A 192.0.2.80"],
    ("www", "AAAA"): ["www AAAA 2001:db8::80"],
    ("WwW", "A"): ["www A 192.0.2.80"],
    ("@", "NS"): ["@ NS ns1.secutix.com.", "@ NS ns2.secutix.com."],
    ("@", "MX"): ["@ MX 10 www"],
    ("@", "CAA"): ['@ CAA 0 issue "ca.example.net"'],
    ("_sip._tcp", "SRV"): ["_sip._tcp SRV 10 20 5060 www"],
    ("three", "A"): ["three CNAME two", "two CNAME one", "one CNAME www", "www A 192.0.2.80"],
    ("three", "CNAME"): ["three CNAME two"],
    ("there", "A"): ["there CNAME www.elsewhere", "www.elsewhere A 192.0.2.99"],
    ("www.d", "A"): ["d DNAME target", "www.d CNAME www.target", "www.target A 192.0.2.81"],
    ("www.d2", "A"): ["d2 DNAME d", "www.d2 CNAME www.d", "d DNAME target", "www.d CNAME www.target",
                      "www.target A 192.0.2.81"],
    ("any.wild", "TXT"): ['any.wild TXT "from a wildcard"'],
    ("any.at.all.wild", "A"): ["any.at.all.wild A 192.0.2.82"],
    ("named.wild", "TXT"): ['named.wild TXT "no wildcard"'],
    ("below.empty.wild", "TXT"): ['below.empty.wild TXT "below an empty non-terminal"'],
    ("some.alias", "A"): ["some.alias CNAME www", "www A 192.0.2.80"],
    ("x.y.z", "TXT"): ['x.y.z TXT "deep"'],
    ("unknown", "TYPE65280"): ["unknown TYPE65280 \\# 4 0A000001"],
    ("long", "TXT"): ["long TXT " + " ".join(f'"{text}"' for text in LONG)],
    ("a\\.b", "TXT"): ['a\\.b TXT "a dot in a label"'],
    ("nul\\000", "TXT"): ['nul\\000 TXT "a NUL in a label"'],
    ("www.elsewhere", "A"): ["www.elsewhere A 192.0.2.99"],
    ("back.elsewhere", "A"): ["back.elsewhere CNAME www", "www A 192.0.2.80"],
}
# (name, type): the rcode, the zone whose SOA must come with it, and the aliases passed on the way.
NEGATIVE = {
    (ZONE, "A"): ("NOERROR", ZONE, []),
    ("www." + ZONE, "TXT"): ("NOERROR", ZONE, []),
    ("y.z." + ZONE, "TXT"): ("NOERROR", ZONE, []),
    ("z." + ZONE, "A"): ("NOERROR", ZONE, []),
    ("named.wild." + ZONE, "A"): ("NOERROR", ZONE, []),
    ("empty.wild." + ZONE, "TXT"): ("NOERROR", ZONE, []),
    ("any.wild." + ZONE, "AAAA"): ("NOERROR", ZONE, []),
    ("nothere." + ZONE, "A"): ("NXDOMAIN", ZONE, []),
    ("below.www." + ZONE, "A"): ("NXDOMAIN", ZONE, []),
    ("x.named.wild." + ZONE, "TXT"): ("NXDOMAIN", ZONE, []),
    ("gone." + ZONE, "A"): ("NXDOMAIN", ZONE, ["gone CNAME nothere"]),
    ("_domainkey." + DKIM_ZONE, "TXT"): ("NOERROR", DKIM_ZONE, []),
    (selector("mosa"), "A"): ("NOERROR", DKIM_ZONE, []),
    (selector("nobody"), "TXT"): ("NXDOMAIN", DKIM_ZONE, []),
    (SPF_ZONE, "AAAA"): ("NOERROR", SPF_ZONE, []),
}


def parsed(lines):
    """Zone file lines without TTL and class as a set of (name, type, data)."""
    found = set()
    for line in lines:
        name, record_type, data = line.split(" ", 2)
        origin = dns.name.from_text(ZONE)
        record_set = dns.rrset.from_text_list(dns.name.from_text(name, origin), 0, "IN", record_type, [data],
                                              origin=origin, relativize=False)
        found |= content([record_set])
    return found


def content(section):
    return {(record_set.name, record_set.rdtype, data) for record_set in section for data in record_set}


class Resolvers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = new_store(cls)
        cls.store.zonectl("add", "mosa", "--domain", "mosamuseum.com")
        cls.store.zonectl("add", "big", "--key", "rsa4096")
        cls.store.zonectl("spf", "allow", "ip4:192.28.148.112")
        zone_file = cls.store.scratch / "rich.zone"
        zone_file.write_text(RICH)
        cls.store.zonectl("zone", "import", zone_file, "--zone", ZONE.rstrip("."))
        add_address(DNSD_ADDRESS)
        serve(cls, cls.store, listen=(f"{DNSD_ADDRESS}:53",))
        cls.addClassCleanup(start_parents(cls.store.scratch, cls.store.instructed_lines("mosa")).stop)
        cls.sniffer = Sniffer(DNSD_ADDRESS)
        cls.sniffer.start()
        cls.resolvers = all_resolvers()
        for resolver in cls.resolvers:
            resolver.start(cls.store.scratch)
            cls.addClassCleanup(resolver.stop)

    def through_each(self, name, record_type, judge):
        """Hands each resolver's answer to `judge`."""
        for resolver in self.resolvers:
            with self.subTest(resolver=resolver.name, way=resolver.way, name=name, type=record_type):
                judge(ask_tcp((resolver.address, 53), query(name, record_type, flags=dns.flags.RD)))

    def find(self, name, record_type, expected):
        def judge(answer):
            self.assertEqual(dns.rcode.to_text(answer.rcode()), "NOERROR")
            self.assertEqual(content(answer.answer), expected)
        self.assertNotEqual(expected, set())
        self.through_each(name, record_type, judge)

    def authoritative(self, name, record_type="TXT"):
        """What dnsd itself says, whole."""
        return content(ask_tcp((DNSD_ADDRESS, 53), query(name, record_type)).answer)

    def test_names_that_exist(self):
        for (label, record_type), lines in POSITIVE.items():
            self.find(ZONE if label == "@" else f"{label}.{ZONE}", record_type, parsed(lines))

    def test_names_and_types_that_do_not_exist(self):
        for (name, record_type), (rcode, zone, aliases) in NEGATIVE.items():
            def judge(answer, rcode=rcode, zone=zone, aliases=aliases):
                self.assertEqual(dns.rcode.to_text(answer.rcode()), rcode)
                self.assertEqual(content(answer.answer), parsed(aliases))
                self.assertEqual([(one.name.to_text(), one.rdtype) for one in answer.authority],
                                 [(zone, dns.rdatatype.SOA)])
                self.assertLessEqual(answer.authority[0].ttl, 300, "the negative TTL (RFC 2308)")
            self.through_each(name, record_type, judge)

    def test_the_keys_through_the_institutions_names(self):
        for slot in ("sel1", "sel2"):
            ours = selector("mosa", slot)
            name = f"stx{slot}._domainkey.mosamuseum.com."
            self.find(name, "TXT", parsed([f"{name} CNAME {ours}"]) | self.authoritative(ours))

    def test_a_key_that_needs_more_than_512_bytes(self):
        self.find(selector("big"), "TXT", self.authoritative(selector("big")))

    def test_spf_by_its_name_and_through_an_alias(self):
        self.find(SPF_ZONE, "TXT", self.authoritative(SPF_ZONE))
        self.find("spf." + ZONE, "TXT", self.authoritative(SPF_ZONE) | parsed([f"spf CNAME {SPF_ZONE}"]))

    def test_which_way_the_questions_went(self):
        """Over TCP alone not one datagram; else datagrams of the EDNS size that was set, and TCP for what truncates."""
        self.find("long." + ZONE, "TXT", self.authoritative("long." + ZONE))
        self.sniffer.stop()
        for resolver in self.resolvers:
            with self.subTest(resolver=resolver.name, way=resolver.way):
                seen = self.sniffer.of(resolver.address)
                sizes = {one.edns_bytes for one in seen if one.transport == "udp"}
                self.assertTrue(any(one.transport == "tcp" for one in seen))
                self.assertEqual(sizes, set() if resolver.way == "tcp" else {EDNS_BYTES[resolver.way]})


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main()
