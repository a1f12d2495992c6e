"""dnsd, a secondary and zonectl are killed in the middle of whatever they do, again and again: a secondary never has a
state that the store never had, and is current in the end."""

import os
import random
import subprocess
import time
import unittest

from random_changes_test import change_at_random
from support import namespace
from support.questions import DKIM_ZONE, until
from support.secondaries import Secondary
from support.server import Dnsd
from support.transfers import ADDRESS, KEY, PRIMARY, WithPeers

KILLS = int(os.environ.get("DNSD_TEST_KILLS", "24"))
KINDS = ("nsd", "knot", "bind")


class Killed(WithPeers):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for index, kind in enumerate(KINDS):
            cls.add_peer(kind, 5310 + index, KEY)

    def setUp(self):
        seed = int(os.environ.get("DNSD_TEST_SEED", int.from_bytes(os.urandom(4), "big")))
        self.random = random.Random(seed)
        self.seed = seed
        self.states = {}
        self.note_state()
        self.server = None
        self.start_dnsd()
        self.addCleanup(lambda: self.server.kill())  # pylint: disable=unnecessary-lambda
        self.secondaries = [Secondary(self, self.store.scratch, kind, 5310 + index, PRIMARY, [DKIM_ZONE], KEY)
                            for index, kind in enumerate(KINDS)]

    def start_dnsd(self):
        self.server = Dnsd(self.store, "--config", self.config, listen=("%s:%d" % ADDRESS,))

    def note_state(self):
        """What the store has now, by its serial; zonectl rolls back what was cut off."""
        exported = self.exported(DKIM_ZONE)
        self.states[next(int(record[3].split()[2]) for record in exported if record[1] == "SOA")] = exported

    def kill_zonectl(self, number):
        words = self.store.command("record", "add", "dkim.secutix.com", f"killed{number}", "TXT", "now")
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(self.random.uniform(0, 0.15))
        process.kill()
        process.wait()

    def kill_something(self, number):
        what = self.random.randrange(3)
        if what == 0:
            self.server.kill()
            self.start_dnsd()
        elif what == 1:
            secondary = self.random.choice(self.secondaries)
            secondary.process.kill()
            secondary.process.wait()
            secondary.start()
        else:
            self.kill_zonectl(number)

    def check(self, secondary):
        """Whatever it has is a state of the store's."""
        if secondary.serial(DKIM_ZONE) is None:
            return  # it has just begun
        try:
            records = secondary.records(DKIM_ZONE)
        except Exception:  # pylint: disable=broad-exception-caught
            return  # it was starting
        serial = next(int(record[3].split()[2]) for record in records if record[1] == "SOA")
        self.assertIn(serial, self.states, f"{secondary.kind}, seed {self.seed}")
        self.assertEqual(records, self.states[serial], f"{secondary.kind}, seed {self.seed}")

    def test_a_secondary_never_has_what_the_store_never_had(self):
        for number in range(KILLS):
            change_at_random(self.store, self.random, number)
            self.note_state()
            time.sleep(self.random.uniform(0, 0.3))
            self.kill_something(number)
            self.note_state()
            for secondary in self.secondaries:
                self.check(secondary)
        until(lambda: self.serial(DKIM_ZONE) == max(self.states), "dnsd has the last change")
        for secondary in self.secondaries:
            secondary.wait_for_serial(DKIM_ZONE, max(self.states), timeout=180)
            self.assertEqual(secondary.records(DKIM_ZONE), self.states[max(self.states)], secondary.kind)


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main()
