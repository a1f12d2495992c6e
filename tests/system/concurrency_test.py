"""Many zonectl at work at once."""

import subprocess
import unittest

from support.store import faults_of, new_store

BUSY = 75  # nothing was done: the store was busy for the whole time that a command waits


def at_once(commands):
    """Starts them all, then waits for them all; the exit statuses, and what they printed."""
    running = [subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
               for command in commands]
    outputs = [process.communicate(timeout=120)[0].decode(errors="replace") for process in running]
    return [process.returncode for process in running], outputs


def until_not_busy(commands, most_rounds=20):
    """All at once, and those that found the store busy again, as their exit status says: on a machine with much else to
    do thirty-six writers need longer than each of them waits."""
    statuses, outputs = at_once(commands)
    for _ in range(most_rounds):
        busy = [number for number, status in enumerate(statuses) if status == BUSY]
        if not busy:
            break
        for number, status, output in zip(busy, *at_once([commands[number] for number in busy])):
            statuses[number], outputs[number] = status, output
    return statuses, outputs


class ManyAtOnce(unittest.TestCase):
    def setUp(self):
        self.store = new_store(self)

    def test_fifty_rotates_swap_once(self):
        self.store.zonectl("add", "mosa", "--domain", "mosamuseum.com")
        serial = self.store.serials()
        rotate = self.store.command("rotate", "mosa", "--override", "E_NOT_RIPE", "--reason", "fifty at once")
        statuses, outputs = at_once([rotate] * 50)
        self.assertEqual(statuses.count(0), 1, statuses)
        # 3: the other slot was draining by then.
        self.assertLessEqual(set(statuses), {0, 3, BUSY}, outputs)
        self.assertEqual(self.store.slots("mosa"), {"sel1": "DRAINING", "sel2": "ACTIVE"})
        self.assertEqual(len([row for row in self.store.log("mosa") if row["command"] == "rotate"]), 1)
        self.assertEqual(sum(after != serial[zone] for zone, after in self.store.serials().items()), 1)
        self.assertEqual(faults_of(self.store), [])

    def test_changes_of_every_kind_at_once_are_all_done_once(self):
        commands = [self.store.command("add", f"inst{number % 8}") for number in range(16)]
        commands += [self.store.command("spf", "allow", f"ip4:192.0.2.{number % 10}") for number in range(20)]
        statuses, outputs = until_not_busy(commands)
        self.assertEqual((statuses[:16].count(0), statuses[:16].count(3)), (8, 8), outputs[:16])
        self.assertEqual(set(statuses[16:]), {0}, outputs[16:])
        rows = [row["command"] for row in self.store.log()]
        self.assertEqual(len([row for row in rows if row == "add"]), 8)
        self.assertEqual(len([row for row in rows if row.startswith("spf")]), 10)
        self.assertEqual(faults_of(self.store), [])


if __name__ == "__main__":
    unittest.main()
