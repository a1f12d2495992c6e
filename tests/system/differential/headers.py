"""Questions about the header: opcodes, flag bits, classes, counts, and sections that a query should not have."""

from differential.exchange import Question
from differential.messages import (ANY_CLASS, CH, HS, IN, NONE, header, opt, query, question_entry, record)
from differential.names import type_number

NAMES = ("host1.example.", "nothere.host1.example.", "example.", "any.thing.example.", "host.indom.cuts.test.",
         "empty.chains.test.", "www.example.net.", "one.chains.test.")


def opcodes(rng):
    """All sixteen, with a question and without, with an OPT and without; QUERY among them."""
    for number in range(16):
        kind = {0: "flags", 4: "notify", 5: "update"}.get(number, "opcode")
        for name in NAMES[:4] + NAMES[6:7]:
            for additional in ((), (opt(),)):
                flags = number << 11 | rng.choice((0, 0x0100, 0x0400, 0x0130))
                yield Question(kind, query(name, "SOA", flags, additional), tcp=rng.random() < 0.3, alone=True)
        yield Question(kind, header(number << 11, (0, 0, 0, 0)), alone=True)
        yield Question(kind, header(number << 11, (0, 0, 0, 1)) + opt(), alone=True)
        yield Question(kind, header(number << 11, (1, 1, 1, 0)) + question_entry("example.", "SOA")
                       + record("example.", "SOA", b"\0\0" + bytes(20)) + record("example.", "A", bytes(4)), alone=True)


def flag_bits(rng):
    """Every combination of AA, TC, RD, RA, Z, AD and CD, and of an rcode in a query now and then."""
    for bits in range(128):
        flags = (bits & 7) << 8 | (bits >> 3) << 4
        for name in rng.sample(NAMES, 3):
            yield Question("flags", query(name, rng.choice(("A", "TXT", "NS")), flags,
                                          rng.choice(((), (opt(),), (opt(flags=0x8000),)))), tcp=rng.random() < 0.2)
        yield Question("rcode in a query", query(rng.choice(NAMES), "A", flags | rng.randrange(1, 16)))


def responses():
    """QR set: never answered (two servers must not talk to each other for ever)."""
    for flags in (0x8000, 0x8400, 0x8180, 0xA000, 0xA800, 0xF800, 0x8005):
        for name in NAMES[:3]:
            yield Question("response", query(name, "A", flags))
            yield Question("response", query(name, "A", flags, (opt(),)), tcp=True, alone=True)
        yield Question("response", header(flags, (0, 0, 0, 0)))


def classes(rng):
    for question_class in (0, 2, CH, HS, 5, NONE, ANY_CLASS, 256, 4096, 65535):
        for name in (*NAMES, "version.bind.", "id.server.", "hostname.bind.", "version.server.", "authors.bind."):
            for record_type in ("TXT", "ANY", "A", "SOA"):
                yield Question("class", query(name, record_type, question_class=question_class,
                                              additional=rng.choice(((), (opt(),)))))
    for record_type in ("IXFR", "AXFR", "MAILA", "ANY"):
        yield Question("class", query("version.bind.", record_type, question_class=CH))


def counts():
    """Sections that say 0, 2 or more; extra records in each section."""
    first, second = question_entry(NAMES[0], "A"), question_entry("example.", "SOA")
    yield Question("no question", header(0, (0, 0, 0, 0)), alone=True)
    yield Question("no question", header(0, (0, 0, 0, 1)) + opt(), alone=True)
    yield Question("no question", header(0, (0, 1, 0, 0)) + record(NAMES[0], "A", bytes(4)), alone=True)
    for entries in ((first, second), (first, first), (first,) * 3, (first,) * 40):
        for tail in (b"", opt()):
            wire = header(0, (len(entries), 0, 0, bool(tail))) + b"".join(entries) + tail
            yield Question("questions", wire, alone=True)
            yield Question("questions", wire, tcp=True, alone=True)
    for name in NAMES:
        entry = question_entry(name, "A")
        data = record(name, "A", bytes(4))
        for section in range(3):
            for many in (1, 2, 20):
                counted = [1, 0, 0, 0]
                counted[1 + section] = many
                yield Question("extra records", header(0, counted) + entry + data * many, alone=True)
                counted[3] += 1
                yield Question("extra records", header(0, counted) + entry + data * many + opt(), alone=True)
        soa = record(name, "SOA", b"\0\0" + bytes(20))
        yield Question("transfer", header(0, (1, 0, 1, 0)) + question_entry(name, "IXFR") + soa, alone=True)
        yield Question("transfer", header(0, (1, 0, 1, 0)) + question_entry(name, "IXFR") + soa, tcp=True, alone=True)


def meta_types(rng):
    """Types that are no data, and all numbers around their edges."""
    edges = [0, 41, 128, *range(245, 262), 32767, 32768, 32769, 65279, 65280, 65534, 65535]
    for number in edges:
        for name in NAMES:
            yield Question("type", query(name, number, additional=rng.choice(((), (opt(),)))),
                           tcp=rng.random() < 0.2, alone=True)
    transfers = [type_number("AXFR"), type_number("IXFR")]
    for name in NAMES:
        for number in transfers:
            yield Question("transfer", query(name, number))
            yield Question("transfer", query(name, number, additional=(opt(),)), tcp=True, alone=True)


def tsig(rng):
    """A key that nobody knows, an algorithm that nobody knows, a TSIG out of its place, and one cut short."""
    algorithm = b"\x0bhmac-sha256\0"
    good = algorithm + bytes(6) + b"\x01\x2c" + b"\x00\x20" + bytes(32) + bytes(2) + bytes(2) + bytes(2)
    now = algorithm + b"\0\0\x6a\x00\0\0" + b"\x01\x2c" + b"\x00\x20" + rng.randbytes(32) + bytes(6)
    strange = b"\x07unknown\0" + good[len(algorithm):]
    for name in NAMES:
        for data in (good, now, strange, good[:20], good[:-1], good + b"x", b""):
            signature = record("key.test.", "TSIG", data, record_class=ANY_CLASS)
            yield Question("TSIG", query(name, "A", additional=(signature,)), alone=True)
            yield Question("TSIG", query(name, "A", additional=(opt(), signature)), alone=True)
            yield Question("TSIG", query(name, "SOA", additional=(signature,)), tcp=True, alone=True)
        wrong_class = record("key.test.", "TSIG", good, record_class=IN)
        with_ttl = record("key.test.", "TSIG", good, ttl=5, record_class=ANY_CLASS)
        right = record("key.test.", "TSIG", good, record_class=ANY_CLASS)
        for additional in ((wrong_class,), (with_ttl,), (right, opt()), (right, right)):
            yield Question("TSIG", query(name, "A", additional=additional), alone=True)
        yield Question("TSIG", header(0, (1, 1, 0, 0)) + question_entry(name, "A") + right, alone=True)
