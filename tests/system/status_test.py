"""`zonectl status` sees our own name servers as they are, and a monitor gets a line and a code that it can trust."""

import re
import time
import unittest

from support.programs import run
from support.questions import until
from support.server import Dnsd, serve
from support.store import Store, new_store

LINE = re.compile(r"\AZONESTORE (OK|WARNING|CRITICAL|UNKNOWN) - [^|\n]+( \| ([a-z_]+=\d+s?;\d*;\d*;\d* ?)+)?\n\Z")
CODES = {"OK": 0, "WARNING": 1, "CRITICAL": 2, "UNKNOWN": 3}


class Status(unittest.TestCase):
    def setUp(self):
        self.store = new_store(self)
        self.store.zonectl("add", "mosa")
        self.server = Dnsd(self.store)
        self.addCleanup(self.server.kill)
        self.at = "%s:%d" % self.server.address()

    def status(self, *more, expect):
        return self.store.zonectl("status", "--server", self.at, *more, expect=expect).stdout

    def monitor(self, *more, state):
        done = self.store.zonectl("status", "--server", self.at, "--monitor", *more, expect=CODES[state])
        self.assertRegex(done.stdout, LINE)
        self.assertEqual(LINE.match(done.stdout).group(1), state, done.stdout)
        return done.stdout

    def look(self):
        self.store.zonectl("check", "--own", "--server", self.at, "--resolver", "127.0.0.1:1", expect=None)

    def test_a_server_that_follows_is_told(self):
        self.assertIn(f"servers       follows: {self.at}\n", self.status(expect=0))
        self.monitor(state="OK")

    def test_one_that_never_answered_is_told_and_is_no_fault(self):
        self.server.stop()
        self.assertIn(f"servers       never answered yet: {self.at}\n", self.status(expect=0))
        self.monitor(state="OK")

    def test_one_that_was_once_seen_and_is_silent_is_the_first_line(self):
        self.look()
        self.server.stop()
        first = self.status(expect=1).splitlines()[0]
        self.assertEqual(first, f"server-silent: {self.at} does not answer for dkim.secutix.com")
        self.assertIn("servers_silent=2;;0;0", self.monitor(state="CRITICAL"))
        self.store.zonectl("status", "--offline")

    def test_one_that_is_behind_is_the_first_line_until_it_follows(self):
        behind = Store()
        self.addCleanup(behind.close)
        behind.path.mkdir()
        with self.store.sql() as database, behind.sql() as copy:
            database.backup(copy)
        old = serve(self, behind)
        at = "%s:%d" % old.address()
        self.store.zonectl("add", "nova")
        done = self.store.zonectl("status", "--server", self.at, "--server", at, expect=1)
        self.assertRegex(done.stdout.splitlines()[0],
                         rf"^server-behind: {at} is behind for dkim\.secutix\.com: serial \d+, the store has \d+$")
        servers = self.store.json("status", "--server", self.at, "--server", at, expect=1)["servers"]
        self.assertEqual({(each["server"], each["zone"]): each["state"] for each in servers},
                         {(self.at, "dkim.secutix.com."): "follows", (self.at, "spf.secutix.com."): "follows",
                          (at, "dkim.secutix.com."): "behind", (at, "spf.secutix.com."): "follows"})

    def test_one_that_is_ahead_is_the_first_line_until_the_serial_is_raised(self):
        earlier = Store()
        self.addCleanup(earlier.close)
        earlier.path.mkdir()
        with self.store.sql() as database, earlier.sql() as copy:
            database.backup(copy)
        self.store.zonectl("add", "nova")
        serial = next(each["serial"] for each in self.store.json("zone", "list")["zones"] if each["zone"] == "dkim.secutix.com.")
        until(lambda: f"servers       follows: {self.at}\n" in self.status(expect=None), "dnsd follows")
        told = earlier.zonectl("status", "--server", self.at, expect=1).stdout.splitlines()
        self.assertRegex(told[0], rf"^server-ahead: {self.at} is ahead for dkim\.secutix\.com: serial {serial}, the store has \d+$")
        self.assertEqual(told[1], f"  run: zonectl zone serial dkim.secutix.com --at-least {serial + 1}")
        line = earlier.zonectl("status", "--server", self.at, "--monitor", expect=CODES["CRITICAL"]).stdout
        self.assertIn(" servers_ahead=1;;0;0 servers_behind=0;;0;0 ", line)
        checked = earlier.zonectl("check", "--own", "--server", self.at, "--resolver", "127.0.0.1:1", expect=1).stdout
        self.assertIn(f"  ahead  {self.at}  serves serial {serial}, the store has ", checked)
        earlier.zonectl(*told[1].split()[2:])
        self.assertIn("server-behind: ", earlier.zonectl("status", "--server", self.at, expect=1).stdout)

    def test_a_change_that_dnsd_follows_in_a_moment_is_no_alarm(self):
        for number in range(5):
            self.store.zonectl("spf", "allow", f"ip4:192.0.2.{number}")
            self.monitor(state="OK")

    def test_silence_costs_half_a_second_and_nothing_where_nobody_is_asked(self):
        def took(*words):
            start = time.monotonic()
            self.store.zonectl(*words)
            return time.monotonic() - start
        quick = min(took("status", "--offline") for _ in range(3))
        # 192.0.2.0/24 is nobody's: where there is a way there at all, nobody answers.
        slow = min(took("status", "--server", "192.0.2.1") for _ in range(3))
        self.assertLess(slow - quick, 2.0, "one after the other, or with check's patience, takes longer by far")

    def test_what_keeps_a_monitor_from_its_answer_is_unknown(self):
        for words in (("--nonsense",), ("--json",), ("--server", "nowhere")):
            self.monitor(*words, state="UNKNOWN")
        self.store.zone_db.unlink()
        self.assertIn("zone.db", self.monitor(state="UNKNOWN"))
        self.store.zonectl("status", expect=66)
        missing = self.store.scratch / "missing"
        done = run(self.store.program, "--store", missing, "status", "--monitor", expect=3)
        self.assertRegex(done.stdout, LINE)

    def test_a_store_that_is_held_is_unknown(self):
        with self.store.sql() as other:
            other.isolation_level = None
            other.execute("BEGIN EXCLUSIVE")
            self.monitor(state="UNKNOWN")

    def test_content_that_dnsd_would_refuse_is_found_and_told(self):
        with self.store.sql() as database:
            database.execute("UPDATE record_set SET ttl = 301 WHERE type = 16 AND ttl = 300")
            database.commit()
        self.store.zonectl("maintain", expect=1)
        until(lambda: self.store.zonectl("status", expect=None).returncode == 1, "status 1")
        self.assertIn("content: zone dkim.secutix.com", self.status(expect=1))
        self.assertIn("content_faults=1", self.monitor(state="CRITICAL"))
        self.store.zonectl("backup", self.store.scratch / "backup", expect=1)


if __name__ == "__main__":
    unittest.main()
