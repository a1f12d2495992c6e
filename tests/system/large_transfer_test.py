"""A zone of some megabytes, larger than what the kernels hold of it: what happens while it is being sent."""

import signal
import time
import unittest

from support import namespace
from support.large_zone import LargeZone
from support.questions import SPF_ZONE, Tcp, ask, query, until
from support.server import serve
from support.transfers import ADDRESS, KEY, OTHER, ask_changes, fetch


class LargeTransfers(LargeZone):
    SETTINGS = "streams = 1\nstall_seconds = 600\n"

    def test_it_comes_whole_and_questions_are_answered_meanwhile(self):
        connection, mac = self.ask_for_it()
        first = connection.receive()
        for _ in range(50):
            self.assertEqual(ask(ADDRESS, query(SPF_ZONE)).rcode(), 0)
        serials, count = self.rest_of(connection, mac, first)
        self.assertEqual((len(set(serials)), count), (1, self.RECORDS + 4))

    def test_it_is_one_state_whatever_is_committed_meanwhile(self):
        connection, mac = self.ask_for_it()
        first = connection.receive()
        before = self.serial(self.ZONE)
        self.store.zonectl("record", "add", "big.example", "new", "TXT", str(time.monotonic_ns()))
        until(lambda: self.serial(self.ZONE) != before, "dnsd has the change")
        serials, _ = self.rest_of(connection, mac, first)
        self.assertEqual(serials, [before, before])

    def test_a_small_zone_does_not_wait_and_a_large_one_does(self):
        first, _ = self.ask_for_it()
        first.receive()
        self.assertTrue(fetch(SPF_ZONE))
        second, mac = self.ask_for_it()
        second.socket.settimeout(1)
        with self.assertRaises(TimeoutError):
            second.receive()
        first.socket.close()
        second.socket.settimeout(60)
        self.assertEqual(self.rest_of(second, mac, second.receive())[1] > self.RECORDS, True)

    def test_a_small_difference_does_not_wait_and_a_large_one_does(self):
        before = self.serial(self.ZONE)
        self.addCleanup(self.store.zonectl, "zone", "import", self.file)
        larger = self.store.scratch / "larger.zone"
        larger.write_text(self.file.read_text() + "".join(f"m{number} TXT \"{'y' * 200}\"\n" for number in range(6000)))
        self.store.zonectl("zone", "import", larger)
        until(lambda: self.serial(self.ZONE) != before, "dnsd has the change")
        large = self.serial(self.ZONE)
        self.store.zonectl("record", "add", "big.example", "one", "TXT", "more")
        until(lambda: self.serial(self.ZONE) != large, "dnsd has the change")
        first, _ = self.ask_for_it()
        first.receive()
        connections = []
        for serial in (large, before):
            wire, mac = KEY.sign(ask_changes(self.ZONE, serial))
            connections.append((Tcp(ADDRESS, timeout=60), mac))
            self.addCleanup(connections[-1][0].socket.close)
            connections[-1][0].send(wire)
        KEY.verifies(connections[0][0].receive(), connections[0][1])
        connections[1][0].socket.settimeout(2)
        with self.assertRaises(TimeoutError):
            connections[1][0].receive()
        first.socket.close()
        connections[1][0].socket.settimeout(60)
        connection, mac = connections[1]
        self.assertEqual(self.rest_of(connection, mac, connection.receive(), soas=4)[1], 6001 + 4)
        self.server.wait_for(f"kind=ixfr from={before} ")

    def test_who_waits_gets_what_is_newest_when_its_turn_comes(self):
        first, _ = self.ask_for_it()
        first.receive()
        second, mac = self.ask_for_it()
        second.socket.settimeout(1)
        with self.assertRaises(TimeoutError):
            second.receive()
        before = self.serial(self.ZONE)
        self.store.zonectl("record", "add", "big.example", "newer", "TXT", str(time.monotonic_ns()))
        until(lambda: self.serial(self.ZONE) != before, "dnsd has the change")
        first.socket.close()
        second.socket.settimeout(60)
        serials, _ = self.rest_of(second, mac, second.receive())
        self.assertEqual(set(serials), {self.serial(self.ZONE)})

    def test_who_has_left_keeps_no_place_from_who_waits(self):
        """A quarter of the places is a peer's: 16 wait, and one more when another has closed its side."""
        first, _ = self.ask_for_it()
        first.receive()
        for _ in range(20):
            left, _ = self.ask_for_it()
            left.socket.close()
        connection, mac = self.ask_for_it()
        connection.socket.settimeout(2)
        with self.assertRaises(TimeoutError):
            connection.receive()
        self.assertTrue(fetch(SPF_ZONE))
        first.socket.close()
        connection.socket.settimeout(60)
        self.assertGreater(self.rest_of(connection, mac, connection.receive())[1], self.RECORDS)

    def test_one_too_many_that_waits_is_told_in_the_log(self):
        self.ask_for_it()[0].receive()
        for _ in range(18):
            self.ask_for_it()
        self.server.wait_for("event=transfer_ended zone=big.example peer=ns2")
        self.assertIn('reason="too many of its requests wait"', self.server.log)

    def test_who_does_not_read_is_closed(self):
        self.server.stop()
        impatient = self.store.scratch / "impatient.toml"
        impatient.write_text(self.config.read_text().replace("stall_seconds = 600", "stall_seconds = 3"))
        self.server = serve(self, self.store, "--config", impatient, listen=("%s:%d" % ADDRESS,))
        connection, _ = self.ask_for_it()
        connection.receive()
        self.server.wait_for("event=transfer_ended")
        self.assertIn('reason="it read too slowly"', self.server.log)

    def check_ends_before_its_end(self, connection):
        with self.assertRaises(ConnectionError):
            while True:
                connection.receive()
        self.assertIn('reason="it may not have the zone any more"', self.server.log)
        self.assertNotIn("event=transfer ", self.server.log)

    def test_a_peer_that_is_taken_out_gets_no_further_message(self):
        connection, _ = self.ask_for_it()
        connection.receive()
        self.store.zonectl("secondary", "remove", "ns2")
        self.addCleanup(self.add_peer, "ns2", 5399, KEY)
        self.server.wait_for("event=transfer_ended")
        self.check_ends_before_its_end(connection)

    def test_a_peer_whose_key_is_taken_away_gets_no_further_message(self):
        connection, _ = self.ask_for_it()
        connection.receive()
        text = self.keys_file.read_text()
        self.addCleanup(self.keys_file.write_text, text)
        self.keys_file.write_text(OTHER.line)
        self.server.process.send_signal(signal.SIGHUP)
        self.server.wait_for("event=transfer_ended")
        self.check_ends_before_its_end(connection)

    def test_sigterm_ends_it_and_dnsd_as_asked(self):
        connection, _ = self.ask_for_it()
        connection.receive()
        self.assertEqual(self.server.stop(), 0)
        with self.assertRaises(ConnectionError):
            while True:
                connection.receive()


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main()
