"""The manual pages: each command, flag and key is in them, and they render without a warning."""

import os
import re
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

from support.commands import commands
from support.namespace import SKIPPED
from support.programs import DNSD, ROOT, ZONECTL, run

SOURCES = ROOT / "deploy/man"
PAGES = ("dnsd.8", "dnsd.toml.5", "tsig_key.8", "zonectl.1", "zonestore.7")


def flags_in(help_text):
    """The flags that stand at the beginning of a line, which tells of them."""
    return {flag for line in help_text.splitlines() if re.match(r"  -", line)
            for flag in re.findall(r"--[a-z][a-z-]*", line.strip().split("  ")[0])}


class Manuals(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Path(tempfile.mkdtemp(prefix="dnsd-test-manuals-"))
        cls.addClassCleanup(shutil.rmtree, cls.place)
        cls.shown = {}
        for page in PAGES:
            made = run(SOURCES / "render", SOURCES / f"{page}.scd", ZONECTL, env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"})
            cls.source = made.stdout
            (cls.place / page).write_text(made.stdout, encoding="utf-8")
            done = run("man", "--warnings=all", "--local-file", cls.place / page,
                       env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "MANWIDTH": "300", "MAN_KEEP_FORMATTING": ""})
            cls.shown[page] = (made.stderr + done.stderr, re.sub(r".\x08|\x1b\[[0-9;]*m", "", done.stdout))

    def test_all_render_without_a_warning(self):
        for page in PAGES:
            self.assertEqual(self.shown[page][0], "", page)
            self.assertIn(page.split(".", maxsplit=1)[0], self.shown[page][1])

    def test_every_command_and_flag_of_zonectl_is_there_with_its_example(self):
        text = self.shown["zonectl.1"][1]
        for words, blocks in commands():
            usage = next((line for line in run(ZONECTL, *words, "--help").stdout.splitlines() if line.startswith("Usage: ")), "")
            if "COMMAND ..." in usage and "[COMMAND ...]" not in usage:
                continue  # a noun for its verbs
            begin = text.find(f"   {usage.removeprefix('Usage: ')}\n")
            self.assertGreater(begin, 0, usage)
            end = text.find("Exit codes", begin)
            for flag in flags_in("\n".join(blocks.get("Options", []))) - {"--help"}:
                self.assertIn(flag, text[begin:end], words)
            for line in blocks.get("Example", []):
                self.assertIn(line.strip(), text[begin:end], words)
        for flag in flags_in(run(ZONECTL, "--help").stdout):
            self.assertIn(flag, text[:text.find("COMMANDS")], flag)

    def test_every_flag_of_dnsd_is_there_and_no_other(self):
        told = set(re.findall(r"^ +(?:-h, )?(--[a-z-]+)", self.shown["dnsd.8"][1], re.M))
        self.assertEqual(told, flags_in(run(DNSD, "--help").stdout.replace("-h,--help", "--help")))

    def test_every_key_of_the_template_is_there_with_its_default(self):
        text = self.shown["dnsd.toml.5"][1]
        for line in (ROOT / "deploy/dnsd.toml").read_text(encoding="utf-8").splitlines():
            if re.match(r"\w+ = ", line):
                self.assertRegex(text, rf"(?m)^ +{re.escape(line)}$")
            elif re.match(r"\[\w+\]$", line):
                self.assertRegex(text, rf"(?m)^ +{re.escape(line)}$")


if __name__ == "__main__":
    if missing := [name for name in ("scdoc", "man") if shutil.which(name) is None]:
        print(f"SKIPPED: missing: {missing}")
        sys.exit(SKIPPED)
    unittest.main()
