"""A store that is busy: the message names who holds it, without touching its locks."""

import contextlib
import fcntl
import os
import subprocess
import sys
import unittest

from support.programs import IS_ROOT, run
from support.store import new_store

HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute(sys.argv[2])
held.execute("SELECT count(*) FROM store").fetchone()
print("held", flush=True)
sys.stdin.read()
"""


class LockHolder(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = new_store(cls)
        cls.store.zonectl("add", "mosa", "--domain", "mosamuseum.com")

    @contextlib.contextmanager
    def holding(self, begin, file=None, prefix=()):
        holder = subprocess.Popen([*prefix, sys.executable, "-c", HOLD, str(file or self.store.zone_db), begin],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="ascii")
        try:
            self.assertEqual(holder.stdout.readline(), "held\n")
            yield holder.pid
        finally:
            holder.stdin.close()
            holder.wait()
            holder.stdout.close()

    def busy(self, *arguments, says):
        done = self.store.zonectl(*arguments, expect=75)
        self.assertRegex(done.stderr, says)
        self.assertIn("try again", done.stderr)

    def test_a_writer_is_named(self):
        with self.holding("BEGIN IMMEDIATE") as pid:
            self.busy("spf", "allow", "ip4:192.0.2.1", says=rf"zone\.db is locked: pid {pid} \(python3[^)]*\) is writing")

    def test_a_reader_that_holds_up_a_commit_is_named(self):
        with self.holding("BEGIN") as pid:
            self.busy("spf", "allow", "ip4:192.0.2.1", says=rf"zone\.db is locked: pid {pid} \(python3[^)]*\) is reading")

    def test_a_writer_that_keeps_readers_out_is_named(self):
        with self.holding("BEGIN EXCLUSIVE") as pid:
            self.busy("list", says=rf"zone\.db is locked: pid {pid} \(python3[^)]*\) is writing")

    def test_who_works_through_a_bulk_run_is_named(self):
        self.store.zonectl("rotate", "--all", "--no-look", expect=None)  # its lock file is there from now on
        with open(self.store.path / "bulk.rotate.lock", "r+b") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            done = self.store.zonectl("rotate", "--all", "--no-look", expect=3)
        self.assertRegex(done.stderr, rf"pid {os.getpid()} \(python3[^)]*\)")

    @unittest.skipUnless(IS_ROOT, "needs root, to make a pid namespace")
    def test_a_holder_that_cannot_be_seen_is_said_to_be_so(self):
        """zonectl in a pid namespace of its own: the holder outside has no number there."""
        # Only /proc is mounted, and made private for that; a chroot's root could not be.
        with self.holding("BEGIN IMMEDIATE"):
            done = run("unshare", "--pid", "--fork", "--propagation", "unchanged", "--mount-proc",
                       *self.store.command("spf", "allow", "ip4:192.0.2.1"), expect=75)
        self.assertRegex(done.stderr, "zone.db is locked: .*pid namespace")


if __name__ == "__main__":
    unittest.main()
