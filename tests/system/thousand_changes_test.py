"""NSD, Knot and BIND follow a thousand changes at random: keys, SPF, static records, wildcards, delegations, name servers, TTLs.
After each quiet point what they serve by AXFR is what is exported, they answer questions as dnsd does, empty non-terminals
and their going among them, and they had the changes by IXFR."""

import os
import random
import re
import unittest

import dns.rdatatype

from support import namespace
from support.changes import FAST, UNRIPE
from support.questions import DKIM_ZONE, SPF_ZONE, ask, query, until
from support.secondaries import Secondary
from support.transfers import ADDRESS, KEY, PRIMARY, ZONES, WithPeers, fetch
from support.tsig import Key

CHANGES = int(os.environ.get("DNSD_TEST_CHANGES", "1000"))
QUIET_POINTS = int(os.environ.get("DNSD_TEST_QUIET_POINTS", "10"))
ZONE = "dkim.secutix.com"
# With a key and by their address; BIND is the largest, and follows by a key alone.
SERVERS = (("nsd", Key("nsd-key", secret=b"n" * 32)), ("nsd", None), ("knot", Key("knot-key", "hmac-sha384", b"k" * 48)),
           ("knot", None), ("bind", Key("bind-key", "hmac-sha512", b"b" * 64)))
OWNERS = ("a", "b.a", "c.b.a", "d.c.b.a", "e", "f.e", "*.wild", "x.wild", "*.deep.wild", "alias", "www.aaa.bbb", "aaa.bbb")
QUESTIONS = [f"{owner.replace('*', 'any')}.{DKIM_ZONE}" for owner in OWNERS] + [
    DKIM_ZONE, SPF_ZONE, f"bbb.{DKIM_ZONE}", f"wild.{DKIM_ZONE}", f"deep.wild.{DKIM_ZONE}", f"no.such.{DKIM_ZONE}",
    f"_domainkey.{DKIM_ZONE}", f"sel1-mosa._domainkey.{DKIM_ZONE}", f"sel2-mosa._domainkey.{DKIM_ZONE}",
    f"below.sub0.{DKIM_ZONE}", f"sub1.{DKIM_ZONE}"]


def record(rng, number):
    """A record that is added or removed, of a name that has some already or has none."""
    owner = rng.choice(OWNERS)
    if rng.random() < 0.55:
        kind, data = rng.choice((("A", f"192.0.2.{number % 250 + 1}"), ("TXT", f"number {number}"),
                                 ("MX", f"10 mail{number % 9}.example.")))
        return "record", "add", ZONE, owner, kind, data, *(("--ttl", str(60 + number % 7 * 60)) if number % 3 else ())
    return "record", "remove", ZONE, owner, rng.choice(("A", "TXT", "MX"))


def change(store, rng, number):
    """One of an operator's day; some are refused, and change nothing."""
    kind = rng.randrange(20)
    if kind == 0:
        words = ("add", f"inst{number}", *FAST)
    elif kind == 1:
        words = ("spf", rng.choice(("allow", "deny")), f"ip4:192.0.2.{rng.randrange(1, 9)}")
    elif kind == 2:
        words = ("rotate", "mosa", *UNRIPE) if number % 2 else ("undo", "mosa")
    elif kind == 3:
        words = ("zone", "set", ZONE, "--ns", "ns1.secutix.com", "--ns", f"ns{number % 5 + 2}.secutix.com")
    elif kind == 4:
        words = ("policy", "set", "ttl-active", f"{3600 + number % 50}s")
    elif kind == 5:
        words = ("zone", "set", ZONE, "--minimum", str(300 + number % 4 * 60))
    elif kind == 6:
        words = ("record", rng.choice(("add", "add", "remove")), ZONE, f"sub{rng.randrange(3)}", "NS", "ns.elsewhere.example.")
    else:
        words = record(rng, number)
    return store.zonectl(*words, expect=None).returncode == 0


def said(address, name, kind):
    """What a server answers, as far as all must agree: RCODE, AA, the answer, and whose SOA or NS speak for it."""
    answer = ask(address, query(name, kind))
    records = {(record_set.name.to_text().lower(), dns.rdatatype.to_text(record_set.rdtype), record_set.ttl, each.to_text())
               for record_set in answer.answer for each in record_set}
    authority = {(record_set.name.to_text().lower(), dns.rdatatype.to_text(record_set.rdtype))
                 for record_set in answer.authority} if not answer.answer else None
    return answer.rcode(), bool(answer.flags & 0x0400), records, authority


class ThousandChanges(WithPeers):
    MORE_KEYS = tuple(key for _, key in SERVERS if key)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.start()
        cls.add_peer("us", 5399, KEY)
        cls.secondaries = []
        for index, (kind, key) in enumerate(SERVERS):
            cls.add_peer(f"{kind}{index}", 5310 + index, key)
            cls.secondaries.append(Secondary(cls, cls.store.scratch, kind, 5310 + index, PRIMARY, ZONES, key))

    def check_all_follow(self):
        for zone in ZONES:
            wanted = self.exported(zone)
            until(lambda: fetch(zone) == wanted, "dnsd has the change")  # pylint: disable=cell-var-from-loop
            serial = self.serial(zone)
            for secondary in self.secondaries:
                secondary.wait_for_serial(zone, serial, timeout=180)
                self.assertEqual(secondary.records(zone), wanted, f"{secondary.kind} {zone}")

    def check_all_answer(self):
        for name in QUESTIONS:
            for kind in ("A", "TXT"):
                ours = said(ADDRESS, name, kind)
                for secondary in self.secondaries:
                    self.assertEqual(said(secondary.address, name, kind), ours, f"{secondary.kind} {name} {kind}")

    def test_they_follow(self):
        seed = int(os.environ.get("DNSD_TEST_SEED", int.from_bytes(os.urandom(4), "big")))
        rng, done = random.Random(seed), 0
        self.check_all_follow()
        for number in range(CHANGES):
            done += change(self.store, rng, number)
            if number % (CHANGES // QUIET_POINTS) == CHANGES // QUIET_POINTS - 1:
                with self.subTest(seed=seed, number=number):
                    self.check_all_follow()
                    self.check_all_answer()
        self.assertGreater(done, CHANGES // 3)
        for index, (kind, key) in enumerate(SERVERS):
            if key is not None:  # of those without a key all have one address
                count = len(re.findall(rf"event=transfer zone=\S+ peer={kind}{index} kind=ixfr ", self.server.log))
                self.assertGreaterEqual(count, QUIET_POINTS, f"{kind} has the changes by IXFR")
        self.assertNotIn("kind=ixfr-as-axfr", self.server.log)
        self.assertNotIn("level=error", self.server.log)


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main()
