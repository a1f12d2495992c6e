"""A bad store: dnsd refuses to start on one and says which it is; a running dnsd answers on and picks up the next good one."""

import os
import shutil
import sqlite3
import unittest

from support.broken import garbage, leave_hot_journal, overwrite_in_place
from support.programs import FOR_STRANGER, IS_ROOT, STRANGER
from support.questions import SPF_ZONE, ask, joined, query, selector, spf_text, until
from support.server import refused_start, serve
from support.store import Store, new_store


class AtStart(unittest.TestCase):
    """Exit status 3, and a message that names the file and the fault."""

    def setUp(self):
        self.store = new_store(self)

    def check_refused(self, *words):
        status, log = refused_start(self, self.store)
        self.assertEqual(status, 3, log)
        for word in words:
            self.assertRegex(log, word)

    def test_no_directory(self):
        shutil.rmtree(self.store.path)
        self.check_refused(r"(?i)(no |not |missing)", str(self.store.path))

    def test_no_database(self):
        self.store.zone_db.unlink()
        self.check_refused("zone.db", r"(?i)(no |not |missing)")

    def test_an_empty_file(self):
        overwrite_in_place(self.store.zone_db, b"")
        self.check_refused("zone.db", "(?i)empty")

    def test_garbage(self):
        overwrite_in_place(self.store.zone_db, garbage(100_000))
        self.check_refused("zone.db", r"(?i)not .*(store|database)")

    def test_another_applications_database(self):
        self.store.zone_db.unlink()
        with self.store.sql() as other:
            other.execute("CREATE TABLE zone (apex)")
            other.commit()
        self.check_refused("zone.db", r"(?i)not .*store")

    def test_a_database_cut_short(self):
        self.store.zonectl("add", "mosa")
        data = self.store.zone_db.read_bytes()
        overwrite_in_place(self.store.zone_db, data[:len(data) // 2 + 100])
        self.check_refused("zone.db", "(?i)(damaged|malformed|corrupt)")

    def test_a_store_from_the_future(self):
        with self.store.sql() as database:
            database.execute("PRAGMA user_version = 99")
        self.check_refused("zone.db", "99", "(?i)newer")

    def test_record_sets_that_contradict_their_checksum(self):
        self.store.zonectl("add", "mosa")
        with self.store.sql() as database:
            database.execute("UPDATE record_set SET ttl = 301 WHERE type = 16 AND ttl = 300")
            database.commit()
        self.check_refused("(?i)(damaged|checksum|hash|match)")

    def test_a_directory_in_the_place_of_the_database(self):
        self.store.zone_db.unlink()
        self.store.zone_db.mkdir()
        self.check_refused("zone.db", "(?i)regular file")

    def test_a_pipe_in_the_place_of_the_database_does_not_hang_it(self):
        self.store.zone_db.unlink()
        os.mkfifo(self.store.zone_db)
        self.check_refused("zone.db", "(?i)regular file")

    def test_a_pipe_in_the_place_of_a_journal_does_not_hang_it(self):
        for name in ("zone.db-journal", "zone.db-wal"):
            journal = self.store.path / name
            journal.unlink(missing_ok=True)
            os.mkfifo(journal)
            self.check_refused(name, "(?i)regular file")
            journal.unlink()

    def test_zonectl_says_the_same_and_changes_nothing(self):
        overwrite_in_place(self.store.zone_db, garbage(100_000))
        done = self.store.zonectl("add", "mosa", expect=66)
        self.assertRegex(done.stderr, r"(?i)not .*(store|database)")
        self.assertEqual(self.store.zone_db.read_bytes(), garbage(100_000))
        missing = Store()
        self.addCleanup(missing.close)
        self.assertIn("init", missing.zonectl("list", expect=66).stderr)
        self.assertFalse(missing.path.exists())


class HotJournal(unittest.TestCase):
    """A writer died in the middle of its commit: only the owner can take that back."""

    def setUp(self):
        self.store = new_store(self, *FOR_STRANGER)
        self.store.zonectl("add", "mosa", "--domain", "mosamuseum.com")
        self.store.zonectl("spf", "allow", "ip4:192.0.2.1")
        leave_hot_journal(self.store.zone_db)

    def test_a_user_who_may_only_read_refuses_and_names_the_remedy(self):
        before = self.store.zone_db.read_bytes()
        arguments = ("--user", STRANGER) if IS_ROOT else ()
        status, log = refused_start(self, self.store, *arguments)
        self.assertEqual(status, 3, log)
        self.assertIn("store recover", log)
        self.assertEqual(self.store.zone_db.read_bytes(), before)

    def test_store_recover_brings_back_the_last_commit(self):
        self.store.zonectl("store", "recover")
        address = serve(self, self.store).address()
        self.assertEqual(spf_text(address), "v=spf1 ip4:192.0.2.1 ~all")
        self.assertEqual(ask(address, query(selector("mosa"))).answer[0].ttl, 3600)

    def test_any_command_that_changes_something_recovers_too(self):
        self.store.zonectl("spf", "allow", "ip4:192.0.2.2")
        self.assertEqual(spf_text(serve(self, self.store).address()), "v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 ~all")

    def test_a_command_that_only_reads_recovers_too(self):
        self.assertEqual(self.store.slots("mosa"), {"sel1": "ACTIVE", "sel2": "PUBLISHED"})


class WhileRunning(unittest.TestCase):
    def setUp(self):
        self.store = new_store(self)
        self.store.zonectl("add", "mosa", "--domain", "mosamuseum.com")
        self.store.zonectl("spf", "allow", "ip4:192.0.2.1")
        self.good = self.store.zone_db.read_bytes()
        self.server = serve(self, self.store)
        self.address = self.server.address()

    def check_survives(self, fault, repair):
        """Answers from its last image during the fault, says so, and follows again after the repair."""
        before = len(self.server.log)
        fault()
        until(lambda: self.has_complained(before), "a word in the log about the store", timeout=20)
        for name in (SPF_ZONE, selector("mosa"), selector("mosa", "sel2")):
            self.assertEqual(len(ask(self.address, query(name)).answer), 1)
        self.assertEqual(spf_text(self.address), "v=spf1 ip4:192.0.2.1 ~all")
        repair()
        self.store.zonectl("spf", "allow", "ip4:192.0.2.77")
        until(lambda: "192.0.2.77" in spf_text(self.address), "the repaired store's data on the wire", timeout=20)
        self.assertIsNone(self.server.process.poll())

    def has_complained(self, after):
        return any("level=warn" in line or "level=err" in line for line in self.server.log[after:].splitlines())

    def put_back(self):
        """As a restored file comes: whole, under the same name, with another inode."""
        fresh = self.store.path / "zone.db.new"
        fresh.write_bytes(self.good)
        fresh.rename(self.store.zone_db)

    def test_all_zones_are_taken_out(self):
        def take_out():
            with self.store.sql() as database:
                database.executescript("BEGIN; DELETE FROM record_set; DELETE FROM zone; COMMIT;")
        self.check_survives(take_out, self.put_back)
        self.assertIn("store_unusable reason=store-empty", self.server.log)

    def test_a_pipe_takes_the_place_of_the_journal(self):
        journal = self.store.path / "zone.db-journal"

        def put_pipe():
            journal.unlink(missing_ok=True)
            os.mkfifo(journal)
        self.check_survives(put_pipe, journal.unlink)
        self.assertEqual(self.server.stop(), 0)

    def test_the_database_is_removed(self):
        self.check_survives(self.store.zone_db.unlink, self.put_back)

    def test_the_whole_directory_is_moved_away(self):
        elsewhere = self.store.scratch / "elsewhere"
        self.check_survives(lambda: self.store.path.rename(elsewhere), lambda: elsewhere.rename(self.store.path))

    def test_the_database_is_cut_to_nothing_and_refilled(self):
        self.check_survives(lambda: overwrite_in_place(self.store.zone_db, b""),
                            lambda: overwrite_in_place(self.store.zone_db, self.good))

    def test_the_database_is_overwritten_with_garbage(self):
        self.check_survives(lambda: overwrite_in_place(self.store.zone_db, garbage(len(self.good))), self.put_back)

    def test_another_file_takes_its_place(self):
        def swap():
            (self.store.path / "other").write_bytes(garbage(5000))
            (self.store.path / "other").rename(self.store.zone_db)
        self.check_survives(swap, self.put_back)

    def test_a_store_from_the_future_takes_its_place(self):
        def swap():
            future = self.store.path / "future"
            future.write_bytes(self.good)
            with self.store.sql(future) as database:
                database.execute("PRAGMA user_version = 99")
            future.rename(self.store.zone_db)
        self.check_survives(swap, self.put_back)

    def test_a_writer_dies_in_the_middle_of_its_commit(self):
        self.check_survives(lambda: leave_hot_journal(self.store.zone_db),
                            lambda: self.store.zonectl("store", "recover"))

    def test_an_older_copy_is_put_back(self):
        self.store.zonectl("spf", "allow", "ip4:192.0.2.50")
        until(lambda: "192.0.2.50" in spf_text(self.address), "the newer term")
        self.put_back()
        until(lambda: "192.0.2.50" not in spf_text(self.address), "the older store's data", timeout=20)

    def test_a_locked_store_does_not_stop_the_answers(self):
        with self.store.sql() as database:
            database.isolation_level = None
            database.execute("BEGIN EXCLUSIVE")
            self.assertEqual(joined(ask(self.address, query(SPF_ZONE))), "v=spf1 ip4:192.0.2.1 ~all")
            with self.assertRaises(sqlite3.OperationalError):
                with self.store.sql() as second:
                    second.execute("PRAGMA busy_timeout = 50")
                    second.execute("SELECT count(*) FROM zone").fetchone()
            self.assertEqual(len(ask(self.address, query(selector("mosa"))).answer), 1)
            database.execute("ROLLBACK")
        self.store.zonectl("spf", "allow", "ip4:192.0.2.77")
        until(lambda: "192.0.2.77" in spf_text(self.address), "the change after the lock")


if __name__ == "__main__":
    unittest.main()
