"""What a secondary hears of changes (RFC 1996), by a socket that plays one."""

import socket
import time
import unittest

import dns.message

from support import namespace
from support.questions import SPF_ZONE, until
from support.transfers import KEY, WithPeers, fetch


class Notified(WithPeers):
    """What a secondary hears, by a socket that plays one."""

    def test_each_new_serial_is_told_until_it_is_answered(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard:
            heard.bind(("127.0.0.1", 5398))
            heard.settimeout(30)
            server = self.start(self)
            self.add_peer("ns2", 5398, KEY, "--zone", "spf.secutix.com")
            self.addCleanup(self.store.zonectl, "secondary", "remove", "ns2")
            wire, source = heard.recvfrom(2048)
            self.assertEqual(source[0], "127.0.0.1")
            told = dns.message.from_wire(wire, keyring=KEY.keyring)
            self.assertEqual((told.opcode(), told.question[0].name.to_text()), (4, SPF_ZONE))
            self.assertEqual(told.answer[0][0].serial, self.serial(SPF_ZONE))
            began = time.monotonic()
            again, _ = heard.recvfrom(2048)
            self.assertGreater(time.monotonic() - began, 1.0)
            told = dns.message.from_wire(again, keyring=KEY.keyring)
            answer = dns.message.make_response(told)
            heard.sendto(answer.to_wire(), _)
            heard.settimeout(6)
            with self.assertRaises(TimeoutError):
                heard.recvfrom(2048)
            heard.settimeout(30)
            self.store.zonectl("spf", "allow", "ip4:192.0.2.77")
            wire, _ = heard.recvfrom(2048)
            told = dns.message.from_wire(wire, keyring=KEY.keyring)
            until(lambda: told.answer[0][0].serial == self.serial(SPF_ZONE), "the new serial is told")
            server.stop()

    def test_who_asks_for_a_zone_is_told_without_waiting_out_the_pause(self):
        """As secondaries ask when they start: a change that comes now does not wait for up to a minute."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard:
            heard.bind(("127.0.0.1", 5394))
            heard.settimeout(60)
            server = self.start(self)
            self.add_peer("ns4", 5394, KEY, "--zone", "spf.secutix.com")
            self.addCleanup(self.store.zonectl, "secondary", "remove", "ns4")
            for _ in range(4):  # after 2, 4 and 8 s; the next one after 16
                heard.recvfrom(2048)
            began = time.monotonic()
            fetch(SPF_ZONE)
            heard.recvfrom(2048)
            self.assertLess(time.monotonic() - began, 12)
            server.stop()

    def test_who_is_taken_out_leaves_no_socket(self):
        """Nobody will answer: what was waited for goes with the peer, or with the address that was its."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard:
            heard.bind(("127.0.0.1", 5397))
            heard.settimeout(30)
            server = self.start(self)
            before = server.count_sockets()
            for number in range(3):
                self.add_peer("silent", 5397, KEY, "--zone", "spf.secutix.com")
                heard.recvfrom(2048)
                self.assertGreater(server.count_sockets(), before)
                if number == 2:
                    self.store.zonectl("secondary", "set", "silent", "--address", "127.0.0.1:5396", "--zone",
                                       "dkim.secutix.com")
                    until(lambda: server.count_sockets() == before + 1, "one for the new address is left")
                self.store.zonectl("secondary", "remove", "silent")
                until(lambda: server.count_sockets() == before, "none is left")
            server.stop()

    def test_what_anybody_may_have_said_is_not_the_answer(self):
        """An unsigned NOTAUTH is worth a line; the signed answer behind it counts."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard:
            heard.bind(("127.0.0.1", 5395))
            heard.settimeout(30)
            server = self.start(self)
            self.add_peer("ns3", 5395, KEY, "--zone", "spf.secutix.com")
            self.addCleanup(self.store.zonectl, "secondary", "remove", "ns3")
            wire, source = heard.recvfrom(2048)
            heard.sendto(wire[:2] + b"\xa4\x09" + bytes(8), source)
            server.wait_for("event=notify_refused")
            told = dns.message.from_wire(wire, keyring=KEY.keyring)
            heard.sendto(dns.message.make_response(told).to_wire(), source)
            heard.settimeout(6)
            with self.assertRaises(TimeoutError):
                heard.recvfrom(2048)
            server.stop()


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main()
