"""kill -9 of zonectl at any system call and at any time: what a store promises holds, whatever the change was.

    DNSD_TEST_KILLS=500 tests/system/kill_test.py -v       # so many points; 40 by default
"""

import collections
import os
import random
import re
import signal
import subprocess
import time
import unittest

from support.changes import CHANGES, RESUMED, available, make_ready
from support.programs import run
from support.promises import Copies, broken, changed_institutions, rekey_faults
from support.questions import ask, joined, query, selector
from support.server import Dnsd

KILLS = int(os.environ.get("DNSD_TEST_KILLS", "40"))
# Where a store, a vault or a signer's file changes, and where a program waits for locks.
CALLS = "openat,pwrite64,write,fdatasync,fsync,ftruncate,unlink,rename,link,fcntl,close"
RERUN_EVERY = 8
SERVE_EVERY = 20


class Change:
    """One command on copies of the store that was made ready for it."""

    def __init__(self, test, name):
        self.store, self.words = make_ready(name)
        test.addCleanup(self.store.close)
        self.copies = Copies(self.store)
        self.whole = CHANGES[name][2]
        self.calls, self.seconds = self.measure()

    def measure(self):
        """Each of CALLS that the command's first thread makes, as (name, its number among those of the name), and how
        long the command takes."""
        copy = self.copies.fresh()
        trace = copy.scratch / "trace"
        run("strace", "-f", "--seccomp-bpf", "-e", f"trace={CALLS}", "-o", trace, *copy.command(*self.words))
        counts, calls, first = collections.Counter(), [], None
        for pid, call in re.findall(r"^(\d+) +(\w+)\(", trace.read_text(errors="replace"), re.MULTILINE):
            first = first or pid
            if pid == first:
                counts[call] += 1
                calls.append((call, counts[call]))
        self.copies.drop(copy)
        copy = self.copies.fresh()
        began = time.monotonic()
        copy.zonectl(*self.words)
        seconds = time.monotonic() - began
        self.copies.drop(copy)
        return calls, seconds

    def killed_at_call(self, copy, call, number):
        done = subprocess.run(["strace", "-f", "-e", f"trace={call}", "-e",
                               f"inject={call}:signal=KILL:when={number}", "-o", "/dev/null",
                               *copy.command(*self.words)],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        return done.returncode == 0

    def killed_after(self, copy, seconds):
        process = subprocess.Popen(copy.command(*self.words), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        return process.wait() == 0


class Killed(unittest.TestCase):
    def setUp(self):
        seed = int(os.environ.get("DNSD_TEST_SEED", int.from_bytes(os.urandom(4), "big")))
        self.random = random.Random(seed)
        print(f"DNSD_TEST_SEED={seed}", flush=True)
        self.landed = {"not in": 0, "partly in": 0, "in": 0, "ended first": 0}
        self.hot_journals = 0
        self.points = 0

    def test_what_a_store_promises_holds_after_kill_9(self):
        names = available()
        for at, name in enumerate(names):
            change = Change(self, name)
            for _ in range(KILLS * (at + 1) // len(names) - KILLS * at // len(names)):
                self.one_point(name, change)
        print(f"{self.points} kills of {', '.join(names)}: {self.landed}; {self.hot_journals} left a journal to take back",
              flush=True)

    def one_point(self, name, change):
        self.points += 1
        copy = change.copies.fresh()
        if self.random.random() < 0.7:
            call, number = self.random.choice(change.calls)
            where, ended = f"at {call} {number}", change.killed_at_call(copy, call, number)
        else:
            seconds = self.random.uniform(0, 1.1 * change.seconds)
            where, ended = f"after {seconds:.4f} s", change.killed_after(copy, seconds)
        with self.subTest(change=name, where=where):
            self.check(name, change, copy, ended)
        change.copies.drop(copy)

    def check(self, name, change, copy, ended):
        journals = [file.with_name(file.name + "-journal") for file in (copy.zone_db, copy.vault_db)]
        self.hot_journals += any(journal.exists() and journal.stat().st_size > 0 for journal in journals)
        copy.zonectl("store", "recover")
        faults, now = broken(copy, change.copies.before)
        self.assertEqual(faults, [])
        if name == "rekey":
            self.assertEqual(rekey_faults(copy, change.store), [])
        changed = changed_institutions(now, change.copies.before)
        if ended:
            self.assertEqual(changed, change.whole, "it ended with 0, so all of it must be in")
        self.landed["ended first" if ended else "not in" if changed == 0 else "in" if changed == change.whole
                    else "partly in"] += 1
        if self.points % SERVE_EVERY == 0:
            self.check_served(copy)
        if self.points % RERUN_EVERY == 0 and changed < change.whole:
            self.run_again(name, change, copy)  # the attempt that died is in nobody's way
            faults, now = broken(copy, change.copies.before)
            self.assertEqual(faults, [])
            self.assertEqual(changed_institutions(now, change.copies.before), change.whole)

    @staticmethod
    def run_again(name, change, copy):
        """As it was, or from where it was interrupted if it had come so far as to note that it had begun."""
        if name not in RESUMED or copy.zonectl(*RESUMED[name], expect=None).returncode != 0:
            copy.zonectl(*change.words)

    def check_served(self, copy):
        with copy.sql() as database:
            slots = database.execute("SELECT code, active_slot FROM institution WHERE active_slot NOT NULL").fetchall()
        server = Dnsd(copy)
        try:
            for code, slot in slots:
                answer = joined(ask(server.address(), query(selector(code, f"sel{slot}"))))
                self.assertTrue(answer.startswith("v=DKIM1; k="), answer)
        finally:
            self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    unittest.main()
