"""NSD, Knot and BIND with the same zones, each with a port of its own, and dnsd beside them.

What is made equal: 1232 bytes over UDP, minimal answers, one cookie secret, an NSID, no version, no rate limit, one
worker each, so that answers come in the order of the questions.
"""

import contextlib
import socket
import subprocess
import time

import dns.message

from support.programs import end
from support.server import Dnsd

COOKIE_SECRET = "000102030405060708090a0b0c0d0e0f"
NSID = "differential"
UDP_BYTES = 1232

_NSD = """
server:
  ip-address: 127.0.0.1@{port}
  username: ""
  chroot: ""
  zonesdir: "{directory}"
  database: ""
  pidfile: "{directory}/nsd.pid"
  xfrdfile: "{directory}/xfrd.state"
  zonelistfile: "{directory}/zone.list"
  server-count: 1
  hide-version: yes
  hide-identity: yes
  minimal-responses: yes
  round-robin: no
  rrl-ratelimit: 0
  rrl-whitelist-ratelimit: 0
  tcp-count: 200
  ipv4-edns-size: {bytes}
  nsid: "ascii_{nsid}"
  answer-cookie: yes
  cookie-secret: "{secret}"
remote-control:
  control-enable: no
"""
_NSD_ZONE = 'zone:\n  name: "{name}"\n  zonefile: "{file}"\n'

_KNOT = """
server:
  rundir: "{directory}"
  listen: 127.0.0.1@{port}
  identity: ""
  version: ""
  nsid: "{nsid}"
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
  udp-max-payload: {bytes}
  answer-rotation: off
log:
  - target: stderr
    any: warning
database:
  storage: "{directory}"
mod-cookies:
  - id: default
    secret: 0x{secret}
template:
  - id: default
    storage: "{directory}"
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
    global-module: mod-cookies/default
zone:
"""
_KNOT_ZONE = '  - domain: "{name}"\n    file: "{file}"\n'

_BIND = """
options {{
  directory "{directory}";
  pid-file "{directory}/named.pid";
  session-keyfile "{directory}/session.key";
  managed-keys-directory "{directory}";
  listen-on port {port} {{ 127.0.0.1; }};
  listen-on-v6 {{ none; }};
  recursion no;
  allow-query {{ any; }};
  allow-transfer {{ none; }};
  notify no;
  version none;
  hostname none;
  server-id "{nsid}";
  minimal-responses yes;
  minimal-any yes;
  edns-udp-size {bytes};
  max-udp-size {bytes};
  answer-cookie yes;
  cookie-algorithm siphash24;
  cookie-secret "{secret}";
  check-names primary ignore;
  check-integrity no;
  rrset-order {{ order none; }};
  dnssec-validation no;
}};
controls {{ }};
"""
_BIND_ZONE = 'zone "{name}" {{ type primary; file "{file}"; check-names ignore; }};\n'

_DNSD = """
workers = 1
[rate_limit]
answers_per_second = 0
[edns]
nsid = "{nsid}"
cookie_secrets_file = "{directory}/cookie_secrets"
"""


def free_port():
    """A port that is free now, for UDP and TCP alike, on 127.0.0.1."""
    for _ in range(50):
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            with contextlib.suppress(OSError):
                udp.bind(tcp.getsockname())
                return tcp.getsockname()[1]
    raise AssertionError("no port is free for both UDP and TCP")


class Peer:
    """One of the three, as a process. The log stands beside the configuration."""

    def __init__(self, name, directory, zones, head, per_zone, command):
        self.name = name
        self.directory = directory / name
        self.directory.mkdir()
        self.log_file = self.directory / "log"
        self.address = ("127.0.0.1", free_port())
        self.zones = zones
        config = self.directory / "config"
        values = {"directory": self.directory, "port": self.address[1], "bytes": UDP_BYTES, "nsid": NSID,
                  "secret": COOKIE_SECRET}
        config.write_text(head.format(**values) + "".join(per_zone.format(name=zone.name, file=zone.file)
                                                          for zone in zones))
        with open(self.log_file, "wb") as log:
            self.process = subprocess.Popen([*command, str(config)], stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def wait(self):
        """Until it answers for every zone."""
        for zone in self.zones:
            self._wait_for(dns.message.make_query(zone.name, "SOA").to_wire())

    def _wait_for(self, question):
        deadline = time.monotonic() + 30
        with socket.socket(type=socket.SOCK_DGRAM) as udp:
            udp.settimeout(0.2)
            udp.connect(self.address)
            while time.monotonic() < deadline and self.process.poll() is None:
                with contextlib.suppress(TimeoutError, ConnectionRefusedError):
                    udp.send(question)
                    if udp.recv(65535)[3] & 15 == 0:
                        return
        raise AssertionError(f"{self.name} does not serve the zones:\n{self.log_file.read_text(errors='replace')}")

    def stop(self):
        end(self.process)


def start_peers(directory, zones, stack):
    """The three, started side by side and stopped with the stack."""
    peers = []
    for name, head, per_zone, command in (("nsd", _NSD, _NSD_ZONE, ("nsd", "-d", "-c")),
                                          ("knot", _KNOT, _KNOT_ZONE, ("knotd", "-c")),
                                          ("bind", _BIND, _BIND_ZONE, ("named", "-g", "-n", "1", "-c"))):
        peers.append(Peer(name, directory, zones, head, per_zone, command))
        stack.callback(peers[-1].stop)
    for peer in peers:
        peer.wait()
    return peers


def start_dnsd(store, stack):
    secrets = store.scratch / "cookie_secrets"
    secrets.write_text(COOKIE_SECRET + "\n")
    secrets.chmod(0o640)
    config = store.scratch / "dnsd.toml"
    config.write_text(_DNSD.format(directory=store.scratch, nsid=NSID))
    dnsd = Dnsd(store, "--config", config, listen=("127.0.0.1:0",))

    def stop():
        status = dnsd.stop()
        if status != 0:
            raise AssertionError(f"dnsd ended with {status} on SIGTERM:\n{dnsd.log}")

    stack.callback(stop)
    return dnsd
