"""Other servers that follow dnsd by what `zonectl secondary config` and `tsig_key show` print, and nothing else."""

import shutil
import subprocess
import unittest
from pathlib import Path

from support.peers import PEERS, free_port
from support.programs import end, run
from support.questions import dig, until
from support.server import serve
from support.store import new_store

KEY = "ns2-key"
TSIG_KEY = Path(__file__).resolve().parents[3] / "deploy" / "tsig_key"
POWER_DNS_SCHEMA = "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql"
# What its documentation tells whoever keeps zones in SQLite; by itself it asks for new serials each minute.
POWER_DNS = """
launch=gsqlite3
gsqlite3-database={directory}/zones.db
gsqlite3-dnssec=yes
gsqlite3-pragma-synchronous=0
local-address=127.0.0.1
local-port={port}
socket-dir={directory}
daemon=no
guardian=no
disable-syslog=yes
loglevel=6
security-poll-suffix=
xfr-cycle-interval=5
cache-ttl=0
query-cache-ttl=0
negquery-cache-ttl=0
zone-cache-refresh-interval=0
secondary=yes
allow-notify-from=127.0.0.1
"""


class WithFollowers(unittest.TestCase):
    """A store with an institution, a dnsd with a key, and servers that follow it."""

    def setUp(self):
        self.store = new_store(self)
        self.store.zonectl("add", "mosa")
        self.settings = self.store.scratch / "dnsd.toml"
        keys = self.store.scratch / "tsig.keys"
        keys.touch(mode=0o600)
        self.settings.write_text(f'[transfer]\ntsig_keys_file = "{keys}"\n', encoding="ascii")
        run(TSIG_KEY, "make", KEY, "--config", self.settings, expect=None)
        self.server = serve(self, self.store, "--config", self.settings)
        self.peers = 0

    def enrol(self, name, *how):
        """A secondary that is known to the store and to dnsd, at a port that is free."""
        port = free_port()
        self.store.zonectl("secondary", "add", name, "--address", f"127.0.0.1:{port}", *how)
        self.peers += 1
        self.server.wait_for(f"event=peers_changed peers={self.peers}")
        return port

    def start(self, kind, port, name="ns2", key=KEY):
        """The other server, with what is printed for it."""
        return Follower(self, kind, port, name, key)

    def wait_until_current(self, follower):
        def is_current():
            return self.store.zonectl("secondary", "check", follower.name, "--timeout", "5s", expect=None).returncode == 0
        try:
            until(is_current, f"{follower.name} is current", timeout=120)
        except AssertionError as late:
            raise AssertionError(f"{late}\n{follower.log()}\n{self.server.log}") from None


class Follower:
    def __init__(self, test, kind, port, name, key):  # pylint: disable=too-many-arguments,too-many-positional-arguments
        program = "pdns_server" if kind == "pdns" else PEERS[kind].command[0]
        if shutil.which(program, path="/usr/sbin:/usr/bin") is None:
            test.skipTest(f"{program} is not installed")
        self.name, self.kind, self.address = name, kind, ("127.0.0.1", port)
        self.directory = test.store.scratch / f"{kind}-{name}"
        self.directory.mkdir()
        clause = run(TSIG_KEY, "show", key, "--for", kind, "--config", test.settings).stdout if key else ""
        printed = test.store.zonectl("secondary", "config", name, "--for", kind,
                                     "--primary", "%s:%d" % test.server.address()).stdout
        self.command = self._power_dns(clause + printed) if kind == "pdns" else self._by_file(clause, printed)
        self.process = None
        self.start()
        test.addCleanup(self.stop)

    def _by_file(self, clause, printed):
        file = self.directory / "server.conf"
        # BIND's list of catalogs stands in its options, of which there are no two.
        options = "".join(line[5:] + "\n" for line in printed.splitlines() if line.startswith("//   "))
        # Knot keeps members where their template says, not where the default one does.
        printed = printed.replace("  - id: dnsd-member\n", f'  - id: dnsd-member\n    storage: "{self.directory}"\n')
        file.write_text(PEERS[self.kind].head(self.directory, self.address[1], server=options) + clause + printed,
                        encoding="ascii")
        return PEERS[self.kind].start_line(file)

    def _power_dns(self, commands):
        (self.directory / "pdns.conf").write_text(POWER_DNS.format(directory=self.directory, port=self.address[1]),
                                                  encoding="ascii")
        with open(POWER_DNS_SCHEMA, encoding="ascii") as schema:
            run("sqlite3", self.directory / "zones.db", stdin=schema)
        for line in commands.splitlines():
            if line.startswith("# in its database: "):
                run("sqlite3", self.directory / "zones.db", line.partition(": ")[2])
            elif not line.startswith("#"):
                program, *words = line.split()
                run(program, f"--config-dir={self.directory}", *words)
        return ["pdns_server", f"--config-dir={self.directory}"]

    def start(self):
        with open(self.directory / "log", "ab") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def stop(self):
        end(self.process)

    def log(self):
        return (self.directory / "log").read_text(errors="replace")

    def answer(self, name, type_name):
        """What it says, each record a line, in order; nothing while it does not answer."""
        try:
            return sorted(dig(self.address, name, type_name, "+short", "+tcp", "+tries=1").splitlines())
        except AssertionError:
            return []

    def serves(self, zone):
        return any(len(line.split()) == 7 for line in self.answer(zone, "SOA"))
