"""A secondary that keeps nothing: asks for a zone by AXFR or IXFR, signed, and reads as fast as it can.

It does not verify what it gets (tests/system/transfer_test.py does): it looks for the SOA that ends the transfer, and
counts records, so that nobody is measured at sending less.
"""

import socket
import struct
import threading
import time
from dataclasses import dataclass

import dns.message
import dns.name
import dns.rdatatype
import dns.rrset

from support.tsig import Key

from sidebyside.processes import Failed

KEY = Key("bench-key")
_BUFFER_BYTES = 1 << 20


@dataclass(frozen=True)
class Received:
    seconds: float  # from the request to the last byte
    bytes: int
    messages: int
    records: int


def ask_soa(port, zone, patience=2.0):
    """The SOA that a server on 127.0.0.1 answers with; None: nothing, or no answer."""
    with socket.socket(type=socket.SOCK_DGRAM) as udp:
        udp.settimeout(patience)
        udp.connect(("127.0.0.1", port))
        try:
            udp.send(dns.message.make_query(zone, "SOA", flags=0).to_wire())
            answer = dns.message.from_wire(udp.recv(65535))
        except OSError:
            return None
    return answer.answer[0][0] if answer.answer else None


def _signed(zone, kind, serial):
    asked = dns.message.make_query(zone, kind, flags=0)
    if serial is not None:
        asked.authority.append(dns.rrset.from_text(dns.name.from_text(zone), 0, "IN", "SOA", f". . {serial} 0 0 0 0"))
    return KEY.sign(asked.to_wire())[0]


class Reader:
    """Messages of one connection; what a transfer ends with is the SOA that is served now."""

    def __init__(self, port, zone):
        soa = ask_soa(port, zone)
        if soa is None:
            raise Failed(f"127.0.0.1:{port} answers no SOA of {zone}")
        self.zone, self.serial = zone, soa.serial
        self.mark = struct.pack("!IIIII", soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum)
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=600)
        self.buffer = bytearray()

    def close(self):
        self.socket.close()

    def fetch(self, kind="AXFR", serial=None, ends=2):
        """`ends`: so often is the SOA's newest form in the transfer. Failed: refused, or the connection ended."""
        request = _signed(self.zone, kind, serial)
        began = time.monotonic()
        self.socket.sendall(struct.pack("!H", len(request)) + request)
        size = messages = records = seen = 0
        while seen < ends:
            begin, length = self._next_message()
            if self.buffer[begin + 3] & 15:
                raise Failed(f"{kind} of {self.zone}: RCODE {self.buffer[begin + 3] & 15}")
            messages, size = messages + 1, size + length + 2
            records += struct.unpack_from("!H", self.buffer, begin + 6)[0]
            seen += self.buffer.count(self.mark, begin, begin + length)
            self.at = begin + length
        return Received(time.monotonic() - began, size, messages, records)

    at = 0  # how much of the buffer has been looked at

    def _next_message(self):
        """(where it begins in the buffer, its length)."""
        while True:
            have = len(self.buffer) - self.at
            if have >= 2:
                (length,) = struct.unpack_from("!H", self.buffer, self.at)
                if have >= length + 2:
                    return self.at + 2, length
            del self.buffer[:self.at]
            self.at = 0
            got = self.socket.recv(_BUFFER_BYTES)
            if not got:
                raise Failed(f"{self.zone}: the connection ended in the middle of a transfer")
            self.buffer += got


def fetch(port, zone):
    """The whole zone over a connection of its own."""
    reader = Reader(port, zone)
    try:
        return reader.fetch()
    finally:
        reader.close()


class Fetching(threading.Thread):
    """Fetches the zone over and over, until the block ends; `count` says how often it came whole."""

    def __init__(self, port, zone):
        super().__init__(daemon=True)
        self.port, self.zone = port, zone
        self.ended = threading.Event()
        self.count, self.failure = 0, None

    def run(self):
        reader = Reader(self.port, self.zone)
        try:
            while not self.ended.is_set():
                reader.fetch()
                self.count += 1
        except (Failed, OSError) as failure:
            self.failure = None if self.ended.is_set() else failure
        finally:
            reader.close()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.join()
        if self.failure:
            raise Failed(f"a transfer beside the load: {self.failure}")
