"""What a peer gets, and what a stranger does: whole zones, over connections that are used for more."""

import re
import socket
import struct
import unittest

from support import namespace
from support.changes import FAST
from support.programs import run
from support.questions import DKIM_ZONE, SPF_ZONE, Tcp, ask, ask_raw, query, until
from support.transfers import ADDRESS, KEY, OTHER, PRIMARY, ZONES, WithPeers, ask_changes, fetch


class Transfers(WithPeers):
    """What a peer gets, and what a stranger does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number in range(40):
            cls.store.zonectl("add", f"inst{number}", *FAST)
        cls.server = cls.start()
        cls.add_peer("ns2", 5399, KEY)
        until(lambda: "peers_changed" in cls.server.log, "dnsd has the peer")

    def test_a_peer_gets_what_is_exported(self):
        for zone in ZONES:
            self.assertEqual(fetch(zone), self.exported(zone))

    def test_dig_and_kdig_take_it(self):
        for program in ("dig", "kdig"):
            done = run(program, "@127.0.0.1", "-p", PRIMARY, *KEY.option, DKIM_ZONE, "AXFR")
            self.assertEqual(len(re.findall(r"\sSOA\s", done.stdout)), 2, done.stdout)
            self.assertIn("TXT", done.stdout)

    def test_strangers_are_refused_whatever_is_wrong(self):
        for wire in (query(DKIM_ZONE, "AXFR").to_wire(), OTHER.sign(query(DKIM_ZONE, "AXFR").to_wire())[0]):
            for transport in ("udp", "tcp"):
                with self.subTest(transport=transport):
                    if transport == "udp":
                        answer = ask_raw(ADDRESS, wire)
                    else:
                        with Tcp(ADDRESS) as connection:
                            connection.send(wire)
                            answer = connection.receive()
                    self.assertEqual(answer[3] & 15, 5)
        self.server.wait_for("event=transfer_refused zone=dkim.secutix.com client=127.0.0.1 signed=")
        self.assertEqual(self.server.log.count("event=transfer_refused"), 1, "one a minute of one address")

    def test_over_udp_there_is_no_transfer(self):
        signed, mac = KEY.sign(query(DKIM_ZONE, "AXFR").to_wire())
        answer = ask_raw(ADDRESS, signed)
        self.assertEqual(answer[3] & 15, 4)
        KEY.verifies(answer, mac)

    def test_ixfr_over_udp_is_the_soa(self):
        signed, mac = KEY.sign(ask_changes(DKIM_ZONE, 5))
        answer = ask_raw(ADDRESS, signed)
        KEY.verifies(answer, mac)
        self.assertEqual((answer[3] & 15, answer[6:8]), (0, b"\0\1"))

    def test_the_question_that_follows_on_the_connection_is_answered_behind_the_transfer(self):
        """Pipelined in one segment: neither lost, nor in between the messages of the transfer."""
        first, first_mac = KEY.sign(query(DKIM_ZONE, "AXFR", id=1).to_wire())
        second, second_mac = KEY.sign(query(SPF_ZONE, "SOA", id=2).to_wire())
        third, third_mac = KEY.sign(query(SPF_ZONE, "AXFR", id=3).to_wire())
        with Tcp(ADDRESS, timeout=30) as connection:
            connection.send(query(SPF_ZONE, "TXT", id=9).to_wire(), first, second, third)
            self.assertEqual(connection.receive()[:2], b"\0\x09")
            answer = connection.receive()
            self.assertEqual(answer[:2], b"\0\1")
            KEY.verifies(answer, first_mac)
            answer = connection.receive()
            KEY.verifies(answer, second_mac)
            answer = connection.receive()
            self.assertEqual(answer[:2], b"\0\3")
            KEY.verifies(answer, third_mac)

    def test_half_a_question_behind_a_request_is_waited_for(self):
        signed, _ = KEY.sign(query(DKIM_ZONE, "AXFR", id=1).to_wire())
        plain = query(SPF_ZONE, "TXT", id=2).to_wire()
        framed = struct.pack("!H", len(signed)) + signed + struct.pack("!H", len(plain)) + plain
        with Tcp(ADDRESS) as connection:
            connection.socket.sendall(framed[:-7])
            self.assertEqual(connection.receive()[:2], b"\0\1")
            connection.socket.sendall(framed[-7:])
            self.assertEqual(connection.receive()[:2], b"\0\2")

    def test_a_client_that_has_closed_its_side_gets_its_transfer(self):
        signed, mac = KEY.sign(query(DKIM_ZONE, "AXFR").to_wire())
        with Tcp(ADDRESS) as connection:
            connection.send(signed)
            connection.socket.shutdown(socket.SHUT_WR)
            KEY.verifies(connection.receive(), mac)

    def test_a_hundred_requests_down_one_connection(self):
        requests = [KEY.sign(query(SPF_ZONE, "AXFR", id=number).to_wire()) for number in range(100)]
        with Tcp(ADDRESS, timeout=60) as connection:
            connection.send(*(wire for wire, _ in requests))
            for number, (_, mac) in enumerate(requests):
                answer = connection.receive()
                self.assertEqual(int.from_bytes(answer[:2], "big"), number)
                KEY.verifies(answer, mac)

    def test_who_resets_in_the_middle_harms_nobody(self):
        for _ in range(20):
            with Tcp(ADDRESS) as connection:
                connection.send(*(KEY.sign(query(DKIM_ZONE, "AXFR").to_wire())[0] for _ in range(20)))
                connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.assertEqual(fetch(SPF_ZONE), self.exported(SPF_ZONE))
        self.assertEqual(ask(ADDRESS, query(SPF_ZONE)).rcode(), 0)

    def test_each_transfer_is_a_line_in_the_log(self):
        before = len(self.server.log)
        fetch(SPF_ZONE)
        self.server.wait_for("event=transfer zone=spf.secutix.com", after=before)
        self.assertRegex(self.server.log[before:], r"event=transfer zone=spf\.secutix\.com peer=ns2 kind=axfr from=- "
                                                   r"to=\d+ records=\d+ bytes=\d+ seconds=\d")


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main()
