"""NSD, Knot and BIND as the test and the bench have them that hold dnsd against them: their configurations, once.

What is made equal in both: 127.0.0.1 alone, answers of at most 1232 bytes over UDP, minimal answers in the zone's
order, no rate limit, nothing but the zones: no recursion, journal, notification or control channel. What only one of
them sets (cookies, what the documentation says makes it fast) is its own lines, for the sections that it names.
"""

from dataclasses import dataclass

UDP_BYTES = 1232


@dataclass(frozen=True)
class Peer:
    """One of them. `head` and `zone` are templates; {server}, {sections}, {template} are where lines of the user go."""

    name: str
    command: tuple  # before the configuration's file
    head: str
    zone: str

    def configuration(self, zones, directory, port, *, workers=1, server="", sections="", template=""):
        """For `zones`, pairs of name and file. The lines of the user begin as their neighbours do, and end."""
        head = self.head.format(directory=directory, port=port, workers=workers, bytes=UDP_BYTES, server=server,
                                sections=sections, template=template)
        return head + "".join(self.zone.format(name=name, file=file) for name, file in zones)

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
  zonelistfile: "{directory}/zone.list"
  server-count: {workers}
  minimal-responses: yes
  round-robin: no
  rrl-ratelimit: 0
  rrl-whitelist-ratelimit: 0
  ipv4-edns-size: {bytes}
  hide-version: yes
{server}remote-control:
  control-enable: no
{sections}""", 'zone:\n  name: "{name}"\n  zonefile: "{file}"\n')

KNOT = Peer("knot", ("knotd", "-c"), """
server:
  rundir: "{directory}"
  listen: 127.0.0.1@{port}
  udp-workers: {workers}
  tcp-workers: {workers}
  background-workers: {workers}
  udp-max-payload: {bytes}
  answer-rotation: off
{server}log:
  - target: stderr
    any: warning
database:
  storage: "{directory}"
{sections}template:
  - id: default
    storage: "{directory}"
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
{template}zone:
""", '  - domain: "{name}"\n    file: "{file}"\n')

BIND = Peer("bind", ("named", "-g", "-n", "{workers}", "-c"), """
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
  minimal-responses yes;
  minimal-any yes;
  edns-udp-size {bytes};
  max-udp-size {bytes};
  check-names primary ignore;
  check-integrity no;
  rrset-order {{ order none; }};
  dnssec-validation no;
{server}}};
controls {{ }};
{sections}""", 'zone "{name}" {{ type primary; file "{file}"; check-names ignore; }};\n')
