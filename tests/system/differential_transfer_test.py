"""Transfers by dnsd, NSD, Knot and BIND of the same zones: the same records for a peer, none for a stranger."""

import contextlib
import unittest

import dns.rcode

from differential import transfers

REFUSED, NOTAUTH = dns.rcode.REFUSED, dns.rcode.NOTAUTH


class Transfers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        cls.zones, cls.servers = stack.enter_context(transfers.four_servers())

    def test_a_peer_gets_the_same_from_all_four(self):
        for zone in self.zones:
            wanted = transfers.of_file(zone)
            got = {name: transfers.fetched(address, zone.name) for name, address in self.servers.items()}
            for name, (records, count) in got.items():
                with self.subTest(zone=zone.name, server=name):
                    self.assertEqual(records, wanted)
                    self.assertEqual(count, len(wanted) + 1, "no record twice but the SOA")

    def test_a_stranger_is_refused_as_most_of_the_three_refuse_it(self):
        for zone in self.zones:
            for request, wire in transfers.strangers_requests(zone.name).items():
                *theirs, ours = (transfers.refusal(address, wire, "tcp") for address in self.servers.values())
                with self.subTest(zone=zone.name, request=request, others=theirs):
                    most = [each for each in theirs if theirs.count(each) > 1]
                    self.assertTrue(most)
                    self.assertEqual(ours, most[0])
                    self.assertEqual(ours[2], 0)

    def test_over_udp_nobody_gets_a_zone(self):
        for zone in self.zones:
            for request, wire in transfers.strangers_requests(zone.name).items():
                with self.subTest(zone=zone.name, request=request):
                    rcode, _, records = transfers.refusal(self.servers["dnsd"], wire, "udp")
                    self.assertEqual(records, 0)
                    self.assertIn(rcode, (REFUSED, NOTAUTH))


if __name__ == "__main__":
    unittest.main()
