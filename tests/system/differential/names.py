"""The names and types that the questions are about, taken from the zones themselves."""

import dns.name
import dns.rdatatype

TYPES_IN_USE = ("A", "AAAA", "NS", "SOA", "MX", "TXT", "CNAME", "DNAME", "SRV", "CAA", "DS", "TYPE65280")
OTHER_TYPES = ("ANY", "PTR", "RRSIG", "NSEC", "NSEC3", "DNSKEY", "SVCB", "HTTPS", "SPF", "NULL", "TYPE65281",
               "TYPE65535", "TYPE128", "MAILA", "MAILB", "TSIG", "TKEY", "OPT", "TYPE0", "IXFR", "AXFR", "NSEC3PARAM",
               "KEY", "SIG", "A6", "CDS", "CSYNC", "LOC")
OUTSIDE = (".", "com.", "test.", "nothere.test.", "www.example.net.", "version.bind.", "id.server.", "hostname.bind.",
           "xexample.", "secutix.com.", "xdkim.secutix.com.", "arpa.", "1.0.0.127.in-addr.arpa.")


def type_number(text):
    return int(dns.rdatatype.from_text(text))


def below(label, name):
    """The child, or None where the name would be too long."""
    try:
        return dns.name.Name((label, *name.labels))
    except (dns.name.NameTooLong, dns.name.LabelTooLong):
        return None


def _beside(name):
    """Names next to this one in canonical order, and one byte away from it."""
    label, rest = name.labels[0], name.parent()
    changed = {label + b"\0", label[:-1], label[:-1] + bytes([label[-1] ^ 1]), label[:-1] + bytes([label[-1] ^ 0x20]),
               label + b"x", b"x" + label, label.upper(), b"*"}
    return [near for new in changed if new and len(new) < 64 and (near := below(new, rest)) is not None]


def _children(name):
    children = [below(label, name) for label in (b"*", b"x", b"\0", b"www", b"a" * 63, b"_domainkey", b"host")]
    deeper = [below(b"y", child) for child in children[:2] if child is not None]
    below_asterisk = [below(b"x", child) for child in children[:1] if child is not None]
    return [child for child in (*children, *deeper, *below_asterisk) if child is not None]


class Catalogue:
    """Every name of each zone with its types; and around them parents, children and siblings."""

    def __init__(self, zones):
        self.owners = {}
        around = {dns.name.from_text(text) for text in OUTSIDE}
        for zone in zones:
            for owner, types in zone.names().items():
                self.owners.setdefault(owner, set()).update(map(int, types))
            around |= zone.targets()
        for owner in self.owners:
            around.update(ancestor for cut in range(1, len(owner.labels) + 1)
                          if (ancestor := owner.split(cut)[1]).labels)
            around.update(_children(owner), _beside(owner))
        for target in list(around):
            if len(target.labels) > 1 and len(around) < 100_000:
                around.update(_children(target)[:2])
        self.around = sorted(around - set(self.owners))
        self.apexes = [dns.name.from_text(zone.name) for zone in zones]
