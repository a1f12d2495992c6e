"""A store of an older program: what first brings it up keeps a backup of it, which that program could have back."""

import shutil
import sqlite3
import unittest

from support.older import make_older, newest_version
from support.programs import OWNER, as_user, copy_programs, run
from support.store import new_store

OLDER = newest_version() - 1


def version_of(file):
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        return connection.execute("PRAGMA user_version").fetchone()[0]
    finally:
        connection.close()


class SchemaBackup(unittest.TestCase):
    def setUp(self):
        self.store = new_store(self)
        self.store.zonectl("add", "mosa", "--domain", "mosamuseum.com")
        make_older(self.store, OLDER)

    def kept(self):
        return sorted(self.store.path.glob("before-schema-*"))

    def test_what_needs_the_newer_schema_first_keeps_the_older_store(self):
        before = self.store.zone_db.read_bytes()
        done = self.store.zonectl("freeze", "mosa", "--reason", "test")
        (kept,) = self.kept()
        self.assertRegex(kept.name, rf"^before-schema-{OLDER}-\d{{4}}-\d\d-\d\dT\d{{6}}Z$")
        self.assertIn(f"from schema {OLDER} to {newest_version()}", done.stderr)
        self.assertIn(f"zonectl restore {kept}", done.stderr)
        self.assertNotIn("seal", done.stderr)
        self.assertEqual((version_of(kept / "zone.db"), version_of(self.store.zone_db)), (OLDER, newest_version()))
        self.assertEqual(len((kept / "zone.db").read_bytes()), len(before))
        self.assertEqual({path.name: oct(path.stat().st_mode & 0o777) for path in (kept, *kept.iterdir())},
                         {kept.name: "0o700", "zone.db": "0o600", "vault.db": "0o600", "seal": "0o600"})
        self.store.zonectl("thaw", "mosa")
        self.assertEqual(self.kept(), [kept])
        self.store.zonectl("restore", kept, "--dry-run")

    def test_what_only_reads_keeps_nothing_and_tells_what_is_ahead(self):
        for words in (("freeze", "mosa", "--reason", "test", "--dry-run"), ("maintain", "--dry-run")):
            self.assertIn(f"older schema version {OLDER}", self.store.zonectl(*words).stderr)
        told = self.store.zonectl("version")
        self.assertIn(f"the store has schema {OLDER}: the next change keeps a backup of it, and brings it up", told.stdout)
        self.assertEqual(self.store.json("version")["store_schema"], OLDER)
        self.assertEqual((self.kept(), version_of(self.store.zone_db)), ([], OLDER))

    def test_without_room_for_the_backup_nothing_is_brought_up(self):
        self.store.path.chmod(0o500)
        self.addCleanup(self.store.path.chmod, 0o750)
        # As an owner who may not write in the directory; root may everywhere.
        for path in (self.store.path, self.store.zone_db, self.store.path / "vault", *(self.store.path / "vault").iterdir()):
            shutil.chown(path, OWNER)
        done = run(self.program(), "--store", self.store.path, "freeze", "mosa", "--reason", "test", expect=None, **as_user(OWNER))
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(version_of(self.store.zone_db), OLDER)

    def test_a_command_that_may_not_read_the_vault_waits_for_one_that_may(self):
        for path in (self.store.path, self.store.zone_db):
            shutil.chown(path, OWNER)
        done = run(self.program(), "--store", self.store.path, "check", "--own", "--no-vault", "--server", "127.0.0.1:1",
                   "--resolver", "127.0.0.1:1", "--timeout", "1s", expect=75, **as_user(OWNER))
        self.assertIn("zonectl maintain", done.stderr)
        self.assertEqual((self.kept(), version_of(self.store.zone_db)), ([], OLDER))

    def program(self):
        """Where any user may run it."""
        return copy_programs(self.store.scratch)[1]


if __name__ == "__main__":
    unittest.main()
