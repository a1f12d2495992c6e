"""SPF on the wire while its layout changes: what an apex names is always there, and every answer keeps its bound."""

import time
import unittest

import dns.flags

from support.questions import SPF_ZONE, ask, query, until
from support.server import serve
from support.store import new_store

TERMS = [f"ip4:185.64.100.{number}" for number in range(100, 140)]
MOST_BYTES = 494  # without EDNS
OPT_BYTES = 11


class Spf(unittest.TestCase):
    def setUp(self):
        self.store = new_store(self, "--minimum", "1")
        self.store.zonectl("policy", "set", "slack", "1s", "--override", "E_POLICY_FLOOR", "--reason", "test")
        self.server = serve(self, self.store)
        self.udp = self.server.address()

    def text(self, label=""):
        """The one TXT record of a name; None if there is none."""
        answer = ask(self.udp, query(label + SPF_ZONE, use_edns=0, payload=1232))
        self.assertFalse(answer.flags & dns.flags.TC)
        self.assertLessEqual(len(answer.to_wire()), MOST_BYTES + OPT_BYTES)
        if not answer.answer:
            return None
        (record,) = answer.answer[0]
        return b"".join(record.strings).decode()

    def split(self):
        """40 terms, in the apex and _1, at rest but for what resolvers still hold."""
        allowed = self.store.json("spf", "allow", *TERMS)
        self.assertTrue(allowed["spf"]["next_step_at"])
        until(lambda: self.text("_1."), "the new record")
        self.assertNotIn("include:", self.text())
        time.sleep(2.1)  # negative TTL and slack
        done = self.store.json("maintain")
        self.assertEqual(len(done["steps"]), 1, done)
        until(lambda: "include:_1.spf.secutix.com" in self.text(), "the include")

    def test_a_further_record_is_known_before_it_is_included(self):
        self.split()
        found = (self.text() + self.text("_1.")).split()
        for term in TERMS:
            self.assertIn(term, found)

    def test_a_record_that_is_left_over_still_answers(self):
        self.split()
        self.store.zonectl("spf", "deny", *TERMS[10:])
        until(lambda: "include:" not in self.text(), "the apex without its include")
        self.assertEqual(self.text("_1."), "v=spf1 ~all")
        self.assertEqual(self.store.json("maintain")["steps"], [])
        shown = self.store.json("spf", "show")
        self.assertEqual(shown["lookups"], 2, "an apex that includes it may still be held")
        self.assertEqual([(each["included"], bool(each["taken_out_at"])) for each in shown["records"]],
                         [(True, False), (False, True)])

    def test_a_denied_term_stays_for_its_drain(self):
        self.store.zonectl("spf", "allow", *TERMS[:2])
        self.store.zonectl("spf", "deny", TERMS[0], "--drain", "2s")
        self.assertIn(TERMS[0], self.store.zonectl("spf", "show").stdout)
        self.assertEqual(self.store.json("spf", "show")["terms"], TERMS[:2])
        time.sleep(2.1)
        self.store.zonectl("maintain")
        until(lambda: self.text() == f"v=spf1 {TERMS[1]} ~all", "the record without the term")


if __name__ == "__main__":
    unittest.main()
