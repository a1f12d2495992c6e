"""Whatever the history: what dnsd sends from one serial to another, applied to the one, is the other, record by record. A
record that is removed was there, one that is added was not."""

import os
import random
import unittest

import dns.message
import dns.rdatatype

from random_changes_test import change_at_random
from support import namespace
from support.questions import DKIM_ZONE, Tcp, until
from support.transfers import ADDRESS, KEY, WithPeers, ask_changes
from support.tsig import split

CHANGES = int(os.environ.get("DNSD_TEST_CHANGES", "60"))
ROUNDS = 4


class Property(WithPeers):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.add_peer("ns2", 5399, KEY)
        cls.server = cls.start()

    def ixfr(self, serial):
        """All records of the answer, in order."""
        wire, mac = KEY.sign(ask_changes(DKIM_ZONE, serial))
        records, prior = [], None
        with Tcp(ADDRESS, timeout=60) as connection:
            connection.send(wire)
            while not self.is_whole(records):
                answer = connection.receive()
                prior = KEY.verifies(answer, mac, prior)["mac"]
                for record_set in dns.message.from_wire(split(answer)[0], one_rr_per_rrset=True, xfr=True).answer:
                    records.append((record_set.name.to_text().lower(), dns.rdatatype.to_text(record_set.rdtype),
                                    record_set.ttl, record_set[0].to_text()))
        return records

    @staticmethod
    def is_whole(records):
        """By the SOAs: the new one is the first, and stands thrice (RFC 1995, section 4), or it is alone."""
        soas = [record for record in records if record[1] == "SOA"]
        return len(soas) == 4 and soas[0] == soas[-1]

    def check(self, serial, before, after):
        records = self.ixfr(serial)
        soas = [at for at, record in enumerate(records) if record[1] == "SOA"]
        self.assertEqual(len(soas), 4, records)
        removed, added = records[soas[1]:soas[2]], records[soas[2]:soas[3]]
        self.assertEqual(len(set(removed)), len(removed), "removed once")
        self.assertEqual(len(set(added)), len(added), "added once")
        self.assertLessEqual(set(removed), before, "what is removed was there")
        self.assertFalse(set(added) & (before - set(removed)), "what is added was not")
        self.assertEqual((before - set(removed)) | set(added), after)

    def test_a_difference_leads_from_any_serial_to_any_later_one(self):
        seed = int(os.environ.get("DNSD_TEST_SEED", int.from_bytes(os.urandom(4), "big")))
        rng = random.Random(seed)
        states = {self.serial(DKIM_ZONE): self.exported(DKIM_ZONE)}
        for number in range(CHANGES):
            change_at_random(self.store, rng, number)
            exported = self.exported(DKIM_ZONE)
            serial = next(int(record[3].split()[2]) for record in exported if record[1] == "SOA")
            states[serial] = exported
            if number % (CHANGES // ROUNDS) == CHANGES // ROUNDS - 1:
                until(lambda: self.serial(DKIM_ZONE) == serial, "dnsd has the change")  # pylint: disable=cell-var-from-loop
                for earlier in rng.sample(sorted(set(states) - {serial}), min(12, len(states) - 1)):
                    with self.subTest(seed=seed, earlier=earlier, later=serial):
                        self.check(earlier, states[earlier], states[serial])
        self.assertNotIn("ixfr-as-axfr", self.server.log)
        self.assertGreater(len(states), CHANGES // 3)


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main()
