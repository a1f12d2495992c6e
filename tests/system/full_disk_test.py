"""A full disk and a read-only one: a clear word, exit status 1, nothing changed; and all is well again afterwards."""

import os
import tempfile
import unittest
from pathlib import Path

from support import namespace
from support.programs import run
from support.questions import ask, query, selector, spf_text
from support.server import serve
from support.store import Store, faults_of


class SmallDisk(unittest.TestCase):
    def setUp(self):
        self.disk = Path(tempfile.mkdtemp(prefix="dnsd-test-disk-"))
        self.addCleanup(self.disk.rmdir)
        run("mount", "-t", "tmpfs", "-o", "size=2m,mode=755", "tmpfs", self.disk)
        self.addCleanup(run, "umount", self.disk)
        self.store = Store(parent=self.disk).init()
        self.store.zonectl("add", "mosa", "--domain", "mosamuseum.com")
        self.store.zonectl("spf", "allow", "ip4:192.0.2.1")

    def fill(self):
        """Writes until nothing goes in any more."""
        filler = self.disk / "filler"
        with open(filler, "wb", buffering=0) as file:
            for size in (65536, 4096, 1):
                try:
                    while True:
                        file.write(b"x" * size)
                except OSError:
                    pass
        return filler

    def content(self):
        return self.store.zonectl("zone", "export", "dkim.secutix.com").stdout, self.store.serials()

    def check_refused(self, says, *arguments, code=1):
        done = self.store.zonectl(*arguments, expect=code)
        self.assertRegex(done.stderr, says)
        self.assertNotIn("terminate", done.stderr)

    def test_a_full_disk_changes_nothing(self):
        before = self.content()
        filler = self.fill()
        for arguments in (("add", "other"), ("spf", "allow", "ip4:192.0.2.2"), ("remove", "mosa"),
                          ("rotate", "mosa", "--override", "E_NOT_RIPE", "--reason", "test"),
                          ("key", "export", "mosa", "sel1", "--out", self.disk / "key.pem")):
            with self.subTest(arguments=arguments):
                self.check_refused(r"(?i)(full|no space)", *arguments)
        self.assertFalse((self.disk / "key.pem").exists(), "a key that is not whole is not there")
        filler.unlink()
        self.assertEqual(self.content(), before)
        self.assertEqual(faults_of(self.store), [])
        self.store.zonectl("add", "other")
        self.assertEqual(self.store.slots("other")["sel1"], "ACTIVE")

    def test_a_disk_that_fills_up_little_by_little_changes_nothing_either(self):
        """Every amount of room that is left: the change fails at another write each time."""
        filler = self.fill()
        size = filler.stat().st_size
        for room in range(4096, 80 * 4096, 3 * 4096):
            os.truncate(filler, size - room)
            before = self.store.slots("mosa")
            done = self.store.zonectl("add", "other", expect=None)
            os.truncate(filler, 0)
            self.assertEqual(faults_of(self.store), [], f"with {room} bytes of room")
            self.assertEqual(self.store.slots("mosa"), before)
            if done.returncode == 0:
                return
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertRegex(done.stderr, r"(?i)(full|no space)")
            self.store.zonectl("show", "other", expect=6)
            with open(filler, "r+b") as file:
                file.write(b"x" * (size - 80 * 4096))
        self.fail("it never found enough room")

    def test_dnsd_starts_and_answers_on_a_full_disk(self):
        filler = self.fill()
        log_elsewhere = Store()
        self.addCleanup(log_elsewhere.close)
        log_elsewhere.path = self.store.path
        self.assertEqual(spf_text(serve(self, log_elsewhere).address()), "v=spf1 ip4:192.0.2.1 ~all")
        filler.unlink()

    def test_a_read_only_disk_can_be_read_and_served_and_is_not_changed(self):
        before = self.content()
        log_elsewhere = Store()
        self.addCleanup(log_elsewhere.close)
        log_elsewhere.path = self.store.path
        run("mount", "-o", "remount,ro", self.disk)
        self.addCleanup(run, "mount", "-o", "remount,rw", self.disk)
        for arguments in (("add", "other"), ("spf", "allow", "ip4:192.0.2.2"), ("remove", "mosa"),
                          ("rotate", "mosa", "--override", "E_NOT_RIPE", "--reason", "test")):
            with self.subTest(arguments=arguments):
                self.check_refused(r"(?i)read-only", *arguments, code=66)  # it cannot be opened to write
        self.assertEqual(self.content(), before)
        self.store.zonectl("show", "mosa")
        address = serve(self, log_elsewhere).address()
        self.assertEqual(len(ask(address, query(selector("mosa"))).answer), 1)


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main()
