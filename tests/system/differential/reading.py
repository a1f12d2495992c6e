"""An answer as values that can be compared: names in lower case and whole, record sets without an order.

A reader of its own, since a hundred thousand answers are too many for a full library; dnspython judges dnsd's own.
"""

import struct
from dataclasses import dataclass

NS, CNAME, SOA, PTR, MX, SRV, DNAME, OPT, TSIG = 2, 5, 6, 12, 15, 33, 39, 41, 250

# Types whose data hold names: how many bytes stand before them, and how many names follow.
_NAMES_IN = {NS: (0, 1), CNAME: (0, 1), SOA: (0, 2), PTR: (0, 1), MX: (2, 1), SRV: (6, 1), DNAME: (0, 1)}

QR, AA, TC, RD, RA, Z, AD, CD = (1 << bit for bit in (15, 10, 9, 8, 7, 6, 5, 4))
FLAGS = {"QR": QR, "AA": AA, "TC": TC, "RD": RD, "RA": RA, "Z": Z, "AD": AD, "CD": CD}
DO = 0x8000


class Unreadable(ValueError):
    """The message breaks the form of RFC 1035 section 4.1."""


@dataclass(frozen=True)
class Record:
    owner: bytes
    type: int
    record_class: int
    ttl: int
    data: bytes


@dataclass(frozen=True)
class Opt:
    version: int
    flags: int
    udp_bytes: int
    options: tuple  # (code, data)


@dataclass(frozen=True)
class Answer:
    flags: int
    rcode: int  # with the upper bits that an OPT carries
    question: bytes
    sections: tuple  # answer, authority, additional: tuples of Record, in the order that they came
    opts: tuple
    trailing: int
    size: int

    @property
    def opcode(self):
        return (self.flags >> 11) & 15

    @property
    def opt(self):
        return self.opts[0] if self.opts else None


def read_name(wire, at):
    """The name there, uncompressed and in lower case, and the offset behind it."""
    pieces, behind, hops = [], None, 0
    while True:
        if at >= len(wire):
            raise Unreadable("a name runs out of the message")
        length = wire[at]
        if length == 0:
            pieces.append(b"\0")
            name = b"".join(pieces)
            if len(name) > 255:
                raise Unreadable("a name over 255 bytes")
            return name.lower(), behind or at + 1
        if length < 64:
            pieces.append(wire[at:at + 1 + length])
            at += 1 + length
        elif length >= 192 and at + 1 < len(wire):
            behind = behind or at + 2
            at, before = ((length & 63) << 8) | wire[at + 1], at
            hops += 1
            if at >= before or hops > 127:
                raise Unreadable("a pointer that does not point back")
        else:
            raise Unreadable("a label of an unknown kind")


def _read_data(wire, at, length, record_type):
    if record_type not in _NAMES_IN:
        return wire[at:at + length]
    before, names = _NAMES_IN[record_type]
    end, data = at + length, wire[at:at + before]
    at += before
    for _ in range(names):
        name, at = read_name(wire, at)
        data += name
    if at > end:
        raise Unreadable("data shorter than its names")
    return data + wire[at:end]


def _read_record(wire, at):
    owner, at = read_name(wire, at)
    if at + 10 > len(wire):
        raise Unreadable("a record without its fixed part")
    record_type, record_class, ttl, length = struct.unpack_from("!HHIH", wire, at)
    at += 10
    if at + length > len(wire):
        raise Unreadable("data run out of the message")
    data = wire[at:at + length] if record_type == OPT else _read_data(wire, at, length, record_type)
    return Record(owner, record_type, record_class, ttl, data), at + length


def _read_options(data):
    options, at = [], 0
    while at < len(data):
        if at + 4 > len(data):
            raise Unreadable("an EDNS option without its length")
        code, length = struct.unpack_from("!HH", data, at)
        at += 4
        if at + length > len(data):
            raise Unreadable("an EDNS option that runs out of the OPT")
        options.append((code, data[at:at + length]))
        at += length
    return tuple(options)


def _opt_of(record):
    return Opt((record.ttl >> 16) & 255, record.ttl & 0xFFFF, record.record_class, _read_options(record.data))


def read_answer(wire):
    """Raises Unreadable for what is not a DNS message from its first byte on; bytes behind its end are counted."""
    if len(wire) < 12:
        raise Unreadable("shorter than a header")
    _, flags, *counts = struct.unpack_from("!HHHHHH", wire)
    at = 12
    for _ in range(counts[0]):
        _, at = read_name(wire, at)
        at += 4
    if at > len(wire):
        raise Unreadable("the question runs out of the message")
    question = wire[12:at]
    sections, opts, rcode = [], [], flags & 15
    for count in counts[1:]:
        records = []
        for _ in range(count):
            record, at = _read_record(wire, at)
            if record.type == OPT:
                opts.append(_opt_of(record))
                rcode |= (record.ttl >> 24) << 4
            else:
                records.append(record)
        sections.append(tuple(records))
    return Answer(flags, rcode, question, tuple(sections), tuple(opts), len(wire) - at, len(wire))
