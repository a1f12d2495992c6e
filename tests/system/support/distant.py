"""The world as it is from far away: one process that is the root, com, our own zones, the zones of any number of
institutions, and a resolver, and that answers each question a while after it came. It counts what is asked.

    198.18.54.2, .3  the name servers of all zones, ours too
    198.18.54.10     the resolver
"""

import asyncio
import functools
import socket
import struct
import threading

import dns.name
import dns.rdatatype
import dns.zone

from support.customers import target
from support.tree import add_address

RESOLVER = "198.18.54.10"
SERVERS = ("198.18.54.2", "198.18.54.3")
_SOA = "ns1.hosts.com. hostmaster.hosts.com. 1 3600 600 86400 60"
_TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "TXT": 16}
_EDNS = b"\0\0\x29\x04\xd0\0\0\0\0\0\0"


def add_addresses():
    """Once in a network namespace, before the first of them."""
    for address in (*SERVERS, RESOLVER):
        add_address(address)


class Count:
    """Of the questions: all, how many were open at a time, and how long the longest chain was in which each came after
    the answer of the one before. It goes by what had happened when a question came, not by how long that took."""

    def __init__(self):
        self.questions = self.open = self.most_open = self.longest_chain = 0

    def came(self):
        self.questions += 1
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        return self.longest_chain + 1

    def answered(self, place):
        self.open -= 1
        self.longest_chain = max(self.longest_chain, place)


class Distant:
    """Until `stop`. `delay` seconds lie between a question and its answer; with `crowd`, it lies there until as many
    questions are open, or none has come for two seconds."""

    def __init__(self, codes, own_zones, delay=0.0, crowd=None):
        self.delay, self.crowd = delay, crowd
        self.count = Count()
        self._records, self._zones = {}, []
        self._add("", [f"@ NS ns{n}.hosts.com." for n in (1, 2)])
        self._add("com", [f"@ NS ns{n}.hosts.com." for n in (1, 2)])
        self._add("hosts.com", [f"@ NS ns{n}" for n in (1, 2)] + [f"ns{n} A {SERVERS[n - 1]}" for n in (1, 2)])
        self._add("secutix.com", [f"@ NS ns{n}" for n in (1, 2)] + [f"ns{n} A {SERVERS[n - 1]}" for n in (1, 2)])
        for code in codes:
            self._add(f"{code}.com", [
                *(f"@ NS ns{n}.hosts.com." for n in (1, 2)),
                *(f"stx{slot}._domainkey CNAME {target(code, slot)}" for slot in ("sel1", "sel2")),
                '@ TXT "v=spf1 include:spf.secutix.com ~all"', '_dmarc TXT "v=DMARC1; p=none"'])
        for text in own_zones:
            self._add_zone(text)
        self._names = {""}
        for name, _ in self._records:
            while name and name not in self._names:
                self._names.add(name)
                name = name.partition(".")[2]
        self._begin()

    def _add(self, apex, lines):
        self._add_zone(f"$ORIGIN {apex}.\n$TTL 60\n@ SOA {_SOA}\n" + "".join(line + "\n" for line in lines))

    def _add_zone(self, text):
        zone = dns.zone.from_text(text, relativize=False, check_origin=False)
        self._zones.append(zone.origin.to_text(omit_final_dot=True).lower())
        for name, _, rdata in zone.iterate_rdatas():
            key = name.to_text(omit_final_dot=True).lower() if name != dns.name.root else ""
            self._records.setdefault((key, int(rdata.rdtype)), []).append(rdata.to_wire())
        self._zones.sort(key=len, reverse=True)

    def take_selectors_from(self, code):
        """CODE.com has no selector of ours any more."""
        for slot in ("sel1", "sel2"):
            del self._records[f"stx{slot}._domainkey.{code}.com", 5]

    # ---- one answer ----

    def _zone_of(self, name):
        return next(zone for zone in self._zones if zone in ("", name) or name.endswith("." + zone))

    def _answers(self, name, kind):
        """(owner, type, rdata) along the chain of aliases, and where this ends."""
        found = []
        while (name, kind) not in self._records and (name, 5) in self._records:
            (data,) = self._records[name, 5]
            found.append((name, 5, data))
            name = dns.name.from_wire(data, 0)[0].to_text(omit_final_dot=True).lower()
        return found + [(name, kind, data) for data in self._records.get((name, kind), [])], name

    def answer(self, query, is_resolver):
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode("latin-1").lower())
            at += 1 + query[at]
        kind = struct.unpack_from("!H", query, at + 1)[0]
        name = ".".join(labels)
        found, end = self._answers(name, kind)
        records = b"".join(self._record(owner, each, data) for owner, each, data in found)
        authority = b"" if found else self._record(self._zone_of(name), 6, self._records[self._zone_of(name), 6][0])
        flags = 0x8000 | (0x0180 if is_resolver else 0x0400) | (0 if end in self._names else 3)
        edns = _EDNS if struct.unpack_from("!H", query, 10)[0] else b""
        header = query[:2] + struct.pack("!HHHHH", flags, 1, len(found), 1 if authority else 0, 1 if edns else 0)
        return header + query[12:at + 5] + records + authority + edns

    @staticmethod
    def _record(owner, kind, data):
        wire = b"".join(bytes([len(label)]) + label.encode("latin-1") for label in owner.split(".") if label) + b"\0"
        return wire + struct.pack("!HHIH", kind, 1, 60, len(data)) + data

    # ---- the sockets ----

    def _begin(self):
        self._loop = asyncio.new_event_loop()
        self._held, self._last, self._streams, self._links = [], 0.0, [], []
        for address in (*SERVERS, RESOLVER):
            link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
            link.setblocking(False)
            link.bind((address, 53))
            self._links.append(link)
            self._loop.add_reader(link, self._read, link, address == RESOLVER)
            self._streams.append(self._loop.run_until_complete(asyncio.start_server(
                functools.partial(self._serve_stream, is_resolver=address == RESOLVER), address, 53)))
        if self.crowd:
            self._loop.call_later(0.5, self._release_when_quiet)
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def stop(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        for each in (*self._streams, *self._links):
            each.close()
        self._loop.close()

    def _read(self, link, is_resolver):
        while True:
            try:
                query, client = link.recvfrom(4096)
            except BlockingIOError:
                return
            place = self.count.came()
            send = (link, client, self.answer(query, is_resolver), place)
            self._last = self._loop.time()
            if self.crowd is None:
                self._loop.call_later(self.delay, self._send, *send)
                continue
            self._held.append(send)
            if len(self._held) >= self.crowd:
                self._release()

    async def _serve_stream(self, reader, writer, is_resolver):
        try:
            query = await reader.readexactly(struct.unpack("!H", await reader.readexactly(2))[0])
            place = self.count.came()
            await asyncio.sleep(self.delay)
            self.count.answered(place)
            answer = self.answer(query, is_resolver)
            writer.write(struct.pack("!H", len(answer)) + answer)
            await reader.read(1)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()

    def _release(self):
        held, self._held = self._held, []
        for each in held:
            self._send(*each)

    def _release_when_quiet(self):
        if self._loop.time() - self._last > 2:
            self._release()
        self._loop.call_later(0.5, self._release_when_quiet)

    def _send(self, link, client, answer, place):
        self.count.answered(place)
        link.sendto(answer, client)
