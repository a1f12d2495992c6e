"""The servers: how each is configured, for one worker and as fast as its documentation says, and started.

What is made equal: 127.0.0.1 alone, answers of at most 1232 bytes over UDP, minimal answers, no rate limit, no query
log, no statistics where they can be turned off, room for 100 TCP connections.
"""

import os
import shutil
import subprocess

from sidebyside.processes import Processes, free_port


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
        self.port = free_port()
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

    def fill(self, template, per_zone=""):
        values = {"directory": self.directory, "port": self.port, "workers": self.workers,
                  "several": "yes" if self.workers > 1 else "no", "on_if_several": "on" if self.workers > 1 else "off"}
        files = self.data.zone_files if per_zone else {}
        zones = "".join(per_zone.format(name=name, file=file) for name, file in files.items())
        (self.directory / "config").write_text(template.format(**values) + zones)


class Nsd(Server):
    name, program, version_of = "nsd", "nsd", ("-v",)
    settings = "`server-count` = workers, `reuseport` with more than one, in memory (no database), `minimal-responses`"

    def write_config(self):
        self.fill("""
server:
  ip-address: 127.0.0.1@{port}
  username: ""
  chroot: ""
  zonesdir: "{directory}"
  database: ""
  pidfile: "{directory}/nsd.pid"
  xfrdfile: "{directory}/xfrd.state"
  zonelistfile: "{directory}/zone.list"
  server-count: {workers}
  reuseport: {several}
  minimal-responses: yes
  round-robin: no
  rrl-ratelimit: 0
  rrl-whitelist-ratelimit: 0
  tcp-count: 100
  ipv4-edns-size: 1232
  hide-version: yes
remote-control:
  control-enable: no
""", 'zone:\n  name: "{name}"\n  zonefile: "{file}"\n')

    def command(self):
        return "nsd", "-d", "-c", self.directory / "config"


class Knot(Server):
    name, program = "knot", "knotd"
    settings = "`udp-workers`, `tcp-workers`, `background-workers` = workers, `tcp-reuseport` with more than one, " \
               "no journal, no semantic checks"

    def write_config(self):
        self.fill("""
server:
  rundir: "{directory}"
  listen: 127.0.0.1@{port}
  udp-workers: {workers}
  tcp-workers: {workers}
  background-workers: {workers}
  tcp-reuseport: {on_if_several}
  tcp-max-clients: 100
  udp-max-payload: 1232
  answer-rotation: off
log:
  - target: stderr
    any: warning
database:
  storage: "{directory}"
template:
  - id: default
    storage: "{directory}"
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
    semantic-checks: off
zone:
""", '  - domain: "{name}"\n    file: "{file}"\n')

    def command(self):
        return "knotd", "-c", self.directory / "config"


class Bind(Server):
    name, program, version_of = "bind", "named", ("-v",)
    settings = "`-n` = workers, `minimal-responses`, no recursion, no zone statistics, zones as text"

    def write_config(self):
        self.fill("""
options {{
  directory "{directory}";
  pid-file "{directory}/named.pid";
  session-keyfile "{directory}/session.key";
  managed-keys-directory "{directory}";
  lock-file none;
  listen-on port {port} {{ 127.0.0.1; }};
  listen-on-v6 {{ none; }};
  recursion no;
  allow-query {{ any; }};
  allow-transfer {{ none; }};
  notify no;
  minimal-responses yes;
  minimal-any yes;
  edns-udp-size 1232;
  max-udp-size 1232;
  answer-cookie no;
  check-names primary ignore;
  check-integrity no;
  rrset-order {{ order none; }};
  dnssec-validation no;
  querylog no;
  zone-statistics none;
  tcp-clients 100;
}};
controls {{ }};
""", 'zone "{name}" {{ type primary; file "{file}"; check-names ignore; }};\n')

    def command(self):
        return "named", "-g", "-n", self.workers, "-c", self.directory / "config"


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
