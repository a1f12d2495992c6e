"""Ways back, as a person at a terminal and a script meet them: redo, a removal that is taken back, keys that are revoked
in bulk, and a signer whose machine was taken."""

import os
import pty
import subprocess
import unittest

from support.questions import ask, joined, query, selector, until
from support.server import serve
from support.store import faults_of, new_store

REVOKED = "v=DKIM1; p="
FAST_KEYS = ("--key", "ed25519", "--override", "E_KEY_TYPE", "--reason", "keys for a test are made fast")
FLOOR = ("--override", "E_POLICY_FLOOR", "--reason", "test")


class WaysBack(unittest.TestCase):
    def setUp(self):
        self.store = new_store(self, "--minimum", "1")
        for key in ("ttl-active", "ttl-other", "slack"):
            self.store.zonectl("policy", "set", key, "1s", *(FLOOR if key == "slack" else ()))
        for code in ("mosa", "nova"):
            self.store.zonectl("add", code, "--domain", f"{code}.example", *FAST_KEYS)
        self.address = serve(self, self.store).address()

    def served(self, code, slot):
        return joined(ask(self.address, query(selector(code, slot))))

    def ripen(self, *codes, slot="sel2"):
        for code in codes or ("mosa", "nova"):
            until(lambda code=code: self.store.slots(code)[slot] == "STANDBY", f"{code} ripe", timeout=30, pause=0.1)

    def at_a_terminal(self, answer, *arguments):
        """What a person sees who answers so, and the exit code."""
        master, slave = pty.openpty()
        process = subprocess.Popen(self.store.command(*arguments), stdin=slave, stdout=subprocess.PIPE, stderr=slave,
                                   encoding="utf-8")
        os.close(slave)
        seen = b""
        while b"[y/N]" not in seen:
            seen += os.read(master, 4096)
        os.write(master, answer.encode() + b"\n")
        out, _ = process.communicate(timeout=60)
        try:
            while block := os.read(master, 4096):
                seen += block
        except OSError:
            pass  # the other side is closed
        os.close(master)
        return process.returncode, seen.decode() + out

    def test_after_an_undo_rotate_goes_forward_again_and_no_second_enter_swaps_back(self):
        self.ripen("mosa")
        self.store.zonectl("rotate", "mosa")
        refused = self.store.zonectl("rotate", "mosa", expect=3).stderr
        self.assertIn("E_DRAINING", refused)
        self.assertIn("signing moved from sel1 to sel2 at ", refused)
        self.store.zonectl("undo", "mosa")
        self.assertIn("redo: signing moved from sel1 to sel2", self.store.zonectl("rotate", "mosa").stdout)
        self.store.zonectl("rotate", "mosa", expect=3)
        self.assertEqual(self.store.slots("mosa"), {"sel1": "DRAINING", "sel2": "ACTIVE"})

    def test_a_removal_is_asked_for_at_a_terminal_and_taken_back(self):
        keys = [self.served("mosa", slot) for slot in ("sel1", "sel2")]
        code, seen = self.at_a_terminal("n", "remove", "mosa")
        self.assertEqual(code, 3, seen)
        self.assertEqual(self.store.json("show", "mosa")["active"], "sel1")
        code, seen = self.at_a_terminal("y", "remove", "mosa")
        self.assertEqual(code, 0, seen)
        self.assertIn("zonectl undo mosa", seen)
        self.assertEqual(self.store.json("show", "mosa")["phase"], "departing")
        self.assertTrue(self.store.json("undo", "mosa")["removal_undone"])
        shown = self.store.json("show", "mosa")
        self.assertEqual((shown["active"], shown["domains"]), ("sel1", ["mosa.example"]))
        self.assertEqual([self.served("mosa", slot) for slot in ("sel1", "sel2")], keys)
        self.assertEqual(faults_of(self.store), [])

    def test_a_revocation_of_many_is_asked_for_once(self):
        self.ripen()
        refused = self.store.zonectl("revoke", "--all", "sel1", expect=3).stderr
        self.assertIn("the same command with --yes", refused)
        code, seen = self.at_a_terminal("y", "revoke", "--all", "sel1")
        self.assertEqual(code, 0, seen)
        self.assertEqual(seen.count("[y/N]"), 1)
        for institution in ("mosa", "nova"):
            until(lambda institution=institution: self.served(institution, "sel1") == REVOKED, "an empty p=")
            self.assertEqual(self.store.json("show", institution)["active"], "sel2")

    def test_what_a_taken_signer_held_goes_in_two_phases(self):
        taken, good = self.store.scratch / "taken", self.store.scratch / "good"
        for directory in (taken, good):
            self.store.zonectl("signer", "add", directory.name, "--format", "files", "--dir", directory)
        held = {file.stem for file in taken.rglob("*.pem")}
        before = self.served("mosa", "sel2")
        told = self.store.json("revoke", "--signer", "taken", "--yes")
        self.assertEqual(told["phases"][1]["waiting"], 2)
        until(lambda: self.served("mosa", "sel2") not in (before, REVOKED), "a fresh key in the DNS")
        self.ripen()
        told = self.store.json("maintain")
        self.assertEqual(told["failures"], [])
        for institution in ("mosa", "nova"):
            self.assertEqual(self.store.slots(institution), {"sel1": "REVOKED", "sel2": "ACTIVE"})
            until(lambda institution=institution: self.served(institution, "sel1") == REVOKED, "an empty p=")
            self.assertEqual((good / institution / "active").read_text(), "sel2\n")
        self.assertLessEqual({file.stem for file in taken.rglob("*.pem")}, held)
        self.assertIn("it is given no key again",
                      self.store.zonectl("signer", "sync", "taken", "--enable", expect=3).stderr)
        self.assertEqual(faults_of(self.store), [])


if __name__ == "__main__":
    unittest.main()
