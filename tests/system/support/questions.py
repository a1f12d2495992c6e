"""Questions on the wire: raw bytes and strict parsing by dnspython, and by dig and drill."""

import re
import socket
import struct
import time

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype

from support.programs import run

DKIM_ZONE = "dkim.secutix.com."
SPF_ZONE = "spf.secutix.com."


def selector(code, slot="sel1"):
    return f"{slot}-{code}._domainkey.{DKIM_ZONE}"


def query(name, record_type="TXT", **options):
    """A plain query without EDNS and without RD."""
    options.setdefault("flags", 0)
    return dns.message.make_query(name, record_type, **options)


def family(host):
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def ask_raw(address, wire, timeout=3.0):
    """The datagram that comes back; None for silence."""
    with socket.socket(family(address[0]), socket.SOCK_DGRAM) as udp:
        udp.settimeout(timeout)
        udp.connect(address)
        udp.send(wire)
        try:
            return udp.recv(65535)
        except TimeoutError:
            return None


def parse(wire):
    """Strictly: trailing bytes, bad names and lying counts raise."""
    return dns.message.from_wire(wire, ignore_trailing=False)


def ask(address, message, timeout=3.0):
    wire = ask_raw(address, message.to_wire(), timeout)
    if wire is None:
        raise AssertionError(f"no answer from {address} to {message.question}")
    answer = parse(wire)
    if not message.is_response(answer):
        raise AssertionError(f"not an answer to {message}:\n{answer}")
    return answer


class Tcp:
    """One connection, for one query or many."""

    def __init__(self, address, timeout=5.0):
        self.socket = socket.create_connection(address, timeout)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, *wires, pieces=None):
        data = b"".join(struct.pack("!H", len(wire)) + wire for wire in wires)
        for start in range(0, len(data), pieces or len(data)):
            self.socket.sendall(data[start:start + (pieces or len(data))])

    def receive(self):
        (length,) = struct.unpack("!H", self._exactly(2))
        return self._exactly(length)

    def _exactly(self, count):
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise ConnectionError(f"closed after {len(data)} of {count} bytes")
            data += more
        return data


def ask_tcp(address, message):
    with Tcp(address) as connection:
        connection.send(message.to_wire())
        return parse(connection.receive())


def text_of(answer):
    """The data of the only TXT record in the answer section, its strings as they are cut."""
    (record_set,) = answer.answer
    (record,) = record_set
    return record.strings


def joined(answer):
    return b"".join(text_of(answer)).decode("ascii")


def spf_text(address):
    return joined(ask(address, query(SPF_ZONE)))


def until(condition, what, timeout=60.0, pause=0.02):
    """Waits for a condition, and gives back what it returned and how long that took."""
    began = time.monotonic()
    while True:
        value = condition()
        if value:
            return value, time.monotonic() - began
        if time.monotonic() - began > timeout:
            raise AssertionError(f"not within {timeout} s: {what}")
        time.sleep(pause)


def dig(address, *arguments):
    return run("dig", f"@{address[0]}", "-p", address[1], "+tries=1", "+time=5", *arguments).stdout


def drill(address, name, record_type, *options):
    return run("drill", "-p", address[1], *options, name, f"@{address[0]}", record_type).stdout


def quoted_strings(line):
    return re.findall(r'"((?:[^"\\]|\\.)*)"', line)
