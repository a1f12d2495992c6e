"""Signed questions with a fault at every byte, at random, and a key that is rolled while a peer follows."""

import os
import random
import socket
import struct
import unittest

import dns.exception
import dns.message

from support import namespace
from support.questions import SPF_ZONE, ask, ask_raw, query, until
from support.transfers import ADDRESS, KEY, OTHER, WithPeers, fetch
from support.tsig import split, wire

FUZZED = int(os.environ.get("DNSD_TEST_FUZZED", "1000"))
HEADER_ID = (0, 1)  # the digest has the Original ID in its place (RFC 8945, section 4.3.2)


def is_taken(answer, mac):
    """Whether that is an answer that its key has signed, and no error."""
    try:
        return KEY.verifies(answer, mac)["error"] == 0 and answer[3] & 15 == 0
    except (AssertionError, IndexError, struct.error, dns.exception.DNSException):
        return False


class Faults(WithPeers):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.start()

    def setUp(self):
        self.signed, self.mac = KEY.sign(query(SPF_ZONE, "SOA").to_wire())
        self.assertTrue(is_taken(ask_raw(ADDRESS, self.signed), self.mac))

    def say(self, message):
        """The answer; nothing, if there is none: the question behind it is answered, so it has been passed over."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.connect(ADDRESS)
            client.settimeout(20)
            client.send(message)
            client.send(query(SPF_ZONE, "SOA", id=0x1DEA).to_wire())
            answer = client.recv(65535)
            return b"" if answer[:2] == b"\x1d\xea" and message[:2] != b"\x1d\xea" else answer

    def letters_of_names(self):
        """Where a letter's case is no part of the digest: names are lowered."""
        places = set()
        for name in (wire(SPF_ZONE), wire(KEY.name), wire(KEY.algorithm)):
            at = self.signed.lower().find(name)
            self.assertGreater(at, 0)
            places |= {at + offset for offset in range(len(name)) if self.signed[at + offset:at + offset + 1].isalpha()}
        return places

    def test_a_bit_that_is_flipped_anywhere_is_found(self):
        letters = self.letters_of_names()
        question = self.signed.lower().find(wire(SPF_ZONE))
        for at in range(len(self.signed)):
            for bit in (0x01, 0x20, 0x80):
                flipped = bytearray(self.signed)
                flipped[at] ^= bit
                answer = self.say(bytes(flipped))
                in_question = question <= at < question + len(wire(SPF_ZONE))
                is_case = bit == 0x20 and at in letters and not in_question
                with self.subTest(at=at, bit=bit):
                    if at in HEADER_ID:
                        self.assertEqual(answer[:2], bytes(flipped[:2]))
                        self.assertTrue(is_taken(self.signed[:2] + answer[2:], self.mac))
                    elif is_case:
                        self.assertTrue(is_taken(answer, self.mac))
                    elif not (bit == 0x20 and in_question):  # the case of a question's name is signed as it came
                        self.assertFalse(is_taken(answer, self.mac))

    def test_fuzzed_questions_harm_nobody(self):
        seed = int(os.environ.get("DNSD_TEST_SEED", int.from_bytes(os.urandom(4), "big")))
        rng = random.Random(seed)
        for _ in range(FUZZED):
            fuzzed = bytearray(self.signed)
            for _ in range(rng.randrange(1, 6)):
                how = rng.randrange(3)
                if how == 0:
                    fuzzed[rng.randrange(12, len(fuzzed))] = rng.randrange(256)
                elif how == 1 and len(fuzzed) > 40:
                    del fuzzed[rng.randrange(20, len(fuzzed)):]
                else:
                    fuzzed.insert(rng.randrange(12, len(fuzzed)), rng.randrange(256))
            if bytes(fuzzed) != self.signed:
                self.say(bytes(fuzzed))
        self.assertEqual(ask(ADDRESS, query(SPF_ZONE)).rcode(), 0)
        self.assertIsNone(self.server.process.poll(), f"seed {seed}")
        self.assertNotIn("level=error", self.server.log)


class Rolled(WithPeers):
    """One key, two, the other alone; dnsd is started anew in between."""

    def heard_by(self, heard):
        """The next NOTIFY, and the key that signed it; it is answered."""
        while True:
            wire_, source = heard.recvfrom(2048)
            for key in (KEY, OTHER):
                try:
                    told = dns.message.from_wire(wire_, keyring=key.keyring)
                except dns.exception.DNSException:
                    continue
                heard.sendto(dns.message.make_response(told).to_wire(), source)
                return told.answer[0][0].serial, key
            self.fail("a NOTIFY that no key has signed")

    def change_is_heard(self, heard, keys, number):
        self.store.zonectl("spf", "allow", f"ip4:192.0.2.{number}")
        (stored,) = (zone["serial"] for zone in self.store.json("zone", "list")["zones"]
                     if zone["zone"].rstrip(".") == SPF_ZONE.rstrip("."))
        serial = key = None
        while serial != stored:
            serial, key = self.heard_by(heard)  # of before, perhaps
        self.assertIn(key, keys)

    def takes(self, key):
        try:
            return fetch(SPF_ZONE, key) == self.exported(SPF_ZONE)
        except dns.exception.DNSException:
            return False

    def test_no_transfer_and_no_notify_is_lost(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard:
            heard.bind(("127.0.0.1", 5394))
            heard.settimeout(60)
            server = self.start(self)
            self.add_peer("ns2", 5394, KEY, "--zone", "spf.secutix.com")
            self.addCleanup(self.store.zonectl, "secondary", "remove", "ns2")
            self.change_is_heard(heard, [KEY], 1)
            self.assertEqual((self.takes(KEY), self.takes(OTHER)), (True, False))
            self.store.zonectl("secondary", "set", "ns2", "--key", KEY.name, "--key", OTHER.name)
            until(lambda: self.takes(OTHER), "the second key is taken")
            self.assertTrue(self.takes(KEY))
            self.assertTrue(self.takes(OTHER))
            self.change_is_heard(heard, [OTHER], 2)  # the one that it used last
            server.stop()
            self.start(self)  # it does not know which one the peer knows: they take turns
            self.change_is_heard(heard, [KEY, OTHER], 3)
            self.assertEqual((self.takes(KEY), self.takes(OTHER)), (True, True))
            self.store.zonectl("secondary", "set", "ns2", "--key", OTHER.name)
            until(lambda: not self.takes(KEY), "the first key is taken no more")
            self.assertTrue(self.takes(OTHER))
            self.change_is_heard(heard, [OTHER], 4)


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main()
