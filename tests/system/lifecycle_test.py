"""prepare, revoke, freeze and rotations by policy, as the DNS sees them, in times of seconds."""

import datetime
import time
import unittest

from support.questions import ask, joined, query, selector, until
from support.server import serve
from support.store import BELOW_FLOOR, faults_of, new_store

REVOKED = "v=DKIM1; p="


def seconds_of(text):
    """An RFC 3339 time in UTC, in seconds since 1970."""
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc).timestamp()


def policy_in_seconds(store):
    for key in ("ttl-active", "ttl-other", "slack"):
        store.zonectl("policy", "set", key, "1s", *BELOW_FLOOR)
    store.zonectl("policy", "set", "drain", "1s", "--override", "E_POLICY_FLOOR", "--reason", "test")


class Lifecycle(unittest.TestCase):
    def setUp(self):
        self.store = new_store(self, "--minimum", "1")
        policy_in_seconds(self.store)
        self.store.zonectl("add", "mosa", "--domain", "mosamuseum.com")
        self.address = serve(self, self.store).address()

    def served(self, slot):
        return joined(ask(self.address, query(selector("mosa", slot))))

    def wait_for_state(self, slot, state):
        until(lambda: self.store.slots("mosa")[slot] == state, f"{slot} {state}", timeout=30, pause=0.1)

    def test_a_revoked_key_is_empty_in_the_dns_and_gone_from_the_vault(self):
        self.wait_for_state("sel2", "STANDBY")
        key = self.store.json("show", "mosa")["slots"][0]["key_id"]
        done = self.store.json("revoke", "mosa", "sel1", "--expect", "sel1")
        self.assertEqual(done["swapped_to"], "sel2")
        until(lambda: self.served("sel1") == REVOKED, "an empty p= in sel1")
        self.assertEqual(self.store.slots("mosa"), {"sel1": "REVOKED", "sel2": "ACTIVE"})
        self.assertNotIn(key.encode(), self.store.vault_db.read_bytes())
        self.assertEqual(faults_of(self.store), [])
        # Withdrawn in an emergency, and again on the way: ripe by the key before, not by the p= in between.
        self.store.zonectl("prepare", "mosa")
        until(lambda: self.served("sel1") != REVOKED, "a fresh key in sel1")
        self.wait_for_state("sel1", "STANDBY")
        self.store.zonectl("rotate", "mosa")

    def test_stopping_goes_on_with_a_prepared_key_alone(self):
        refusal = self.store.json("revoke", "mosa", "sel1", expect=None)
        if "error" in refusal:  # unless sel2 was ripe already
            self.assertEqual(refusal["error"]["guard"], "E_LAST_KEY")
        self.store.zonectl("revoke", "mosa", "sel2", "--stop-signing")
        self.store.zonectl("revoke", "mosa", "sel1", "--stop-signing")
        self.assertIsNone(self.store.json("show", "mosa")["active"])
        self.assertEqual(self.store.json("status", expect=1)["attention"][0]["what"], "not-signing")
        self.store.zonectl("maintain")
        self.assertIsNone(self.store.json("show", "mosa")["starts_with"], "maintain puts no key by itself")
        self.store.zonectl("prepare", "mosa", "sel2")
        until(lambda: self.store.json("maintain")["steps"], "signing begins", timeout=30, pause=0.3)
        self.assertEqual(self.store.json("show", "mosa")["active"], "sel2")
        self.assertEqual(faults_of(self.store), [])

    def test_policy_rotates_at_the_time_that_plan_tells(self):
        self.wait_for_state("sel2", "STANDBY")
        self.store.zonectl("policy", "set", "jitter", "0")
        self.store.zonectl("policy", "set", "every", "5s", "--override", "E_POLICY_FLOOR", "--reason", "test")
        (event,) = [each for each in self.store.json("plan", "mosa", "--until", "10s")["plan"]
                    if each["event"] == "rotates" and not each["approximate"]]
        planned = seconds_of(event["at"])
        while time.time() < planned - 1:
            self.assertEqual(self.store.json("maintain")["steps"], [])
            time.sleep(0.2)
        # Not before somebody has looked: an institution without a domain needs our own servers to be seen alone.
        self.store.zonectl("domain", "remove", "mosa", "mosamuseum.com")
        until(lambda: any("E_UNSEEN" in each for each in self.store.json("maintain")["waiting"]), "held back",
              timeout=10, pause=0.1)
        self.assertEqual(self.store.json("status", expect=1)["unseen"], 1)
        server = "%s:%d" % self.address  # as resolver it is asked whether it answers, and nothing else
        self.store.zonectl("check", "mosa", "--server", server, "--resolver", server)
        until(lambda: self.store.json("maintain")["steps"], "the rotation by policy", timeout=10, pause=0.1)
        self.assertGreaterEqual(time.time(), planned - 1, "a time is told rounded up to the second")
        self.assertEqual(self.store.json("show", "mosa")["active"], "sel2")
        # Frozen, the next one is not done.
        self.store.zonectl("freeze", "--all", "--reason", "a holiday")
        time.sleep(max(0.0, planned + 6 - time.time()))
        steps = self.store.json("maintain")["steps"]
        self.assertFalse([step for step in steps if "rotation" in step["what"]])
        self.assertEqual(self.store.json("rotate", "mosa", expect=3)["error"]["guard"], "E_FROZEN")


if __name__ == "__main__":
    unittest.main()
