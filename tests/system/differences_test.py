"""IXFR: the changes, or the whole zone in the same answer."""

import time
import unittest

import dns.message
import dns.rcode
import dns.rdatatype

from support import namespace
from support.questions import DKIM_ZONE, Tcp, query, until
from support.transfers import ADDRESS, KEY, WithPeers, ask_changes
from support.tsig import split


class Differences(WithPeers):
    """IXFR: the changes, or the whole zone in the same answer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.add_peer("ns2", 5399, KEY)
        cls.server = cls.start()

    def ask_signed(self, question):
        """The first message of the answer, its MAC verified."""
        wire, mac = KEY.sign(question)
        with Tcp(ADDRESS) as connection:
            connection.send(wire)
            answer = connection.receive()
        KEY.verifies(answer, mac)
        return answer

    def ixfr(self, serial, kind):
        before = len(self.server.log)
        answer = self.ask_signed(ask_changes(DKIM_ZONE, serial))
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
        answer = self.ask_signed(ask_changes(DKIM_ZONE, self.serial(DKIM_ZONE)))
        self.assertEqual(answer[6:8], b"\0\1")

    def test_without_a_serial_it_is_malformed(self):
        answer = self.ask_signed(query(DKIM_ZONE, "IXFR").to_wire())
        self.assertEqual(answer[3] & 15, dns.rcode.FORMERR)


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main()
