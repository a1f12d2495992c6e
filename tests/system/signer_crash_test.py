"""A signer's directory under kill -9 and under many zonectl at once: what lies there can always be signed with."""

import random
import re
import signal
import subprocess
import threading
import time
import unittest
from pathlib import Path

from support.programs import run
from support.store import faults_of, new_store

CODES = [f"inst{number}" for number in range(12)]
KILLS = 30


def whole(pem):
    return pem.startswith("-----BEGIN PRIVATE KEY-----\n") and pem.endswith("-----END PRIVATE KEY-----\n")


class SignerCrash(unittest.TestCase):
    def setUp(self):
        self.store = new_store(self)
        for code in CODES:
            self.store.zonectl("add", code, "--domain", f"{code}.example", "--key", "ed25519", "--override",
                               "E_KEY_TYPE", "--reason", "keys for a test are made fast")
        self.files, self.opendkim = self.store.scratch / "files", self.store.scratch / "opendkim"
        for directory in (self.files, self.opendkim):
            self.store.zonectl("signer", "add", directory.name, "--format", directory.name, "--dir", directory,
                               "--override", "E_SIGNER_KIND", "--reason", "nobody signs in this test")

    def unsignable(self):
        """What a signer could not sign with now: a list of sentences."""
        faults = []
        for code in CODES:
            slot = (self.files / code / "active").read_text().strip()
            if not whole((self.files / code / f"{slot}.pem").read_text()):
                faults.append(f"{code}: {slot}.pem is not whole")
        named = dict(line.split(" ", 1) for line in (self.opendkim / "KeyTable").read_text().splitlines()[1:])
        signing = [line.split(" ") for line in (self.opendkim / "SigningTable").read_text().splitlines()[1:]]
        if len(signing) != len(CODES):
            faults.append(f"SigningTable has {len(signing)} lines")
        for domain, name in signing:
            if name not in named:
                faults.append(f"{domain}: {name} is not in KeyTable")
            elif not whole(Path(named[name].split(":", 2)[2]).read_text()):
                faults.append(f"{domain}: the file of {name} is not whole")
        return faults

    def true_faults(self):
        """Where the directories say otherwise than the store."""
        faults = []
        table = (self.opendkim / "SigningTable").read_text()
        for code in CODES:
            shown = self.store.json("show", code)
            key = next(slot["key_id"] for slot in shown["slots"] if slot["slot"] == shown["active"])
            if (self.files / code / "active").read_text().strip() != shown["active"]:
                faults.append(f"{code}/active")
            if f"*@{code}.example {code}.{key}\n" not in table:
                faults.append(f"{code} in SigningTable")
        return faults

    def rotate(self, code):
        """There or back, whichever it can."""
        if self.store.zonectl("rotate", code, "--override", "E_NOT_RIPE", "--reason", "test", expect=None).returncode != 0:
            self.store.zonectl("undo", code, expect=None)

    def seconds_of(self, *command):
        began = time.monotonic()
        self.store.zonectl(*command)
        return time.monotonic() - began

    def test_a_sync_that_is_killed_leaves_what_can_be_signed_with(self):
        dice = random.Random(12)
        killed = 0
        swap = 2 * self.seconds_of("rotate", CODES[0], "--override", "E_NOT_RIPE", "--reason", "test", "--dry-run")
        spans = {"rotate": swap, "undo": swap,  # which sync as well
                 "domain": self.seconds_of("domain", "add", CODES[0], "measured.example")}
        self.store.zonectl("domain", "remove", CODES[0], "measured.example")
        for attempt in range(KILLS):
            code = CODES[attempt % len(CODES)]
            command = ("undo", code) if attempt >= len(CODES) else ("rotate", code, "--override", "E_NOT_RIPE",
                                                                    "--reason", "test")
            if attempt >= 2 * len(CODES):
                command = ("domain", "add", code, f"more{attempt}.{code}.example")
            process = subprocess.Popen(self.store.command(*command), stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            time.sleep(dice.uniform(0.0, spans[command[0]]))
            process.send_signal(signal.SIGKILL)
            killed += process.wait() == -signal.SIGKILL
            if attempt < 2 * len(CODES):
                self.assertEqual(self.unsignable(), [], f"after {killed} kills")
        self.assertGreater(killed, KILLS // 4, "hardly any was at work when it was killed")
        self.store.zonectl("store", "recover")
        self.store.zonectl("maintain")
        self.store.zonectl("status")
        self.assertEqual(self.true_faults(), [])
        self.assertEqual(faults_of(self.store), [])
        drafts = run("find", self.files, self.opendkim, "-name", ".new-*").stdout
        self.store.zonectl("signer", "sync", "--all")
        self.assertEqual(run("find", self.files, self.opendkim, "-name", ".new-*").stdout, "", f"were: {drafts}")

    def test_many_zonectl_at_once_leave_the_newest_state(self):
        stop, torn = threading.Event(), []

        def look():
            while not stop.is_set():
                text = (self.opendkim / "SigningTable").read_text()
                if len(re.findall(r"^\*@inst\d+\.example inst\d+\.[0-9a-f]{16}$", text, re.M)) != len(CODES):
                    torn.append(text)

        reader = threading.Thread(target=look)
        reader.start()
        workers = [threading.Thread(target=self.rotate, args=(code,)) for code in CODES]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        stop.set()
        reader.join()
        self.assertEqual(torn, [])
        self.store.zonectl("status")
        self.assertEqual(self.true_faults(), [])
        states = {slot for code in CODES for slot in self.store.slots(code).values()}
        self.assertEqual(states, {"ACTIVE", "DRAINING"})


if __name__ == "__main__":
    unittest.main()
