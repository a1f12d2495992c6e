"""`rotate` asks all servers of the zone of the keys which serials they have before it judges whether a key is ripe: in a
network of its own, where name servers have the usual port."""

import datetime
import unittest

from support.namespace import enter_or_skip
from support.odd_server import OddServer
from support.server import serve
from support.store import Store, new_store

RESOLVER, OURS, SECONDARY = "127.0.0.1", "127.0.0.3", "127.0.0.4"
MINUTE = 60
BY_SIGHT = 16 * MINUTE  # the negative TTL and slack, and what the test takes
BY_TIME = 84 * MINUTE   # refresh and retry longer, less what the test takes


class RotateFollowers(unittest.TestCase):
    def setUp(self):
        self.store = new_store(self)
        resolver = OddServer(RESOLVER, "secutix.com", [f"ns1 A {OURS}", f"ns2 A {OURS}"])
        self.addCleanup(resolver.stop)
        serve(self, self.store, listen=(f"{OURS}:53",))
        self.copy = Store()
        self.addCleanup(self.copy.close)
        self.copy.path.mkdir()
        self.follow()
        serve(self, self.copy, listen=(f"{SECONDARY}:53",))
        self.store.zonectl("secondary", "add", "ns3", "--address", SECONDARY, "--no-key")
        self.store.zonectl("add", "mosa", "--override", "E_NOT_RIPE", "--reason", "test")

    def follow(self):
        with self.store.sql() as database, self.copy.sql() as copy:
            database.backup(copy)

    def waits_for(self, *options):
        """The refusal of a rotation, and how many seconds from now it ends."""
        error = self.store.json("rotate", "mosa", "--resolver", f"{RESOLVER}:53", *options, expect=3)["error"]
        self.assertEqual(error["guard"], "E_NOT_RIPE")
        clears = datetime.datetime.fromisoformat(error["clears_at"].replace("Z", "+00:00"))
        return error["message"], (clears - datetime.datetime.now(datetime.timezone.utc)).total_seconds()

    def test_a_key_is_ripe_as_soon_as_all_were_seen_with_it(self):
        message, seconds = self.waits_for()
        self.assertGreater(seconds, BY_TIME)
        self.assertIn("ns3", message)
        self.follow()
        self.assertGreater(self.waits_for("--no-look")[1], BY_TIME, "nobody has seen it")
        self.assertGreater(self.waits_for("--dry-run")[1], BY_TIME, "a dry run does not look")
        self.assertLess(self.waits_for()[1], BY_SIGHT)
        self.assertLess(self.waits_for("--no-look")[1], BY_SIGHT, "what was seen is kept")

    def test_a_run_of_many_looks_too(self):
        self.store.zonectl("add", "nova", "--override", "E_NOT_RIPE", "--reason", "test")
        self.follow()
        done = self.store.json("rotate", "mosa", "nova", "--resolver", f"{RESOLVER}:53", expect=None)
        self.assertEqual(done["refused_by"], {"E_NOT_RIPE": 2})
        self.assertLess(self.waits_for("--no-look")[1], BY_SIGHT)

    def test_one_that_is_behind_is_waited_for_from_the_last_look(self):
        self.waits_for()
        with self.store.sql() as database:
            seen = database.execute("SELECT count(*) FROM server_serial WHERE secondary_id IS NOT NULL").fetchone()
            verdict = database.execute("SELECT verdict FROM server_evidence WHERE server GLOB '#*'").fetchone()
        self.assertEqual((seen, verdict), ((1,), ("lagging",)))


if __name__ == "__main__":
    enter_or_skip()
    unittest.main()
