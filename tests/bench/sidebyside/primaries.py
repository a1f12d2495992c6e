"""dnsd, Knot, NSD and BIND as primaries of the same zone, each with one secondary that signs with a key; and how each is
told a change: by zonectl, knotc, a zone file that is read again, nsupdate."""

import shutil
import subprocess
import time

from support import peers

from sidebyside.ours import Dnsd
from sidebyside.peers import Server
from sidebyside.processes import Failed, run
from sidebyside.sink import KEY, ask_soa

ZONE = "dkim.secutix.com"
OVERRIDE = ("--no-look", "--override", "E_NOT_RIPE", "--reason", "a measurement")


class Primary:
    """What is asked of each beside being a Server: it serves ZONE to whoever signs with the key, and can change it."""

    follower_port = 0  # who is told of changes

    def wait_until_it_serves(self, patience=600):
        deadline = time.monotonic() + patience
        while ask_soa(self.port, ZONE, 0.2) is None:
            if time.monotonic() > deadline or self.processes.has_ended():
                raise Failed(f"{self.label} does not serve:\n{self.log()}")
            time.sleep(0.05)

    def change(self, number):
        raise NotImplementedError


class DnsdPrimary(Primary, Dnsd):
    """Its store is a copy, which may be changed."""

    settings = "`[transfer]` as it is by itself"

    def write_config(self):
        keys = self.directory / "tsig.keys"
        keys.touch(mode=0o600)
        keys.write_text(KEY.line, encoding="ascii")
        self.fill(f'[rate_limit]\nanswers_per_second = 0\n[transfer]\ntsig_keys_file = "{keys}"\n')

    def zonectl(self, *words, **options):
        return run(self.data.programs / "zonectl", "--store", self.data.store, *words, **options)

    def enrol(self, name, port):
        self.zonectl("secondary", "add", name, "--address", f"127.0.0.1:{port}", "--key", KEY.name)

    def change(self, number):
        self.zonectl(*(("rotate", "mosa", *OVERRIDE) if number % 2 == 0 else ("undo", "mosa")))


class _Own(Primary, Server):
    peer = None

    def command(self):
        return self.peer.start_line(self.directory / "config", self.workers)

    def words(self):
        return {"zone": ZONE, "file": self.data.zone_files[ZONE], "directory": self.directory, "key": KEY.name,
                "algorithm": KEY.algorithm, "secret": KEY.text, "follower": self.follower_port}


class KnotPrimary(_Own):
    name, program, peer = "knot", "knotd", peers.KNOT
    settings = "`journal-content: changes`; a change by knotc"
    _SECTIONS = """control:
  listen: "{directory}/control"
key:
  - id: {key}
    algorithm: {algorithm}
    secret: {secret}
remote:
  - id: follower
    address: 127.0.0.1@{follower}
    key: {key}
acl:
  - id: follower
    key: {key}
    action: transfer
"""
    _ZONE = """  - domain: "{zone}"
    file: "{file}"
    journal-content: changes
    notify: follower
    acl: follower
"""

    def write_config(self):
        head = self.peer.configuration((), self.directory, self.port, sections=self._SECTIONS.format(**self.words()),
                                       template="    semantic-checks: off\n")
        (self.directory / "config").write_text(head + self._ZONE.format(**self.words()))

    def change(self, number):
        for words in (("zone-begin", ZONE), ("zone-unset", ZONE, "bench", "TXT"),
                      ("zone-set", ZONE, "bench", "300", "TXT", f"number{number}"), ("zone-commit", ZONE)):
            done = subprocess.run(["knotc", "-s", str(self.directory / "control"), *words], check=False,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if done.returncode != 0 and words[0] != "zone-unset":  # the first time there is nothing to unset
                raise Failed(f"knotc {' '.join(words)}: {done.stdout.decode()}")


class NsdPrimary(_Own):
    """Reads a small file, which includes all of the zone but what changes."""

    name, program, version_of, peer = "nsd", "nsd", ("-v",), peers.NSD
    settings = "`create-ixfr`, `store-ixfr`; a change by its zone file, read again"
    _SECTIONS = """  control-interface: "{directory}/control"
key:
  name: "{key}"
  algorithm: {algorithm}
  secret: "{secret}"
"""
    _ZONE = """zone:
  name: "{zone}"
  zonefile: "{directory}/zone"
  create-ixfr: yes
  store-ixfr: yes
  notify: 127.0.0.1@{follower} {key}
  provide-xfr: 127.0.0.1 {key}
"""

    def write_config(self):
        head = self.peer.configuration((), self.directory, self.port, sections=self._SECTIONS.format(**self.words()))
        (self.directory / "config").write_text(head.replace("control-enable: no", "control-enable: yes")
                                               + self._ZONE.format(**self.words()))
        self._split()
        self._write(0)

    def _split(self):
        with open(self.data.zone_files[ZONE], encoding="ascii") as whole, \
                open(self.directory / "rest", "w", encoding="ascii") as rest:
            for line in whole:
                if "\tSOA\t" in line or " SOA " in line:
                    self.soa = line.split()
                    break
                rest.write(line)
            else:
                raise Failed(f"{self.data.zone_files[ZONE]} has no SOA")
            shutil.copyfileobj(whole, rest)

    def _write(self, number):
        serial = self.soa.index("SOA") + 3
        soa = [*self.soa[:serial], str(int(self.soa[serial]) + number), *self.soa[serial + 1:]]
        changed = f"bench.{ZONE}. 300 IN TXT number{number}\n" if number else ""
        (self.directory / "zone").write_text(f"{' '.join(soa)}\n$INCLUDE {self.directory}/rest\n{changed}")

    def change(self, number):
        self._write(number + 1)
        run("nsd-control", "-c", self.directory / "config", "reload", ZONE)


class BindPrimary(_Own):
    name, program, version_of, peer = "bind", "named", ("-v",), peers.BIND
    settings = "`notify-delay 0`; a change by nsupdate"
    _SECTIONS = 'key "{key}" {{ algorithm {algorithm}; secret "{secret}"; }};\n'
    _ZONE = """zone "{zone}" {{
  type primary; file "{directory}/zone"; journal "{directory}/journal"; masterfile-format text; check-names ignore;
  allow-update {{ key "{key}"; }}; allow-transfer {{ key "{key}"; }};
  notify explicit; notify-delay 0; also-notify {{ 127.0.0.1 port {follower} key "{key}"; }};
}};
"""

    def write_config(self):
        head = self.peer.configuration((), self.directory, self.port, sections=self._SECTIONS.format(**self.words()),
                                       server="  lock-file none;\n")
        (self.directory / "config").write_text(head + self._ZONE.format(**self.words()))
        (self.directory / "zone").symlink_to(self.data.zone_files[ZONE])  # it writes a file of its own in the link's place

    def change(self, number):
        run("nsupdate", "-y", f"{KEY.algorithm}:{KEY.name}:{KEY.text}", stdin=None, input=(
            f"server 127.0.0.1 {self.port}\nzone {ZONE}\nupdate delete bench.{ZONE} TXT\n"
            f"update add bench.{ZONE} 300 TXT number{number}\nsend\n"))


OWN = {each.name: each for each in (KnotPrimary, NsdPrimary, BindPrimary)}
