"""What goes to port 53 of an address: seen on the loopback device of a network namespace of one's own."""

import socket
import struct
import threading
from dataclasses import dataclass

import dns.exception
import dns.message

_IPV4 = 0x0800
_ETHERNET_BYTES = 14
_UDP, _TCP, _SYN, _ACK = 17, 6, 2, 16
_SO_RCVBUFFORCE = 33  # beyond net.core.rmem_max, for root; Python has no name for it


@dataclass(frozen=True)
class Seen:
    source: str
    transport: str  # udp: a query; tcp: a connection that opens
    edns_bytes: int  # of a query over UDP; 0 without EDNS, -1 for what is no query


class Sniffer(threading.Thread):
    """Collects from its start to its stop; needs root."""

    def __init__(self, destination):
        super().__init__(daemon=True)
        self.destination = socket.inet_aton(destination)
        self.packets = []
        self.ended = threading.Event()
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_IPV4))
        self.socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, 64 << 20)
        self.socket.bind(("lo", _IPV4))
        self.socket.settimeout(0.1)

    def run(self):
        while True:
            try:
                packet = self.socket.recv(65535)[_ETHERNET_BYTES:]
            except TimeoutError:
                if self.ended.is_set():
                    return
                continue
            if packet[16:20] == self.destination:
                self.packets.append(packet)

    def stop(self):
        """Once nothing more is waiting."""
        self.ended.set()
        self.join()
        self.socket.close()

    def of(self, source):
        """What came from this address. Only after the stop is it everything."""
        address = socket.inet_aton(source)
        return [seen for packet in self.packets if packet[12:16] == address and (seen := _read(source, packet))]


def _read(source, packet):
    at = (packet[0] & 15) * 4
    if struct.unpack_from("!H", packet, at + 2) != (53,):
        return None
    if packet[9] == _TCP and packet[at + 13] & (_SYN | _ACK) == _SYN:
        return Seen(source, "tcp", 0)
    return Seen(source, "udp", _edns_bytes(packet[at + 8:])) if packet[9] == _UDP else None


def _edns_bytes(wire):
    try:
        query = dns.message.from_wire(wire)
    except dns.exception.DNSException:
        return -1
    return query.payload if query.edns >= 0 else 0
