"""NSD, Knot and BIND as secondaries of dnsd, one port each; what they serve is fetched by AXFR."""

import subprocess

import dns.query
import dns.rdatatype
import dns.zone

from support.peers import BIND, KNOT, NSD, PEERS
from support.programs import end
from support.questions import ask, query, until

# A kind's lines for a secondary, beyond its head in support.peers: {key} is the name of the key, or what stands for none.
_NSD_OWN = """\
  server-count: 1
  xfrd-reload-timeout: 0
"""
_NSD_KEY = 'key:\n  name: "{0.name}"\n  algorithm: {0.algorithm}\n  secret: "{0.text}"\n'
_NSD_ZONE = """
zone:
  name: "{zone}"
  zonefile: "{zone}.zone"
  allow-notify: 127.0.0.1 {key}
  request-xfr: 127.0.0.1@{primary} {key}
  provide-xfr: 127.0.0.1 NOKEY
"""

_KNOT_KEY = "key:\n  - id: {0.name}\n    algorithm: {0.algorithm}\n    secret: {0.text}\n"
_KNOT_REMOTE = """\
remote:
  - id: primary
    address: 127.0.0.1@{primary}
    {key}
acl:
  - id: notify
    address: 127.0.0.1
    action: notify
    {key}
  - id: fetch
    address: 127.0.0.1
    action: transfer
"""
_KNOT_ZONE = """  - domain: "{zone}"
    file: "{zone}.zone"
    master: primary
    acl: [notify, fetch]
"""

_BIND_OWN = """\
  allow-transfer { 127.0.0.1; };
  notify no;
  min-refresh-time 1;
"""
_BIND_KEY = 'key "{0.name}" {{ algorithm {0.algorithm}; secret "{0.text}"; }};\n'
_BIND_ZONE = """
zone "{zone}" {{
  type secondary; file "{zone}.zone"; masterfile-format text;
  primaries {{ 127.0.0.1 port {primary} {key}; }};
  allow-notify {{ {notify}; }};
}};
"""


class Secondary:
    """One of them, following dnsd on port `primary` of 127.0.0.1; stopped when the test (or the class) ends."""

    def __init__(self, test, scratch, kind, port, primary, zones, key=None):  # pylint: disable=too-many-arguments
        self.kind, self.address = kind, ("127.0.0.1", port)
        self.directory = scratch / f"{kind}-{port}"
        self.directory.mkdir()
        self.directory.chmod(0o777)
        self.config = self.directory / "conf"
        self.config.write_text(getattr(self, f"_{kind}")(primary, [zone.rstrip(".") for zone in zones], key))
        self.log_file = self.directory / "log"
        self.process = None
        self.start()
        (test.addClassCleanup if isinstance(test, type) else test.addCleanup)(self.stop)

    def start(self):
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(PEERS[self.kind].start_line(self.config), stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log)

    def stop(self):
        end(self.process)

    def _nsd(self, primary, zones, key):
        use = key.name if key else "NOKEY"
        return NSD.head(self.directory, self.address[1], server=_NSD_OWN,
                        sections=_NSD_KEY.format(key) if key else "") + "".join(
            _NSD_ZONE.format(zone=zone, primary=primary, key=use) for zone in zones)

    def _knot(self, primary, zones, key):
        remote = _KNOT_REMOTE.format(primary=primary, key=f"key: {key.name}" if key else "")
        return KNOT.head(self.directory, self.address[1],
                         sections=(_KNOT_KEY.format(key) if key else "") + remote) + KNOT.zones + "".join(
            _KNOT_ZONE.format(zone=zone) for zone in zones)

    def _bind(self, primary, zones, key):
        use, notify = (f'key "{key.name}"', f'key "{key.name}"') if key else ("", "127.0.0.1")
        return BIND.head(self.directory, self.address[1], server=_BIND_OWN,
                         sections=_BIND_KEY.format(key) if key else "") + "".join(
            _BIND_ZONE.format(zone=zone, primary=primary, key=use, notify=notify) for zone in zones)

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
