"""A disk that cannot sync, once: whatever the change was, it is whole or not there, every published key has its private
half, and zonectl says which of the two it is.

The last sync of a commit comes after the change took effect: an error there is none of the change.

    DNSD_TEST_EVERY_SYNC=1 tests/system/failing_disk_test.py -v       # every one; some of each change by default
"""

import os
import random
import re
import subprocess
import unittest

from support.changes import CHANGES, RESUMED, available, make_ready
from support.programs import run
from support.promises import Copies, broken, changed_institutions, rekey_faults

EVERY = os.environ.get("DNSD_TEST_EVERY_SYNC") == "1"
SOME = 4  # of each change, the last among them
SYNCS = ("fsync", "fdatasync")
UNKNOWN = "whether this was done is not known"
# Of the changes of one institution there is nothing between done and not done; a bulk command has its list of items.
TRIED = ("rotate", "undo", "add", "remove", "prepare", "revoke the standby", "revoke the active", "rekey",
         "add many", "rotate many")


def syncs_of(store, words):
    """Each sync of the command's first thread, as (name, its number among those of the name)."""
    trace = store.scratch / "trace"
    run("strace", "-f", "-e", f"trace={','.join(SYNCS)}", "-o", trace, *store.command(*words))
    counts, syncs, first = dict.fromkeys(SYNCS, 0), [], None
    for pid, call in re.findall(r"^(\d+) +(\w+)\(", trace.read_text(errors="replace"), re.MULTILINE):
        first = first or pid
        if pid == first:
            counts[call] += 1
            syncs.append((call, counts[call]))
    return syncs


def wrapping_key(store):
    return store.json("vault", "status")["wrapping_key_id"]


def run_with_fault(store, words, call, when):
    return subprocess.run(["strace", "-f", "-e", f"trace={call}", "-e", f"inject={call}:error=EIO:when={when}", "-o",
                           "/dev/null", *store.command(*words)],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
                          check=False)


class FailingDisk(unittest.TestCase):
    def setUp(self):
        seed = int(os.environ.get("DNSD_TEST_SEED", int.from_bytes(os.urandom(4), "big")))
        self.random = random.Random(seed)
        print(f"DNSD_TEST_SEED={seed}", flush=True)
        self.told = {"done": 0, "not done": 0, "not known": 0}

    def test_what_is_told_of_a_change_is_true_whichever_sync_fails(self):
        self.fail_each("")
        self.assertEqual(self.told["not known"], 0, "one failure can always be told from none")

    def test_what_is_told_of_a_change_is_true_where_no_sync_works_any_more(self):
        self.fail_each("+")

    def fail_each(self, and_later):
        for name in (name for name in available() if name in TRIED):
            store, words = make_ready(name)
            self.addCleanup(store.close)
            copies = Copies(store)
            copies.words = words
            copy = copies.fresh()
            syncs = syncs_of(copy, words)
            copies.drop(copy)
            self.assertGreater(len(syncs), SOME, name)
            for call, number in syncs if EVERY else [*self.random.sample(syncs[:-1], SOME - 1), syncs[-1]]:
                with self.subTest(change=name, sync=f"{call} {number}"):
                    self.check(name, copies, words, call, f"{number}{and_later}")
        print(f"{sum(self.told.values())} syncs failed: {self.told}", flush=True)

    def check(self, name, copies, words, call, when):
        copy = copies.fresh()
        done = run_with_fault(copy, words, call, when)
        faults, now = broken(copy, copies.before)
        self.assertEqual(faults, [], done.stderr)
        told = "done" if done.returncode == 0 else "not known" if UNKNOWN in done.stderr else "not done"
        self.told[told] += 1
        whole = CHANGES[name][2]
        if whole == 1 and told != "not known":
            self.assertEqual(changed_institutions(now, copies.before), whole if told == "done" else 0, done.stderr)
        if name == "rekey":
            self.assertEqual(rekey_faults(copy, copies.original), [], done.stderr)
            if told != "not known":
                self.assertEqual(wrapping_key(copy) != wrapping_key(copies.original), told == "done", done.stderr)
        self.assertIn(done.returncode, (0, 1, 4) if name in RESUMED else (0, 1), done.stderr)
        if name in RESUMED:
            self.check_items(name, copies, copy, now)
        copies.drop(copy)

    def check_items(self, name, copies, copy, now):
        """Of a bulk command: what its list says is done is done and no more, and the rest can be done afterwards."""
        with copy.sql() as database:
            ((items,),) = database.execute("SELECT count(*) FROM bulk_item WHERE state = 'done'")
        self.assertEqual(changed_institutions(now, copies.before), items)
        again = copy.zonectl(*RESUMED[name], expect=None)
        if items < CHANGES[name][2] and again.returncode != 0:
            copy.zonectl(*copies.words)  # it had not come so far as to write its list down
        faults, now = broken(copy, copies.before)
        self.assertEqual(faults, [])
        self.assertEqual(changed_institutions(now, copies.before), CHANGES[name][2])


if __name__ == "__main__":
    unittest.main()
