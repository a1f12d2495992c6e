"""EXPIRE (RFC 7314): who asks for it with SOA, AXFR or IXFR is told when a copy of the zone expires."""

import unittest

import dns.edns
import dns.message
import dns.query

from support import namespace
from support.questions import DKIM_ZONE, SPF_ZONE, Tcp, ask_raw, dig, parse, query, until
from support.transfers import ADDRESS, KEY, WithPeers, ask_changes
from support.tsig import split

EXPIRE = 9
TWO_WEEKS = (1_209_600).to_bytes(4, "big")


def asking(message):
    message.use_edns(0, options=[dns.edns.GenericOption(EXPIRE, b"")])
    return message


def told(answer):
    """What the answer's EXPIRE options hold."""
    return [option.to_wire() for option in answer.options if option.otype == EXPIRE]


class Expire(WithPeers):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.add_peer("ns2", 5399, KEY)
        cls.server = cls.start()

    def transfer(self, message):
        signed, mac = KEY.sign(asking(message).to_wire())
        with Tcp(ADDRESS) as connection:
            connection.send(signed)
            answer = connection.receive()
        KEY.verifies(answer, mac)
        return dns.message.from_wire(split(answer)[0], xfr=True)

    def test_with_soa_it_is_told_over_udp_and_tcp(self):
        self.assertEqual(told(parse(ask_raw(ADDRESS, asking(query(DKIM_ZONE, "SOA")).to_wire()))), [TWO_WEEKS])
        self.assertIn("EXPIRE: 1209600", dig(ADDRESS, SPF_ZONE, "SOA", "+expire", "+tcp"))
        signed, mac = KEY.sign(asking(query(SPF_ZONE, "SOA")).to_wire())
        answer = ask_raw(ADDRESS, signed)
        KEY.verifies(answer, mac)
        self.assertEqual(told(dns.message.from_wire(split(answer)[0])), [TWO_WEEKS])

    def test_with_axfr_and_ixfr_it_is_told_in_the_first_message(self):
        self.assertEqual(told(self.transfer(query(DKIM_ZONE, "AXFR"))), [TWO_WEEKS])
        before = self.serial(DKIM_ZONE)
        self.store.zonectl("record", "add", "dkim.secutix.com", "changed", "TXT", "now")
        until(lambda: self.serial(DKIM_ZONE) != before, "dnsd has the change")
        for serial in (before, self.serial(DKIM_ZONE), 5):
            answer = self.transfer(dns.message.from_wire(ask_changes(DKIM_ZONE, serial)))
            self.assertEqual(told(answer), [TWO_WEEKS], serial)

    def test_it_is_what_the_zone_says(self):
        self.store.zonectl("zone", "set", "spf.secutix.com", "--expire", "1000000")
        until(lambda: told(parse(ask_raw(ADDRESS, asking(query(SPF_ZONE, "SOA")).to_wire())))
              == [(1_000_000).to_bytes(4, "big")], "dnsd tells it")
        self.store.zonectl("zone", "set", "spf.secutix.com", "--expire", "1209600")
        until(lambda: told(parse(ask_raw(ADDRESS, asking(query(SPF_ZONE, "SOA")).to_wire()))) == [TWO_WEEKS], "and again")

    def test_nobody_else_is_told(self):
        for asked in (asking(query(SPF_ZONE)), asking(query(f"no.{DKIM_ZONE}", "SOA")), asking(query("other.test.", "SOA")),
                      query(DKIM_ZONE, "SOA", use_edns=0)):
            self.assertEqual(told(parse(ask_raw(ADDRESS, asked.to_wire()))), [], asked.question)


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main()
