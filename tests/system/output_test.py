"""Where zonectl's words go: a reader that has had enough is no fault, a full disk is one; colour as it is asked for."""

import os
import subprocess
import unittest

from support.programs import ZONECTL
from support.store import new_store


class Output(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = new_store(cls)
        lines = "".join(f"long{number}.{'x' * 60} TXT {'y' * 60}\n" for number in range(400))
        path = cls.store.scratch / "example.zone"
        path.write_text("$ORIGIN example.\n$TTL 300\n@ SOA ns1.secutix.com. host 1 3600 600 1209600 300\n"
                        "@ NS ns1.secutix.com.\n" + lines, encoding="ascii")
        cls.store.zonectl("zone", "import", path)

    def to(self, output, *args):
        return subprocess.run([ZONECTL, "--store", str(self.store.path), *args], stdout=output,
                              stderr=subprocess.PIPE, encoding="utf-8", check=False)

    def to_nobody(self, *args):
        reading, writing = os.pipe()
        os.close(reading)
        with os.fdopen(writing, "w") as output:
            return self.to(output, *args)

    def test_a_reader_that_has_gone_is_no_fault(self):
        for args in (["version"], ["--help"], ["record", "list", "example"], ["record", "list", "example", "--json"]):
            done = self.to_nobody(*args)
            self.assertEqual((done.returncode, done.stderr), (0, ""), args)

    def test_a_change_is_made_whoever_reads(self):
        self.assertEqual(self.to_nobody("record", "add", "example", "www", "A", "192.0.2.1").returncode, 0)
        self.assertIn("192.0.2.1", self.store.zonectl("record", "list", "example", "www").stdout)

    def test_a_full_disk_is_a_fault(self):
        with open("/dev/full", "w", encoding="ascii") as full:
            done = self.to(full, "record", "list", "example")
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot write to standard output", done.stderr)

    def test_colour_is_as_it_is_asked_for(self):
        for args, coloured in (([], False), (["--color", "always"], True), (["--color", "never"], False),
                               (["--color", "auto"], False)):
            for place in (args + ["zone", "show", "example"], ["zone", "show", "example"] + args):
                self.assertEqual("\x1b[" in self.store.zonectl(*place).stdout, coloured, place)
        self.assertNotIn("\x1b[", self.store.zonectl("--color", "always", "zone", "show", "example", "--json").stdout)
        wrong = self.to(subprocess.PIPE, "--color", "green", "list")
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("auto, always or never", wrong.stderr)

    def test_the_version_has_a_short_flag(self):
        self.assertEqual(self.store.zonectl("-V").stdout, self.store.zonectl("--version").stdout)


if __name__ == "__main__":
    unittest.main()
