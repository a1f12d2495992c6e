"""Messages put together byte by byte, so that they can also be wrong."""

import struct

import dns.name

from differential.names import type_number

IN, CH, HS, NONE, ANY_CLASS = 1, 3, 4, 254, 255
OPT_TYPE = 41


def header(flags=0, counts=(1, 0, 0, 0)):
    """With ID 0; the exchange puts one in."""
    return struct.pack("!HHHHHH", 0, flags, *counts)


def wire_name(name):
    """Of a dns.name.Name or text, or bytes as they are."""
    if isinstance(name, bytes):
        return name
    if isinstance(name, str):
        name = dns.name.from_text(name)
    return name.to_wire()


def question_entry(name, record_type="A", question_class=IN):
    number = type_number(record_type) if isinstance(record_type, str) else record_type
    return wire_name(name) + struct.pack("!HH", number, question_class)


def record(name, record_type, data=b"", ttl=0, record_class=IN):
    number = type_number(record_type) if isinstance(record_type, str) else record_type
    return wire_name(name) + struct.pack("!HHIH", number, record_class, ttl, len(data)) + data


def option(code, data=b"", length=None):
    """With a length that lies, if one is given."""
    return struct.pack("!HH", code, len(data) if length is None else length) + data


def opt(options=b"", size=1232, version=0, flags=0, rcode=0, owner=b"\0", length=None):
    data_length = len(options) if length is None else length
    return owner + struct.pack("!HHBBHH", OPT_TYPE, size, rcode, version, flags, data_length) + options


def query(name, record_type="A", flags=0, additional=(), question_class=IN):
    return (header(flags, (1, 0, 0, len(additional))) + question_entry(name, record_type, question_class)
            + b"".join(additional))


def mixed_case(rng, wire):
    """The bytes of a name with the case of its letters thrown (0x20)."""
    return bytes(byte ^ 0x20 if chr(byte).isascii() and chr(byte).isalpha() and rng.random() < 0.5 else byte
                 for byte in wire)
