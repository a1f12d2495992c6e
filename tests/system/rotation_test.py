"""`zonectl rotate` and `undo`, their guards, and their times to the second."""

import datetime
import time
import unittest

from support.questions import ask, query, selector, text_of, until
from support.server import serve
from support.store import BELOW_FLOOR, new_store


def moment(text):
    """An RFC 3339 time in UTC."""
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc)


def published_ms(store, slot):
    """When the key in mosa's slot was published, as the store keeps it."""
    with store.sql() as database:
        ((value,),) = database.execute("SELECT published_ms FROM dkim_key WHERE slot = ? AND withdrawn_ms IS NULL",
                                       (slot,))
    return value


class DefaultPolicy(unittest.TestCase):
    def setUp(self):
        self.store = new_store(self)
        self.store.zonectl("add", "mosa", "--domain", "mosamuseum.com")

    def test_a_fresh_standby_is_not_ripe_and_the_refusal_names_the_second(self):
        before = self.store.serials()
        refusal = self.store.json("rotate", "mosa", expect=3)["error"]
        self.assertEqual(refusal["guard"], "E_NOT_RIPE")
        # Absence at the negative TTL of 300 s, and 10 minutes of slack; a deadline is shown rounded up.
        ripe = -(-(published_ms(self.store, 2) + (300 + 600) * 1000) // 1000)
        self.assertEqual(moment(refusal["clears_at"]).timestamp(), ripe)
        self.assertEqual(self.store.slots("mosa"), {"sel1": "ACTIVE", "sel2": "PUBLISHED"})
        self.assertEqual(self.store.serials(), before)

    def test_the_refusal_tells_a_person_the_guard_the_time_and_what_to_do(self):
        done = self.store.zonectl("rotate", "mosa", expect=3)
        self.assertIn("E_NOT_RIPE", done.stderr)
        self.assertRegex(done.stderr, r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
        self.assertIn("--override E_NOT_RIPE", done.stderr)
        self.assertEqual(done.stdout, "")

    def test_an_override_needs_a_reason_and_the_log_keeps_it(self):
        self.store.zonectl("rotate", "mosa", "--override", "E_NOT_RIPE", expect=2)
        self.assertEqual(self.store.slots("mosa")["sel1"], "ACTIVE")
        self.store.zonectl("rotate", "mosa", "--override", "E_NOT_RIPE", "--reason", "a test of it")
        self.assertEqual(self.store.slots("mosa"), {"sel1": "DRAINING", "sel2": "ACTIVE"})
        (row,) = [row for row in self.store.log("mosa") if row["command"] == "rotate"]
        self.assertEqual((row["override"], row["reason"]), ("E_NOT_RIPE", "a test of it"))

    def test_a_second_rotate_is_refused_and_cannot_be_overridden(self):
        self.store.zonectl("rotate", "mosa", "--override", "E_NOT_RIPE", "--reason", "test")
        refusal = self.store.json("rotate", "mosa", expect=3)["error"]
        self.assertEqual(refusal["guard"], "E_DRAINING")
        done = self.store.zonectl("rotate", "mosa", "--override", "E_DRAINING", "--reason", "test", expect=None)
        self.assertIn(done.returncode, (2, 3), done.stderr)
        self.assertEqual(self.store.slots("mosa"), {"sel1": "DRAINING", "sel2": "ACTIVE"})

    def test_undo_goes_back_once(self):
        self.store.zonectl("undo", "mosa", expect=3)
        self.store.zonectl("rotate", "mosa", "--override", "E_NOT_RIPE", "--reason", "test")
        self.store.zonectl("undo", "mosa")
        self.assertEqual(self.store.slots("mosa"), {"sel1": "ACTIVE", "sel2": "DRAINING"})
        refusal = self.store.json("undo", "mosa", expect=3)["error"]
        self.assertEqual(refusal["guard"], "E_NOTHING_TO_UNDO")
        self.assertEqual(self.store.slots("mosa"), {"sel1": "ACTIVE", "sel2": "DRAINING"})

    def test_expect_names_the_slot_that_must_be_active(self):
        refusal = self.store.json("rotate", "mosa", "--expect", "sel2", expect=3)["error"]
        self.assertEqual(refusal["guard"], "E_EXPECT")

    def test_a_dry_run_changes_nothing(self):
        before = self.store.serials()
        done = self.store.zonectl("rotate", "mosa", "--override", "E_NOT_RIPE", "--reason", "test", "--dry-run")
        self.assertRegex(done.stdout + done.stderr, r"(?i)dry.run")
        self.assertEqual(self.store.slots("mosa"), {"sel1": "ACTIVE", "sel2": "PUBLISHED"})
        self.assertEqual(self.store.serials(), before)
        self.assertEqual([row["command"] for row in self.store.log("mosa")], ["add"])


class PolicyInSeconds(unittest.TestCase):
    """The whole circle in real time: ripe, rotate, drain, a fresh key, ripe again, rotate back."""

    def setUp(self):
        self.store = new_store(self, "--minimum", "1")
        for key in ("ttl-active", "ttl-other", "slack"):
            self.store.zonectl("policy", "set", key, "1s", *BELOW_FLOOR)
        self.store.zonectl("policy", "set", "drain", "2s", expect=3)
        self.store.zonectl("policy", "set", "drain", "2s", "--override", "E_POLICY_FLOOR", "--reason", "test")
        self.store.zonectl("add", "mosa", "--domain", "mosamuseum.com")

    def wait_for_state(self, slot, state):
        until(lambda: self.store.slots("mosa")[slot] == state, f"{slot} {state}", timeout=30, pause=0.1)

    def test_a_key_goes_round(self):
        address = serve(self, self.store).address()
        first, second = (text_of(ask(address, query(selector("mosa", slot)))) for slot in ("sel1", "sel2"))
        refusal = self.store.json("rotate", "mosa", expect=3)["error"]
        self.assertEqual(refusal["guard"], "E_NOT_RIPE")
        time.sleep(max(0.0, moment(refusal["clears_at"]).timestamp() - time.time()))
        self.store.zonectl("rotate", "mosa")
        self.assertEqual(self.store.slots("mosa"), {"sel1": "DRAINING", "sel2": "ACTIVE"})
        self.assertEqual(text_of(ask(address, query(selector("mosa", "sel2")))), second, "no key data changes")

        refusal = self.store.json("rotate", "mosa", expect=3)["error"]
        self.assertEqual(refusal["guard"], "E_DRAINING")
        self.wait_for_state("sel1", "DRAINED")
        self.store.zonectl("maintain")
        self.assertIn(self.store.slots("mosa")["sel1"], ("PUBLISHED", "STANDBY"))
        until(lambda: text_of(ask(address, query(selector("mosa", "sel1")))) != first, "a fresh key in sel1")
        self.wait_for_state("sel1", "STANDBY")
        self.store.zonectl("rotate", "mosa")
        self.assertEqual(self.store.slots("mosa"), {"sel1": "ACTIVE", "sel2": "DRAINING"})

    def test_maintain_twice_is_maintain_once(self):
        self.wait_for_state("sel2", "STANDBY")
        self.store.zonectl("rotate", "mosa")
        self.wait_for_state("sel1", "DRAINED")
        self.store.zonectl("maintain")
        serials, rows = self.store.serials(), len(self.store.log())
        self.store.zonectl("maintain")
        self.assertEqual((self.store.serials(), len(self.store.log())), (serials, rows))


if __name__ == "__main__":
    unittest.main()
