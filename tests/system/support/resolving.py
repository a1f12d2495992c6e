"""The world around dnsd in a network namespace of one's own: name servers from the root down, and a strict resolver.

    127.0.0.1  Unbound, as a receiving mail server has it
    127.0.0.2  NSD: the root, com, secutix.com (which delegates to dnsd) and mosamuseum.com
    127.0.0.3  dnsd, started by the test
"""

import subprocess
import time
from pathlib import Path

from support.programs import end, run

RESOLVER, PARENTS, DNSD_ADDRESS = "127.0.0.1", "127.0.0.2", "127.0.0.3"

_SOA = "@ 60 IN SOA ns.invalid. hostmaster.invalid. 1 3600 600 86400 60\n"
_ZONES = {
    ".": f"{_SOA}@ 60 NS ns.root.\nns.root. 60 A {PARENTS}\ncom. 60 NS ns.com.\nns.com. 60 A {PARENTS}\n",
    "com": f"{_SOA}@ 60 NS ns\nns 60 A {PARENTS}\n"
           f"secutix 60 NS ns.secutix\nns.secutix 60 A {PARENTS}\n"
           f"mosamuseum 60 NS ns.mosamuseum\nns.mosamuseum 60 A {PARENTS}\n",
    "secutix.com": f"{_SOA}@ 60 NS ns\nns 60 A {PARENTS}\n"
                   f"ns1 60 A {DNSD_ADDRESS}\nns2 60 A {DNSD_ADDRESS}\n"
                   "dkim 60 NS ns1\ndkim 60 NS ns2\nspf 60 NS ns1\nspf 60 NS ns2\n",
}

_UNBOUND = """
server:
  interface: {resolver}
  access-control: 127.0.0.0/8 allow
  do-not-query-localhost: no
  do-ip6: no
  username: ""
  chroot: ""
  directory: "{directory}"
  pidfile: "{directory}/unbound.pid"
  use-syslog: no
  verbosity: 1
  num-threads: 1
  module-config: "iterator"
  root-hints: "{directory}/root.hints"
  qname-minimisation: yes
  qname-minimisation-strict: yes
  harden-below-nxdomain: yes
  harden-glue: yes
  use-caps-for-id: yes
  aggressive-nsec: yes
remote-control:
  control-enable: no
"""

_NSD = """
server:
  ip-address: {parents}
  username: "root"
  zonesdir: "{directory}"
  database: ""
  pidfile: "{directory}/nsd.pid"
  xfrdfile: "{directory}/xfrd.state"
  zonelistfile: "{directory}/zone.list"
  server-count: 1
remote-control:
  control-enable: no
"""


class World:
    """NSD and Unbound, started; the zone of mosamuseum.com holds what `zonectl instructions` said to put there."""

    def __init__(self, directory, museum_lines):
        self.directory = Path(directory)
        self.processes = []
        zones = dict(_ZONES)
        zones["mosamuseum.com"] = (f"{_SOA}@ 60 NS ns\nns 60 A {PARENTS}\n@ 60 MX 10 mail\nmail 60 A 192.28.148.112\n"
                                   + "".join(line + "\n" for line in museum_lines))
        nsd = _NSD.format(parents=PARENTS, directory=self.directory)
        for number, (zone, content) in enumerate(zones.items()):
            (self.directory / f"zone{number}").write_text(content)
            nsd += f'zone:\n  name: "{zone}"\n  zonefile: "zone{number}"\n'
        self._write("nsd.conf", nsd)
        self._write("root.hints", f". 60 NS ns.root.\nns.root. 60 A {PARENTS}\n")
        self._write("unbound.conf", _UNBOUND.format(resolver=RESOLVER, directory=self.directory))
        resolv_conf = self._write("resolv.conf", f"nameserver {RESOLVER}\n")
        run("mount", "--bind", resolv_conf, Path("/etc/resolv.conf").resolve())
        try:
            self._start("nsd", "-d", "-c", self.directory / "nsd.conf")
            self._start("unbound", "-d", "-c", self.directory / "unbound.conf")
            self._wait_for(PARENTS, "mosamuseum.com", "SOA")
            self._wait_for(RESOLVER, "mosamuseum.com", "SOA")
        except BaseException:
            self.stop()
            raise

    def _write(self, name, text):
        file = self.directory / name
        file.write_text(text)
        return file

    def _start(self, name, *arguments):
        with open(self.directory / f"{name}.log", "wb") as log:
            self.processes.append(subprocess.Popen([name, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=log,
                                                   stderr=log))

    def _wait_for(self, server, name, record_type):
        for _ in range(100):
            done = run("dig", f"@{server}", "+tries=1", "+time=1", "+short", name, record_type, expect=None)
            if done.returncode == 0 and done.stdout.strip():
                return
            time.sleep(0.1)
        logs = "".join(file.read_text(errors="replace") for file in self.directory.glob("*.log"))
        raise AssertionError(f"{server} does not answer:\n{logs}")

    def stop(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            end(process)
        run("umount", Path("/etc/resolv.conf").resolve())
