"""A key that is replaced under its own name in dnsd's file: what the old one has begun ends, and the new one goes on."""

import signal
import socket
import unittest

import dns.exception
import dns.message
import dns.query

from support import namespace
from support.questions import SPF_ZONE, Tcp, query
from support.transfers import ADDRESS, KEY, OTHER, WithPeers, fetch
from support.tsig import Key

REPLACED = Key(KEY.name, secret=b"r" * 32)


class ReplacedKeys(WithPeers):
    ZONE = "big.example."
    RECORDS = 3_000  # of 4,000 bytes: more than the kernels hold of it
    SETTINGS = "stall_seconds = 600\n"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        file = cls.store.scratch / "big.zone"
        with open(file, "w", encoding="ascii") as out:
            out.write("$ORIGIN big.example.\n$TTL 300\n@ SOA ns1.secutix.com. hostmaster.secutix.com. 1 3600 600 86400 300\n"
                      "@ NS ns1.secutix.com.\n@ NS ns2.secutix.com.\n")
            out.writelines(f"n{number} TXT" + f" \"{'x' * 250}\"" * 16 + "\n" for number in range(cls.RECORDS))
        cls.store.zonectl("zone", "import", file)

    def setUp(self):
        self.keys_file.write_text(KEY.line + OTHER.line)
        self.server = self.start(self)

    def replace(self, *keys):
        before = len(self.server.log)
        self.keys_file.write_text("".join(key.line for key in keys))
        self.server.process.send_signal(signal.SIGHUP)
        self.server.wait_for(f"event=tsig_keys_read keys={len(keys)}", after=before)

    def begin(self, key):
        connection = Tcp(ADDRESS, timeout=60)
        self.addCleanup(connection.socket.close)
        connection.send(key.sign(query(self.ZONE, "AXFR").to_wire())[0])
        connection.receive()
        return connection

    def read_to_the_end(self, connection):
        """How many messages came before the connection was closed in the middle."""
        count = 0
        with self.assertRaises(ConnectionError):
            while True:
                connection.receive()
                count += 1
        return count

    def test_a_stream_that_the_old_one_signs_ends_and_others_go_on(self):
        self.add_peer("ns2", 5399, KEY)
        self.addCleanup(self.store.zonectl, "secondary", "remove", "ns2")
        self.add_peer("ns3", 5398, OTHER)
        self.addCleanup(self.store.zonectl, "secondary", "remove", "ns3")
        self.server.wait_for("event=peers_changed peers=2")
        replaced, kept = self.begin(KEY), self.begin(OTHER)
        self.replace(REPLACED, OTHER)
        self.read_to_the_end(replaced)
        self.assertRegex(self.server.log, r'event=transfer_ended .*peer=ns2 .*reason="it may not have the zone any more"')
        with self.assertRaises(dns.exception.DNSException):
            fetch(SPF_ZONE, KEY)
        self.assertEqual(fetch(SPF_ZONE, REPLACED), self.exported(SPF_ZONE))
        self.replace(OTHER, REPLACED)  # the same keys in another order
        self.assertTrue(self.comes_to_its_end(kept))
        self.server.wait_for("event=transfer zone=big.example peer=ns3")

    @staticmethod
    def comes_to_its_end(connection):
        connection.socket.settimeout(1)
        try:
            while True:
                connection.receive()
        except TimeoutError:
            return True
        except ConnectionError:
            return False

    def test_a_notify_that_the_old_one_signed_is_not_waited_for(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard:
            heard.bind(("127.0.0.1", 5397))
            heard.settimeout(30)
            self.add_peer("ns4", 5397, KEY, "--zone", "spf.secutix.com")
            self.addCleanup(self.store.zonectl, "secondary", "remove", "ns4")
            wire, source = heard.recvfrom(2048)
            old = dns.message.from_wire(wire, keyring=KEY.keyring)
            self.replace(REPLACED)
            heard.sendto(dns.message.make_response(old).to_wire(), source)  # signed by what is no key of its any more
            told = None
            while told is None:
                wire, source = heard.recvfrom(2048)
                try:
                    told = dns.message.from_wire(wire, keyring=REPLACED.keyring)
                except dns.exception.DNSException:
                    self.assertEqual(dns.message.from_wire(wire, keyring=KEY.keyring).opcode(), 4, "sent before")
            heard.sendto(dns.message.make_response(told).to_wire(), source)
            heard.settimeout(5)
            with self.assertRaises(TimeoutError):
                heard.recvfrom(2048)


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main()
