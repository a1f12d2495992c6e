"""Tab: what zonectl offers for a word that is being typed, and that bash, zsh and fish offer it.

The commands and flags come from the program's own help: one that is new is tried by being there.
"""

import os
import pty
import re
import select
import shutil
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from support.commands import NO_COMMANDS, blocks_of, commands
from support.programs import ROOT, ZONECTL, run
from support.questions import until
from support.store import new_store

SCRIPTS = ROOT / "deploy/completion"
SHELLS_FILES = ":files"


def candidates(*words, store=None):
    done = run(ZONECTL, "complete", "--", *(["--store", store.path] if store else []), *words)
    assert done.stderr == "", done.stderr
    return done.stdout.splitlines()


def flags_of(blocks):
    return {flag for line in blocks.get("Options", []) for flag in re.findall(r"--[a-z][a-z-]*", line.strip().split("  ")[0])}


def commands_of(blocks):
    return {match.group(1) for head, lines in blocks.items() if head not in NO_COMMANDS
            for match in (re.match(r"  ([a-z-]+)  +\S", line) for line in lines) if match}


class Words(unittest.TestCase):
    """Without a store."""

    def test_every_command_and_flag_completes(self):
        for words, blocks in [((), blocks_of(())), *commands()]:
            with self.subTest(words):
                self.assertLessEqual(commands_of(blocks), set(candidates(*words, "")))
                self.assertLessEqual(flags_of(blocks), set(candidates(*words, "--")))

    def test_a_part_of_a_word_becomes_the_words_that_begin_so(self):
        self.assertEqual(candidates("rot"), ["rotate"])
        self.assertEqual(candidates("zone", "ex"), ["export"])
        self.assertEqual(candidates("--json", "secondary", "ch"), ["check"])
        self.assertEqual(candidates("help", "zone", "ser"), ["serial"])
        self.assertEqual(candidates("xyz"), [])
        self.assertEqual(candidates("rotate", "--exp"), ["--expect"])

    def test_hidden_commands_do_not_show(self):
        self.assertNotIn("complete", candidates(""))
        self.assertNotIn("--man", candidates("help", "--"))

    def test_values_with_a_choice_complete(self):
        self.assertEqual(candidates("rotate", "--expect", ""), ["sel1", "sel2"])
        self.assertEqual(candidates("rotate", "--expect=sel2"), ["--expect=sel2"])
        self.assertEqual(candidates("secondary", "config", "ns2", "--for", "k"), ["knot"])
        self.assertEqual(candidates("instructions", "--lang", "d"), ["de"])
        self.assertEqual(candidates("--color", "a"), ["auto", "always"])
        self.assertEqual(candidates("prepare", "mosa", "sel"), ["sel1", "sel2"])
        self.assertEqual(candidates("add", "x", "--key", "rsa3"), ["rsa3072"])
        self.assertEqual(candidates("list", "--state", "DRAIN"), ["DRAINING", "DRAINED"])
        self.assertEqual(candidates("signer", "add", "x", "--format", "open"), ["opendkim"])
        self.assertIn("signer-limit", candidates("policy", "set", "s"))

    def test_the_guards_that_a_command_can_lift_complete(self):
        self.assertEqual(candidates("rotate", "--override", "E_NOT_R"), ["E_NOT_RIPE"])
        self.assertEqual(candidates("thaw", "--override", ""), [])

    def test_files_are_left_to_the_shell(self):
        for words in (("--store", ""), ("backup", ""), ("import", "--keytable", ""), ("rotate", "--file", ""), ("restore", "/")):
            self.assertEqual(candidates(*words), [SHELLS_FILES], words)

    def test_no_flags_behind_two_hyphens(self):
        self.assertEqual(candidates("record", "add", "--", "--"), [])

    def test_it_is_silent_whatever_is_wrong(self):
        with tempfile.TemporaryDirectory() as directory:
            (Path(directory) / "zone.db").write_bytes(b"garbage" * 100)
            for words in (("rotate", ""), ("zone", "show", ""), ("--nonsense", ""), ("", ""), ("--expect",), ("--",)):
                done = run(ZONECTL, "complete", "--", "--store", directory, *words)
                self.assertEqual(done.stderr, "", words)
        self.assertEqual(candidates("--store", "/nonexistent", "rotate", ""), [])
        run(ZONECTL, "complete")


class Names(unittest.TestCase):
    """Of a store."""

    @classmethod
    def setUpClass(cls):
        cls.store = new_store(cls)
        codes = "".join(f"many{number}\n" for number in range(250))
        cls.store.zonectl("add", "--file", "-", "--reason", "test", "--override", "E_KEY_TYPE", input="code,key\n" + "".join(
            f"{code},ed25519\n" for code in ["mosa", "mosb", "nova", *codes.split()]), stdin=None)
        cls.store.zonectl("remove", "mosb")
        cls.store.zonectl("secondary", "add", "ns7", "--address", "127.0.0.7", "--no-key")

    def offers(self, expected, *words):
        """A machine with more to do may not find time within the tenth of a second that it takes at most."""
        until(lambda: candidates(*words, store=self.store) == expected, f"{expected} for {words}")

    def test_names_in_the_store_complete(self):
        self.offers(["mosa"], "rotate", "mosa")
        self.offers(["nova"], "show", "no")
        self.offers(["mosa"], "revoke", "nova", "mosa")
        self.offers(["dkim.secutix.com"], "zone", "show", "dk")
        self.offers(["ns7"], "secondary", "set", "n")
        self.offers(["nova"], "log", "no")
        self.offers([], "secondary", "set", "ns7", "--key", "n")

    def test_not_more_than_a_person_chooses_from(self):
        until(lambda: len(candidates("rotate", "many", store=self.store)) == 200, "200 candidates")

    def test_it_waits_for_nobody(self):
        import sqlite3  # pylint: disable=import-outside-toplevel
        holder = sqlite3.connect(self.store.zone_db, isolation_level=None)
        self.addCleanup(holder.close)
        holder.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        self.assertEqual(candidates("rotate", "mo", store=self.store), [])
        self.assertLess(time.monotonic() - began, 9, "it is over before the ten seconds that a command waits")


class Shells(unittest.TestCase):
    def setUp(self):
        self.place = Path(tempfile.mkdtemp(prefix="dnsd-test-completion-"))
        self.addCleanup(shutil.rmtree, self.place)
        (self.place / "zonectl").symlink_to(ZONECTL)
        self.variables = {"PATH": f"{self.place}:/usr/bin:/bin", "HOME": str(self.place), "TERM": "dumb", "LANG": "C.UTF-8"}

    def type_in(self, command, setup, typed, expected):
        """Types into a shell on a terminal of its own; it must show `expected`."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.place)
            os.execvpe(command[0], command, self.variables)
        shown = b""
        try:
            os.write(terminal, setup.encode() + b"\necho rea''dy\n")
            shown = self.read_until(terminal, b"ready\r\n")
            os.write(terminal, typed.encode())
            shown = self.read_until(terminal, expected.encode())
        finally:
            os.close(terminal)
            os.waitpid(pid, 0)
        return shown

    def read_until(self, terminal, wanted, seconds=60):
        shown, end = b"", time.monotonic() + seconds
        while wanted not in shown:
            if time.monotonic() > end or not select.select([terminal], [], [], end - time.monotonic())[0]:
                self.fail(f"no {wanted!r} in {shown!r}")
            shown += os.read(terminal, 4096)
        return shown

    @unittest.skipUnless(shutil.which("bash") and Path("/usr/share/bash-completion/bash_completion").exists(), "no bash-completion")
    def test_bash(self):
        setup = f"PS1='% '; . /usr/share/bash-completion/bash_completion; . {SCRIPTS / 'zonectl.bash'}"
        shell = ["bash", "--noprofile", "--norc", "-i"]
        self.type_in(shell, setup, "zonectl rot\t", "zonectl rotate ")
        self.type_in(shell, setup, "zonectl rotate --expect=sel\t\t", "sel2")
        (self.place / "a-file").touch()
        self.type_in(shell, setup, "zonectl --store a-f\t", "zonectl --store a-file")

    @unittest.skipUnless(shutil.which("zsh"), "no zsh")
    def test_zsh(self):
        setup = f"PS1='%% '; fpath=({SCRIPTS} $fpath); autoload -U compinit; compinit -u -D"
        self.type_in(["zsh", "-f", "-i"], setup, "zonectl rot\t", "zonectl rotate ")

    @unittest.skipUnless(shutil.which("fish"), "no fish")
    def test_fish(self):
        script = f"source {SCRIPTS / 'zonectl.fish'}; complete --do-complete 'zonectl rot'; complete --do-complete 'zonectl rotate --expect '"
        done = subprocess.run(["fish", "--no-config", "--command", script], env=self.variables, capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout.split(), ["rotate", "sel1", "sel2"], done.stderr)


if __name__ == "__main__":
    unittest.main()
