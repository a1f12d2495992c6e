"""NSD, Knot and BIND with the same zones, each with a port of its own, and dnsd beside them.

What is made equal beyond support.peers: one cookie secret, an NSID, no version, one worker each, so that answers come
in the order of the questions.
"""

import contextlib
import socket
import subprocess
import time

import dns.message

from support.peers import BIND, KNOT, NSD, UDP_BYTES, free_port
from support.programs import end
from support.server import Dnsd

COOKIE_SECRET = "000102030405060708090a0b0c0d0e0f"
NSID = "differential"

# What each sets beyond support.peers.
_OWN = {
    NSD: {"server": f"""\
  tcp-count: 200
  hide-identity: yes
  nsid: "ascii_{NSID}"
  answer-cookie: yes
  cookie-secret: "{COOKIE_SECRET}"
"""},
    KNOT: {"server": f"""\
  identity: ""
  version: ""
  nsid: "{NSID}"
""", "sections": f"""\
mod-cookies:
  - id: default
    secret: 0x{COOKIE_SECRET}
""", "template": """\
    global-module: mod-cookies/default
"""},
    BIND: {"server": f"""\
  version none;
  hostname none;
  server-id "{NSID}";
  answer-cookie yes;
  cookie-algorithm siphash24;
  cookie-secret "{COOKIE_SECRET}";
"""},
}

_DNSD = """
workers = 1
[rate_limit]
answers_per_second = 0
[edns]
nsid = "{nsid}"
cookie_secrets_file = "{directory}/cookie_secrets"
"""


class Peer:
    """One of the three, as a process. The log stands beside the configuration."""

    def __init__(self, peer, own, directory, zones):  # `own`: lines for its sections
        self.name = peer.name
        self.directory = directory / peer.name
        self.directory.mkdir()
        self.log_file = self.directory / "log"
        self.address = ("127.0.0.1", free_port())
        self.zones = zones
        config = self.directory / "config"
        config.write_text(peer.configuration([(zone.name, zone.file) for zone in zones], self.directory,
                                             self.address[1], **own))
        with open(self.log_file, "wb") as log:
            self.process = subprocess.Popen(peer.start_line(config), stdin=subprocess.DEVNULL, stdout=log, stderr=log)

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


def start_peers(directory, zones, stack, configured=None):
    """The three, started side by side and stopped with the stack. `configured`: each with its lines, if not as above."""
    peers = []
    for peer, own in (configured or _OWN).items():
        peers.append(Peer(peer, own, directory, zones))
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
