"""NSD, Knot and BIND as secondaries of dnsd, one port each; what they serve is fetched by AXFR."""

import subprocess

import dns.query
import dns.rdatatype
import dns.zone

from support.programs import end
from support.questions import ask, query, until

NSD = """
server:
  ip-address: 127.0.0.1@{port}
  username: ""
  zonesdir: "{directory}"
  database: ""
  pidfile: "{directory}/nsd.pid"
  xfrdfile: "{directory}/xfrd.state"
  xfrdir: "{directory}"
  zonelistfile: "{directory}/zone.list"
  server-count: 1
  xfrd-reload-timeout: 0
remote-control:
  control-enable: no
{key}
"""
NSD_KEY = 'key:\n  name: "{0.name}"\n  algorithm: {0.algorithm}\n  secret: "{0.text}"\n'
NSD_ZONE = """
zone:
  name: "{zone}"
  zonefile: "{zone}.zone"
  allow-notify: 127.0.0.1 {key}
  request-xfr: 127.0.0.1@{primary} {key}
  provide-xfr: 127.0.0.1 NOKEY
"""

KNOT = """
server:
  rundir: "{directory}"
  listen: 127.0.0.1@{port}
log:
  - target: stderr
    any: info
database:
  storage: "{directory}"
{key}
remote:
  - id: primary
    address: 127.0.0.1@{primary}
    {use_key}
acl:
  - id: notify
    address: 127.0.0.1
    action: notify
    {use_key}
  - id: fetch
    address: 127.0.0.1
    action: transfer
"""
KNOT_KEY = "key:\n  - id: {0.name}\n    algorithm: {0.algorithm}\n    secret: {0.text}\n"
KNOT_ZONE = """  - domain: "{zone}"
    storage: "{directory}"
    file: "{zone}.zone"
    master: primary
    acl: [notify, fetch]
"""

BIND = """
{key}
options {{
  directory "{directory}";
  listen-on port {port} {{ 127.0.0.1; }};
  listen-on-v6 {{ none; }};
  pid-file "{directory}/named.pid";
  session-keyfile "{directory}/session.key";
  recursion no;
  dnssec-validation no;
  allow-transfer {{ 127.0.0.1; }};
  notify no;
  min-refresh-time 1;
}};
controls {{ }};
"""
BIND_KEY = 'key "{0.name}" {{ algorithm {0.algorithm}; secret "{0.text}"; }};\n'
BIND_ZONE = """
zone "{zone}" {{
  type secondary; file "{zone}.zone"; masterfile-format text;
  primaries {{ 127.0.0.1 port {primary} {key}; }};
  allow-notify {{ {notify}; }};
}};
"""


class Secondary:
    """One of them, following dnsd on port `primary` of 127.0.0.1; stopped when the test (or the class) ends."""

    COMMANDS = {"nsd": ("nsd", "-d", "-c"), "knot": ("knotd", "-c"), "bind": ("named", "-g", "-c")}

    def __init__(self, test, scratch, kind, port, primary, zones, key=None):  # pylint: disable=too-many-arguments
        self.kind, self.address = kind, ("127.0.0.1", port)
        self.directory = scratch / f"{kind}-{port}"
        self.directory.mkdir()
        self.directory.chmod(0o777)
        self.config = self.directory / "conf"
        self.config.write_text(getattr(self, f"_{kind}")(port, primary, [zone.rstrip(".") for zone in zones], key))
        self.log_file = self.directory / "log"
        self.process = None
        self.start()
        (test.addClassCleanup if isinstance(test, type) else test.addCleanup)(self.stop)

    def start(self):
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen([*self.COMMANDS[self.kind], str(self.config)], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log)

    def stop(self):
        end(self.process)

    def _nsd(self, port, primary, zones, key):
        words = {"port": port, "directory": self.directory, "primary": primary,
                 "key": NSD_KEY.format(key) if key else ""}
        use = key.name if key else "NOKEY"
        return NSD.format(**words) + "".join(NSD_ZONE.format(zone=zone, primary=primary, key=use) for zone in zones)

    def _knot(self, port, primary, zones, key):
        text = KNOT.format(port=port, directory=self.directory, primary=primary,
                           key=KNOT_KEY.format(key) if key else "", use_key=f"key: {key.name}" if key else "")
        return text + "zone:\n" + "".join(KNOT_ZONE.format(zone=zone, directory=self.directory) for zone in zones)

    def _bind(self, port, primary, zones, key):
        use, notify = (f'key "{key.name}"', f'key "{key.name}"') if key else ("", "127.0.0.1")
        return BIND.format(port=port, directory=self.directory, key=BIND_KEY.format(key) if key else "") + "".join(
            BIND_ZONE.format(zone=zone, primary=primary, key=use, notify=notify) for zone in zones)

    def serial(self, zone):
        """None: it does not answer for the zone (yet)."""
        try:
            answer = ask(self.address, query(zone, "SOA"), timeout=1.0)
        except (AssertionError, OSError):
            return None
        return answer.answer[0][0].serial if answer.answer else None

    def wait_for_serial(self, zone, serial, timeout=60.0):
        try:
            return until(lambda: self.serial(zone) == serial, f"{self.kind} serves {zone} {serial}", timeout)[1]
        except AssertionError as error:
            log = self.log_file.read_text(errors="replace")[-4000:]
            raise AssertionError(f"{error}; it serves {self.serial(zone)}:\n{log}") from None

    def records(self, zone):
        return records_of(dns.query.xfr(self.address[0], zone, port=self.address[1], relativize=False, timeout=10))


def records_of(messages):
    """(owner, type, TTL, data) of each record of a transfer."""
    records = set()
    for message in messages:
        for record_set in message.answer:
            for record in record_set:
                records.add((record_set.name.to_text().lower(), dns.rdatatype.to_text(record_set.rdtype),
                             record_set.ttl, record.to_text()))
    return records


def records_of_zone_file(text, zone):
    """The same of a zone file."""
    read = dns.zone.from_text(text, zone, relativize=False)
    return {(name.to_text().lower(), dns.rdatatype.to_text(record.rdtype), ttl, record.to_text())
            for name, ttl, record in read.iterate_rdatas()}
