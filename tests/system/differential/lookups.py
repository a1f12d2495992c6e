"""Questions about data: every name of every zone and those around them, by every type."""

import dns.name

from differential.exchange import Question
from differential.messages import mixed_case, opt, query
from differential.names import OTHER_TYPES, TYPES_IN_USE, type_number

_MIXED = 0.2
_TCP = 0.25
_TRANSFERS = {type_number("AXFR"), type_number("IXFR")}
_EDNS = ((), (), (opt(),), (opt(),), (opt(size=512),), (opt(size=4096),), (opt(flags=0x8000),))

# What has shown something before: put each time, over both transports.
_REMEMBERED = (("x.d.dname.test.", "CNAME"), ("x.d.dname.test.", "ANY"), ("x.host.tocut.dname.test.", "CNAME"),
               ("x.grow.dname.test.", "A"), ("x.grow.dname.test.", "CNAME"), ("x.loop1.dname.test.", "TXT"),
               ("odd.test.", "NS"), ("cuts.test.", "NS"), ("big.cuts.test.", "AAAA"), ("longend.chains.test.", "TXT"),
               ("othercut.chains.test.", "NSEC3"), ("ns.child.parent.test.", "A"), ("one.chains.test.", "IXFR"))


def _name_wire(rng, name):
    """In lower or in mixed case; labels of 65 to 90 bytes do not exist, so length bytes are no letters."""
    wire = name.to_wire()
    return mixed_case(rng, wire) if rng.random() < _MIXED else wire


def lookup(rng, name, record_type, additional=None, tcp=None):
    number = type_number(record_type) if isinstance(record_type, str) else record_type
    additional = rng.choice(_EDNS) if additional is None else additional
    tcp = rng.random() < _TCP if tcp is None else tcp
    transfer = number in _TRANSFERS
    return Question("transfer" if transfer else "lookup", query(_name_wire(rng, name), number, additional=additional),
                    tcp=tcp, alone=transfer)


def remembered(rng):
    for text, record_type in _REMEMBERED:
        for additional in ((), (opt(),)):
            for tcp in (False, True):
                yield lookup(rng, dns.name.from_text(text), record_type, additional=additional, tcp=tcp)


def present(rng, catalogue):
    """Each name that has data, by each type in use, and its own types over both transports and all sizes."""
    for owner, types in catalogue.owners.items():
        for record_type in TYPES_IN_USE:
            yield lookup(rng, owner, record_type)
        yield lookup(rng, owner, "ANY")
        for number in sorted(types):
            for additional in ((), (opt(size=512),), (opt(),)):
                yield lookup(rng, owner, number, additional=additional, tcp=False)
            yield lookup(rng, owner, number, additional=(), tcp=True)


def around(rng, catalogue):
    """Each name next to one that has data, once by TXT and once by another type."""
    for name in catalogue.around:
        yield lookup(rng, name, "TXT")
        yield lookup(rng, name, rng.choice(TYPES_IN_USE))


def thrown(rng, catalogue):
    """Without end: any name by any type."""
    owners = sorted(catalogue.owners)
    while True:
        name = rng.choice(owners if rng.random() < 0.4 else catalogue.around)
        yield lookup(rng, name, rng.choice(OTHER_TYPES if rng.random() < 0.25 else TYPES_IN_USE))
