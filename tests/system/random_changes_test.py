"""NSD, Knot and BIND follow dnsd through changes at random: by NOTIFY and transfer, with a TSIG key and by their address.

They run beside dnsd in a network namespace, one with a key and one without of each.
"""

import random
import unittest

from support import namespace
from support.changes import FAST, UNRIPE
from support.questions import DKIM_ZONE, until
from support.secondaries import Secondary
from support.transfers import KEY, PRIMARY, ZONES, WithPeers, fetch
from support.tsig import Key

SERVERS = {"nsd": Key("nsd-key", secret=b"n" * 32), "knot": Key("knot-key", "hmac-sha384", b"k" * 48),
           "bind": Key("bind-key", "hmac-sha512", b"b" * 64)}


def change_at_random(store, rng, number):
    """One change of an operator's day."""
    kind = rng.randrange(8)
    if kind == 0:
        store.zonectl("add", f"inst{number}", "--domain", f"m{number}.example", *FAST)
    elif kind == 1:
        store.zonectl("spf", "allow", f"ip4:192.0.2.{number % 250 + 1}")
    elif kind == 2:
        store.zonectl(*(("rotate", "mosa", *UNRIPE) if number % 2 else ("undo", "mosa")), expect=None)
    elif kind == 3:
        store.zonectl("record", "add", "dkim.secutix.com", f"host{number % 7}.a.b", "A", f"192.0.2.{number % 250 + 1}",
                      expect=None)
    elif kind == 4:
        store.zonectl("record", "add", "dkim.secutix.com", "*.wild", "TXT", f"number {number}", expect=None)
    elif kind == 5:
        store.zonectl("zone", "set", "dkim.secutix.com", "--ns", "ns1.secutix.com", "--ns",
                      f"ns{number % 5 + 2}.secutix.com", expect=None)
    elif kind == 6:
        store.zonectl("policy", "set", "ttl-active", f"{3600 + number}s", expect=None)
    else:
        store.zonectl("record", "remove", "dkim.secutix.com", f"host{rng.randrange(7)}.a.b", "A", expect=None)


class Followers(WithPeers):
    """The three servers, each with and without a key."""

    MORE_KEYS = tuple(SERVERS.values())

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.start()
        cls.secondaries = []
        cls.add_peer("us", 5399, KEY)
        for index, (kind, own_key) in enumerate(SERVERS.items()):
            for key, port in ((own_key, 5310 + index), (None, 5320 + index)):
                cls.add_peer(f"{kind}{port}", port, key)
                cls.secondaries.append(Secondary(cls, cls.store.scratch, kind, port, PRIMARY, ZONES, key))

    def check_all_follow(self):
        for zone in ZONES:
            serial, wanted = self.serial(zone), self.exported(zone)
            for secondary in self.secondaries:
                secondary.wait_for_serial(zone, serial)
                self.assertEqual(secondary.records(zone), wanted, f"{secondary.kind} {zone}")

    def test_they_follow_through_many_changes(self):
        self.check_all_follow()
        rng = random.Random(5)
        for number in range(24):
            change_at_random(self.store, rng, number)
            if number % 4 == 3:
                until(lambda: self.exported(DKIM_ZONE) == fetch(DKIM_ZONE), "dnsd has the change")
                self.check_all_follow()
        for index, kind in enumerate(SERVERS):  # of those without a key all have one address
            self.assertRegex(self.server.log, rf"event=transfer zone=\S+ peer={kind}{5310 + index} kind=ixfr ")
        self.assertNotIn("level=error", self.server.log)
        self.assertNotIn("notify_refused", self.server.log)


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main()
