"""NSD, Knot and BIND follow dnsd by what `zonectl secondary config` and `tsig_key show` print, and nothing else."""

import shutil
import subprocess
import unittest
from pathlib import Path

from support.peers import PEERS, free_port
from support.programs import run
from support.questions import DKIM_ZONE, SPF_ZONE, dig, selector, until
from support.server import serve
from support.store import new_store

KEY = "ns2-key"
TSIG_KEY = Path(__file__).resolve().parents[2] / "deploy" / "tsig_key"


class Followers(unittest.TestCase):
    def setUp(self):
        self.store = new_store(self)
        self.store.zonectl("add", "mosa")
        self.keys = self.store.scratch / "tsig.keys"
        self.keys.touch(mode=0o600)
        self.settings = self.store.scratch / "dnsd.toml"
        self.settings.write_text(f'[transfer]\ntsig_keys_file = "{self.keys}"\n', encoding="ascii")
        run(TSIG_KEY, "make", KEY, "--config", self.settings, expect=None)
        self.server = serve(self, self.store, "--config", self.settings)

    def start(self, kind, port):
        """The other server, with what was printed for it alone."""
        directory = self.store.scratch / kind
        directory.mkdir()
        clause = run(TSIG_KEY, "show", KEY, "--for", kind, "--config", self.settings).stdout
        printed = self.store.zonectl("secondary", "config", "ns2", "--for", kind,
                                     "--primary", "%s:%d" % self.server.address()).stdout
        file = directory / "server.conf"
        file.write_text(PEERS[kind].head(directory, port) + clause + printed, encoding="ascii")
        log = open(directory / "log", "wb")
        self.addCleanup(log.close)
        process = subprocess.Popen(PEERS[kind].start_line(file), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.addCleanup(process.wait, 60)
        self.addCleanup(process.terminate)
        return directory / "log"

    def wait_until_current(self, log):
        def is_current():
            return self.store.zonectl("secondary", "check", expect=None).returncode == 0
        try:
            until(is_current, "the secondary is current", timeout=120)
        except AssertionError as late:
            raise AssertionError(f"{late}\n{log.read_text(errors='replace')}\n{self.server.log}") from None

    def follow(self, kind):
        if shutil.which(PEERS[kind].command[0], path="/usr/sbin:/usr/bin") is None:
            self.skipTest(f"{PEERS[kind].command[0]} is not installed")
        port = free_port()
        self.store.zonectl("secondary", "add", "ns2", "--address", f"127.0.0.1:{port}", "--key", KEY)
        self.server.wait_for("event=peers_changed peers=1")
        log = self.start(kind, port)
        self.wait_until_current(log)
        self.assertIn("v=DKIM1", dig(("127.0.0.1", port), selector("mosa"), "TXT", "+short", "+tcp"))
        self.store.zonectl("spf", "allow", "ip4:192.28.148.112")
        self.store.zonectl("rotate", "mosa", "--no-look", "--override", "E_NOT_RIPE", "--reason", "test")
        self.wait_until_current(log)
        for name in (SPF_ZONE, selector("mosa"), selector("mosa", "sel2")):
            ours, theirs = (sorted(dig(address, name, "TXT", "+short", "+tcp").splitlines())
                            for address in (self.server.address(), ("127.0.0.1", port)))
            self.assertEqual(ours, theirs, name)
        self.assertIn("ip4:192.28.148.112", dig(("127.0.0.1", port), SPF_ZONE, "TXT", "+short", "+tcp"))
        self.assertRegex(self.server.log, rf"event=transfer zone={DKIM_ZONE.rstrip('.')} peer=ns2 kind=ixfr ")

    def test_nsd(self):
        self.follow("nsd")

    def test_knot(self):
        self.follow("knot")

    def test_bind(self):
        self.follow("bind")


if __name__ == "__main__":
    unittest.main()
