"""TCP under its limits (RFC 7766): who waits, drips, crowds or does not read is ended; everyone else is answered."""

import os
import re
import socket
import struct
import time
import unittest

from support.programs import run
from support.questions import SPF_ZONE, Tcp, ask, query, selector, until
from support.server import serve
from support.store import new_store

WIRE = query(SPF_ZONE).to_wire()
FRAME = struct.pack("!H", len(WIRE)) + WIRE


class Limits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = new_store(cls)
        cls.store.zonectl("add", "big", "--key", "rsa4096")

    def serve(self, *arguments, prefix=(), **settings):
        config = self.store.scratch / f"dnsd-{time.monotonic_ns()}.toml"
        config.write_text("[rate_limit]\nanswers_per_second = 0\n[tcp]\n"
                          + "".join(f"{key} = {value}\n" for key, value in settings.items()))
        self.server = serve(self, self.store, "--config", config, *arguments, prefix=prefix)
        self.tcp = self.server.address("127.0.0.1", "tcp")

    def connect(self, source="127.0.0.1"):
        connection = socket.create_connection(self.tcp, 10, source_address=(source, 0))
        self.addCleanup(connection.close)
        return connection

    def asked(self, source="127.0.0.1"):
        """A connection on which one query was answered."""
        connection = self.connect(source)
        self.assertTrue(self.answers_on(connection))
        return connection

    @staticmethod
    def answers_on(connection):
        """True: a query is answered; False: the server has ended the connection."""
        try:
            connection.sendall(FRAME)
            prefix = connection.recv(2, socket.MSG_WAITALL)
            if len(prefix) < 2:
                return False
            (length,) = struct.unpack("!H", prefix)
            return connection.recv(length, socket.MSG_WAITALL)[:2] == WIRE[:2]
        except (ConnectionResetError, BrokenPipeError):
            return False

    def seconds_until_ended(self, connection):
        began = time.monotonic()
        try:
            self.assertEqual(connection.recv(1), b"")
        except ConnectionResetError:
            pass
        return time.monotonic() - began

    def cpu_seconds(self):
        with open(f"/proc/{self.server.process.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stopped(self, counter):
        """A counter in the last line of a dnsd that has ended."""
        (line,) = re.findall("event=stopped.*", self.server.log)
        return int(re.search(rf"\b{counter}=(\d+)", line).group(1))

    # ---- times ----

    def test_an_idle_connection_is_ended_after_its_time(self):
        self.serve(idle_seconds=2)
        self.assertTrue(1.5 < self.seconds_until_ended(self.asked()) < 4)

    def test_when_half_of_all_are_taken_idle_ones_are_ended_sooner(self):
        self.serve("--workers", "1", connections=4, idle_seconds=30, idle_half_full_seconds=1)
        first = self.asked()
        time.sleep(1.5)
        self.assertTrue(self.answers_on(first), "alone it may stay")
        second = self.asked()
        self.assertLess(max(self.seconds_until_ended(first), self.seconds_until_ended(second)), 4)

    def test_a_frame_that_never_ends_or_drips_does_not_hold_a_slot(self):
        self.serve("--workers", "1", message_seconds=1)
        unfinished = self.connect()
        unfinished.sendall(b"\xff\xff" + WIRE)
        dripping = self.connect()
        began = time.monotonic()
        try:
            for byte in b"\xff\xff" + bytes(100):
                dripping.sendall(bytes([byte]))
                time.sleep(0.1)
        except (ConnectionResetError, BrokenPipeError):
            pass
        self.assertTrue(0.8 < time.monotonic() - began < 4)
        self.assertLess(self.seconds_until_ended(unfinished), 0.1)

    def test_a_length_of_0_ends_the_connection_after_the_answers_before_it(self):
        self.serve()
        with Tcp(self.tcp) as connection:
            connection.send(WIRE, b"", WIRE)
            self.assertEqual(connection.receive()[:2], WIRE[:2])
            self.assertEqual(connection.socket.recv(1), b"")

    def test_a_connection_ends_with_its_life_however_busy_it_is(self):
        self.serve(lifetime_seconds=1)
        connection = self.asked()
        began = time.monotonic()
        while self.answers_on(connection) and time.monotonic() - began < 10:
            time.sleep(0.01)
        self.assertLess(time.monotonic() - began, 4)

    # ---- amounts ----

    def test_a_connection_has_10000_answers_by_default(self):
        self.serve()
        connection = self.connect()
        reader = connection.makefile("rb")
        for number in range(10):
            connection.sendall(FRAME * 1000)
            for _ in range(1000):
                (length,) = struct.unpack("!H", reader.read(2))
                self.assertEqual(reader.read(length)[:2], WIRE[:2], number)
        self.assertFalse(self.answers_on(connection))

    def test_an_address_has_64_connections_over_all_workers_and_others_have_theirs(self):
        self.serve("--workers", "4")
        held = [self.asked() for _ in range(64)]
        self.assertFalse(self.answers_on(self.connect()))
        self.assertTrue(self.answers_on(self.connect("127.0.0.2")))
        held[0].close()
        until(lambda: self.answers_on(self.connect()), "a place that was given back", timeout=5)

    def test_when_full_the_longest_idle_connection_makes_room(self):
        self.serve("--workers", "1", connections=8, idle_half_full_seconds=60)
        held = [self.asked() for _ in range(8)]
        self.assertTrue(self.answers_on(held[0]), "now the second is the longest idle one")
        self.assertTrue(self.answers_on(self.connect("127.0.0.2")))
        self.assertEqual([self.answers_on(connection) for connection in held], [True, False] + [True] * 6)
        self.server.stop()
        self.assertEqual(self.stopped("tcp_evicted"), 1)

    def test_a_client_that_does_not_read_costs_little_memory_and_is_ended(self):
        self.serve("--workers", "1", write_seconds=3)
        self.asked()
        large = query(selector("big")).to_wire()
        large = (struct.pack("!H", len(large)) + large) * 9000  # 7 MB of answers
        before = self.server.memory_kib()
        clients = []
        for _ in range(60):
            client = socket.socket()
            self.addCleanup(client.close)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(self.tcp)
            client.setblocking(False)
            client.send(large)
            clients.append(client)
        time.sleep(1)
        self.assertLess(self.server.memory_kib() - before, 60 * 256)
        self.assertTrue(self.answers_on(self.connect("127.0.0.2")), "others are answered meanwhile")
        self.assertEqual(ask(self.server.address(), query(SPF_ZONE)).rcode(), 0)
        time.sleep(3)
        self.server.stop()
        self.assertEqual(self.stopped("tcp_timed_out"), 60)
        self.assertLess(self.stopped("tcp_queries"), 60 * 600, "nor does the kernel hold megabytes for it")

    # ---- descriptors ----

    def test_there_are_never_more_connections_than_descriptors_less_what_all_else_needs(self):
        spare = 64 + 8 + 64  # files and sockets; transfers that send, and that wait
        self.serve(prefix=("prlimit", "--nofile=400:400"))
        self.server.wait_for(f"event=tcp_connections_lowered connections={400 - spare}")
        for number in range(300):
            self.asked(f"127.0.0.{1 + number // 60}")
        self.assertEqual(ask(self.server.address(), query(SPF_ZONE)).rcode(), 0)
        self.server.stop()
        self.assertNotIn("accept_paused", self.server.log)
        self.assertGreaterEqual(self.stopped("tcp_evicted"), 300 - (400 - spare))

    def test_half_of_few_descriptors_is_left_for_all_else(self):
        self.serve(prefix=("prlimit", "--nofile=200:200"))
        self.server.wait_for("event=tcp_connections_lowered connections=100")
        for number in range(120):
            self.asked(f"127.0.0.{1 + number // 60}")
        self.assertEqual(ask(self.server.address(), query(SPF_ZONE)).rcode(), 0)
        self.server.stop()
        self.assertNotIn("accept_paused", self.server.log)

    def test_out_of_descriptors_it_does_not_spin_and_udp_does_not_notice(self):
        self.serve("--workers", "1")
        earlier = self.asked()
        process = self.server.process.pid
        taken = len(os.listdir(f"/proc/{process}/fd"))
        run("prlimit", "--pid", process, f"--nofile={taken}:")
        for _ in range(60):
            self.connect()
        self.server.wait_for("event=accept_paused")
        before = self.cpu_seconds()
        began = time.monotonic()
        while time.monotonic() - began < 2:
            self.assertEqual(ask(self.server.address(), query(SPF_ZONE)).rcode(), 0)
            self.assertTrue(self.answers_on(earlier))
            time.sleep(0.1)
        self.assertLess(self.cpu_seconds() - before, 0.5)
        run("prlimit", "--pid", process, "--nofile=1024:")
        until(lambda: self.answers_on(self.connect("127.0.0.2")), "connections are taken again", timeout=20)
        self.server.stop()
        self.assertEqual(len(re.findall("event=accept_paused", self.server.log)), 1)


if __name__ == "__main__":
    unittest.main()
