"""What is done to many at once: refusals are told by kind, the last line is the summary wherever it goes; a list of
institutions in a file, and several of them where one is read."""

import os
import pty
import re
import subprocess
import unittest

from support.store import NOBODY, new_store

MANY = [f"i{number:02}" for number in range(1, 31)]
QUICK = ("--override", "E_KEY_TYPE", "--reason", "test")
RIPE = ("--override", "E_NOT_RIPE", "--reason", "test")


def at_a_terminal(command):
    """All that a person sees, in its order, and how it ended."""
    master, slave = pty.openpty()
    with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave) as process:
        os.close(slave)
        seen = b""
        try:
            while chunk := os.read(master, 4096):
                seen += chunk
        except OSError:
            pass  # what Linux says at the end of a terminal
        os.close(master)
    return re.sub("\x1b\\[[0-9]*[mK]", "", seen.decode()).replace("\r\n", "\n"), process.returncode


class Several(unittest.TestCase):
    def setUp(self):
        self.store = new_store(self)

    def add(self, codes):
        table = self.store.scratch / "institutions.csv"
        table.write_text("code,domain,key\n" + "".join(f"{code},{code}.com,ed25519\n" for code in codes))
        self.store.zonectl("add", "--file", table, *QUICK)

    def listed(self, *lines):
        file = self.store.scratch / "list"
        file.write_text("".join(line + "\n" for line in lines))
        return file

    def test_refusals_of_many_are_told_by_kind_and_the_summary_is_last(self):
        self.add(MANY)
        summary = "0 of 30 institutions rotated in [0-9.]+ s; 30 refused \\(E_NOT_RIPE 30\\)"
        command = self.store.command("rotate", "--all")
        together = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  check=False)
        seen, status = at_a_terminal(list(map(str, command)))
        self.assertEqual((together.returncode, status), (3, 3))
        for text in (together.stdout, seen):
            lines = text.rstrip("\n").split("\n")
            self.assertRegex(lines[-1], f"^{summary}$", text)
            self.assertRegex(text, "(?m)^ *30\\s+refused\\s+i01\\s+E_NOT_RIPE until ")
            self.assertIn("each of them: --json", text)
            self.assertNotIn("i02", text, "one example of each kind")
        troubles = self.store.json("rotate", "--all", expect=3)["troubles"]
        self.assertEqual([each["code"] for each in troubles], MANY, "--json has each")
        self.store.zonectl("rotate", "--all", "--give-up", "1", expect=None)
        few = self.store.zonectl("rotate", *MANY[:3], "--dry-run", expect=3).stdout
        for code in MANY[:3]:
            self.assertRegex(few, f"(?m)^{code}\trefused\tE_NOT_RIPE", "a few are told one by one")
        self.assertRegex(few.split("\n")[-2], "^0 of 3 institutions would be rotated", "also of a dry run")

    def test_freeze_thaw_and_remove_take_a_list(self):
        self.add(MANY[:4])
        named = self.listed("# those of the audit", "i01", "i02.com")
        self.store.zonectl("freeze", "--file", named, "--reason", "audit")
        frozen = [code for code in MANY[:4] if self.store.json("show", code)["frozen"]]
        self.assertEqual(frozen, ["i01", "i02"])
        command = self.store.command("thaw", "--file", "-")
        subprocess.run(list(map(str, command)), input="stxsel1._domainkey.i01.com\n", text=True, check=True,
                       stdout=subprocess.DEVNULL)
        self.assertFalse(self.store.json("show", "i01")["frozen"])
        wrong = self.listed("i02", "nobody", "i02", "x y")
        told = self.store.zonectl("thaw", "--file", wrong, expect=2).stderr
        for line in (2, 3, 4):
            self.assertIn(f"{wrong}:{line}: ", told)
        self.assertTrue(self.store.json("show", "i02")["frozen"], "nothing was done")
        self.store.zonectl("remove", "--file", self.listed("i03", "i04"), "--yes")
        self.assertEqual([self.store.json("show", code)["phase"] for code in MANY[:4]],
                         ["signing", "signing", "departing", "departing"])
        for command in ("freeze", "remove"):
            for words in (("--file", named, "i01"), ()):
                refused = self.store.zonectl(command, *words, *(("--reason", "x") if command == "freeze" else ()), expect=2)
                self.assertRegex(refused.stderr, "INST excludes --file|INST is required|name institutions", words)

    def test_plan_log_and_key_history_take_several(self):
        self.add(MANY[:3])
        plan = self.store.json("plan", "i01", "i03.com")["plan"]
        self.assertEqual({each["code"] for each in plan}, {"i01", "i03"})
        subjects = [each["subject"] for each in self.store.json("log", "i01", "i03.com", "dkim.secutix.com")["entries"]]
        self.assertEqual(subjects, ["i01", "i03"])
        history = self.store.json("key", "history", "i03", "i01")["institutions"]
        self.assertEqual([each["code"] for each in history], ["i03", "i01"], "in the order in which they were named")
        self.assertEqual(self.store.json("key", "history", "i01"), history[1], "one by itself is as ever")
        rows = self.store.zonectl("key", "history", "i03", "i01").stdout.splitlines()
        self.assertEqual([row.split("\t")[:2] for row in rows],
                         [["i03", "sel1"], ["i03", "sel2"], ["i01", "sel1"], ["i01", "sel2"]])
        self.store.zonectl("plan", "i01", "i09", expect=6)
        self.store.zonectl("log", "i01", "i09", expect=6)
        self.store.zonectl("key", "history", "i01", "i09", expect=6)

    def test_a_revoke_that_is_refused_in_part_names_what_was_not_revoked(self):
        self.add(MANY[:3])
        for code in ("i01", "i03"):
            self.store.zonectl("rotate", code, "--resolver", NOBODY, *RIPE)
        partly = self.store.zonectl("revoke", "i01", "i02", "i03", "sel1", "--yes", expect=4).stdout
        self.assertIn("zonectl prepare i01 i03 sel1\n", partly, "those that were revoked")
        self.assertIn("not revoked: i02; for it: zonectl revoke i02 sel1, once another key may sign, or with --stop-signing\n",
                      partly)
        self.store.zonectl("revoke", "i02", "sel1", "--stop-signing", "--yes")


if __name__ == "__main__":
    unittest.main()
