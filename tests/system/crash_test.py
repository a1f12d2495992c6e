"""kill -9 of zonectl at any instant of add, rotate, spf allow, record add and zone import: the change is in, whole, or
not in at all."""

import os
import random
import signal
import subprocess
import time
import unittest

from support.questions import SPF_ZONE, ask, joined, query, selector, until
from support.server import serve
from support.store import faults_of, new_store

KILLS = int(os.environ.get("DNSD_TEST_KILLS", "80"))


class Killed(unittest.TestCase):
    def setUp(self):
        self.store = new_store(self)
        seed = int.from_bytes(os.urandom(4), "big")
        self.random = random.Random(seed)
        print(f"seed {seed}", flush=True)
        self.landed = {"before": 0, "killed and in": 0, "ended first": 0}
        self.hot_journals = 0

    def run_time(self, *arguments):
        began = time.monotonic()
        self.store.zonectl(*arguments)
        return time.monotonic() - began

    def kill(self, seconds, *arguments):
        """Starts zonectl and kills it somewhere between its start and a little after its usual end."""
        process = subprocess.Popen(self.store.command(*arguments), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(self.random.uniform(0, 1.15 * seconds))
        process.send_signal(signal.SIGKILL)
        ended = process.wait() == 0
        journals = [file.with_name(file.name + "-journal") for file in (self.store.zone_db, self.store.vault_db)]
        self.hot_journals += any(journal.exists() and journal.stat().st_size > 0 for journal in journals)
        return ended

    def note(self, ended, is_in):
        self.assertTrue(is_in or not ended, "it ended with 0, so the change must be in")
        self.landed["ended first" if ended else "killed and in" if is_in else "before"] += 1

    def check_whole(self):
        # Any command takes back what a killed one left; it must not need to be told.
        self.store.zonectl("list")
        self.assertEqual(faults_of(self.store), [])

    def audit_rows(self, command, subject):
        with self.store.sql() as database:
            ((count,),) = database.execute("SELECT count(*) FROM audit WHERE command = ? AND subject = ?",
                                           (command, subject))
        return count

    def published(self, owner):
        return self.store.zonectl("zone", "export", "dkim.secutix.com").stdout.count(f"\n{owner}")

    def is_there(self, code):
        return self.store.zonectl("show", code, expect=None).returncode == 0

    def test_a_killed_command_leaves_all_or_nothing(self):
        address = serve(self, self.store).address()
        codes = self.killed_adds(KILLS * 2 // 5)
        self.killed_rotates(codes, KILLS * 2 // 5)
        last = self.killed_spf_allows(KILLS // 10)
        self.killed_records(KILLS // 20)
        self.killed_imports(KILLS - 2 * (KILLS * 2 // 5) - KILLS // 10 - KILLS // 20)
        print(f"{KILLS} kills: {self.landed}; {self.hot_journals} left a journal to take back", flush=True)
        # And the server that followed all of it answers what the store says.
        until(lambda: last in joined(ask(address, query(SPF_ZONE))), "the last SPF term on the wire")
        for code in codes[:5]:
            self.assertTrue(joined(ask(address, query(selector(code)))).startswith("v=DKIM1; k=rsa; p=MII"))

    def killed_adds(self, kills):
        usual = sorted(self.run_time("add", f"warm{number}") for number in range(5))[2]
        codes = []
        for number in range(kills):
            code = f"inst{number}"
            ended = self.kill(usual, "add", code)
            self.check_whole()
            is_in = self.is_there(code)
            self.note(ended, is_in)
            self.assertEqual(self.audit_rows("add", code), int(is_in))
            self.assertEqual([self.published(f"{slot}-{code}.") for slot in ("sel1", "sel2")], [int(is_in)] * 2)
            if not is_in:
                self.store.zonectl("add", code)  # the attempt that died is in nobody's way
            codes.append(code)
        return codes

    def killed_rotates(self, codes, kills):
        override = ("--override", "E_NOT_RIPE", "--reason", "test")
        usual = sorted(self.run_time("rotate", f"warm{number}", *override) for number in range(5))[2]
        before = {"sel1": "ACTIVE", "sel2": "PUBLISHED"}
        after = {"sel1": "DRAINING", "sel2": "ACTIVE"}
        waiting = list(codes)
        for _ in range(kills):
            code = waiting[0]
            ended = self.kill(usual, "rotate", code, *override)
            self.check_whole()
            state = self.store.slots(code)
            self.assertIn(state, (before, after))
            self.note(ended, state == after)
            self.assertEqual(self.audit_rows("rotate", code), int(state == after))
            if state == after:
                waiting.pop(0)

    def killed_spf_allows(self, kills):
        usual = sorted(self.run_time("spf", "allow", f"ip4:198.51.100.{number}") for number in range(5))[2]
        last = "ip4:198.51.100.4"
        for number in range(kills):
            # Few enough terms for one record: each is taken out again.
            term = f"ip4:192.0.2.{number + 1}"
            ended = self.kill(usual, "spf", "allow", term)
            self.check_whole()
            is_in = f"{term} " in self.store.zonectl("zone", "export", "spf.secutix.com").stdout
            self.note(ended, is_in)
            if is_in:
                self.store.zonectl("spf", "deny", term)
        return last

    def static_rows(self):
        with self.store.sql() as database:
            ((count,),) = database.execute("SELECT count(*) FROM static_record_set")
        return count

    def killed_records(self, kills):
        def words(number):
            return "record", "add", "dkim.secutix.com", f"host{number}", "A", "192.0.2.1"
        usual = sorted(self.run_time(*words(f"warm{number}")) for number in range(5))[2]
        for number in range(kills):
            before = self.static_rows(), self.audit_rows("record add", "dkim.secutix.com")
            ended = self.kill(usual, *words(number))
            self.check_whole()
            is_in = self.published(f"host{number}.dkim.secutix.com.") == 1
            self.note(ended, is_in)
            after = self.static_rows(), self.audit_rows("record add", "dkim.secutix.com")
            self.assertEqual(after, (before[0] + is_in, before[1] + is_in))

    def killed_imports(self, kills):
        file = self.store.scratch / "example.zone"
        hosts = "".join(f"h{number} A 192.0.2.1\n" for number in range(2_000))
        file.write_text("$ORIGIN example.com.\n$TTL 60\n@ SOA m.x. h.x. 1 3600 600 86400 60\n@ NS ns.x.\n" + hosts)

        def timed_import():
            usual = self.run_time("zone", "import", file)
            self.store.zonectl("zone", "remove", "example.com")
            return usual
        usual = sorted(timed_import() for _ in range(3))[1]
        rows = self.static_rows()
        for _ in range(kills):
            ended = self.kill(usual, "zone", "import", file)
            self.check_whole()
            is_in = self.store.zonectl("zone", "show", "example.com", expect=None).returncode == 0
            self.note(ended, is_in)
            self.assertEqual(self.static_rows(), rows + (2_000 if is_in else 0))
            if is_in:
                self.store.zonectl("zone", "remove", "example.com")


if __name__ == "__main__":
    unittest.main()
