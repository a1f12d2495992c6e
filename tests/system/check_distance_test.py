"""`zonectl check` where each answer is a round trip away: institutions are looked at side by side, and of one the
questions wait for one another only where one needs the other's answer. Nothing here goes by a clock: what is counted
are the questions that are open at a time, and those that each came after the answer of the one before."""

import unittest

from support import namespace
from support.distant import RESOLVER, Distant, add_addresses
from support.store import new_store

CODES = [f"i{number:03}" for number in range(150)]
PATIENT = ("--resolver", RESOLVER, "--timeout", "60s")  # the machine may be busy with other things
# For one institution with two name servers, as ours are: its zone's servers, its CNAMEs, SPF, DMARC.
LONGEST_CHAIN_OF_ONE = 32
SIDE_BY_SIDE = 48  # institutions


class CheckDistance(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        add_addresses()
        cls.store = new_store(cls)
        cls.store.zonectl("spf", "allow", "ip4:192.28.148.112")
        table = cls.store.scratch / "institutions.csv"
        table.write_text("code,domain,key\n" + "".join(f"{code},{code}.com,ed25519\n" for code in CODES))
        cls.store.zonectl("add", "--file", table, "--override", "E_KEY_TYPE", "--reason", "test")
        cls.zones = [cls.store.zonectl("zone", "export", zone).stdout for zone in ("dkim.secutix.com", "spf.secutix.com")]

    def distant(self, codes, **manner):
        world = Distant(codes, self.zones, **manner)
        self.addCleanup(world.stop)
        return world

    def test_of_one_institution_few_questions_wait_for_one_another(self):
        world = self.distant(CODES[:1])
        self.store.zonectl("check", "--own", *PATIENT)
        own = world.count.longest_chain
        world.count.__init__()
        self.store.zonectl("check", CODES[0], *PATIENT)
        self.assertGreater(world.count.questions, LONGEST_CHAIN_OF_ONE, "else this counts nothing")
        self.assertLessEqual(world.count.longest_chain, own + LONGEST_CHAIN_OF_ONE)

    def test_of_many_as_many_are_looked_at_at_a_time(self):
        world = self.distant(CODES, crowd=SIDE_BY_SIDE)
        seen = self.store.json("check", "--all", *PATIENT)
        self.assertEqual(len(seen["institutions"]), len(CODES))
        self.assertGreaterEqual(world.count.most_open, SIDE_BY_SIDE)

    def test_only_what_has_turned_bad_is_looked_at_again(self):
        world = self.distant(CODES)
        self.store.zonectl("check", "--all", *PATIENT)
        of_all = world.count.questions
        world.take_selectors_from(CODES[7])
        world.count.__init__()
        seen = self.store.json("check", "--all", *PATIENT, "--again-after", "0s", expect=1)
        bad = [each["code"] for each in seen["institutions"]
               if any(finding["verdict"] != "ok" for finding in each["findings"])]
        self.assertEqual(bad, [CODES[7]])
        self.assertLess(world.count.questions, of_all + 2 * of_all / len(CODES) + 40, "one more of one, not one more of all")


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main()
