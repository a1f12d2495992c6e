"""Questions about EDNS: sizes, versions, flags, options of every kind, and an OPT that is not as RFC 6891 has it."""

from differential.exchange import Question
from differential.messages import header, opt, option, query, question_entry, record, wire_name
from differential.zones import AROUND_1232, LONG_LABEL

NSID, ECS, EXPIRE, COOKIE, KEEPALIVE, PADDING, CHAIN, EDE, ZONEVERSION = 3, 8, 9, 10, 11, 12, 13, 15, 19
NAMES = ("host1.example.", "nothere.host1.example.", "example.", "host.indom.cuts.test.", "www.example.net.",
         "three.chains.test.", "txt1000.big.test.", "www.d.dname.test.")
SIZES = (0, 1, 11, 12, 128, 511, 512, 513, 1000, 1220, 1231, 1232, 1233, 1400, 1500, 4096, 32768, 65535)


def _both(kind, wire, alone=False):
    yield Question(kind, wire, alone=alone)
    yield Question(kind, wire, tcp=True, alone=alone)


def sizes():
    for size in SIZES:
        for name in (*NAMES, "txt460.big.test.", "txt1171.big.test.", "a31.big.test.", "a76.big.test.", "big.test."):
            for record_type in ("TXT", "A", "NS"):
                yield from _both("EDNS size", query(name, record_type, additional=(opt(size=size),)))


def options_against_data():
    """Answers around 1232 bytes together with options that need room too."""
    for size in AROUND_1232:
        for data in (option(NSID), option(COOKIE, b"clientid"), option(NSID) + option(COOKIE, b"clientid")):
            yield Question("EDNS size", query(f"txt{size}.{LONG_LABEL}.big.test.", "TXT", additional=(opt(data),)))


def versions_and_flags(rng):
    for version in (0, 1, 2, 100, 255):
        for flags in (0, 0x8000, 0x4000, 0x0001, 0x7FFF, 0xFFFF, 0x00FF):
            kind = "EDNS version" if version else "EDNS flags"
            for name in NAMES[:5]:
                yield from _both(kind, query(name, "A", rng.choice((0, 0x0100)), (opt(version=version, flags=flags),)))
            with_nsid = opt(option(NSID), version=version, flags=flags)
            yield Question(kind, query("example.", "A", additional=(with_nsid,)))
    for rcode in (1, 16, 255):
        for name in NAMES[:5]:
            yield Question("EDNS rcode", query(name, "A", additional=(opt(rcode=rcode),)))


def _good_options(rng):
    client = rng.randbytes(8)
    return {
        "NSID": (option(NSID), option(NSID, b"given")),
        "COOKIE": (option(COOKIE, client), option(COOKIE, client + rng.randbytes(16)),
                   option(COOKIE, client + b"\1\0\0\0" + rng.randbytes(12)), option(COOKIE, client + rng.randbytes(8)),
                   option(COOKIE, client + rng.randbytes(32))),
        "keepalive": (option(KEEPALIVE), ),
        "padding": (option(PADDING), option(PADDING, bytes(100)), option(PADDING, b"\xff" * 7)),
        "ECS": (option(ECS, b"\0\1\x18\0\xc0\0\2"), option(ECS, b"\0\1\0\0"), option(ECS, b"\0\2\x38\0" + bytes(7))),
        "EXPIRE": (option(EXPIRE), ),
        "EDE": (option(EDE, b"\0\0"), option(EDE, b"\0\x14text")),
        "ZONEVERSION": (option(ZONEVERSION), ),
        "unknown": (option(65001), option(65001, b"data"), option(0), option(65535, bytes(200)), option(14, b"\0\1"),
                    option(5, b"\1\2\3"), option(20292), option(4)),
    }


_BAD_SUBNETS = (b"", b"\0", b"\0\1", b"\0\1\x18", b"\0\1\x18\0", b"\0\1\x18\x18\1\2\3", b"\0\3\x18\0\1\2\3",
                b"\0\1\x21\0\1\2\3\4\5", b"\0\1\x18\0\1\2\3\4", b"\0\0\0\0", b"\0\1\x17\0\1\2\3")


def _bad_options(rng):
    return {
        "COOKIE malformed": [option(COOKIE, rng.randbytes(size)) for size in (0, 1, 7, 9, 15, 41, 60)],
        "keepalive malformed": [option(KEEPALIVE, bytes(size)) for size in (1, 2, 3, 4)],
        "ECS malformed": [option(ECS, data) for data in _BAD_SUBNETS],
        "EXPIRE malformed": [option(EXPIRE, bytes(4)), option(EXPIRE, b"\1")],
        "EDE malformed": [option(EDE), option(EDE, b"\0"), option(EDE, b"\0\1\xff\xfe")],
        "ZONEVERSION malformed": [option(ZONEVERSION, bytes(size)) for size in (1, 2, 6)],
        "CHAIN": [option(CHAIN, b"\0"), option(CHAIN)],
    }


def options(rng):
    """Each alone, twice, and with another one before and behind it; over UDP and TCP."""
    good, bad = _good_options(rng), _bad_options(rng)
    for label, variants in {**good, **bad}.items():
        kind = f"option {label}"
        for data in variants:
            for name in rng.sample(NAMES, 4):
                flags = rng.choice((0, 0x8000))
                yield from _both(kind, query(name, "A", additional=(opt(data, flags=flags),)), alone=True)
            yield Question(kind, query("example.", "SOA", additional=(opt(data, version=1),)), alone=True)
            yield Question(kind, query("example.", "SOA", flags=2 << 11, additional=(opt(data),)), alone=True)
            yield Question(f"{kind} without a question", header(0, (0, 0, 0, 1)) + opt(data), alone=True)
            yield Question(f"{kind} twice", query("host1.example.", "A", additional=(opt(data + data),)), alone=True)
            other = rng.choice(rng.choice(list(good.values())))
            for pair in (data + other, other + data):
                wire = query("host1.example.", "A", additional=(opt(pair),))
                yield Question(f"{kind} and another", wire, alone=True)
    everything = b"".join(variants[0] for variants in good.values())
    for name in NAMES:
        yield from _both("option all", query(name, "A", additional=(opt(everything),)), alone=True)


def malformed(rng):
    """Lengths that lie within the OPT, and options that run out of it."""
    for name in NAMES[:5]:
        cases = [opt(options) for options in (
            option(NSID, length=1), option(NSID, b"ab", length=3), option(65001, b"abc", length=65535), b"\0", b"\0\3",
            b"\0\3\0", option(NSID) + b"\0", option(COOKIE, bytes(8), length=24),
            option(COOKIE, rng.randbytes(8), length=7))]
        cases += [opt(length=1), opt(length=4), opt(length=65535), opt(option(NSID), length=3),
                  opt(option(NSID), length=0)]
        for additional in (*cases, opt()[:-1], opt()[:5], opt()[:1]):
            yield from _both("OPT malformed", query(name, "A", additional=(additional,)), alone=True)


def misplaced():
    """Two OPTs, an OPT with an owner, an OPT in another section, an OPT among other records."""
    extra = record("x.example.", "A", bytes(4))
    for name in NAMES[:5]:
        entry = question_entry(name, "A")
        for pair in ((opt(), opt()), (opt(), extra, opt()), (opt(version=1), opt()), (opt(),) * 5):
            yield from _both("two OPTs", query(name, "A", additional=pair), alone=True)
        for owner in (wire_name("example."), b"\1a\0", b"\xc0\x0c"):
            yield from _both("OPT with a name", query(name, "A", additional=(opt(owner=owner),)), alone=True)
        for counts in ((1, 1, 0, 0), (1, 0, 1, 0)):
            yield from _both("OPT misplaced", header(0, counts) + entry + opt(), alone=True)
        for counts in ((1, 1, 0, 1), (1, 0, 1, 1)):
            yield from _both("OPT misplaced", header(0, counts) + entry + opt() + opt(), alone=True)
        for additional in ((extra, opt()), (opt(), extra), (extra, opt(), extra)):
            yield from _both("OPT among others", query(name, "A", additional=additional), alone=True)
