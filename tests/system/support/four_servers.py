"""dnsd and three secondaries of different makes, all name servers of both zones, each secondary behind a lossy line; and
the zones above and beside them.

    198.18.53.2        NSD: the root, com, secutix.com, and the institutions' zones
    198.18.53.3        dnsd, started by the test: ns1
    198.18.53.21 - 23  NSD, Knot and BIND: ns2 to ns4
    198.18.53.31 - 33  their lines (support/lossy.py)
    198.18.53.10 ...   the resolvers
"""

from support.customers import good_lines
from support.lossy import TO_PRIMARY, TO_SECONDARY, LossyLine
from support.questions import DKIM_ZONE, SPF_ZONE, ask, query
from support.secondaries import Secondary
from support.tree import DNSD_ADDRESS, NSD_REST, PARENTS, ROOT_HINTS, Program, add_address
from support.tsig import Key

ZONES = (DKIM_ZONE, SPF_ZONE)
KINDS = ("nsd", "knot", "bind")
NAMES = {kind: f"ns{number}.secutix.com" for number, kind in enumerate(KINDS, start=2)}
KEYS = {kind: Key(f"{kind}-key", secret=kind.encode() * 8) for kind in KINDS}
_SERVERS = {f"ns{number}": address for number, address in
            enumerate((DNSD_ADDRESS, "198.18.53.21", "198.18.53.22", "198.18.53.23"), start=1)}
_LISTENING = ("ip-address: {}@53", "listen: {}@53", "listen-on port 53 {{ {}; }}")
# So that it is a NOTIFY that brings a change, and no question of its own, however short the zone's refresh is.
_NO_QUESTIONS = (("  provide-xfr:", "  min-refresh-time: 300\n  provide-xfr:"),
                 ("    master: primary\n", "    master: primary\n    refresh-min-interval: 300\n"),
                 # A transfer that was lost is tried again by the zone's retry: BIND by itself waits 500 s.
                 ("min-refresh-time 1;", "min-refresh-time 300; min-retry-time 1;"))
_SOA = "@ 60 IN SOA ns.invalid. hostmaster.invalid. 1 3600 600 86400 60\n"


class FarSecondary(Secondary):
    """At an address of its own, with its line."""

    def __init__(self, test, scratch, kind, seed, share):
        number = KINDS.index(kind)
        self.far_address, line_address = f"198.18.53.2{number + 1}", f"198.18.53.3{number + 1}"
        add_address(self.far_address)
        add_address(line_address)
        self.line = LossyLine(line_address, (DNSD_ADDRESS, 53), (self.far_address, 53), share, seed)
        super().__init__(test, scratch, kind, 53, TO_PRIMARY, ZONES, KEYS[kind])
        self.address = (self.far_address, 53)
        test.addCleanup(self.line.close)

    def start(self):
        if self.process is None:
            self.config.write_text(self._moved(self.config.read_text()))
        super().start()

    def _moved(self, text):
        for form in _LISTENING:
            text = text.replace(form.format("127.0.0.1"), form.format(self.far_address))
        for own, quiet in _NO_QUESTIONS:
            text = text.replace(own, quiet)
        return text.replace("127.0.0.1", self.line.address)

    @property
    def enrolment(self):
        """The words that tell dnsd's store of it."""
        return ("secondary", "add", self.kind, "--address", f"{self.line.address}:{TO_SECONDARY}", "--key", KEYS[self.kind].name)


def start_parents(directory, codes):
    """NSD with all zones that are not ours. `codes`: the label below com of each institution's domain -> its code; these
    zones are as they should be."""
    add_address(PARENTS)
    hosts = "".join(f"{name} 60 A {address}\n" for name, address in _SERVERS.items())
    delegations = "".join(f"{zone} 60 NS {name}\n" for zone in ("dkim", "spf") for name in _SERVERS)
    zones = {
        ".": f"{_SOA}@ 60 NS ns.root.\nns.root. 60 A {PARENTS}\ncom. 60 NS ns.com.\nns.com. 60 A {PARENTS}\n",
        "com": f"{_SOA}@ 60 NS ns\nns 60 A {PARENTS}\n" + "".join(
            f"{each} 60 NS ns.{each}\nns.{each} 60 A {PARENTS}\n" for each in ("secutix", *codes)),
        "secutix.com": f"{_SOA}@ 60 NS ns\nns 60 A {PARENTS}\n{hosts}{delegations}",
        **{f"{label}.com": f"{_SOA}@ 60 NS ns\nns 60 A {PARENTS}\n" + "".join(f"{line}\n" for line in good_lines(code))
           for label, code in codes.items()},
    }
    config = f"server:\n  ip-address: {PARENTS}" + NSD_REST.format(directory=directory)
    for number, (zone, content) in enumerate(zones.items()):
        (directory / f"zone{number}").write_text(content)
        config += f'zone:\n  name: "{zone}"\n  zonefile: "zone{number}"\n'
    (directory / "parents.conf").write_text(config)
    (directory / "root.hints").write_text(ROOT_HINTS)
    nsd = Program("parents", directory, "nsd", "-d", "-c", directory / "parents.conf")
    nsd.wait_for(PARENTS, f"{next(iter(codes))}.com", "SOA")
    return nsd


def serial_at(address, zone=DKIM_ZONE):
    """None: no answer."""
    try:
        answer = ask((address, 53), query(zone, "SOA"), timeout=1.0)
    except (AssertionError, OSError):
        return None
    return answer.answer[0][0].serial if answer.answer else None
