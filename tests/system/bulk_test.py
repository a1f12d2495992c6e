"""Bulk commands that are interrupted, by Ctrl-C and by kill -9, and resumed: nobody is served twice, nobody left out."""

import os
import pty
import random
import signal
import subprocess
import threading
import time
import unittest

from support.store import faults_of, new_store

INSTITUTIONS = int(os.environ.get("DNSD_TEST_BULK", "60"))
KILLS = int(os.environ.get("DNSD_TEST_BULK_KILLS", "8"))
FAST_KEYS = ("--override", "E_KEY_TYPE", "--reason", "keys for a test are made fast")
NOT_RIPE = ("--override", "E_NOT_RIPE", "--reason", "test")


class Bulk(unittest.TestCase):
    def setUp(self):
        self.store = new_store(self)
        self.codes = [f"inst{number}" for number in range(INSTITUTIONS)]
        seed = int.from_bytes(os.urandom(4), "big")
        self.random = random.Random(seed)
        print(f"seed {seed}", flush=True)

    def file(self, key="ed25519", codes=None):
        file = self.store.scratch / "institutions.csv"
        lines = [f"{code},{code}.example www.{code}.example,{key}" for code in codes or self.codes]
        file.write_text("\n".join(["code,domains,key", *lines]) + "\n")
        return file

    def add_all(self):
        self.store.zonectl("add", "--file", self.file(), *FAST_KEYS)

    def start(self, *arguments, **options):
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        return subprocess.Popen(self.store.command(*arguments), stdin=subprocess.DEVNULL, encoding="utf-8", **options)

    def audit_rows(self, command):
        """Institution -> how often the command was done to it."""
        with self.store.sql() as database:
            return dict(database.execute(
                "SELECT subject, count(*) FROM audit WHERE command = ? AND subject <> '' GROUP BY subject", (command,)))

    def items_done(self, command):
        """Of the last run of the command."""
        with self.store.sql() as database:
            ((count,),) = database.execute("SELECT count(*) FROM bulk_item WHERE state = 'done' AND run_id ="
                                           " (SELECT max(run_id) FROM bulk_run WHERE command = ?)", (command,))
        return count

    def wait_until_done(self, items, process, command="rotate"):
        deadline = time.monotonic() + 60
        while self.items_done(command) < items:
            self.assertIsNone(process.poll(), "it ended too early")
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    def check_each_once(self, command):
        self.assertEqual(self.audit_rows(command), {code: 1 for code in self.codes})
        self.assertEqual(faults_of(self.store), [])

    def resume_through_kills(self, command):
        """Resumes and kills it, and resumes it to its end."""
        for _ in range(KILLS):
            process = self.start(command, "--resume")
            time.sleep(self.random.uniform(0, 0.3))
            process.kill()
            process.communicate()
            if process.returncode == 0:
                return
            self.store.zonectl("list")
            self.assertEqual(faults_of(self.store), [])
        self.store.zonectl(command, "--resume", expect=None)

    def test_a_rotation_of_all_that_is_interrupted_and_killed_rotates_each_once(self):
        self.add_all()
        process = self.start("rotate", "--all", "--canary", "10%", "--rate", "30/s", *NOT_RIPE)
        self.wait_until_done(3, process)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 4, out)
        self.assertIn("stopped: stopped as asked", out)
        self.assertIn("go on with: zonectl rotate --resume", out)
        done = self.items_done("rotate")
        self.assertLess(done, INSTITUTIONS)
        self.assertEqual(len(self.audit_rows("rotate")), done)
        self.resume_through_kills("rotate")
        self.check_each_once("rotate")
        for institution in self.store.json("list")["institutions"]:
            self.assertEqual(institution["active"], "sel2")
        again = self.store.json("rotate", "--resume", expect=6)
        self.assertEqual(again["error"]["code"], "not-found")

    def test_fresh_keys_for_many_that_are_killed_come_to_each_once(self):
        self.add_all()
        self.store.zonectl("revoke", "--all", "sel2", "--yes")
        process = self.start("prepare", "--all", "sel2", "--rate", "30/s")
        self.wait_until_done(3, process, "prepare")
        process.kill()
        process.communicate()
        refused = self.store.zonectl("prepare", "--all", expect=3).stderr
        self.assertIn("waits to be resumed", refused)
        self.resume_through_kills("prepare")
        self.check_each_once("prepare")
        for code in self.codes[:5]:
            self.assertEqual(self.store.slots(code), {"sel1": "ACTIVE", "sel2": "PUBLISHED"})
        self.store.zonectl("prepare", "--resume", expect=6)

    def test_sigterm_waits_for_no_turn(self):
        self.add_all()
        process = self.start("rotate", "--all", "--rate", "1/h", *NOT_RIPE)
        self.wait_until_done(1, process)
        began = time.monotonic()
        process.terminate()
        process.communicate(timeout=30)
        self.assertEqual(process.returncode, 4)
        self.assertLess(time.monotonic() - began, 10)
        self.assertEqual(self.items_done("rotate"), 1)

    def test_an_addition_of_many_that_is_killed_adds_each_once(self):
        self.codes = self.codes[:max(12, INSTITUTIONS // 5)]
        process = self.start("add", "--file", self.file("rsa2048"))
        self.wait_until_done(1, process, "add")
        process.kill()
        process.communicate()
        self.resume_through_kills("add")
        self.store.zonectl("add", "--resume", expect=None)
        self.check_each_once("add")
        for institution in self.store.json("list")["institutions"]:
            code = institution["code"]
            self.assertCountEqual(institution["domains"], [f"{code}.example", f"www.{code}.example"])

    def test_two_that_resume_the_same_run_at_once_do_each_once(self):
        self.add_all()
        process = self.start("rotate", "--all", *NOT_RIPE)
        self.wait_until_done(2, process)
        process.kill()
        process.communicate()
        both = [self.start("rotate", "--resume") for _ in range(2)]
        for each in both:
            each.communicate(timeout=60)
        self.check_each_once("rotate")

    def test_a_second_run_does_not_give_up_one_that_is_at_work_or_was_killed(self):
        self.add_all()
        process = self.start("--actor", "alice", "rotate", "--all", "--rate", "1/s", *NOT_RIPE)
        self.wait_until_done(1, process)
        for arguments in (("--all", *NOT_RIPE), ("--all", "--dry-run"), ("--resume",), ("--give-up", "2")):
            refused = self.store.zonectl("rotate", *arguments, expect=3).stderr
            self.assertIn("refused: E_EXISTS: bulk run 2 of rotate, begun ", refused)
            self.assertIn(" by alice, is at work (", refused)
            self.assertIn("zonectl rotate --give-up 2", refused)
        process.kill()
        process.communicate()
        refused = self.store.zonectl("rotate", "--all", expect=3).stderr
        self.assertIn(" by alice, waits to be resumed (", refused)
        done = self.items_done("rotate")
        self.assertLess(done, INSTITUTIONS)
        self.assertIn("given up", self.store.zonectl("rotate", "--give-up", "2").stdout)
        self.store.zonectl("rotate", "--give-up", "2", expect=6)
        told = self.store.json("rotate", "--all", *NOT_RIPE, expect=4)
        self.assertEqual((told["done"], told["refused"]), (INSTITUTIONS - done, done))
        self.check_each_once("rotate")

    def test_the_rotations_of_a_run_are_taken_back_once_each_through_kills(self):
        self.add_all()
        run = self.store.json("rotate", "--all", *NOT_RIPE)["run"]
        process = self.start("undo", "--run", str(run), "--rate", "30/s")
        self.wait_until_done(2, process, "undo")
        process.kill()
        process.communicate()
        self.store.zonectl("undo", "--run", str(run), expect=3)  # it waits to be resumed
        self.resume_through_kills("undo")
        self.store.zonectl("undo", "--resume", expect=None)
        self.check_each_once("undo")
        for institution in self.store.json("list")["institutions"]:
            self.assertEqual(institution["active"], "sel1")

    def test_a_revocation_of_all_that_is_killed_revokes_each_once(self):
        self.add_all()
        process = self.start("revoke", "--all", "sel2", "--yes", "--rate", "30/s")
        self.wait_until_done(2, process, "revoke")
        process.kill()
        process.communicate()
        self.assertIn("waits to be resumed", self.store.zonectl("revoke", "--all", "sel2", "--yes", expect=3).stderr)
        self.resume_through_kills("revoke")
        self.store.zonectl("revoke", "--resume", expect=None)
        self.check_each_once("revoke")
        for institution in self.store.json("list")["institutions"]:
            self.assertEqual([slot["state"] for slot in institution["slots"]], ["ACTIVE", "REVOKED"])

    def test_what_a_taken_signer_held_is_revoked_once_each_through_kills(self):
        """No fresh key ever lies in that signer's directory."""
        self.codes = self.codes[:max(12, INSTITUTIONS // 5)]
        self.store.zonectl("add", "--file", self.file(), *FAST_KEYS)
        taken = self.store.scratch / "taken"
        self.store.zonectl("signer", "add", "taken", "--format", "files", "--dir", taken)
        self.store.zonectl("signer", "add", "good", "--format", "files", "--dir", self.store.scratch / "good")
        held = {file.stem for file in taken.rglob("*.pem")}
        process = self.start("revoke", "--signer", "taken", "--yes", "--rate", "30/s")
        self.wait_until_done(2, process, "revoke")
        process.kill()
        process.communicate()
        self.resume_through_kills("revoke")
        self.store.zonectl("revoke", "--resume", expect=None)
        self.check_each_once("revoke")
        for institution in self.store.json("list")["institutions"]:
            self.assertEqual([slot["state"] for slot in institution["slots"]], ["ACTIVE", "PUBLISHED"])
            self.assertNotIn(institution["slots"][1]["key_id"], held)
        self.assertLessEqual({file.stem for file in taken.rglob("*.pem")}, held)
        told = self.store.json("revoke", "--resume", expect=3)
        self.assertEqual(told["refused_by"], {"E_LAST_KEY": len(self.codes)})

    def test_a_file_with_a_fault_adds_nobody_and_names_each_line(self):
        file = self.store.scratch / "institutions.csv"
        file.write_text("code,domains\nmosa,mosa.example\nno good,b.example\nmosa,c.example\nother,mosa.example\n")
        done = self.store.zonectl("add", "--file", file, expect=2)
        for line in (3, 4, 5):
            self.assertIn(f"institutions.csv:{line}: ", done.stderr)
        self.assertEqual(self.store.json("list")["institutions"], [])

    def test_a_terminal_sees_a_bar_and_a_pipe_sees_none(self):
        master, slave = pty.openpty()
        seen = []

        def read():
            try:
                while block := os.read(master, 65536):
                    seen.append(block)
            except OSError:
                pass  # the other side is closed
        process = self.start("add", "--file", self.file("rsa2048", self.codes[:5]), stderr=slave)
        os.close(slave)
        reader = threading.Thread(target=read)
        reader.start()
        out, _ = process.communicate(timeout=120)
        reader.join(10)
        os.close(master)
        shown = b"".join(seen).decode()
        self.assertEqual(process.returncode, 0)
        self.assertRegex(shown, r"\r\x1b\[K\[#*\.*\] adding \d+/5")
        self.assertTrue(shown.endswith("\r\x1b[K"), "the line is cleared at the end")
        self.assertIn("5 of 5 institutions added", out)
        piped = self.store.zonectl("rotate", "--all", *NOT_RIPE)
        self.assertNotIn("\x1b", piped.stdout + piped.stderr)
        self.assertNotIn("\r", piped.stdout + piped.stderr)


if __name__ == "__main__":
    unittest.main()
