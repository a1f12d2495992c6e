"""dnsd on the wildcard addresses of a host with many: it answers from the address that was asked, and in one piece.

    neighbour, a namespace of its own      this namespace, where dnsd is
    far0  192.0.2.9     2001:db8:1::9  ──  near0  192.0.2.1     2001:db8:1::1
    far1  198.51.100.9  2001:db8:2::9  ──  near1  198.51.100.1  2001:db8:2::1
    lo    203.0.113.9   2001:db8:9::9      lo     10.53.0.1-3   2001:db8:53::1-3
                                           near0 and near1 both have fe80::53, far0 and far1 fe80::9
"""

import re
import socket
import struct
import unittest
from pathlib import Path

import dns.flags

from support import namespace
from support.namespace import Neighbour, ip
from support.questions import SPF_ZONE, ask_tcp, family, parse, query, selector, until
from support.server import serve
from support.store import new_store

NEAR = {"near0": ("192.0.2.1/24", "2001:db8:1::1/64", "fe80::53/64"),
        "near1": ("198.51.100.1/24", "2001:db8:2::1/64", "fe80::53/64"),
        "lo": tuple(f"10.53.0.{number}/32" for number in (1, 2, 3))
              + tuple(f"2001:db8:53::{number}/128" for number in (1, 2, 3))}
FAR = {"far0": ("192.0.2.9/24", "2001:db8:1::9/64", "fe80::9/64"),
       "far1": ("198.51.100.9/24", "2001:db8:2::9/64", "fe80::9/64"),
       "lo": ("203.0.113.9/32", "2001:db8:9::9/128")}
ETHERNET_IPV4, ETHERNET_IPV6 = 0x0800, 0x86DD
DONT_FRAGMENT = 0x4000
LARGE = query(selector("big"), use_edns=0, payload=4096)


def host_of(address):
    return address.split("/")[0]


def fragments_made():
    """FragOKs and FragCreates of IPv4 and of IPv6, of this namespace."""
    names, values = (line.split()[1:] for line in Path("/proc/net/snmp").read_text().splitlines()
                     if line.startswith("Ip:"))
    counters = dict(zip(names, map(int, values)))
    counters6 = dict(line.split() for line in Path("/proc/net/snmp6").read_text().splitlines())
    return [counters["FragOKs"], counters["FragCreates"],
            int(counters6["Ip6FragOKs"]), int(counters6["Ip6FragCreates"])]


class Capture:
    """The datagrams that leave dnsd, as they cross the wire: (DF, is a fragment, bytes) of each."""

    def __init__(self, neighbour, device):
        self.socket = neighbour.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))  # ETH_P_ALL
        with neighbour.inside():
            self.socket.bind((device, 3))
        self.socket.setblocking(False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def packets(self, source):
        packets = []
        while True:
            try:
                packet, sender = self.socket.recvfrom(65535)
            except BlockingIOError:
                return packets
            if sender[1] == ETHERNET_IPV4 and socket.inet_ntop(socket.AF_INET, packet[12:16]) == source:
                size, _, flags = struct.unpack("!HHH", packet[2:8])
                packets.append((bool(flags & DONT_FRAGMENT), bool(flags & ~DONT_FRAGMENT), size))
            elif sender[1] == ETHERNET_IPV6 and socket.inet_ntop(socket.AF_INET6, packet[8:24]) == source:
                packets.append((True, packet[6] == 44, 40 + struct.unpack("!H", packet[4:6])[0]))


class Wildcard(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.neighbour = Neighbour()
        cls.addClassCleanup(cls.neighbour.close)
        for number in (0, 1):
            cls.neighbour.link(f"near{number}", f"far{number}")
            cls.addClassCleanup(ip, "link", "del", f"near{number}")
        for command, addresses in ((ip, NEAR), (cls.neighbour.ip, FAR)):
            for device, own in addresses.items():
                for address in own:
                    command("address", "add", address, "dev", device, *(["nodad"] if ":" in address else []))
        cls.neighbour.ip("route", "add", "10.53.0.0/24", "via", "192.0.2.1")
        cls.neighbour.ip("route", "add", "2001:db8:53::/64", "via", "2001:db8:1::1")
        # The way back to these leads over the second link, whatever their queries came over.
        ip("route", "add", "203.0.113.9", "via", "198.51.100.9")
        ip("route", "add", "2001:db8:9::9", "via", "2001:db8:2::9")
        cls.store = new_store(cls)
        cls.store.zonectl("add", "big", "--key", "rsa4096")
        cls.server = serve(cls, cls.store, "--workers", "2", listen=("0.0.0.0:0", "[::]:0"))

    def setUp(self):
        self.fragments_before = fragments_made()

    def tearDown(self):
        self.assertEqual(fragments_made(), self.fragments_before)

    def port(self, host, transport="udp"):
        return self.server.address("::" if ":" in host else "0.0.0.0", transport)[1]

    def ask(self, host, message, source=None, device=None, timeout=3.0):
        """Asks from the neighbour: the answer, or None, and the address that it came from."""
        with self.neighbour.socket(family(host), socket.SOCK_DGRAM) as udp:
            udp.settimeout(timeout)
            scope = 0
            if device:
                with self.neighbour.inside():
                    scope = socket.if_nametoindex(device)
                udp.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
            if source:
                udp.bind((source, 0))
            udp.sendto(message.to_wire(), (host, self.port(host), 0, scope) if ":" in host
                       else (host, self.port(host)))
            try:
                wire, sender = udp.recvfrom(65535)
            except TimeoutError:
                return None, None
            return parse(wire), sender

    def check_answer(self, host, **options):
        message = query(SPF_ZONE)
        answer, sender = self.ask(host, message, **options)
        self.assertIsNotNone(answer, f"no answer from {host}")
        self.assertTrue(message.is_response(answer))
        self.assertEqual(sender[:2], (host, self.port(host)))


    # ---- the address that was asked ----

    def test_every_address_answers_for_itself_over_udp(self):
        for own in NEAR.values():
            for address in map(host_of, own):
                if not address.startswith("fe80"):
                    with self.subTest(address):
                        self.check_answer(address)

    def test_every_address_answers_for_itself_over_tcp(self):
        for own in NEAR.values():
            for address in map(host_of, own):
                if not address.startswith("fe80"):
                    with self.subTest(address), self.neighbour.inside():
                        answer = ask_tcp((address, self.port(address, "tcp")), query(SPF_ZONE))
                        self.assertEqual(len(answer.answer), 1)

    def test_a_link_local_address_answers_over_the_link_that_it_was_asked_on(self):
        for device, address in (("far0", "2001:db8:1::9"), ("far1", "2001:db8:2::9")):
            with self.subTest(device):
                self.check_answer("fe80::53", device=device)
                self.check_answer("fe80::53", device=device, source=address)
                with self.neighbour.inside():
                    answer = ask_tcp((f"fe80::53%{device}", self.port("::", "tcp")), query(SPF_ZONE))
                self.assertEqual(len(answer.answer), 1)

    def test_the_answer_takes_the_way_that_the_routes_say(self):
        for source, asked in (("203.0.113.9", ("192.0.2.1", "10.53.0.2")),
                              ("2001:db8:9::9", ("2001:db8:1::1", "2001:db8:53::2"))):
            for address in asked:
                with self.subTest(f"{source} asks {address}"), Capture(self.neighbour, "far1") as capture:
                    self.check_answer(address, source=source)
                    self.assertEqual(len(capture.packets(address)), 1)

    def test_many_addresses_asked_at_once_are_not_mixed_up(self):
        hosts = ["10.53.0.1", "10.53.0.2", "10.53.0.3", "192.0.2.1"] * 25
        with self.neighbour.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.settimeout(3)
            for number, host in enumerate(hosts):
                message = query(SPF_ZONE, id=number)
                udp.sendto(message.to_wire(), (host, self.port(host)))
            for _ in hosts:
                wire, sender = udp.recvfrom(65535)
                self.assertEqual(sender[0], hosts[parse(wire).id])

    # ---- addresses of many machines ----

    def ask_all(self, host, device):
        """What comes back from a query to all on a link, or to a group."""
        with self.neighbour.socket(family(host), socket.SOCK_DGRAM) as udp:
            udp.settimeout(0.5)
            udp.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            udp.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
            with self.neighbour.inside():
                scope = socket.if_nametoindex(device)
            udp.sendto(query(SPF_ZONE).to_wire(), (host, self.port(host), 0, scope) if ":" in host
                       else (host, self.port(host)))
            try:
                return udp.recvfrom(65535)
            except TimeoutError:
                return None

    def test_a_query_to_a_broadcast_or_multicast_address_is_not_answered(self):
        for host in ("255.255.255.255", "192.0.2.255", "192.0.2.0", "224.0.0.1", "ff02::1"):
            with self.subTest(host):
                self.assertIsNone(self.ask_all(host, "far0"))
        self.check_answer("192.0.2.1")

    # ---- no fragments ----

    def set_mtu(self, size):
        ip("link", "set", "near0", "mtu", size)
        self.neighbour.ip("link", "set", "far0", "mtu", size)

    def check_whole(self, host):
        with Capture(self.neighbour, "far0") as capture:
            answer, sender = self.ask(host, LARGE)
            packets = [packet for packet in capture.packets(host) if packet[2] > 600]
        self.assertIsNotNone(answer, f"no answer from {host}")
        self.assertEqual((sender[0], len(answer.answer)), (host, 1))
        self.assertEqual([packet[:2] for packet in packets], [(True, False)], "one packet, DF set, no fragment")
        return packets[0][2]

    def test_a_large_answer_crosses_a_link_of_1280_bytes_in_one_piece(self):
        self.addCleanup(self.set_mtu, 1500)
        self.set_mtu(1280)
        for host in ("192.0.2.1", "10.53.0.2", "2001:db8:1::1", "2001:db8:53::2"):
            with self.subTest(host):
                self.assertGreater(self.check_whole(host), 800)

    def test_an_answer_longer_than_the_link_takes_is_not_cut_up_and_tcp_has_it(self):
        self.set_mtu(800)  # which is too little for IPv6
        self.addCleanup(self.restore_ipv6)
        with Capture(self.neighbour, "far0") as capture:
            answer, sender = self.ask("192.0.2.1", LARGE)
            self.assertIsNotNone(answer, "an answer that cannot be carried goes as TC")
            self.assertEqual(sender, ("192.0.2.1", self.port("192.0.2.1")))
            self.assertTrue(answer.flags & dns.flags.TC)
            self.assertEqual((answer.answer, answer.authority, answer.edns), ([], [], 0))
            self.assertEqual([packet[:2] for packet in capture.packets("192.0.2.1")], [(True, False)])
        with self.neighbour.inside():
            answer = ask_tcp(("192.0.2.1", self.port("0.0.0.0", "tcp")), LARGE)
        self.assertEqual(len(answer.answer), 1)
        self.check_answer("192.0.2.1")

    def restore_ipv6(self):
        """A link that was too small for IPv6 has lost its addresses."""
        self.set_mtu(1500)
        for command, device, addresses in ((ip, "near0", NEAR["near0"]), (self.neighbour.ip, "far0", FAR["far0"])):
            for address in addresses:
                if ":" in address:
                    command("address", "replace", address, "dev", device, "nodad")
        self.neighbour.ip("route", "replace", "2001:db8:53::/64", "via", "2001:db8:1::1")

    def forge_fragmentation_needed(self, mtu):
        """ICMP from a router that there is not: it says that an answer of dnsd's was too long for it."""
        answer = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 1000, 1, DONT_FRAGMENT, 64, socket.IPPROTO_UDP, 0,
                             socket.inet_aton("192.0.2.1"), socket.inet_aton("192.0.2.9"))
        answer += struct.pack("!HHHH", self.port("0.0.0.0"), 40000, 980, 0)
        message = struct.pack("!BBHHH", 3, 4, 0, 0, mtu) + answer
        total = sum(struct.unpack(f"!{len(message) // 2}H", message))
        total = (total & 0xFFFF) + (total >> 16)
        checksum = ~(total + (total >> 16)) & 0xFFFF
        with self.neighbour.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as raw:
            raw.sendto(message[:2] + struct.pack("!H", checksum) + message[4:], ("192.0.2.1", 0))

    def test_a_forged_icmp_message_brings_neither_fragments_nor_silence(self):
        self.check_whole("192.0.2.1")
        self.forge_fragmentation_needed(600)
        until(lambda: re.search(r"\bmtu 600\b", ip("route", "get", "192.0.2.9").stdout), "the kernel believes it",
              timeout=5)
        self.assertGreater(self.check_whole("192.0.2.1"), 800)


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main()
