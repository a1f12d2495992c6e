"""One grammar for all commands: `zonectl [flags] COMMAND [SUB] OBJECTS [flags]`.

The commands come from the program's own help: one that is new is judged by being there.
"""

import re
import unittest

from support.commands import commands, takes
from support.store import new_store

# What changes an institution: how it is told to do so, with NAME in its place, so that it is done at once in the store below.
CHANGES = {
    ("rotate",): "rotate NAME --no-look",
    ("undo",): "undo NAME",
    ("prepare",): "prepare NAME",
    ("revoke",): "revoke NAME sel2",
    ("freeze",): "freeze NAME --reason test",
    ("thaw",): "thaw NAME",
    ("remove",): "remove NAME",
    ("domain", "add"): "domain add NAME mosa.example",
    ("domain", "remove"): "domain remove NAME mosamuseum.com",
    ("policy", "set"): "policy set NAME every 90d",
    ("policy", "unset"): "policy unset NAME every",
    ("key", "export"): "key export NAME sel1 --out key.pem",
    ("import",): "import NAME sel2 --pem key.pem",
}
# Makes one, so that there is nothing to expect, and nothing to be found by another name.
NEW = ("add",)
# What reads one.
READS = {
    ("show",): "show NAME",
    ("check",): "check NAME --server 127.0.0.1:1 --resolver 127.0.0.1:1",
    ("instructions",): "instructions NAME",
    ("plan",): "plan NAME",
    ("log",): "log NAME",
    ("policy", "show"): "policy show NAME",
    ("key", "history"): "key history NAME",
    ("key", "export-public"): "key export-public NAME",
}
NAMES = ("mosa", "mosamuseum.com", "MosaMuseum.com.", "stxsel2._domainkey.mosamuseum.com",
         "SEL2-mosa._domainkey.dkim.secutix.com.")
WHOLE = ("remove",)  # takes no selector's name: it is for the whole institution


def is_selector(name):
    return "_domainkey" in name


def argument_rows(blocks):
    return [line.split()[0] for line in blocks.get("Arguments", []) if re.match(r"  \S", line)]


def is_about_institutions(blocks):
    return any(row.rstrip(".").split("|")[0] == "INST" for row in argument_rows(blocks))


class Grammar(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = new_store(cls)
        cls.store.zonectl("add", "mosa", "--domain", "mosamuseum.com")
        cls.store.zonectl("add", "nova", "--domain", "nova.example")
        cls.commands = {tuple(words): blocks for words, blocks in commands()}

    def attempt(self, line, name, *more):
        words = [name if word == "NAME" else word for word in line.split()]
        return self.store.zonectl(*words, *more, expect=None, cwd=self.store.scratch)

    def test_every_command_about_institutions_is_known_here(self):
        about = {words for words, blocks in self.commands.items() if is_about_institutions(blocks)}
        self.assertEqual(about, set(CHANGES) | set(READS) | {NEW})

    def test_objects_are_positional(self):
        for words, blocks in self.commands.items():
            with self.subTest(words):
                self.assertFalse(takes(blocks, "--slot") or takes(blocks, "--institution"))

    def test_every_change_of_an_institution_has_the_same_flags(self):
        for words in CHANGES:
            for flag in ("--reason", "--expect", "--dry-run"):
                with self.subTest(words, flag=flag):
                    self.assertTrue(takes(self.commands[words], flag))

    def test_every_change_refuses_what_is_not_as_expected(self):
        before = self.store.content()
        for words, line in CHANGES.items():
            if words == ("import",):  # has to read the key first
                continue
            with self.subTest(words):
                done = self.attempt(line, "mosa", "--expect", "sel2")
                self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
                self.assertIn("E_EXPECT", done.stderr)
        self.assertEqual(self.store.content(), before)

    def test_an_institution_goes_by_every_name(self):
        for words, line in {**CHANGES, **READS}.items():
            dry = ["--dry-run"] if words in CHANGES else []
            by_code = self.attempt(line, "mosa", *dry)
            for name in NAMES:
                with self.subTest(words, name=name):
                    done = self.attempt(line.replace(" sel1", "").replace(" sel2", "") if is_selector(name) else line,
                                        name, *dry)
                    if words == WHOLE and is_selector(name):
                        self.assertEqual(done.returncode, 2, done.stderr)
                        continue
                    if words == ("key", "export"):  # of the slot that the name tells
                        self.assertIn(done.returncode, (0, 3), done.stderr)
                        continue
                    self.assertEqual(done.returncode, by_code.returncode, done.stdout + done.stderr)

    def test_a_mistyped_one_is_asked_back_and_never_added(self):
        for words, line in {**CHANGES, **READS}.items():
            for typed, meant in (("msoa", "mosa"), ("mosamuseun.com", "mosamuseum.com")):
                if words == ("import",):  # which makes the one that is not there, and looks at the key first
                    continue
                with self.subTest(words, typed=typed):
                    done = self.attempt(line, typed)
                    self.assertEqual(done.returncode, 6, done.stdout + done.stderr)
                    self.assertIn(f"did you mean {meant}?", done.stderr)
                    self.assertNotIn("zonectl add", done.stderr)

    def test_flags_for_all_stand_anywhere_and_quiet_leaves_the_exit_code(self):
        for words in (("--json", "show", "mosa"), ("show", "--json", "mosa"), ("show", "mosa", "--json")):
            self.assertIn('"code": "mosa"', self.store.zonectl(*words).stdout)
        for words in (("--quiet", "key", "history", "mosa"), ("key", "--quiet", "history", "mosa"),
                      ("key", "history", "mosa", "--quiet")):
            self.assertEqual(self.store.zonectl(*words).stdout, "")
        refused = self.store.zonectl("rotate", "mosa", "nova", "--no-look", "--quiet", expect=3)
        self.assertEqual(refused.stdout, "")
        self.assertIn("E_NOT_RIPE", refused.stderr)


if __name__ == "__main__":
    unittest.main()
