"""Whose clock a moment is of: zonectl in time namespaces, whose boot clocks differ under one boot id."""

import shutil
import unittest

from support.programs import ZONECTL, run
from support.store import new_store

TEN_DAYS = 864000
FAST = ("--key", "ed25519", "--override", "E_KEY_TYPE", "--reason", "made faster")


def has_time_namespaces():
    return shutil.which("unshare") and run("unshare", "--time", "--boottime", "1", "true", expect=None).returncode == 0


class Clock(unittest.TestCase):
    def setUp(self):
        self.store = new_store(self)
        self.store.zonectl("add", "mosa", "--domain", "mosamuseum.com", *FAST)

    def last(self):
        """The last moment that was kept: whose clock, and trusted time."""
        with self.store.sql() as database:
            return database.execute("SELECT last_boot_id, last_boot_ms, last_trusted_ms FROM store").fetchone()

    def in_namespace(self, shift, *arguments, **options):
        return run("unshare", "--time", "--boottime", str(shift), ZONECTL, "--store", str(self.store.path), *arguments,
                   **options)

    def test_a_refused_command_keeps_its_moment(self):
        before = self.last()
        self.store.zonectl("rotate", "mosa", expect=3)
        self.assertGreater(self.last()[1], before[1])
        self.assertGreater(self.last()[2], before[2])

    def test_a_dry_run_keeps_nothing(self):
        before = self.last()
        self.store.zonectl("rotate", "mosa", "--dry-run", expect=3)
        self.store.zonectl("status", expect=None)
        self.assertEqual(self.last(), before)

    @unittest.skipUnless(has_time_namespaces(), "this machine makes no time namespace")
    def test_a_boot_clock_that_is_shifted_is_another_clock(self):
        outside = self.last()
        self.in_namespace(TEN_DAYS, "rotate", "mosa", expect=3)
        ahead = self.last()
        self.assertNotEqual(ahead[0], outside[0])
        self.assertTrue(ahead[0].startswith(outside[0]), "the same boot")
        self.assertGreater(ahead[1], outside[1] + TEN_DAYS * 1000 - 1)
        self.assertLess(ahead[2], outside[2] + TEN_DAYS * 1000 / 2, "trusted time has not jumped")
        self.in_namespace(TEN_DAYS, "rotate", "mosa", expect=3)
        self.assertGreater(self.last()[2], ahead[2], "between two commands of one namespace time passes")

    def test_an_operator_may_say_that_the_clock_is_right(self):
        self.store.zonectl("store", "accept-clock", expect=2)
        answer = self.store.json("store", "accept-clock", "--reason", "compared with the radio clock")
        self.assertTrue(answer["changed"])
        self.assertIn("expected_before", answer)
        rows = self.store.log()
        self.assertEqual(rows[-1]["command"], "store accept-clock")
        self.assertEqual(rows[-1]["reason"], "compared with the radio clock")

    def test_status_speaks_of_the_clock(self):
        clock = self.store.json("status", expect=None)["clock"]
        self.assertEqual(clock["identity"], "boot")
        self.assertEqual(clock["synchronised"], not any("not synchronised" in note for note in clock["notes"]))


if __name__ == "__main__":
    unittest.main()
