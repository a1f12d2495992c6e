"""A restart under which no query is lost: the service manager keeps the sockets, the next dnsd takes them up.

`DNSD_RESTART_RATE=20000 DNSD_RESTART_INSTITUTIONS=1000` plays the bar of the design; the lost share is printed, that of a plain
restart beside it.
"""

import os
import re
import signal
import socket
import time
import unittest
from pathlib import Path

from support.manager import Manager
from support.peers import free_port
from support.questions import SPF_ZONE, Tcp, ask, query, spf_text, until
from support.server import Dnsd
from support.store import new_store
from support.stream import Stream

# A socket holds 280 queries with Debian's net.core.rmem_max: at this rate dnsd may be away for 5 s on a busy machine.
RATE = int(os.environ.get("DNSD_RESTART_RATE", "50"))
INSTITUTIONS = int(os.environ.get("DNSD_RESTART_INSTITUTIONS", "0"))
NAMED = re.compile(r"(udp|tcp)\.\d+\.([0-9a-f]{8}|[0-9a-f]{32})\.\d+")


class Restart(unittest.TestCase):
    WORKERS = 2

    def setUp(self):
        self.store = new_store(self)
        if INSTITUTIONS:
            file = self.store.scratch / "many.csv"
            file.write_text("code,domains,key\n" + "".join(f"i{number},i{number}.example,ed25519\n"
                                                           for number in range(INSTITUTIONS)))
            self.store.zonectl("add", "--file", file, "--override", "E_KEY_TYPE", "--reason", "made faster", timeout=600)
        self.port = free_port()
        self.config = self.store.scratch / "dnsd.toml"
        self.config.write_text("[rate_limit]\nanswers_per_second = 0\n")
        self.manager = Manager(self, self.store.scratch)

    def start(self, workers=WORKERS, more=(), wait=True, manager=None):
        words, options = (manager or self.manager).start_words()
        server = Dnsd(self.store, "--config", self.config, "--workers", workers, *more, wait=wait, prefix=words,
                      listen=(f"127.0.0.1:{self.port}",), **options)
        self.addCleanup(server.kill)
        return server

    @property
    def address(self):
        return "127.0.0.1", self.port

    def names(self):
        return [f"sel1-i{number}._domainkey.dkim.secutix.com" for number in range(INSTITUTIONS)] or [SPF_ZONE]

    def test_every_socket_is_given_to_be_kept_under_a_name_without_a_colon_and_watched_by_nobody(self):
        self.start()
        self.assertEqual(len(self.manager.kept), 2 * self.WORKERS)
        for message in self.manager.messages:
            if "FDSTORE" in message:
                self.assertTrue(NAMED.fullmatch(message["FDNAME"]), message)
                self.assertEqual(message["FDPOLL"], "0")

    def test_the_next_one_takes_them_up_and_not_a_query_is_lost(self):
        first = self.start()
        with Stream(self.address, RATE, self.names()) as stream:
            time.sleep(1)
            self.assertEqual(first.stop(), 0)
            second = self.start()
            time.sleep(1)
        print(f"\nrestart with kept sockets: {stream.told()}")
        self.assertIn(f"event=sockets_taken_up sockets={2 * self.WORKERS}", second.log)
        self.assertEqual(stream.lost, 0)
        self.assertEqual(set(stream.rcodes), {"NOERROR"})
        self.assertEqual(second.stop(), 0)

    def test_what_a_plain_restart_loses_is_told_beside_it(self):
        first = self.start()
        with Stream(self.address, RATE, self.names()) as stream:
            time.sleep(1)
            self.assertEqual(first.stop(), 0)
            self.manager.drop_all()
            second = self.start()
            time.sleep(1)
        print(f"\nplain restart: {stream.told()}")
        self.assertNotIn("event=sockets_taken_up", second.log)
        self.assertGreater(stream.rcodes["NOERROR"], 0)

    def test_one_that_was_killed_is_followed_as_well(self):
        first = self.start()
        first.kill()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(60)
            client.sendto(query(SPF_ZONE).to_wire(), self.address)
            with Tcp(self.address, timeout=60) as connection:
                connection.send(query(SPF_ZONE).to_wire())
                self.start()
                self.assertTrue(client.recv(4096))
                self.assertTrue(connection.receive())

    def test_udp_is_answered_on_while_a_connection_holds_the_drain_up(self):
        """By every worker: the one without a connection would else leave its share of the queries waiting."""
        self.config.write_text("drain_seconds = 600\n[rate_limit]\nanswers_per_second = 0\n[tcp]\nmessage_seconds = 600\n"
                               "idle_seconds = 600\n")
        server = self.start()
        with Tcp(self.address) as connection:
            connection.socket.sendall(b"\x00")  # the first byte of a query
            ask(self.address, query(SPF_ZONE))
            time.sleep(0.2)  # so that it has been read
            server.process.send_signal(signal.SIGTERM)
            server.wait_for("event=signal name=TERM")
            self.manager.wait_for("STOPPING")
            for _ in range(50):  # from as many ports: both workers are met
                self.assertEqual(spf_text(self.address), "v=spf1 ~all")
            self.assertIsNone(server.process.poll())
        self.assertEqual(server.ended(), 0, server.log)

    def check_bound_anew(self, server, workers):
        self.assertIn("event=sockets_bound_anew", server.log)
        self.assertEqual(len(self.manager.kept), 2 * workers)
        for _ in range(50):  # none of the old ones has kept its share of the queries
            self.assertEqual(spf_text(self.address), "v=spf1 ~all")

    def removed(self):
        return {message["FDNAME"] for message in self.manager.messages if "FDSTOREREMOVE" in message}

    def test_with_other_workers_all_are_given_up_before_the_first_is_bound(self):
        for before, after in ((2, 1), (1, 3)):
            first = self.start(workers=before)
            names = set(self.manager.kept)
            first.stop()
            self.manager.messages.clear()
            second = self.start(workers=after)
            self.assertEqual(self.removed(), names)
            self.check_bound_anew(second, after)
            second.stop()

    def test_with_other_addresses_too(self):
        self.start().stop()
        other = free_port()
        second = self.start(more=("--listen", f"127.0.0.1:{other}"))
        self.assertEqual(len(self.manager.kept), 4 * self.WORKERS)
        self.check_bound_anew(second, 2 * self.WORKERS)

    def test_a_manager_that_keeps_only_some_is_no_harm(self):
        few = Manager(self, self.store.scratch, most=3)
        self.start(manager=few).stop()
        self.assertEqual(len(few.kept), 3)
        second = self.start(manager=few)
        self.assertIn("event=sockets_bound_anew kept=3", second.log)
        for _ in range(50):
            self.assertEqual(spf_text(self.address), "v=spf1 ~all")

    def test_what_is_not_what_its_name_says_is_not_taken_up(self):
        self.start().stop()
        name = next(iter(self.manager.kept))
        impostor = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(impostor.close)
        os.close(self.manager.kept[name])
        self.manager.kept[name] = os.dup(impostor.fileno())
        self.check_bound_anew(self.start(), self.WORKERS)

    def test_without_a_manager_nothing_is_kept(self):
        server = Dnsd(self.store, listen=(f"127.0.0.1:{self.port}",))
        self.addCleanup(server.kill)
        until(lambda: spf_text(self.address), "an answer")
        self.assertEqual(server.stop(), 0)
        self.assertNotIn("sockets_", server.log)


class ReceiveBuffer(unittest.TestCase):
    def start(self, size):
        store = new_store(self)
        config = store.scratch / "dnsd.toml"
        config.write_text(f"[udp]\nreceive_buffer_bytes = {size}\n")
        server = Dnsd(store, "--config", config)
        self.addCleanup(server.kill)
        return server.log

    def test_one_that_the_kernel_makes_smaller_is_said_once_with_what_mends_it(self):
        most = int(Path("/proc/sys/net/core/rmem_max").read_text(encoding="ascii"))
        log = self.start(most * 2)
        self.assertEqual(log.count("receive_buffer_small"), 1)
        self.assertRegex(log, rf'asked={most * 2} given={most} hint="sysctl -w net.core.rmem_max={most * 2},')

    def test_one_that_is_given_is_no_event(self):
        self.assertNotIn("receive_buffer_small", self.start(65536))


if __name__ == "__main__":
    unittest.main()
