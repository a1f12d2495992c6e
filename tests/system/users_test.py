"""Two users: the store belongs to one, and dnsd, as another, can neither write it nor reach the private keys."""

import os
import re
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

from support.broken import leave_hot_journal
from support.programs import IS_ROOT, OWNER, STRANGER, as_user, copy_programs, run
from support.questions import ask, query, selector, spf_text, until
from support.server import refused_start, serve
from support.store import NAME_SERVERS, Store


class TwoUsers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.programs = Path(tempfile.mkdtemp(prefix="dnsd-test-programs-"))
        cls.addClassCleanup(shutil.rmtree, cls.programs)
        cls.programs.chmod(0o755)
        cls.dnsd, cls.zonectl = copy_programs(cls.programs)

    def setUp(self):
        self.store = Store(zonectl=self.zonectl)
        self.addCleanup(self.store.close)
        shutil.chown(self.store.scratch, OWNER)
        self.owner("init", *NAME_SERVERS)
        self.owner("add", "mosa", "--domain", "mosamuseum.com")

    def owner(self, *arguments, expect=0):
        return self.store.zonectl(*arguments, expect=expect, **as_user(OWNER))

    def serve(self, **options):
        return serve(self, self.store, "--user", STRANGER, program=self.dnsd, **options)

    def test_the_store_has_the_modes_that_keep_it_so(self):
        modes = {path: oct((self.store.path / path).stat().st_mode & 0o7777)
                 for path in (".", "zone.db", "vault", "vault/vault.db")}
        self.assertEqual((modes["vault"], modes["vault/vault.db"]), ("0o700", "0o600"))
        self.assertEqual((modes["."], modes["zone.db"]), ("0o755", "0o644"))

    def test_dnsd_follows_the_owners_changes_as_another_user(self):
        server = self.serve()
        with open(f"/proc/{server.process.pid}/status", encoding="ascii") as status:
            fields = dict(line.rstrip("\n").split(":\t", 1) for line in status if ":\t" in line)
        stranger = as_user(STRANGER)
        self.assertEqual(set(fields["Uid"].split()), {str(stranger["user"])})
        self.assertEqual(set(fields["Gid"].split()), {str(stranger["group"])})
        self.assertLessEqual(set(fields["Groups"].split()), {str(stranger["group"])})
        self.assertEqual(int(fields["CapEff"], 16), 0)
        self.assertEqual(len(ask(server.address(), query(selector("mosa"))).answer), 1)
        self.owner("spf", "allow", "ip4:192.0.2.1")
        until(lambda: "192.0.2.1" in spf_text(server.address()), "the owner's change")

    def test_that_user_cannot_read_a_private_key_nor_write_the_store(self):
        stranger = as_user(STRANGER)
        for command in (["ls", self.store.path / "vault"], ["cat", self.store.vault_db],
                        ["touch", self.store.path / "new"], ["sh", "-c", f"echo >> {self.store.zone_db}"]):
            self.assertIn("Permission denied", run(*command, expect=None, **stranger).stderr)
        pem = self.programs / "stolen.pem"
        done = self.store.zonectl("key", "export", "mosa", "--slot", "sel1", "--out", pem, expect=1, **stranger)
        self.assertRegex(done.stderr, "(?i)(permission|may not|not allowed)")
        self.assertFalse(pem.exists())

    def test_that_user_may_try_changes_out_and_is_told_that_no_private_key_was_proven(self):
        before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in self.store.path.rglob("*.db*")}
        stranger = as_user(STRANGER)
        done = self.store.zonectl("rotate", "mosa", "--override", "E_NOT_RIPE", "--reason", "test", "--dry-run", **stranger)
        self.assertIn("signing would move from sel1 to sel2", done.stdout)
        self.assertRegex(done.stdout, "the private keys were not proven: .*vault.*permission denied")
        for arguments in (("add", "louvre"), ("revoke", "mosa", "sel2"), ("spf", "allow", "ip4:192.0.2.1"), ("maintain",)):
            self.assertIn("dry run: nothing was changed",
                          self.store.zonectl(*arguments, "--dry-run", **stranger).stdout)
        self.assertEqual({path: (path.stat().st_mtime_ns, path.read_bytes()) for path in before}, before)

    def test_dnsd_opens_nothing_of_the_vault(self):
        trace = self.store.scratch / "trace"
        server = self.serve(prefix=("strace", "-f", "-qq", "-e", "trace=open,openat,openat2,stat,newfstatat,statx",
                                    "-o", str(trace)))
        self.owner("spf", "allow", "ip4:192.0.2.1")
        until(lambda: "192.0.2.1" in spf_text(server.address()), "the owner's change", timeout=30)
        calls = trace.read_text(errors="replace")
        self.assertIn(str(self.store.zone_db), calls)
        self.assertNotIn("vault", calls)
        writing = [line for line in calls.splitlines()
                   if str(self.store.path) in line and re.search(r"O_(WRONLY|RDWR|CREAT)", line)]
        self.assertEqual(writing, [])
        # strace passes SIGTERM on to nobody: the traced server is stopped by its own process id.
        os.kill(int(run("ps", "-o", "pid=", "--ppid", server.process.pid).stdout.split()[0]), 15)
        self.assertEqual(server.ended(), 0)

    def test_started_as_root_it_opens_the_store_only_after_it_has_dropped(self):
        self.store.path.chmod(0o700)
        status, log = refused_start(self, self.store, "--user", STRANGER, program=self.dnsd)
        self.assertEqual(status, 3, log)
        self.assertRegex(log, "(?i)permission")

    def test_the_group_that_its_user_is_not_in_is_named(self):
        self.store.path.chmod(0o750)
        self.store.zone_db.chmod(0o640)
        group = self.store.zone_db.group()
        status, log = refused_start(self, self.store, "--user", STRANGER, program=self.dnsd)
        self.assertEqual(status, 3, log)
        self.assertIn(f"the user '{STRANGER}' is not in the group '{group}'", log)
        self.assertIn(f"usermod -a -G {group} {STRANGER}", log)

    def test_an_unknown_user_is_wrong_usage(self):
        status, log = refused_start(self, self.store, "--user", "no-such-user", program=self.dnsd)
        self.assertIn(status, (1, 2), log)
        self.assertIn("no-such-user", log)

    def test_a_hot_journal_is_the_owners_to_recover(self):
        leave_hot_journal(self.store.zone_db, **as_user(OWNER))
        status, log = refused_start(self, self.store, "--user", STRANGER, program=self.dnsd)
        self.assertEqual(status, 3, log)
        self.assertIn("store recover", log)
        self.owner("store", "recover")
        self.assertEqual(spf_text(self.serve().address()), "v=spf1 ~all")

    def test_the_files_stay_the_owners(self):
        self.serve()
        self.owner("rotate", "mosa", "--override", "E_NOT_RIPE", "--reason", "test")
        owners = {path.owner() for path in self.store.path.rglob("*")}
        self.assertEqual(owners, {OWNER})


if __name__ == "__main__":
    if not IS_ROOT:
        print("SKIPPED: needs root, to be two users")
        sys.exit(77)
    unittest.main()
