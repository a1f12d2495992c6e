"""Backups are taken while zonectl adds and rotates and dnsd serves; what is restored is whole; a restore that is killed at any
instant leaves the old store or the new one."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import threading
import time
import unittest

from support.questions import ask, joined, query, selector, until
from support.server import serve
from support.store import Store, faults_of, new_store

KILLS = int(os.environ.get("DNSD_TEST_KILLS", "24"))
BACKUPS = int(os.environ.get("DNSD_TEST_BACKUPS", "4"))
OVERRIDE = ("--override", "E_NOT_RIPE", "--reason", "test")


class Backups(unittest.TestCase):
    def setUp(self):
        self.store = new_store(self)
        self.faults = []

    def add(self, code, **options):
        # Ed25519 keys are made a hundred times faster.
        return self.store.zonectl("add", code, "--key", "ed25519", "--override", "E_KEY_TYPE", "--reason", "test",
                                  **options)

    @contextlib.contextmanager
    def work_going_on(self):
        """Adds and rotates one after the other, and keeps what failed but for a busy store."""
        stop = threading.Event()

        def work():
            number = 0
            while not stop.is_set():
                number += 1
                for done in (self.add(f"work{number}", expect=None),
                             self.store.zonectl("rotate", f"work{number}", *OVERRIDE, expect=None)):
                    being_removed = done.returncode == 3 and "removed" in done.stderr  # by a restore in between
                    if done.returncode not in (0, 75, 6) and not being_removed:  # 6: the add found the store busy
                        self.faults.append(f"{done.args}: {done.returncode} {done.stderr}")
        worker = threading.Thread(target=work)
        worker.start()
        try:
            yield
        finally:
            stop.set()
            worker.join()
        self.assertEqual(self.faults, [])

    def restored(self, backup, key):
        """A new store made of a backup."""
        other = Store()
        self.addCleanup(other.close)
        other.zonectl("restore", backup, "--key-file", key, "--override", "E_FOREIGN_BACKUP", "--reason", "test")
        return other

    def test_a_backup_of_a_store_at_work_is_whole(self):
        address = serve(self, self.store).address()
        self.add("mosa")
        with self.work_going_on():
            backups = []
            for number in range(BACKUPS):
                backups.append(self.store.scratch / f"backup{number}")
                self.store.zonectl("backup", backups[-1])
        self.assertEqual(faults_of(self.store), [])
        self.assertTrue(joined(ask(address, query(selector("mosa")))).startswith("v=DKIM1; k=ed25519; p="))
        key = self.store.path / "vault" / "wrapping.key"
        digits = key.read_text(encoding="ascii").strip()
        for backup in backups:
            self.assertEqual({path.name: oct(path.stat().st_mode & 0o777) for path in (backup, *backup.iterdir())},
                             {backup.name: "0o700", "zone.db": "0o600", "vault.db": "0o600", "seal": "0o600"})
            for file in backup.iterdir():
                self.assertNotIn(bytes.fromhex(digits), file.read_bytes())
                self.assertNotIn(digits.encode(), file.read_bytes())
        other = self.restored(backups[-1], key)
        self.assertEqual(faults_of(other), [])
        for institution in other.json("list")["institutions"]:
            other.zonectl("key", "export", institution["code"], "sel1", "--out", other.scratch / "key.pem",
                          "--dry-run")  # signs and verifies with what is published
        self.assertEqual(other.log()[-1]["command"], "restore")

    def test_dnsd_follows_a_restore_on_the_same_file_with_a_higher_serial(self):
        self.add("mosa")
        inode = self.store.zone_db.stat().st_ino
        server = serve(self, self.store)
        backup = self.store.scratch / "backup"
        self.store.zonectl("backup", backup)
        self.add("opera")
        until(lambda: len(ask(server.address(), query(selector("opera"))).answer) == 1, "opera")
        before = self.store.serials()
        with self.work_going_on():
            self.store.zonectl("restore", backup)
        after = self.store.serials()
        self.assertEqual(self.store.zone_db.stat().st_ino, inode)
        self.assertTrue(all(after[zone] > before[zone] for zone in before), (before, after))
        self.assertEqual(self.phases()["opera"], "departing")
        until(lambda: ask(server.address(), query(selector("opera"))).answer[0].ttl == 300, "opera to drain")
        self.assertEqual(len(ask(server.address(), query(selector("mosa"))).answer), 1)
        self.add("later")
        until(lambda: len(ask(server.address(), query(selector("later"))).answer) == 1, "later")
        self.assertNotIn("store_unusable", server.log)
        self.assertEqual(faults_of(self.store), [])
        self.store.zonectl("log", "verify", expect=0)

    def kill(self, seconds, *arguments):
        process = subprocess.Popen(self.store.command(*arguments), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(random.uniform(0.1, 1.1) * seconds)
        process.send_signal(signal.SIGKILL)
        return process.wait() == 0

    def run_time(self, *arguments):
        began = time.monotonic()
        self.store.zonectl(*arguments)
        return time.monotonic() - began

    def phases(self):
        return {institution["code"]: institution["phase"] for institution in self.store.json("list")["institutions"]}

    def test_a_killed_restore_leaves_the_old_store_or_the_new_one(self):
        one, two = self.store.scratch / "one", self.store.scratch / "two"
        self.add("mosa")
        self.store.zonectl("backup", one)
        self.add("opera")
        self.store.zonectl("backup", two)
        usual = self.run_time("restore", one, "--no-safety-copy")
        landed = {True: 0, False: 0}
        for number in range(KILLS // 2):
            # What a backup does not know leaves with its drain.
            backup, wanted = ((two, {"mosa": "signing", "opera": "signing"}),
                              (one, {"mosa": "signing", "opera": "departing"}))[number % 2]
            old = self.phases()
            ended = self.kill(usual, "restore", backup, "--no-safety-copy")
            self.assertIn(self.phases(), (old, wanted))
            self.assertTrue(self.phases() == wanted or not ended)
            self.assertEqual(faults_of(self.store), [])
            landed[self.phases() == wanted] += 1
        print(f"restores killed: {landed}", flush=True)
        self.store.zonectl("restore", two, "--no-safety-copy")
        self.assertEqual(faults_of(self.store), [])
        self.assertEqual([path.name for path in self.store.path.glob(".restoring*")], [])

    def test_a_killed_rekey_leaves_all_keys_usable(self):
        self.add("mosa")
        elsewhere = self.store.scratch / "elsewhere.key"
        usual = self.run_time("vault", "rekey")
        environment = {**os.environ, "ZONESTORE_VAULT_KEY": str(elsewhere)}
        for number in range(KILLS // 2):
            self.kill(usual, "vault", "rekey")
            self.store.zonectl("key", "export", "mosa", f"sel{number % 2 + 1}", "--dry-run", "--out",
                               self.store.scratch / "key.pem")
            self.assertEqual(faults_of(self.store), [])
        self.kill(usual / 2, "vault", "rekey", "--key-file", elsewhere)
        self.store.zonectl("vault", "status", env=environment)
        self.store.zonectl("key", "export", "mosa", "sel1", "--dry-run", "--out",
                           self.store.scratch / "key.pem", env=environment)

    def test_two_restores_at_once_do_not_mix(self):
        self.add("mosa")
        backup = self.store.scratch / "backup"
        self.store.zonectl("backup", backup)
        running = [subprocess.Popen(self.store.command("restore", backup, "--no-safety-copy"),
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(3)]
        statuses = sorted(process.wait() for process in running)
        self.assertEqual(statuses[0], 0)
        self.assertLessEqual(set(statuses), {0, 75})
        self.assertEqual(faults_of(self.store), [])

    def test_what_zonectl_prints_of_the_vault_holds_no_key(self):
        self.add("mosa")
        key = self.store.path / "vault" / "wrapping.key"
        digits = [key.read_text(encoding="ascii").strip()]
        printed = ""
        for words in (("vault", "status", "--json"), ("vault", "rekey", "--json"), ("log", "--json")):
            done = self.store.zonectl(*words)
            printed += done.stdout + done.stderr
            digits.append(key.read_text(encoding="ascii").strip())
        shutil.copy(key, self.store.scratch / "kept.key")
        key.write_text("00" * 32 + "\n", encoding="ascii")
        done = self.store.zonectl("rotate", "mosa", *OVERRIDE, expect=1)
        self.assertIn("was sealed with the wrapping key", done.stderr)
        printed += done.stderr
        for each in set(digits):
            self.assertNotIn(each, printed)


if __name__ == "__main__":
    unittest.main()
