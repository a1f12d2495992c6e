"""Two lives of one store: a backup comes to life over what went on without it, or on another machine, beside a mail signer
that holds and uses what the first life gave it.

The signer is a machine of its own: the signer's command copies the directory there, and it signs with its copy until the
next one comes. Days of draining are not waited for: the stored beginnings are moved into the past.
"""

import base64
import shutil
import subprocess
import unittest
from datetime import datetime, timedelta, timezone

from support.changes import FAST, UNRIPE, let_drains_pass
from support.programs import OWNER
from support.questions import DKIM_ZONE, ask, joined, query, selector, until
from support.server import serve
from support.store import Store, faults_of, new_store

CODES = ("mosa", "nova", "orsay", "prado")
RIPENING = timedelta(seconds=3600 + 600 - 1)  # the largest TTL and the slack, told in whole seconds
DRAINING = timedelta(days=7) + RIPENING


def public_key(file):
    """As a record has it, of a private key's file."""
    spki = subprocess.run(["openssl", "pkey", "-in", file, "-pubout", "-outform", "DER"], check=True,
                          capture_output=True).stdout
    return base64.b64encode(spki[-32:]).decode()


def time_of(text):
    return datetime.fromisoformat(text)


def ripening(store):
    """(code, slot) -> (key, when it is ripe)."""
    return {(code, slot["slot"]): (slot["key_id"], time_of(slot["ripe_at"])) for code in CODES
            for slot in store.json("show", code)["slots"] if slot["state"] == "PUBLISHED"}


def served(address, code, slot):
    answer = ask(address, query(selector(code, slot)))
    return joined(answer) if answer.answer else ""


class FarSigner:
    """A machine that signs with what was copied to it last."""

    def __init__(self, scratch):
        self.directory, self.copy = scratch / "directory", scratch / "far"
        self.cut_off = scratch / "cut-off"  # while it is there, nothing reaches the machine
        self.command = scratch / "copy-there"
        self.command.write_text("#!/bin/sh\nset -e\n"
                                f"test ! -e {self.cut_off}\n"
                                f"rm -rf {self.copy}.new {self.copy}.old\n"
                                f"cp -a {self.directory} {self.copy}.new\n"
                                f"test ! -e {self.copy} || mv {self.copy} {self.copy}.old\n"
                                f"mv {self.copy}.new {self.copy}\n")
        self.command.chmod(0o755)

    def enrol(self, store):
        store.zonectl("signer", "add", "far", "--format", "files", "--dir", self.directory, "--exec", self.command)

    def uses(self, code):
        """The slot and the public key that it signs with now; None: it does not sign."""
        active = self.copy / code / "active"
        if not active.exists():
            return None
        slot = active.read_text().strip()
        return slot, public_key(self.copy / code / f"{slot}.pem")


class TwoLives(unittest.TestCase):
    def setUp(self):
        self.store = new_store(self, owner=OWNER)
        self.signer = FarSigner(self.store.scratch)
        self.address = serve(self, self.store).address()
        self.mail = set()  # (code, slot, public key) of mail that is under way

    def sign(self):
        """A mail of each that signs is under way."""
        self.mail |= {(code, *used) for code in CODES if (used := self.signer.uses(code)) is not None}

    def first_life(self):
        """Until the backup."""
        for code in CODES:
            self.store.zonectl("add", code, "--domain", f"{code}.example", *FAST)
        self.signer.enrol(self.store)
        for code in ("nova", "orsay"):
            self.store.zonectl("rotate", code, *UNRIPE)
        self.store.zonectl("remove", "prado")
        self.backup = self.store.scratch / "backup"
        self.store.zonectl("backup", self.backup)

    def goes_on(self):
        """What the backup knows nothing of: ways back, keys that are replaced, a rotation."""
        for code in ("nova", "prado"):
            self.store.zonectl("undo", code)
        let_drains_pass(self.store)
        self.store.zonectl("maintain")
        self.sign()
        self.store.zonectl("rotate", "mosa", *UNRIPE)
        self.sign()
        self.assertEqual({code: self.signer.uses(code)[0] for code in CODES},
                         {"mosa": "sel2", "nova": "sel1", "orsay": "sel2", "prado": "sel1"})

    def missing(self, store, address):
        """Mail under way, or that the signer signs now, whose key is not served."""
        until(lambda: ask(address, query(DKIM_ZONE, "SOA")).answer[0][0].serial == store.serials()[1], "dnsd to follow")
        self.sign()
        return sorted((code, slot) for code, slot, key in self.mail if f"p={key}" not in served(address, code, slot))

    def check_drains(self, store, not_before, waits):
        """Every slot that signers may have signed with, and that does not sign, drains in full."""
        draining = {(code, slot["slot"]): slot for code in CODES for slot in store.json("show", code)["slots"]
                    if slot["state"] == "DRAINING"}
        self.assertLessEqual({("orsay", "sel1"), ("prado", "sel1")}, draining.keys())
        for name, slot in draining.items():
            self.assertEqual(slot["waits_for_signers"], waits, name)
            self.assertGreaterEqual(time_of(slot["drained_at"]), not_before + DRAINING, name)

    def check_nothing_is_ripe_early(self, before, after, not_before):
        """`before` and `after`: (code, slot) -> (key, when it is ripe), of those that ripen."""
        for name, (key, ripe_at) in after.items():
            self.assertGreaterEqual(ripe_at, not_before, name)
            if name in before and before[name][0] == key:
                self.assertGreaterEqual(ripe_at, before[name][1], name)

    def check_second_life(self, store, address):
        """A store that was restored beside the signer, until what drains there has drained."""
        self.assertEqual(faults_of(store), [])
        self.assertEqual(self.missing(store, address), [])
        self.assertEqual([signer["enabled"] for signer in store.json("signer", "list")["signers"]], [False])
        # Switched off, and then cut off, it goes on with what it has, for however long.
        self.signer.cut_off.touch()
        for enable in (False, True):
            if enable:
                store.zonectl("signer", "sync", "far", "--enable", expect=1)
            self.check_drains(store, datetime.now(timezone.utc), True)
            let_drains_pass(store)
            store.zonectl("maintain", expect=1 if enable else 0)
            self.check_drains(store, datetime.now(timezone.utc), True)
            self.assertEqual(self.missing(store, address), [])
        self.check_following(store, address)

    def check_following(self, store, address):
        """It follows: only now the drains begin, and what it has signed until now is under way for all of them."""
        began = datetime.now(timezone.utc).replace(microsecond=0)
        self.signer.cut_off.unlink()
        store.zonectl("signer", "sync", "far", "--enable")
        self.assertEqual({code: used and used[0] for code in CODES for used in (self.signer.uses(code),)},
                         {code: store.json("show", code)["active"] for code in CODES})
        self.check_drains(store, began, False)
        store.zonectl("maintain")
        self.assertEqual(self.missing(store, address), [])
        let_drains_pass(store)
        store.zonectl("maintain")
        self.mail.clear()  # it has arrived
        self.assertEqual(self.missing(store, address), [])
        self.assertEqual(served(address, "prado", "sel1"), "")
        self.assertEqual(store.slots("orsay")["sel1"], "PUBLISHED")
        self.assertEqual(faults_of(store), [])

    def test_over_the_live_store(self):
        self.first_life()
        self.goes_on()
        before, began = ripening(self.store), datetime.now(timezone.utc).replace(microsecond=0)
        self.store.zonectl("restore", self.backup)
        changed = {name: ripens for name, ripens in ripening(self.store).items()
                   if name not in before or before[name][0] != ripens[0]}
        self.check_nothing_is_ripe_early(before, ripening(self.store), began)
        self.check_nothing_is_ripe_early({}, changed, began + timedelta(seconds=300 + 600 - 1))
        self.check_second_life(self.store, self.address)

    def test_on_another_machine(self):
        self.first_life()
        self.goes_on()
        key = self.store.scratch / "wrapping.key"
        self.store.give(shutil.copy(self.store.path / "vault" / "wrapping.key", key))
        other = Store(owner=OWNER)
        self.addCleanup(other.close)
        began = datetime.now(timezone.utc).replace(microsecond=0)
        other.zonectl("restore", self.backup, "--key-file", key, "--override", "E_FOREIGN_BACKUP", "--reason", "test")
        # Nobody here knows what the names served last.
        self.assertIn(("mosa", "sel2"), ripening(other))
        self.check_nothing_is_ripe_early(ripening(self.store), ripening(other), began + RIPENING)
        other.zonectl("rotate", "mosa", expect=3)
        self.check_second_life(other, serve(self, other).address())


if __name__ == "__main__":
    unittest.main()
