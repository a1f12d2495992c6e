"""A small Internet in a network namespace: name servers from the root down, with dnsd as one of them.

    198.18.53.2   NSD: the root, com, secutix.com (which delegates to dnsd), mosamuseum.com
    198.18.53.3   dnsd, started by the test
    198.18.53.4   the same NSD, as the server of elsewhere.rich.secutix.com, which dnsd delegates
    198.18.53.1x  the resolvers

Addresses of the benchmarking network (RFC 2544), since resolvers mistrust name servers on loopback and on the addresses
set aside for documentation.
"""

import subprocess
import time

from support.programs import end, run

PARENTS, DNSD_ADDRESS, ELSEWHERE = "198.18.53.2", "198.18.53.3", "198.18.53.4"

_SOA = "@ 60 IN SOA ns.invalid. hostmaster.invalid. 1 3600 600 86400 60\n"
_ZONES = {
    ".": f"{_SOA}@ 60 NS ns.root.\nns.root. 60 A {PARENTS}\n"
         f"com. 60 NS ns.com.\nns.com. 60 A {PARENTS}\n",
    "com": f"{_SOA}@ 60 NS ns\nns 60 A {PARENTS}\n"
           f"secutix 60 NS ns.secutix\nns.secutix 60 A {PARENTS}\n"
           f"mosamuseum 60 NS ns.mosamuseum\nns.mosamuseum 60 A {PARENTS}\n",
    "secutix.com": f"{_SOA}@ 60 NS ns\nns 60 A {PARENTS}\nns1 60 A {DNSD_ADDRESS}\nns2 60 A {DNSD_ADDRESS}\n"
                   + "".join(f"{zone} 60 NS ns1\n{zone} 60 NS ns2\n" for zone in ("dkim", "spf", "rich")),
    "elsewhere.rich.secutix.com": f"{_SOA}@ 60 NS ns\nns 60 A {ELSEWHERE}\nwww 60 A 192.0.2.99\n"
                                  "back 60 CNAME www.rich.secutix.com.\n",
}
ROOT_HINTS = f". 3600 NS ns.root.\nns.root. 3600 A {PARENTS}\n"

# NSD and Unbound as the tests start them: first their addresses, each a line before the rest. NSD_REST ends `server`.
NSD_REST = """
  username: ""
  chroot: ""
  zonesdir: "{directory}"
  database: ""
  pidfile: "{directory}/nsd.pid"
  xfrdfile: "{directory}/xfrd.state"
  zonelistfile: "{directory}/zone.list"
  server-count: 1
  rrl-ratelimit: 0
remote-control:
  control-enable: no
"""
_NSD = "server:\n  ip-address: {parents}\n  ip-address: {elsewhere}" + NSD_REST
UNBOUND_SERVER = """
server:
  interface: {address}
  access-control: 198.18.0.0/15 allow
  outgoing-interface: {address}
  do-ip6: no
  username: ""
  chroot: ""
  directory: "{directory}"
  pidfile: "{directory}/unbound.pid"
  use-syslog: no
  num-threads: 1
  module-config: "iterator"
  root-hints: "{directory}/root.hints"
"""


def add_address(address):
    run("ip", "address", "add", f"{address}/32", "dev", "lo")


class Program:
    """A server in the foreground, its log in a file."""

    def __init__(self, name, directory, *command):
        self.log_file = directory / f"{name}.log"
        self.name = name
        with open(self.log_file, "wb") as log:
            self.process = subprocess.Popen([*map(str, command)], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            cwd=directory)

    def wait_for(self, address, name, record_type):
        """Until it answers a question with data."""
        for _ in range(150):
            done = run("dig", f"@{address}", "+tries=1", "+time=1", "+short", name, record_type, expect=None)
            if done.returncode == 0 and done.stdout.strip():
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        self.stop()
        raise AssertionError(f"{self.name} does not answer:\n{self.log_file.read_text(errors='replace')}")

    def stop(self):
        end(self.process)


def start_parents(directory, museum_lines):
    """NSD with everything that is not ours; mosamuseum.com holds what `zonectl instructions` said to put there."""
    for address in (PARENTS, ELSEWHERE):
        add_address(address)
    zones = dict(_ZONES)
    zones["mosamuseum.com"] = (f"{_SOA}@ 60 NS ns\nns 60 A {PARENTS}\n"
                               + "".join(line + "\n" for line in museum_lines))
    config = _NSD.format(parents=PARENTS, elsewhere=ELSEWHERE, directory=directory)
    for number, (zone, content) in enumerate(zones.items()):
        (directory / f"zone{number}").write_text(content)
        config += f'zone:\n  name: "{zone}"\n  zonefile: "zone{number}"\n'
    (directory / "nsd.conf").write_text(config)
    nsd = Program("nsd", directory, "nsd", "-d", "-c", directory / "nsd.conf")
    nsd.wait_for(PARENTS, "mosamuseum.com", "SOA")
    return nsd
