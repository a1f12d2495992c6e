"""Transfers down lines that are slow, cut or many, and everybody else is answered meanwhile."""

import signal
import socket
import struct
import time
import unittest

from support import namespace
from support.large_zone import LargeZone
from support.line import Line
from support.questions import SPF_ZONE, Tcp, ask, ask_tcp, query, until
from support.server import serve
from support.transfers import ADDRESS, KEY

WORKERS = 2
STALL_SECONDS = 15
SLOW = 8192  # bytes a second: 120 KiB in that time, of which 64 KiB are asked


class Lines(LargeZone):
    SETTINGS = f"streams = 4\nstreams_per_peer = 4\nstall_seconds = {STALL_SECONDS}\n[tcp]\nconnections_per_address = 400\n"

    @classmethod
    def start(cls, test=None):
        return serve(test or cls, cls.store, "--config", cls.config, "--workers", WORKERS, listen=("%s:%d" % ADDRESS,))

    def request(self, zone=None):
        return KEY.sign(query(zone or self.ZONE, "AXFR").to_wire())

    def check_all_workers_answer(self):
        """The kernel spreads source ports over the workers: of so many each gets some."""
        for _ in range(32):
            self.assertEqual(ask(ADDRESS, query(SPF_ZONE), timeout=30).rcode(), 0)
            self.assertEqual(ask_tcp(ADDRESS, query(SPF_ZONE)).rcode(), 0)

    def check_it_still_comes_whole(self):
        connection, mac = self.ask_for_it()
        self.assertEqual(self.rest_of(connection, mac, connection.receive())[1], self.RECORDS + 4)

    def line(self, rate):
        line = Line(ADDRESS, rate)
        self.addCleanup(line.close)
        connection = Tcp(line.address, timeout=120)
        self.addCleanup(connection.socket.close)
        wire, mac = self.request()
        connection.send(wire)
        return line, connection, mac

    def test_a_slow_line_gets_all_of_it_and_one_byte_a_second_gets_nothing_more(self):
        slow, connection, mac = self.line(SLOW)
        dripping, _, _ = self.line(1)
        began = time.monotonic()
        while time.monotonic() - began < 3 * STALL_SECONDS:
            self.check_all_workers_answer()
            self.assertFalse(slow.is_closed_by_server.is_set(), self.server.log)
            time.sleep(1)
        self.server.wait_for('reason="it read too slowly"')
        self.assertEqual(self.server.log.count("event=transfer_ended"), 1)
        self.assertGreater(slow.carried, 2 * STALL_SECONDS * SLOW)
        self.assertLess(slow.carried, self.RECORDS * 200)  # most of it is still to come
        self.assertLess(dripping.carried, 64 * 1024)
        dripping.open_wide()
        until(dripping.is_closed_by_server.is_set, "the connection of one byte a second is closed")
        slow.open_wide()
        self.assertEqual(self.rest_of(connection, mac, connection.receive())[1], self.RECORDS + 4)

    def test_two_hundred_connections_ask_and_what_is_too_many_is_closed(self):
        """Four are sent, a quarter of the 64 places is theirs to wait in, and nobody reads."""
        connections = [self.ask_for_it()[0] for _ in range(200)]
        until(lambda: self.server.log.count('reason="too many of its requests wait"') >= 1, "some are closed")
        self.check_all_workers_answer()
        until(lambda: self.server.count_sockets() < 200, "most are closed")
        for connection in connections:
            connection.socket.close()
        self.check_it_still_comes_whole()

    def test_two_hundred_connections_stay_and_each_had_its_transfer(self):
        connections = []
        for _ in range(200):
            connection = Tcp(ADDRESS, timeout=60)
            self.addCleanup(connection.socket.close)
            wire, mac = self.request(SPF_ZONE)
            connection.send(wire)
            KEY.verifies(connection.receive(), mac)
            connections.append((connection, mac))
        self.check_all_workers_answer()
        until(lambda: self.server.count_sockets() < 100, "the longest idle have gone")
        wire, mac = self.request(SPF_ZONE)
        connections[-1][0].send(wire)
        KEY.verifies(connections[-1][0].receive(), mac)

    def test_a_line_that_is_cut_in_the_middle_leaves_nothing(self):
        before = self.server.count_sockets()
        for _ in range(10):
            connection, _ = self.ask_for_it()
            connection.receive()
            connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.socket.close()
        self.check_all_workers_answer()
        until(lambda: self.server.count_sockets() == before, "no connection is left")
        self.assertNotIn("event=transfer ", self.server.log)
        self.check_it_still_comes_whole()

    def test_who_closes_its_side_in_the_middle_gets_the_rest(self):
        connection, mac = self.ask_for_it()
        first = connection.receive()
        connection.socket.shutdown(socket.SHUT_WR)
        self.check_all_workers_answer()
        self.assertEqual(self.rest_of(connection, mac, first)[1], self.RECORDS + 4)

    def test_requests_leave_their_worker_while_its_other_connections_speak(self):
        """Stopped, dnsd finds everything at once: requests, questions, and lines that were cut, in one round."""
        connections = [Tcp(ADDRESS, timeout=60) for _ in range(60)]
        for connection in connections:
            self.addCleanup(connection.socket.close)
            connection.send(query(SPF_ZONE).to_wire())
            connection.receive()
        for _ in range(5):
            self.server.process.send_signal(signal.SIGSTOP)
            try:
                asked = []
                for number, connection in enumerate(connections):
                    wire, mac = self.request(SPF_ZONE) if number % 3 == 0 else (query(SPF_ZONE).to_wire(), None)
                    connection.send(wire)
                    asked.append((connection, mac))
                for _ in range(10):
                    cut = Tcp(ADDRESS)
                    cut.send(self.request(SPF_ZONE)[0])
                    cut.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    cut.socket.close()
            finally:
                self.server.process.send_signal(signal.SIGCONT)
            for connection, mac in asked:
                answer = connection.receive()
                if mac is not None:
                    KEY.verifies(answer, mac)
            for number in range(0, 60, 3):  # those that have left their worker
                connections[number].socket.close()
                connections[number] = Tcp(ADDRESS, timeout=60)
                self.addCleanup(connections[number].socket.close)
                connections[number].send(query(SPF_ZONE).to_wire())
                connections[number].receive()
        self.check_all_workers_answer()


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main()
