"""How NSD, Knot and BIND are configured and started: once, for the test and the bench that hold dnsd against them, and for
the tests in which they follow it.

A head is what they have in common wherever they run: 127.0.0.1 alone, their files in one folder, no control channel, and
no recursion. Held against dnsd (`configuration`) they are made equal beyond that: answers of at most 1232 bytes over
UDP, minimal answers in the zone's order, no rate limit, no journal or notification. What only one user sets (cookies, what
the documentation says makes it fast, primaries) is its own lines, for the sections that it names.
"""

import contextlib
import socket
from dataclasses import dataclass, field

UDP_BYTES = 1232


def free_port():
    """A port of 127.0.0.1 that is free now, for UDP and TCP alike."""
    for _ in range(50):
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            with contextlib.suppress(OSError):
                udp.bind(tcp.getsockname())
                return tcp.getsockname()[1]
    raise OSError("no port is free for both UDP and TCP")


@dataclass(frozen=True, eq=False)
class Peer:
    """One of them. What ends with _template takes words; {server}, {sections}, {template} are where lines of the user go:
    in the section of the server, behind it, and in the zones' template. They begin as their neighbours do, and end."""

    name: str
    command: tuple  # before the configuration's file
    head_template: str
    zone_template: str
    zones: str = ""  # the line before the first zone
    equal: dict = field(default_factory=dict)  # section: lines that make it comparable

    def head(self, directory, port, *, server="", sections="", template=""):
        return self.head_template.format(directory=directory, port=port, server=server, sections=sections, template=template)

    def configuration(self, zones, directory, port, *, workers=1, **own):
        """To be compared, as a primary of `zones`, pairs of name and file; `own` are lines for the sections."""
        sections = {section: self.equal.get(section, "").format(workers=workers, bytes=UDP_BYTES) + own.get(section, "")
                    for section in {*self.equal, *own}}
        return (self.head(directory, port, **sections) + self.zones
                + "".join(self.zone_template.format(name=name, file=file) for name, file in zones))

    def start_line(self, file, workers=1):
        """The words that start it in the foreground, its log on standard error."""
        return [word.format(workers=workers) for word in self.command] + [str(file)]


NSD = Peer("nsd", ("nsd", "-d", "-c"), """
server:
  ip-address: 127.0.0.1@{port}
  username: ""
  chroot: ""
  zonesdir: "{directory}"
  database: ""
  pidfile: "{directory}/nsd.pid"
  xfrdfile: "{directory}/xfrd.state"
  xfrdir: "{directory}"
  zonelistfile: "{directory}/zone.list"
{server}remote-control:
  control-enable: no
{sections}""", 'zone:\n  name: "{name}"\n  zonefile: "{file}"\n', equal={"server": """\
  server-count: {workers}
  minimal-responses: yes
  round-robin: no
  rrl-ratelimit: 0
  rrl-whitelist-ratelimit: 0
  ipv4-edns-size: {bytes}
  hide-version: yes
"""})

KNOT = Peer("knot", ("knotd", "-c"), """
server:
  rundir: "{directory}"
  listen: 127.0.0.1@{port}
{server}log:
  - target: stderr
    any: info
database:
  storage: "{directory}"
{sections}template:
  - id: default
    storage: "{directory}"
{template}""", '  - domain: "{name}"\n    file: "{file}"\n', zones="zone:\n", equal={"server": """\
  udp-workers: {workers}
  tcp-workers: {workers}
  background-workers: {workers}
  udp-max-payload: {bytes}
  answer-rotation: off
""", "template": """\
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
"""})

BIND = Peer("bind", ("named", "-g", "-n", "{workers}", "-c"), """
options {{
  directory "{directory}";
  pid-file "{directory}/named.pid";
  session-keyfile "{directory}/session.key";
  managed-keys-directory "{directory}";
  listen-on port {port} {{ 127.0.0.1; }};
  listen-on-v6 {{ none; }};
  recursion no;
  dnssec-validation no;
{server}}};
controls {{ }};
{sections}""", 'zone "{name}" {{ type primary; file "{file}"; check-names ignore; }};\n', equal={"server": """\
  allow-query {{ any; }};
  allow-transfer {{ none; }};
  notify no;
  minimal-responses yes;
  minimal-any yes;
  edns-udp-size {bytes};
  max-udp-size {bytes};
  check-names primary ignore;
  check-integrity no;
  rrset-order {{ order none; }};
"""})

PEERS = {peer.name: peer for peer in (NSD, KNOT, BIND)}
