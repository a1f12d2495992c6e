"""Secondaries that others wrote follow dnsd: by NOTIFY and transfer, with a TSIG key and by their address.

NSD, Knot and BIND run beside dnsd in a network namespace, one with a key and one without of each.
"""

import random
import re
import signal
import socket
import struct
import time
import unittest

import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset
import dns.tsigkeyring

from support import namespace
from support.changes import FAST, UNRIPE
from support.programs import run
from support.questions import DKIM_ZONE, SPF_ZONE, Tcp, ask, ask_raw, query, until
from support.secondaries import Secondary, records_of, records_of_zone_file
from support.server import serve
from support.store import new_store
from support.tsig import Key, split

KEY, OTHER = Key("ns2-key"), Key("other-key", "hmac-sha512", bytes(range(64)))
SERVERS = {"nsd": Key("nsd-key", secret=b"n" * 32), "knot": Key("knot-key", "hmac-sha384", b"k" * 48),
           "bind": Key("bind-key", "hmac-sha512", b"b" * 64)}
PRIMARY = 5300
ZONES = (DKIM_ZONE, SPF_ZONE)


class WithPeers(unittest.TestCase):
    """dnsd with a peer that has a key (keyed), and others that tests add."""

    SETTINGS = ""

    @classmethod
    def setUpClass(cls):
        cls.store = new_store(cls)
        cls.store.zonectl("add", "mosa", "--domain", "mosamuseum.com", *FAST)
        keys = cls.store.scratch / "tsig.keys"
        keys.touch(mode=0o600)
        keys.write_text("".join(key.line for key in (KEY, OTHER, *SERVERS.values())))
        cls.keys_file = keys
        config = cls.store.scratch / "dnsd.toml"
        config.write_text(f'[transfer]\ntsig_keys_file = "{keys}"\nnotify_gap_ms = 100\n{cls.SETTINGS}')
        cls.config = config

    @classmethod
    def start(cls, test=None):
        return serve(test or cls, cls.store, "--config", cls.config, listen=(f"127.0.0.1:{PRIMARY}",))

    @classmethod
    def add_peer(cls, name, port, key, *options):
        words = ("--key", key.name) if key else ("--no-key",)
        cls.store.zonectl("secondary", "add", name, "--address", f"127.0.0.1:{port}", *words, *options)

    def serial(self, zone):
        return ask(("127.0.0.1", PRIMARY), query(zone, "SOA")).answer[0][0].serial

    def exported(self, zone):
        return records_of_zone_file(self.store.zonectl("zone", "export", zone.rstrip(".")).stdout, zone)


def change_at_random(store, rng, number):
    """One change of an operator's day."""
    kind = rng.randrange(8)
    if kind == 0:
        store.zonectl("add", f"inst{number}", "--domain", f"m{number}.example", *FAST)
    elif kind == 1:
        store.zonectl("spf", "allow", f"ip4:192.0.2.{number % 250 + 1}")
    elif kind == 2:
        store.zonectl(*(("rotate", "mosa", *UNRIPE) if number % 2 else ("undo", "mosa")), expect=None)
    elif kind == 3:
        store.zonectl("record", "add", "dkim.secutix.com", f"host{number % 7}.a.b", "A", f"192.0.2.{number % 250 + 1}",
                      expect=None)
    elif kind == 4:
        store.zonectl("record", "add", "dkim.secutix.com", "*.wild", "TXT", f"number {number}", expect=None)
    elif kind == 5:
        store.zonectl("zone", "set", "dkim.secutix.com", "--ns", "ns1.secutix.com", "--ns",
                      f"ns{number % 5 + 2}.secutix.com", expect=None)
    elif kind == 6:
        store.zonectl("policy", "set", "ttl-active", f"{3600 + number}s", expect=None)
    else:
        store.zonectl("record", "remove", "dkim.secutix.com", f"host{rng.randrange(7)}.a.b", "A", expect=None)


class Followers(WithPeers):
    """The three servers, each with and without a key."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.start()
        cls.secondaries = []
        cls.add_peer("us", 5399, KEY)
        for index, (kind, own_key) in enumerate(SERVERS.items()):
            for key, port in ((own_key, 5310 + index), (None, 5320 + index)):
                cls.add_peer(f"{kind}{port}", port, key)
                cls.secondaries.append(Secondary(cls, cls.store.scratch, kind, port, PRIMARY, ZONES, key))

    def check_all_follow(self):
        for zone in ZONES:
            serial, wanted = self.serial(zone), self.exported(zone)
            for secondary in self.secondaries:
                secondary.wait_for_serial(zone, serial)
                self.assertEqual(secondary.records(zone), wanted, f"{secondary.kind} {zone}")

    def test_they_follow_through_many_changes(self):
        self.check_all_follow()
        rng = random.Random(5)
        for number in range(24):
            change_at_random(self.store, rng, number)
            if number % 4 == 3:
                until(lambda: self.exported(DKIM_ZONE) == self.of_dnsd(DKIM_ZONE), "dnsd has the change")
                self.check_all_follow()
        for index, kind in enumerate(SERVERS):  # of those without a key all have one address
            self.assertRegex(self.server.log, rf"event=transfer zone=\S+ peer={kind}{5310 + index} kind=ixfr ")
        self.assertNotIn("level=error", self.server.log)
        self.assertNotIn("notify_refused", self.server.log)

    def of_dnsd(self, zone):
        return fetch(zone)


def fetch(zone, key=KEY, record_type="AXFR", **options):
    """A transfer from dnsd, its signatures verified."""
    keyring = dns.tsigkeyring.from_text({key.name: (key.algorithm, key.text)}) if key else None
    return records_of(dns.query.xfr("127.0.0.1", zone, record_type, port=PRIMARY, relativize=False, timeout=20,
                                    keyring=keyring, keyname=key.name if key else None,
                                    keyalgorithm=key.algorithm if key else None, **options))


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
                        answer = ask_raw(("127.0.0.1", PRIMARY), wire)
                    else:
                        with Tcp(("127.0.0.1", PRIMARY)) as connection:
                            connection.send(wire)
                            answer = connection.receive()
                    self.assertEqual(answer[3] & 15, 5)
        self.server.wait_for("event=transfer_refused zone=dkim.secutix.com client=127.0.0.1 signed=")
        self.assertEqual(self.server.log.count("event=transfer_refused"), 1, "one a minute of one address")

    def test_over_udp_there_is_no_transfer(self):
        signed, mac = KEY.sign(query(DKIM_ZONE, "AXFR").to_wire())
        answer = ask_raw(("127.0.0.1", PRIMARY), signed)
        self.assertEqual(answer[3] & 15, 4)
        KEY.verifies(answer, mac)

    def test_ixfr_over_udp_is_the_soa(self):
        asked = dns.message.make_query(DKIM_ZONE, "IXFR", flags=0)
        soa = dns.rrset.from_text(DKIM_ZONE, 0, "IN", "SOA", ". . 5 0 0 0 0")
        asked.authority.append(soa)
        signed, mac = KEY.sign(asked.to_wire())
        answer = ask_raw(("127.0.0.1", PRIMARY), signed)
        KEY.verifies(answer, mac)
        self.assertEqual((answer[3] & 15, answer[6:8]), (0, b"\0\1"))

    def test_the_question_that_follows_on_the_connection_is_answered_behind_the_transfer(self):
        """Pipelined in one segment: neither lost, nor in between the messages of the transfer."""
        first, first_mac = KEY.sign(query(DKIM_ZONE, "AXFR", id=1).to_wire())
        second, second_mac = KEY.sign(query(SPF_ZONE, "SOA", id=2).to_wire())
        third, third_mac = KEY.sign(query(SPF_ZONE, "AXFR", id=3).to_wire())
        with Tcp(("127.0.0.1", PRIMARY), timeout=30) as connection:
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
        with Tcp(("127.0.0.1", PRIMARY)) as connection:
            connection.socket.sendall(framed[:-7])
            self.assertEqual(connection.receive()[:2], b"\0\1")
            connection.socket.sendall(framed[-7:])
            self.assertEqual(connection.receive()[:2], b"\0\2")

    def test_a_client_that_has_closed_its_side_gets_its_transfer(self):
        signed, mac = KEY.sign(query(DKIM_ZONE, "AXFR").to_wire())
        with Tcp(("127.0.0.1", PRIMARY)) as connection:
            connection.send(signed)
            connection.socket.shutdown(socket.SHUT_WR)
            KEY.verifies(connection.receive(), mac)

    def test_a_hundred_requests_down_one_connection(self):
        requests = [KEY.sign(query(SPF_ZONE, "AXFR", id=number).to_wire()) for number in range(100)]
        with Tcp(("127.0.0.1", PRIMARY), timeout=60) as connection:
            connection.send(*(wire for wire, _ in requests))
            for number, (_, mac) in enumerate(requests):
                answer = connection.receive()
                self.assertEqual(int.from_bytes(answer[:2], "big"), number)
                KEY.verifies(answer, mac)

    def test_who_resets_in_the_middle_harms_nobody(self):
        for _ in range(20):
            with Tcp(("127.0.0.1", PRIMARY)) as connection:
                connection.send(*(KEY.sign(query(DKIM_ZONE, "AXFR").to_wire())[0] for _ in range(20)))
                connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.assertEqual(fetch(SPF_ZONE), self.exported(SPF_ZONE))
        self.assertEqual(ask(("127.0.0.1", PRIMARY), query(SPF_ZONE)).rcode(), 0)

    def test_each_transfer_is_a_line_in_the_log(self):
        before = len(self.server.log)
        fetch(SPF_ZONE)
        self.server.wait_for("event=transfer zone=spf.secutix.com", after=before)
        self.assertRegex(self.server.log[before:], r"event=transfer zone=spf\.secutix\.com peer=ns2 kind=axfr from=- "
                                                   r"to=\d+ records=\d+ bytes=\d+ seconds=\d")


class LargeZone(WithPeers):
    """A zone of some megabytes: what happens while it is being sent."""

    ZONE = "big.example."
    RECORDS = 40_000
    SETTINGS = "streams = 1\nstall_seconds = 600\n"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        file = cls.store.scratch / "big.zone"
        with open(file, "w", encoding="ascii") as out:
            out.write("$ORIGIN big.example.\n$TTL 300\n@ SOA ns1.secutix.com. hostmaster.secutix.com. 1 3600 600 86400 300\n"
                      "@ NS ns1.secutix.com.\n@ NS ns2.secutix.com.\n")
            out.writelines(f"n{number} TXT \"{'x' * 200}\"\n" for number in range(cls.RECORDS))
        cls.file = file
        cls.store.zonectl("zone", "import", file)
        cls.add_peer("ns2", 5399, KEY)

    def setUp(self):
        self.server = self.start(self)

    def ask_for_it(self):
        """A connection that has asked; closed with the test. What the kernels hold for it is less than the zone."""
        connection = Tcp(("127.0.0.1", PRIMARY), timeout=60)
        self.addCleanup(connection.socket.close)
        wire, mac = KEY.sign(query(self.ZONE, "AXFR").to_wire())
        connection.send(wire)
        return connection, mac

    def rest_of(self, connection, mac, first, soas=2):
        """Every message to the end, each verified; the serials of the SOAs, and how many records there were."""
        serials, count, wire, is_first = [], 0, first, True
        while len(serials) < soas:
            record = KEY.verifies(wire, mac, None if is_first else mac)
            mac, is_first = record["mac"], False
            message = dns.message.from_wire(split(wire)[0], xfr=True)
            for record_set in message.answer:
                count += len(record_set)
                if record_set.rdtype == dns.rdatatype.SOA:
                    serials += [record_set[0].serial] * len(record_set)
            if len(serials) < soas:
                wire = connection.receive()
        return serials, count

    def test_it_comes_whole_and_questions_are_answered_meanwhile(self):
        connection, mac = self.ask_for_it()
        first = connection.receive()
        for _ in range(50):
            self.assertEqual(ask(("127.0.0.1", PRIMARY), query(SPF_ZONE)).rcode(), 0)
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
            asked = dns.message.make_query(self.ZONE, "IXFR", flags=0)
            asked.authority.append(dns.rrset.from_text(self.ZONE, 0, "IN", "SOA", f". . {serial} 0 0 0 0"))
            wire, mac = KEY.sign(asked.to_wire())
            connections.append((Tcp(("127.0.0.1", PRIMARY), timeout=60), mac))
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
        self.server = serve(self, self.store, "--config", impatient, listen=(f"127.0.0.1:{PRIMARY}",))
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


class Differences(WithPeers):
    """IXFR: the changes, or the whole zone in the same answer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.add_peer("ns2", 5399, KEY)
        cls.server = cls.start()

    def ixfr(self, serial, kind):
        before = len(self.server.log)
        asked = dns.message.make_query(DKIM_ZONE, "IXFR", flags=0)
        asked.authority.append(dns.rrset.from_text(DKIM_ZONE, 0, "IN", "SOA", f". . {serial} 0 0 0 0"))
        wire, mac = KEY.sign(asked.to_wire())
        with Tcp(("127.0.0.1", PRIMARY)) as connection:
            connection.send(wire)
            answer = connection.receive()
        KEY.verifies(answer, mac)
        self.server.wait_for(f"kind={kind} ", after=before)
        self.assertRegex(self.server.log[before:], rf"kind={kind} from={serial} ")
        return [(record_set.rdtype, record) for record_set in dns.message.from_wire(
            split(answer)[0], one_rr_per_rrset=True).answer for record in record_set]

    def change(self):
        """The serial before and after a change of one record."""
        before = self.serial(DKIM_ZONE)
        self.store.zonectl("record", "add", "dkim.secutix.com", "changed", "TXT", str(time.monotonic_ns()))
        until(lambda: self.serial(DKIM_ZONE) != before, "dnsd has the change")
        return before, self.serial(DKIM_ZONE)

    def test_one_record_more_is_five_records(self):
        before, after = self.change()
        records = self.ixfr(before, "ixfr")
        self.assertEqual([record.serial for kind, record in records if kind == dns.rdatatype.SOA],
                         [after, before, after, after])
        self.assertEqual(len(records), 5)

    def test_a_serial_without_history_gets_the_whole_zone(self):
        self.change()
        records = self.ixfr(5, "ixfr-as-axfr")
        self.assertEqual(sum(kind == dns.rdatatype.SOA for kind, _ in records), 2)
        self.assertRegex(self.server.log, r"from=5 .* why=no-history")

    def test_who_is_to_get_none_gets_the_whole_zone(self):
        self.store.zonectl("secondary", "set", "ns2", "--no-ixfr")
        self.addCleanup(self.store.zonectl, "secondary", "set", "ns2", "--ixfr", expect=None)
        until(lambda: self.server.log.count("peers_changed") > 0, "dnsd knows")
        before, _ = self.change()
        self.ixfr(before, "ixfr-as-axfr")
        self.assertRegex(self.server.log, rf"from={before} .* why=peer")

    def test_the_serial_that_is_served_is_answered_with_the_soa_alone(self):
        asked = dns.message.make_query(DKIM_ZONE, "IXFR", flags=0)
        asked.authority.append(dns.rrset.from_text(DKIM_ZONE, 0, "IN", "SOA", f". . {self.serial(DKIM_ZONE)} 0 0 0 0"))
        wire, mac = KEY.sign(asked.to_wire())
        with Tcp(("127.0.0.1", PRIMARY)) as connection:
            connection.send(wire)
            answer = connection.receive()
        KEY.verifies(answer, mac)
        self.assertEqual(answer[6:8], b"\0\1")

    def test_without_a_serial_it_is_malformed(self):
        wire, mac = KEY.sign(query(DKIM_ZONE, "IXFR").to_wire())
        with Tcp(("127.0.0.1", PRIMARY)) as connection:
            connection.send(wire)
            answer = connection.receive()
        KEY.verifies(answer, mac)
        self.assertEqual(answer[3] & 15, dns.rcode.FORMERR)


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
            keyring = dns.tsigkeyring.from_text({KEY.name: (KEY.algorithm, KEY.text)})
            told = dns.message.from_wire(wire, keyring=keyring)
            self.assertEqual((told.opcode(), told.question[0].name.to_text()), (4, SPF_ZONE))
            self.assertEqual(told.answer[0][0].serial, self.serial(SPF_ZONE))
            began = time.monotonic()
            again, _ = heard.recvfrom(2048)
            self.assertGreater(time.monotonic() - began, 1.0)
            told = dns.message.from_wire(again, keyring=keyring)
            answer = dns.message.make_response(told)
            heard.sendto(answer.to_wire(), _)
            heard.settimeout(6)
            with self.assertRaises(TimeoutError):
                heard.recvfrom(2048)
            heard.settimeout(30)
            self.store.zonectl("spf", "allow", "ip4:192.0.2.77")
            wire, _ = heard.recvfrom(2048)
            told = dns.message.from_wire(wire, keyring=keyring)
            until(lambda: told.answer[0][0].serial == self.serial(SPF_ZONE), "the new serial is told")
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
            told = dns.message.from_wire(wire, keyring=dns.tsigkeyring.from_text({KEY.name: (KEY.algorithm, KEY.text)}))
            heard.sendto(dns.message.make_response(told).to_wire(), source)
            heard.settimeout(6)
            with self.assertRaises(TimeoutError):
                heard.recvfrom(2048)
            server.stop()


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main()
