"""Names and records at the limits of the protocol go out whole by AXFR, signed by the longest key name, and so does a zone of
two records; a zone that is removed while it is sent goes out to its end or is cut off, and harms nobody."""

import unittest

import dns.message
import dns.name
import dns.rdatatype

from support import namespace
from support.questions import SPF_ZONE, Tcp, ask, query, until
from support.transfers import ADDRESS, WithPeers, fetch, records_of_zone_file
from support.tsig import Key, split

LONGEST = Key(".".join(["k" * 63, "l" * 61]), "hmac-sha512", b"s" * 64)  # 128 bytes in wire form
ZONE = "limits.example."
HEAD = ("$ORIGIN {zone}\n$TTL 300\n@ SOA ns1.secutix.com. hostmaster.secutix.com. 1 3600 600 86400 300\n"
        "@ NS ns1.secutix.com.\n")
# Of 255 bytes in wire form with the zone's 16: labels of 63, 63, 63, 46.
LONG = ".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 46])
NAMES = [r"nul\000name", r"dot\.in\.label", r"high\200\255\254", r"quote\"back\\slash", r"space\032and\009tab", r"*",
         r"*.deep.under.nothing", LONG]
LARGEST = 64_988


class Extremes(WithPeers):
    MORE_KEYS = (LONGEST,)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.add_peer("ns2", 5399, LONGEST)
        cls.server = cls.start()

    def import_zone(self, zone, lines, head=HEAD):
        file = self.store.scratch / "imported.zone"
        file.write_text(head.format(zone=zone) + "".join(f"{line}\n" for line in lines), encoding="ascii")
        self.store.zonectl("zone", "import", file)
        self.addCleanup(self.store.zonectl, "zone", "remove", zone.rstrip("."), "--yes", expect=None)
        until(lambda: ask(ADDRESS, query(zone, "SOA")).rcode() == 0, "dnsd has the zone")

    def check_whole(self, zone):
        exported = records_of_zone_file(self.store.zonectl("zone", "export", zone.rstrip(".")).stdout, zone)
        self.assertEqual(fetch(zone, LONGEST), exported)
        return exported

    def test_names_with_any_byte_and_of_any_length(self):
        self.assertEqual(len(dns.name.from_text(f"{LONG}.{ZONE}").to_wire()), 255)
        self.import_zone(ZONE, [f'{name} TXT "{number}"' for number, name in enumerate(NAMES)])
        records = self.check_whole(ZONE)
        self.assertEqual(sum(record[1] == "TXT" for record in records), len(NAMES))

    def test_a_txt_set_of_60000_bytes(self):
        self.import_zone(ZONE, [f'many TXT "{number:04} {"x" * 240}"' for number in range(240)])
        self.assertEqual(sum(record[1] == "TXT" for record in self.check_whole(ZONE)), 240)

    def test_the_largest_record_under_the_longest_name_and_key(self):
        self.import_zone(ZONE, [rf"{LONG} TYPE65280 \# {LARGEST} {'ab' * LARGEST}"])
        self.assertEqual(len(self.check_whole(ZONE)), 3)
        signed, mac = LONGEST.sign(query(ZONE, "AXFR").to_wire())
        sizes, prior, soas = [], None, 0
        with Tcp(ADDRESS, timeout=60) as connection:
            connection.send(signed)
            while soas < 2:
                answer = connection.receive()
                sizes.append(len(answer))
                prior = LONGEST.verifies(answer, mac, prior)["mac"]
                soas += sum(record_set.rdtype == dns.rdatatype.SOA for record_set in dns.message.from_wire(
                    split(answer)[0], one_rr_per_rrset=True, xfr=True).answer)
        self.assertGreater(max(sizes), LARGEST)
        self.assertLessEqual(max(sizes), 65_535)

    def test_a_zone_of_two_records(self):
        self.import_zone(ZONE, [])
        self.assertEqual(len(self.check_whole(ZONE)), 2)

    def test_a_zone_that_is_removed_while_it_is_sent(self):
        self.import_zone(ZONE, [f"n{number} TXT" + f' "{"x" * 250}"' * 16 for number in range(3_000)])
        connection = Tcp(ADDRESS, timeout=60)
        self.addCleanup(connection.socket.close)
        connection.send(LONGEST.sign(query(ZONE, "AXFR").to_wire())[0])
        connection.receive()
        self.store.zonectl("zone", "remove", ZONE.rstrip("."), "--yes")
        until(lambda: ask(ADDRESS, query(ZONE, "SOA")).rcode() == 5, "dnsd has it no more")
        with self.assertRaises((ConnectionError, TimeoutError)):
            for _ in range(1_000):
                connection.receive()
        self.assertEqual(ask(ADDRESS, query(SPF_ZONE)).rcode(), 0)
        self.assertEqual(fetch(SPF_ZONE, LONGEST), self.exported(SPF_ZONE))
        self.assertNotIn("level=error", self.server.log)


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main()
