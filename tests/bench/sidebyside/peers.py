"""The servers: how each is configured, for one worker and as fast as its documentation says, and started.

What is made equal: 127.0.0.1 alone, answers of at most 1232 bytes over UDP, minimal answers, no rate limit, no query
log, no statistics where they can be turned off, room for 100 TCP connections. NSD, Knot and BIND have the configuration
of the test that compares their answers (tests/system/support/peers.py), and what makes them fast.
"""

import os
import shutil
import subprocess

from support import peers

from sidebyside.processes import Processes


class Server:
    """One server over one set of zones. A turn is: start(), measure, stop()."""

    name = ""
    program = ""
    version_of = ("--version",)
    loads = ("hits", "mix", "flood", "tcp")
    is_checked = True  # its answers are DNS
    settings = ""      # for the page: what was set beyond the addresses

    def __init__(self, data, directory, workers):
        self.data = data
        self.directory = directory
        self.workers = workers
        self.port = 0
        self.processes = None

    @property
    def label(self):
        return self.name if self.workers == 1 else f"{self.name} x{self.workers}"

    @classmethod
    def is_there(cls):
        return shutil.which(cls.program) is not None

    @classmethod
    def version(cls):
        """The first line with a digit of what it says of itself."""
        done = subprocess.run([cls.program, *cls.version_of], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              encoding="utf-8", errors="replace", check=False, timeout=20)
        lines = [line.strip() for line in done.stdout.splitlines() if any(char.isdigit() for char in line)]
        return lines[0] if lines else "unknown"

    def prepare(self):
        """Writes what the server reads, on a port that is free now."""
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        self.port = peers.free_port()
        self.write_config()

    def start(self):
        self.processes = Processes(self.command(), self.directory / "log")

    def stop(self):
        if self.processes is not None:
            self.processes.stop()
            self.processes = None

    def log(self):
        file = self.directory / "log"
        return file.read_text(errors="replace")[-3000:] if file.exists() else ""

    def write_config(self):
        raise NotImplementedError

    def command(self):
        raise NotImplementedError

    def filled(self, template):
        return template.format(directory=self.directory, port=self.port, workers=self.workers,
                               several="yes" if self.workers > 1 else "no",
                               on_if_several="on" if self.workers > 1 else "off")

    def fill(self, template, per_zone=""):
        files = self.data.zone_files if per_zone else {}
        zones = "".join(per_zone.format(name=name, file=file) for name, file in files.items())
        (self.directory / "config").write_text(self.filled(template) + zones)


class Compared(Server):
    """One that the differential test has as well: its configuration, and what makes it fast."""

    peer = None
    own = {}  # lines for its sections

    def write_config(self):
        own = {section: self.filled(lines) for section, lines in self.own.items()}
        (self.directory / "config").write_text(self.peer.configuration(
            self.data.zone_files.items(), self.directory, self.port, workers=self.workers, **own))

    def command(self):
        return self.peer.start_line(self.directory / "config", self.workers)


class Nsd(Compared):
    name, program, version_of, peer = "nsd", "nsd", ("-v",), peers.NSD
    settings = "`server-count` = workers, `reuseport` with more than one, in memory (no database), `minimal-responses`"
    own = {"server": "  reuseport: {several}\n  tcp-count: 100\n"}


class Knot(Compared):
    name, program, peer = "knot", "knotd", peers.KNOT
    settings = "`udp-workers`, `tcp-workers`, `background-workers` = workers, `tcp-reuseport` with more than one, " \
               "no journal, no semantic checks"
    own = {"server": "  tcp-reuseport: {on_if_several}\n  tcp-max-clients: 100\n",
           "template": "    semantic-checks: off\n"}


class Bind(Compared):
    name, program, version_of, peer = "bind", "named", ("-v",), peers.BIND
    settings = "`-n` = workers, `minimal-responses`, no recursion, no zone statistics, zones as text"
    own = {"server": "  lock-file none;\n  answer-cookie no;\n  querylog no;\n  zone-statistics none;\n"
                     "  tcp-clients 100;\n"}


class Pdns(Server):
    name, program = "pdns", "pdns_server"
    settings = "gsqlite3 backend, `receiver-threads` = workers, `reuseport` with more than one, one distributor " \
               "thread each, packet and query caches that hold every key for a day"

    def write_config(self):
        entries = 4 * self.data.facts["keys"] + 100_000
        (self.directory / "pdns.conf").write_text(f"""
launch=gsqlite3
gsqlite3-database={self.data.pdns_database()}
gsqlite3-dnssec=no
gsqlite3-pragma-synchronous=0
local-address=127.0.0.1
local-port={self.port}
socket-dir={self.directory}
daemon=no
guardian=no
disable-syslog=yes
loglevel=3
receiver-threads={self.workers}
distributor-threads=1
reuseport={"yes" if self.workers > 1 else "no"}
cache-ttl=86400
query-cache-ttl=86400
negquery-cache-ttl=86400
max-cache-entries={entries}
max-packet-cache-entries={entries}
zone-cache-refresh-interval=86400
max-tcp-connections=100
max-tcp-connections-per-client=0
max-tcp-transactions-per-conn=0
udp-truncation-threshold=1232
security-poll-suffix=
version-string=anonymous
""")

    def command(self):
        return "pdns_server", f"--config-dir={self.directory}"


class Gdnsd(Server):
    name, program, version_of = "gdnsd", "gdnsd", ("-V",)
    settings = "`udp_threads`, `tcp_threads` = workers"

    def write_config(self):
        (self.directory / "zones").mkdir()
        (self.directory / "run").mkdir()
        for name, file in self.data.zone_files.items():
            (self.directory / "zones" / name).symlink_to(file)
        self.fill("""
options => {{
  listen => {{ 127.0.0.1:{port} => {{ udp_threads = {workers}, tcp_threads = {workers} }} }},
  run_dir => "{directory}/run",
  state_dir => "{directory}/run",
  max_edns_response => 1232,
}}
""")

    def command(self):
        return "gdnsd", "-c", self.directory, "start"


class Yadifa(Server):
    name, program = "yadifa", "yadifad"
    loads = ("hits", "mix", "flood")  # asked on kept-open connections for the third time, it resets new ones
    settings = "`network-model multi`, `thread-count-by-address` = workers, no statistics, no RRL; no TCP: it resets " \
               "connections when others were open shortly before"

    def write_config(self):
        for name in ("keys", "xfr", "logs"):
            (self.directory / name).mkdir()
        self.fill("""
<main>
  daemon off
  chroot off
  logpath "{directory}/logs"
  pidfile "{directory}/yadifad.pid"
  datapath "{directory}"
  keyspath "{directory}/keys"
  xfrpath "{directory}/xfr"
  edns0-max-size 1232
  max-tcp-queries 100
  max-tcp-queries-per-address 100
  port {port}
  listen 127.0.0.1
  network-model multi
  thread-count-by-address {workers}
  statistics off
  queries-log-type 0
  allow-query any
  allow-update none
  allow-transfer none
  allow-notify none
  allow-control none
</main>
<rrl>
  enabled false
</rrl>
""", "<zone>\n  domain {name}\n  type primary\n  file {file}\n  notify-auto no\n</zone>\n")

    def command(self):
        return "yadifad", "--nodaemon", "-u", str(os.getuid()), "-g", str(os.getgid()), "-c", self.directory / "config"


PEERS = {each.name: each for each in (Nsd, Knot, Bind, Pdns, Gdnsd, Yadifa)}
