"""When a new serial is on the wire of a primary and of those that follow it; and who is told how often."""

import contextlib
import os
import select
import socket
import struct
import threading
import time

import dns.message
import dns.name
import dns.rdatatype

from sidebyside.processes import Failed

_PAUSE_S = 0.001  # between two questions to one server
_LOST_S = 0.2     # then it is asked again
_OPCODE_NOTIFY = 4
_EVERY_PROTOCOL = 0x0003


class Watch:
    """Asks servers on 127.0.0.1 for a zone's serial, each again as soon as it has answered."""

    def __init__(self, zone, ports):
        self.query = dns.message.make_query(zone, "SOA", flags=0).to_wire()
        self.sockets = {}
        for name, port in ports.items():
            udp = socket.socket(type=socket.SOCK_DGRAM)
            udp.connect(("127.0.0.1", port))
            udp.setblocking(False)
            self.sockets[name] = udp

    def close(self):
        for udp in self.sockets.values():
            udp.close()

    def follow_change(self, first, before, patience):
        """Name -> when it had the serial that `first` had first of all but `before` (time.monotonic). Failed: one never had."""
        seen = {name: {} for name in self.sockets}
        self._until(seen, lambda: any(serial != before for serial in seen[first]), patience)
        wanted = next(serial for serial in seen[first] if serial != before)
        self._until(seen, lambda: all(wanted in each for each in seen.values()), patience)
        return {name: each[wanted] for name, each in seen.items()}

    def until_all_have(self, wanted, patience):
        seen = {name: {} for name in self.sockets}
        self._until(seen, lambda: all(wanted in each for each in seen.values()), patience)
        return {name: each[wanted] for name, each in seen.items()}

    def _until(self, seen, is_enough, patience):
        """`seen`: name -> serial -> when it was first answered; filled until that is enough."""
        deadline = time.monotonic() + patience
        asked = dict.fromkeys(self.sockets, 0.0)
        names = {udp: name for name, udp in self.sockets.items()}
        while not is_enough():
            now = time.monotonic()
            if now > deadline:
                raise Failed(f"not current after {patience:.0f} s; serials seen: "
                             f"{ {name: list(each) for name, each in seen.items()} }")
            for name, udp in self.sockets.items():
                if now - asked[name] > _LOST_S:
                    self._ask(udp, asked, name)
            for udp in select.select(list(names), [], [], _LOST_S)[0]:
                serial = _serial(udp)
                if serial is not None:
                    seen[names[udp]].setdefault(serial, time.monotonic())
                time.sleep(_PAUSE_S)
                self._ask(udp, asked, names[udp])

    def _ask(self, udp, asked, name):
        with contextlib.suppress(OSError):
            udp.send(self.query)
        asked[name] = time.monotonic()


def _serial(udp):
    """None: no answer with an SOA."""
    try:
        answer = dns.message.from_wire(udp.recv(65535))
    except OSError:
        return None
    return answer.answer[0][0].serial if answer.answer and answer.answer[0].rdtype == dns.rdatatype.SOA else None


class NotifyCount(threading.Thread):
    """How many NOTIFYs of the zone (RFC 1996) go to each of these ports of loopback. Needs root, for a packet socket."""

    def __init__(self, zone, ports):
        super().__init__(daemon=True)
        self.question = dns.name.from_text(zone).to_wire()
        self.count = dict.fromkeys(ports, 0)
        self.ended = threading.Event()
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_EVERY_PROTOCOL))
        self.socket.bind(("lo", _EVERY_PROTOCOL))
        self.socket.settimeout(0.1)

    @staticmethod
    def is_allowed():
        return os.geteuid() == 0

    def run(self):
        while not self.ended.is_set():
            try:
                packet, (_, _, direction, *_) = self.socket.recvfrom(2048)
            except TimeoutError:
                continue
            if direction == socket.PACKET_OUTGOING:  # on loopback each is seen twice
                self._note(packet)

    def _note(self, packet):
        header = (packet[0] & 15) * 4
        if packet[0] >> 4 != 4 or packet[9] != socket.IPPROTO_UDP or len(packet) < header + 12:
            return
        port, flags = struct.unpack_from("!2xH6xB", packet, header)
        is_notify = flags >> 3 == _OPCODE_NOTIFY  # QR is clear
        if port in self.count and is_notify and packet[header + 20:].startswith(self.question):
            self.count[port] += 1

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.join()
        self.socket.close()
