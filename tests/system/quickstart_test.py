"""deploy/quickstart as one who tries it out sees it, but for the packages and the build: the programs are there already.

In a network namespace of its own, since it serves on its own ports; it asks the DNS for nothing there.
"""

import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import namespace
from support.programs import DNSD, ROOT, ZONECTL, run

STEPS_LEFT_OUT = r"(?m)^  (fetch_packages|build_programs)\n"


class Quickstart(unittest.TestCase):
    def setUp(self):
        self.tree = Path(tempfile.mkdtemp(prefix="dnsd-test-"))
        self.addCleanup(shutil.rmtree, self.tree, ignore_errors=True)
        self.tree.chmod(0o755)
        (self.tree / "deploy").mkdir()
        for name in ("quickstart", "tsig_key"):
            shutil.copy(ROOT / "deploy" / name, self.tree / "deploy" / name)
        script = self.tree / "deploy/quickstart"
        text, left_out = re.subn(STEPS_LEFT_OUT, "", script.read_text(encoding="utf-8"))
        self.assertEqual(left_out, 2)
        script.write_text(text, encoding="utf-8")
        programs = self.tree / "build-try/bin"
        programs.mkdir(parents=True)
        for program, name in ((DNSD, "dnsd"), (ZONECTL, "zonectl")):
            (programs / name).symlink_to(program)

    def run_it(self, *arguments, expect=0):
        done = run(self.tree / "deploy/quickstart", "--once", *arguments, expect=expect, timeout=600)
        return done.stdout + done.stderr

    def check_nobody_listens(self):
        self.assertNotRegex(run("ss", "-Hlntu").stdout, r":53\d\d\b")

    def test_it_shows_answers_and_a_rotation_and_stops(self):
        shown = self.run_it()
        self.assertIn("mosa: added, signs with sel1", shown)
        self.assertIn("E_NOT_RIPE", shown)
        self.assertIn("signing moved from sel1 to sel2", shown)
        self.assertNotIn("ns2-key", shown)
        self.check_nobody_listens()

    def test_a_secondary_follows_and_has_the_rotation(self):
        shown = self.run_it("--with-secondary")
        self.assertIn("mosa: added, signs with sel1", shown)  # and not: once the secondary must have it
        self.assertRegex(shown, r"  ok  ns2  serial \d+ at 127\.0\.0\.1:5301")
        arrived = shown[shown.index("The rotation at the secondary"):]
        self.assertRegex(arrived, r"(?m)^sel2-mosa\._domainkey\.dkim\.secutix\.com\.\s+3600\s+IN\s+TXT\s+\"v=DKIM1")
        self.assertRegex(arrived, r"event=transfer zone=dkim\.secutix\.com peer=ns2 kind=ixfr ")
        for zone in ("dkim.secutix.com", "spf.secutix.com"):
            self.assertRegex(arrived, rf"(?m)^ns2\tns2-key\t{re.escape(zone)}\t[0-9]+\tcurrent\t")
        self.assertIn("NSD has stopped.\ndnsd has stopped.", shown)
        self.check_nobody_listens()
        secret = (self.tree / "build-try/secondary/tsig.keys").read_text(encoding="ascii").split()[2]
        self.assertNotIn(secret, shown)

        again = self.run_it("--with-secondary", "--port", "5310")
        self.assertRegex(again, r"  ok  ns2  serial \d+ at 127\.0\.0\.1:5311")
        self.check_nobody_listens()

    def test_a_port_that_another_has_is_told(self):
        with subprocess.Popen(["/usr/bin/python3", "-c", "import socket, sys; s = socket.create_server(('127.0.0.1', 5301)); "
                               "print(flush=True); sys.stdin.read()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
            other.stdout.readline()
            shown = self.run_it("--with-secondary", expect=1)
            other.stdin.close()
            other.wait(10)
        self.assertIn("deploy/quickstart --with-secondary --port 5302", shown)
        self.check_nobody_listens()


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main()
