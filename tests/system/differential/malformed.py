"""Messages that are broken: names, pointers, counts, ends; and good ones with a few bytes changed."""

import struct

from differential.exchange import Question
from differential.messages import header, mixed_case, opt, option, query, question_entry, record

_GOOD = (query("host1.example.", "A"), query("www.d.dname.test.", "A", additional=(opt(),)),
         query("a.b.c.d.e.f.deep.test.", "TXT", 0x0100, (opt(option(10, bytes(8)) + option(3), flags=0x8000),)),
         query("host.indom.cuts.test.", "MX", additional=(opt(size=512),)))
_TYPE_AND_CLASS = b"\0\1\0\1"
_SOUP = (0, 1, 0x0C, 0x3F, 0x40, 0x7F, 0x80, 0xC0, 0xFF)


def cut_short():
    """Good queries that end at every byte."""
    for wire in _GOOD:
        for size in range(len(wire)):
            yield Question("cut short", wire[:size])
        for size in range(2, len(wire), 3):
            yield Question("cut short", wire[:size], tcp=True, alone=True)


def trailing():
    for wire in _GOOD:
        for tail in (b"\0", b"\0\0", b"x" * 11, bytes(100), question_entry("example.", "A"), b"\xc0\x0c", opt()):
            yield Question("trailing bytes", wire + tail)
            yield Question("trailing bytes", wire + tail, tcp=True, alone=True)


def broken_names():
    """The question's name: pointers, loops, unknown kinds of label, labels and names that are too long."""
    names = [b"\xc0\x0c", b"\xc0\x00", b"\xc0\x04", b"\xc0\x0e\0", b"\xc0\xff", b"\xff\xff", b"\xc0", b"\1a\xc0\x0c",
             b"\5host1\xc0\x0c", b"\1a\xc0\x0e", b"\xc0\x10\1a\0", b"\x40a\0", b"\x41" + b"a" * 64 + b"\0",
             b"\x80" + b"a" * 10 + b"\0", b"\x3f" + b"a" * 62 + b"\0", b"\x3f" + b"a" * 10, b"\1a" * 127 + b"\0",
             b"\1a" * 128 + b"\0", b"\1a" * 200 + b"\0", (b"\x3f" + b"a" * 63) * 3 + b"\x3d" + b"a" * 61 + b"\0",
             (b"\x3f" + b"a" * 63) * 3 + b"\x3e" + b"a" * 62 + b"\0", (b"\x3f" + b"a" * 63) * 4 + b"\0", b"\1a", b""]
    for name in names:
        for tail in (b"", opt()):
            wire = header(counts=(1, 0, 0, bool(tail))) + name + _TYPE_AND_CLASS + tail
            yield Question("broken name", wire)
            yield Question("broken name", wire, tcp=True, alone=True)
        yield Question("broken name", header() + name)
    for name in names:
        wire = (header(counts=(1, 0, 0, 1)) + question_entry("host1.example.", "A") + name
                + struct.pack("!HHIH", 1, 1, 0, 4) + bytes(4))
        yield Question("broken name in a record", wire)
        yield Question("broken name in a record", wire, tcp=True, alone=True)


def lying_counts(rng):
    """Counts that promise more than there is, and less."""
    for _ in range(200):
        wire = rng.choice(_GOOD)
        counts = list(struct.unpack_from("!HHHH", wire, 4))
        counts[rng.randrange(4)] = rng.choice((0, 1, 2, 3, 255, 256, 65535))
        yield Question("lying counts", wire[:4] + struct.pack("!HHHH", *counts) + wire[12:], tcp=rng.random() < 0.2,
                       alone=True)


def lying_records(rng):
    """Records behind the question whose data are longer or shorter than they say, or are of a type with a form."""
    for record_type in ("A", "AAAA", "NS", "SOA", "MX", "TXT", "CNAME", "SRV", "TYPE65280", "KEY", "SIG"):
        for data in (b"", b"\0", bytes(3), bytes(4), bytes(16), b"\xc0\x0c", b"\0\xc0\x0c", rng.randbytes(20)):
            for section in range(3):
                counts = [1, 0, 0, 0]
                counts[1 + section] = 1
                yield Question("odd record", header(counts=counts) + question_entry("host1.example.", "A")
                               + record("x.example.", record_type, data), alone=True)


def _changed(rng, wire):
    wire = bytearray(wire)
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        at = rng.randrange(2, len(wire))
        step = rng.random()
        if step < 0.4:
            wire[at] = rng.choice(_SOUP)
        elif step < 0.7:
            wire[at] ^= 1 << rng.randrange(8)
        elif step < 0.85:
            del wire[at]
        else:
            wire.insert(at, rng.randrange(256))
        if len(wire) < 14:
            break
    return bytes(wire)


def changed(rng, catalogue):
    """Without end: good queries with some bytes changed, lost or added."""
    owners = sorted(catalogue.owners)
    while True:
        if rng.random() < 0.5:
            wire = rng.choice(_GOOD)
        else:
            wire = query(mixed_case(rng, rng.choice(owners).to_wire()), rng.choice(("A", "TXT", "NS")),
                         additional=rng.choice(((), (opt(option(3)),))))
        yield Question("changed bytes", _changed(rng, wire), tcp=rng.random() < 0.1, alone=True)
