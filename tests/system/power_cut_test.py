"""A power cut at any instant of a change: whatever the disk kept of what was not yet synced, the store is whole, and a
change that was acknowledged is in.

    DNSD_TEST_CUTS=5000 tests/system/power_cut_test.py -v       # so many states of the disk; 120 by default
"""

import os
import random
import unittest

from support.changes import CHANGES, available, make_ready
from support.disk_record import MODES, after_power_cut, record
from support.promises import Copies, broken, changed_institutions

CUTS = int(os.environ.get("DNSD_TEST_CUTS", "120"))


def read_files(directory):
    return {str(file.relative_to(directory)): file.read_bytes() for file in directory.rglob("*") if file.is_file()}


def write_files(directory, files):
    """The content of the files, their modes as they are; those that are not named are gone."""
    for name in read_files(directory).keys() - files.keys():
        (directory / name).unlink()
    for name, content in files.items():
        file = directory / name
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            file.touch(0o600 if name.startswith("vault/") else 0o644)
        file.write_bytes(content)


class PowerCut(unittest.TestCase):
    def setUp(self):
        seed = int(os.environ.get("DNSD_TEST_SEED", int.from_bytes(os.urandom(4), "big")))
        self.random = random.Random(seed)
        print(f"DNSD_TEST_SEED={seed}", flush=True)
        self.states = dict.fromkeys(MODES, 0)
        self.landed = {"not in": 0, "partly in": 0, "in": 0}

    def test_an_acknowledged_change_outlives_a_power_cut(self):
        names = available()
        for at, name in enumerate(names):
            self.cut(name, CUTS * (at + 1) // len(names) - CUTS * at // len(names))
        print(f"{sum(self.states.values())} states of the disk in {', '.join(names)}: {self.states}; {self.landed}",
              flush=True)

    def cut(self, name, times):
        store, words = make_ready(name)
        self.addCleanup(store.close)
        copies = Copies(store)
        recorded = copies.fresh()
        files = read_files(recorded.path)
        events = record(recorded.path, recorded.command(*words), recorded.scratch / "trace")
        self.assertTrue(any(event.kind == "write" for event in events), "the recorder sees the store")
        # What replays whole must be what is there: else the recorder has missed something.
        replayed, there = after_power_cut(files, events, len(events), "all", self.random)[0], read_files(recorded.path)
        self.assertEqual([file for file in replayed.keys() | there.keys() if replayed.get(file) != there.get(file)], [])
        copies.drop(recorded)
        said = next(at for at, event in enumerate(events) if event.kind == "say")
        for number in range(times):
            # The end of the change, where it is acknowledged, is what a cut most often has to respect.
            cut = len(events) if number % 10 == 0 else self.random.randint(0, len(events))
            mode = self.random.choice(MODES)
            self.one_state(name, copies, files, events, cut, mode, cut > said)

    def one_state(self, name, copies, files, events, cut, mode, acknowledged):
        self.states[mode] += 1
        state, pending = after_power_cut(files, events, cut, mode, self.random)
        copy = copies.fresh()
        write_files(copy.path, state)
        whole = CHANGES[name][2]
        with self.subTest(change=name, cut=f"{cut} of {len(events)}", mode=mode, pending=pending):
            copy.zonectl("store", "recover")
            faults, now = broken(copy, copies.before)
            self.assertEqual(faults, [])
            changed = changed_institutions(now, copies.before)
            if acknowledged:
                self.assertEqual(changed, whole, "it was acknowledged")
            self.landed["not in" if changed == 0 else "in" if changed == whole else "partly in"] += 1
        copies.drop(copy)

    def test_a_store_that_does_not_sync_would_be_found_out(self):
        """The test's own test: without its syncs the same record loses an acknowledged change or breaks the store."""
        store, words = make_ready("rotate")
        self.addCleanup(store.close)
        copies = Copies(store)
        recorded = copies.fresh()
        files = read_files(recorded.path)
        events = [event for event in record(recorded.path, recorded.command(*words), recorded.scratch / "trace")
                  if event.kind != "sync"]
        copies.drop(recorded)
        bad = 0
        for mode in MODES[3:] * 3:
            copy = copies.fresh()
            write_files(copy.path, after_power_cut(files, events, len(events), mode, self.random)[0])
            if copy.zonectl("store", "recover", expect=None).returncode != 0:
                bad += 1
            else:
                try:
                    faults, now = broken(copy, copies.before)
                    bad += bool(faults) or now.rows == copies.before.rows
                except Exception:  # pylint: disable=broad-except
                    bad += 1
            copies.drop(copy)
        self.assertGreaterEqual(bad, 6, "of 9 states")


if __name__ == "__main__":
    unittest.main()
