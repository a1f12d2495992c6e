"""Two users: the store belongs to one, and dnsd, as another, can neither write it nor reach the private keys."""

import grp
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from support.broken import leave_hot_journal
from support.namespace import may_mount
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
        # The owner may give the store to dnsd's group because it is a member; dnsd is of no group of the owner's.
        readers = pwd.getpwnam(STRANGER).pw_gid
        self.store.zonectl("init", *NAME_SERVERS, "--reader-group", grp.getgrgid(readers).gr_name, umask=0,
                           **{**as_user(OWNER), "extra_groups": [readers]})
        self.owner("add", "mosa", "--domain", "mosamuseum.com")

    def owner(self, *arguments, expect=0, **options):
        return self.store.zonectl(*arguments, expect=expect, **as_user(OWNER), **options)

    def serve(self, **options):
        return serve(self, self.store, "--user", STRANGER, program=self.dnsd, **options)

    def test_the_store_has_the_modes_that_keep_it_so(self):
        modes = {path: oct((self.store.path / path).stat().st_mode & 0o7777)
                 for path in (".", "zone.db", "vault", "vault/vault.db")}
        self.assertEqual((modes["vault"], modes["vault/vault.db"]), ("0o700", "0o600"))
        self.assertEqual((modes["."], modes["zone.db"]), ("0o750", "0o640"))

    def readable_by(self, test):
        """All in the store that `test` of find says may be read, but for directories."""
        return {path.relative_to(self.store.path).as_posix() for path in self.store.path.rglob("*")
                if path.is_file() and path.stat().st_mode & test}

    def test_zone_db_and_its_journal_are_all_that_the_group_reads_and_nobody_else_reads_anything(self):
        for umask in (0, 0o077, 0o777):
            self.owner("backup", self.store.scratch / f"backup-{umask}", expect=None)
            self.owner("rotate", "--all", "--no-look", expect=None, umask=umask)
            self.owner("spf", "allow", f"ip4:192.0.2.{umask % 200}", umask=umask)
        self.assertEqual(self.readable_by(0o007), set())
        self.assertLessEqual(self.readable_by(0o070), {"zone.db", "zone.db-journal"})
        self.assertEqual((self.store.path / "zone.db").group(), self.store.path.group())
        for path in self.store.path.rglob("*"):
            self.assertEqual(path.stat().st_mode & 0o027, 0, path)

    def test_another_local_user_reads_nothing_and_holds_up_nobody(self):
        another = as_user("games")
        for command in (["cat", self.store.zone_db], ["ls", self.store.path]):
            self.assertIn("Permission denied", run(*command, expect=None, **another).stderr)
        done = self.store.zonectl("list", expect=66, **another)
        self.assertIn("permission denied", done.stderr)

    def test_a_restore_keeps_the_group_and_the_modes(self):
        backup = self.store.scratch / "backups"
        backup.mkdir()
        shutil.chown(backup, OWNER)
        self.owner("backup", backup / "one")
        member = {**as_user(OWNER), "extra_groups": [pwd.getpwnam(STRANGER).pw_gid]}
        for damage in (lambda: None, lambda: self.store.zone_db.write_bytes(b"garbage")):
            damage()
            self.store.zonectl("restore", backup / "one", umask=0, **member)
            status = self.store.zone_db.stat()
            self.assertEqual((oct(status.st_mode & 0o7777), status.st_gid), ("0o640", self.store.path.stat().st_gid))
            self.serve()
        self.assertEqual(self.readable_by(0o007), set())
        self.assertLessEqual(self.readable_by(0o070), {"zone.db", "zone.db-journal"})
        self.store.zone_db.write_bytes(b"garbage")
        done = self.owner("restore", backup / "one")  # who is in that group no more
        self.assertIn(f"as root, chgrp {self.store.path.group()}", done.stdout + done.stderr)

    def test_a_restore_into_an_empty_place_makes_what_init_makes(self):
        backup = self.store.scratch / "backups"
        backup.mkdir()
        shutil.chown(backup, OWNER)
        self.owner("backup", backup / "one")
        key = backup / "vault.key"
        shutil.copy2(self.store.path / "vault" / "wrapping.key", key)
        shutil.chown(key, OWNER)
        shutil.rmtree(self.store.path)
        self.store.zonectl("restore", backup / "one", umask=0, env={"ZONESTORE_VAULT_KEY": str(key)}, **as_user(OWNER))
        modes = {path: oct((self.store.path / path).stat().st_mode & 0o7777) for path in (".", "zone.db", "vault")}
        self.assertEqual(modes, {".": "0o750", "zone.db": "0o640", "vault": "0o700"})

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
        done = self.store.zonectl("key", "export", "mosa", "sel1", "--out", pem, expect=66, **stranger)
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
        group = grp.getgrgid(pwd.getpwnam(OWNER).pw_gid).gr_name
        for path in (self.store.path, self.store.zone_db):
            shutil.chown(path, group=group)
        status, log = refused_start(self, self.store, "--user", STRANGER, program=self.dnsd)
        self.assertEqual(status, 3, log)
        self.assertIn(f"the user '{STRANGER}' is not in the group '{group}'", log)
        self.assertIn(f"usermod -a -G {group} {STRANGER}", log)

    def test_an_unknown_user_is_wrong_usage(self):
        status, log = refused_start(self, self.store, "--user", "no-such-user", program=self.dnsd)
        self.assertIn(status, (1, 2), log)
        self.assertIn("cannot become the user 'no-such-user': no such user", log)

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


@unittest.skipUnless(may_mount(), "needs mounts of its own, over /etc/passwd and /etc/group")
class OlderModes(unittest.TestCase):
    """A store that an older version left open to every local user is closed once dnsd's user can read it by its group."""

    def setUp(self):
        self.store = Store()
        self.addCleanup(self.store.close)
        self.store.init()
        shutil.chown(self.store.path, group="games")
        shutil.chown(self.store.zone_db, group="games")
        self.store.path.chmod(0o755)
        for file in (self.store.zone_db, Path(f"{self.store.zone_db}-journal")):
            if file.exists():
                shutil.chown(file, group="games")
                file.chmod(0o644)

    def recover(self, *arguments, user=True, member=False):
        """`store recover` on a machine whose user dnsd is there or not, in the store's group or not."""
        passwd = Path("/etc/passwd").read_text(encoding="utf-8")
        passwd = "".join(line for line in passwd.splitlines(True) if not line.startswith("dnsd:"))
        group = Path("/etc/group").read_text(encoding="utf-8")
        passwd += "dnsd:x:64999:64999::/:/usr/sbin/nologin\n" if user else ""
        group = re.sub("(?m)^(games:.*:)(.*)$", r"\1dnsd" if member else r"\1", group)
        for name, text in (("passwd", passwd), ("group", group)):
            (self.store.scratch / name).write_text(text, encoding="utf-8")
        script = f"mount --bind {self.store.scratch}/passwd /etc/passwd && mount --bind {self.store.scratch}/group " \
                 '/etc/group && exec "$@"'
        return run("unshare", "--mount", "sh", "-c", script, "sh",
                   *self.store.command("store", "recover", *arguments))

    def modes(self):
        return tuple(oct(path.stat().st_mode & 0o7777) for path in (self.store.path, self.store.zone_db))

    def test_it_stays_open_where_dnsd_is_no_member_and_says_what_to_do(self):
        for options, says in (({"user": False}, "no user dnsd"),
                              ({"member": False}, "usermod --append --groups games dnsd")):
            done = self.recover(**options)
            self.assertRegex(done.stdout + done.stderr, says)
            self.assertEqual(self.modes(), ("0o755", "0o644"))

    def test_it_is_closed_where_dnsd_is_a_member_and_that_is_said(self):
        self.assertIn("would be 0640", self.recover("--dry-run", member=True).stdout)
        self.assertEqual(self.modes(), ("0o755", "0o644"))
        self.assertIn("is now 0640", self.recover(member=True).stdout)
        self.assertEqual(self.modes(), ("0o750", "0o640"))
        self.assertNotIn("is now", self.recover(member=True).stdout)

    def test_it_stays_open_while_a_dnsd_runs_that_was_started_before(self):
        with subprocess.Popen(["sleep", "600"], user=64999, group=64999, extra_groups=[]) as sleeper:
            try:
                done = self.recover(member=True)
            finally:
                sleeper.kill()
        self.assertIn(f"pid {sleeper.pid}", done.stdout + done.stderr)
        self.assertEqual(self.modes(), ("0o755", "0o644"))


if __name__ == "__main__":
    if not IS_ROOT:
        print("SKIPPED: needs root, to be two users")
        sys.exit(77)
    unittest.main()
