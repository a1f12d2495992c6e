"""The zones of all four servers: those beside this file, one made here, and our own; all as zonectl exports them."""

from dataclasses import dataclass
from pathlib import Path

import dns.name
import dns.rdatatype
import dns.zone

from support.programs import run

_WRITTEN = Path(__file__).with_name("zones")
OURS = ("dkim.secutix.com", "spf.secutix.com")


@dataclass(frozen=True)
class ZoneFile:
    name: str
    file: Path

    def content(self):
        """As dnspython reads it."""
        return dns.zone.from_file(str(self.file), self.name, relativize=False, check_origin=False)

    def names(self):
        """Owner -> the types that it has."""
        return {owner: [record_set.rdtype for record_set in node] for owner, node in self.content().items()}

    def targets(self):
        """The names that data point to, in this zone or any other."""
        return {value for _, _, data in self.content().iterate_rdatas() for attribute in ("target", "exchange")
                if isinstance(value := getattr(data, attribute, None), dns.name.Name)}


# Answers to the byte around both limits, whose queries are so long that the bound on amplification leaves them alone.
LONG_LABEL = "so-long-that-fourteen-times-the-query-is-over-1232-bytes"
AROUND_512 = range(385, 415)
AROUND_1232 = range(1060, 1120)


def text_of(size):
    """TXT data of so many bytes of text, cut into strings."""
    return " ".join('"' + "t" * min(250, size - at) + '"' for at in range(0, size, 250))


def big_zone():
    """Record sets around and far above 512 and 1232 bytes, and beyond the reach of compression pointers."""
    lines = ["$ORIGIN big.test.", "$TTL 3600",
             "@ SOA ns.example.net. hostmaster.example.net. 7 3600 600 1209600 300", '@ TXT "many name servers"',
             "host A 192.0.2.1", "host AAAA 2001:db8::1", f"*.wild TXT {text_of(480)}"]
    lines += [f"@ NS name-server-{n}.far-away-{n}.example.net." for n in range(13)]
    lines += [f"a{size} A 192.0.2.{n}" for size in (25, 31, 70, 76, 90) for n in range(size)]
    lines += [f"aaaa20 AAAA 2001:db8::{n}" for n in range(20)]
    lines += [f"mx40 MX {n} mail{n}" for n in range(40)] + [f"mail{n} A 192.0.2.{n}" for n in range(40)]
    lines += [f"srv6 SRV 0 0 {n} host" for n in range(6)]
    lines += [f"txt{size} TXT {text_of(size)}" for size in (400, 460, 500, 1000, 1171, 3000, 9000)]
    lines += [f"txt{size}.{LONG_LABEL} TXT {text_of(size)}" for size in (*AROUND_512, *AROUND_1232)]
    lines += [f'many TXT "record {n} {"m" * 240}"' for n in range(90)]
    return "\n".join(lines) + "\n"


def written_zones(directory):
    """The zones of the tree, and the one made above, as files."""
    big = Path(directory) / "big.test.zone"
    big.write_text(big_zone())
    return [ZoneFile(file.name.removesuffix(".zone"), file) for file in sorted([*_WRITTEN.glob("*.zone"), big])]


def fill(store, written):
    """The store with our own zones, of a few institutions, and with the written ones."""
    store.init()
    store.zonectl("add", "mosa", "--domain", "mosamuseum.com")
    store.zonectl("add", "louvre", "--domain", "louvre.example", "--domain", "musee.example")
    store.zonectl("add", "big", "--key", "rsa4096")
    store.zonectl("spf", "allow", "ip4:192.28.148.112", "ip4:198.51.100.0/24", "ip6:2001:db8::/32")
    for zone in written:
        store.zonectl("zone", "import", zone.file, "--zone", zone.name)


def exported(store, names):
    """Those zones as zonectl writes them: what all four servers then have, down to the serial."""
    zones = []
    for name in names:
        file = store.scratch / f"{name}.exported"
        file.write_text(run(*store.command("zone", "export", name)).stdout)
        zones.append(ZoneFile(name, file))
    return zones


def differ(one, other):
    """Whether two files have different data; the SOA's serial is the store's own affair."""
    def data(zone):
        return {(name, record_set.rdtype, record_set.ttl, frozenset(
            value.replace(serial=0) if record_set.rdtype == dns.rdatatype.SOA else value for value in record_set))
                for name, record_set in zone.content().iterate_rdatasets()}
    return data(one) != data(other)
