"""Two lives of one store beside OpenDKIM at work: a backup comes to life over a store that went on, on another machine, and
there and back. Mail that was signed in either life, and what OpenDKIM signs with what it has, verifies all the while.

What the first life did after the backup:

    mosa    sel2 got a new key, and signs with it            (the backup: another key in sel2, sel1 signs)
    nova    sel1 got a new key, and signs with it            (the backup: another key in sel1, which signs)
    orsay   the same, and an undo: the new key drains        (the same)
    prado   is being removed                                 (the backup: sel1 signs)
    rome    was added, and has signed with both of its keys  (the backup does not know it)
    siena   was added, and is being removed                  (the same)
"""

import shutil
import unittest

import dkim

from support import namespace
from support.changes import UNRIPE, let_drains_pass, ripened
from support.programs import ZONECTL, run
from support.questions import DKIM_ZONE, ask, joined, query, selector, until
from support.server import serve
from support.signing import SIGNED_FROM, OpenDkimSigner, script, selector_of, signature_header, signer_directory
from support.store import Store, faults_of, new_store

IN_BACKUP = ("mosa", "nova", "orsay", "prado")
UNKNOWN = ("rome", "siena")
DAY = 86400


def mail_of(code):
    return (f"From: Tickets <tickets@{code}.example>\r\nTo: visitor@example.com\r\nSubject: Your tickets\r\n"
            f"Date: Mon, 23 Nov 2026 12:00:00 +0000\r\nMessage-ID: <1@{code}.example>\r\n\r\nSee you soon.\r\n").encode()


def verifies(address, code, mail):
    """By the records of this dnsd, to which the institution's CNAMEs lead."""
    def published(name, timeout=5):  # pylint: disable=unused-argument
        slot = name.decode().split(".")[0].removeprefix("stx")
        answer = ask(address, query(selector(code, slot)))
        return joined(answer).encode() if answer.answer else None
    try:
        return dkim.verify(mail, dnsfunc=published)
    except dkim.DKIMException:
        return False


def another_machine(scratch):
    """zonectl where boot id, machine id and boot clock are others: a program that takes its words."""
    boot, machine = scratch / "boot_id", scratch / "machine-id"
    boot.write_text("0d1e5fa5-0000-4000-8000-00000000beef\n")
    machine.write_text("0d1e5fa5000040008000000000000bee\n")
    enter = script(scratch / "enter", f"mount --bind {boot} /proc/sys/kernel/random/boot_id\n"
                                      f"mount --bind {machine} /etc/machine-id\nexec {ZONECTL} \"$@\"\n")
    shifted = run("unshare", "--time", "--boottime", str(DAY), "true", expect=None).returncode == 0
    clock = f"--time --boottime {400 * DAY}" if shifted else ""
    return script(scratch / "zonectl", f"exec unshare --mount --propagation private {clock} {enter} \"$@\"\n")


class BesideOpenDkim(unittest.TestCase):
    def setUp(self):
        self.store = new_store(self, owner=SIGNED_FROM)
        self.address = serve(self, self.store).address()
        self.directory = signer_directory(self._testMethodName, "opendkim", SIGNED_FROM)
        self.cut_off = self.store.scratch / "cut-off"  # while it is there, the signer learns of nothing
        self.tell = script(self.store.scratch / "tell",
                           f"test ! -e {self.cut_off}\nexec {self.store.scratch}/reload-opendkim\n")
        self.under_way = []  # (code, signed mail)
        self.codes = []

    # ---- what is done ----

    def add(self, store, *codes):
        for code in codes:
            store.zonectl("add", code, "--domain", f"{code}.example")
            self.codes.append(code)

    def start_signer(self):
        self.store.zonectl("signer", "add", "far", "--format", "opendkim", "--dir", self.directory, "--exec", self.tell,
                           expect=4)  # it is not there yet
        self.opendkim = OpenDkimSigner(self.store.scratch, self.directory)
        self.addCleanup(self.opendkim.stop)
        self.store.zonectl("signer", "sync", "far")

    def sign(self):
        """A mail of each whose mail OpenDKIM signs now is under way; the slots that it signs with, by code."""
        slots = {}
        self.opendkim.close()  # a connection of its own, before which it follows what it was told
        for code in self.codes:
            mail = mail_of(code)
            values = [value for name, value in self.opendkim.headers_for(mail) if name == b"DKIM-Signature"]
            for value in values:
                self.under_way.append((code, signature_header(value) + mail))
                slots[code] = selector_of(self.under_way[-1][1]).removeprefix("stx")
        return slots

    def put_a_fresh_key(self, store, code, slot):
        store.zonectl("revoke", code, slot)
        store.zonectl("prepare", code, slot)

    def first_life(self):
        self.add(self.store, *IN_BACKUP)
        self.start_signer()
        self.sign()
        ripened(self.store)
        self.backup = self.store.scratch / "backup"
        self.store.zonectl("backup", self.backup)

    def goes_on(self):
        self.put_a_fresh_key(self.store, "mosa", "sel2")
        for code in ("nova", "orsay"):
            self.store.zonectl("rotate", code, *UNRIPE)
        self.sign()
        self.under_way = [mail for mail in self.under_way if mail[0] not in ("nova", "orsay")]  # sel1's has arrived
        let_drains_pass(self.store)
        self.store.zonectl("maintain")
        for code in ("mosa", "nova", "orsay"):
            self.store.zonectl("rotate", code, *UNRIPE)
        self.add(self.store, *UNKNOWN)
        self.sign()
        self.store.zonectl("undo", "orsay")
        self.store.zonectl("rotate", "rome", *UNRIPE)
        self.assertEqual(self.sign(), {"mosa": "sel2", "nova": "sel1", "orsay": "sel2", "prado": "sel1", "rome": "sel2",
                                       "siena": "sel1"})
        for code in ("prado", "siena"):
            self.store.zonectl("remove", code)

    # ---- what must hold ----

    def check_mail(self, store, address):
        """All that is under way verifies, what OpenDKIM signs this instant too."""
        until(lambda: ask(address, query(DKIM_ZONE, "SOA")).answer[0][0].serial == store.serials()[1], "dnsd to follow")
        slots = self.sign()
        self.assertEqual([(code, selector_of(mail)) for code, mail in self.under_way
                          if not verifies(address, code, mail)], [])
        self.assertEqual(faults_of(store), [])
        return slots

    def check_held(self, store):
        """The signer's directory holds every key that signs or drains."""
        files = " ".join(file.name for file in self.directory.rglob("*"))
        for code in (each["code"] for each in store.json("list")["institutions"]):
            for slot in store.json("show", code)["slots"]:
                if slot["state"] in ("ACTIVE", "DRAINING"):
                    self.assertIn(slot["key_id"], files, f"{code} {slot['slot']} {slot['state']}")

    def check_waits(self, store, address):
        """Switched off, and then cut off, OpenDKIM goes on with what it has, for however long: nothing leaves."""
        self.check_mail(store, address)
        self.cut_off.touch()
        for enable in (False, True):
            if enable:
                store.zonectl("signer", "sync", "far", "--enable", expect=1)
            let_drains_pass(store)
            store.zonectl("maintain", expect=1 if enable else 0)
            self.check_mail(store, address)
            self.check_held(store)
        self.cut_off.unlink()

    def active(self, store):
        """Code -> the slot that signs, of those that sign."""
        return {each["code"]: each["active"] for each in store.json("list")["institutions"] if each["active"]}

    def check_follows(self, store, address):
        """Told to, it signs as the store says: only now the drains begin, and they last."""
        store.zonectl("signer", "sync", "far", "--enable")
        self.assertEqual(self.check_mail(store, address), self.active(store))
        store.zonectl("maintain")
        self.check_mail(store, address)
        self.check_held(store)

    def drains_end(self, store):
        """The mail under way has arrived; what had to leave has left, from the signer too."""
        let_drains_pass(store)
        store.zonectl("maintain")
        self.under_way.clear()

    # ---- the lives ----

    def test_restored_over_the_live_store(self):
        self.first_life()
        self.goes_on()
        used = {slot["key_id"] for code in self.codes for slot in self.store.json("show", code)["slots"]
                if slot["state"] in ("ACTIVE", "DRAINING")}
        self.store.zonectl("restore", self.backup)
        self.check_mail(self.store, self.address)
        self.assertEqual(self.active(self.store), {"mosa": "sel1", "nova": "sel1", "orsay": "sel2", "prado": "sel1"})
        self.assertEqual({code: self.store.json("show", code)["phase"] for code in UNKNOWN},
                         dict.fromkeys(UNKNOWN, "departing"))
        kept = {slot["key_id"] for code in self.codes for slot in self.store.json("show", code)["slots"]}
        self.assertLessEqual(used, kept)
        self.check_waits(self.store, self.address)
        self.check_follows(self.store, self.address)
        self.drains_end(self.store)
        self.assertEqual(self.check_mail(self.store, self.address), self.active(self.store))
        self.assertEqual(self.store.slots("mosa")["sel2"], "PUBLISHED")
        self.assertEqual(self.store.slots("orsay")["sel1"], "PUBLISHED")
        for code in UNKNOWN:
            self.assertEqual(self.store.zonectl("show", code, expect=None).returncode, 6)
            self.assertEqual(ask(self.address, query(selector(code, "sel1"))).answer, [])
            self.assertEqual([file for file in self.directory.rglob("*") if code in file.name], [])

    def test_what_the_backup_does_not_know_comes_back_by_undo(self):
        self.first_life()
        self.goes_on()
        self.store.zonectl("restore", self.backup)
        for code in UNKNOWN:
            self.store.zonectl("undo", code)
        self.check_waits(self.store, self.address)
        self.check_follows(self.store, self.address)
        self.assertEqual({code: self.active(self.store)[code] for code in UNKNOWN}, {"rome": "sel2", "siena": "sel1"})

    def test_restored_on_another_machine_and_back(self):
        self.first_life()
        self.goes_on()
        self.store.zonectl("backup", self.store.scratch / "there")
        other = Store(owner=SIGNED_FROM)
        self.addCleanup(other.close)
        other.program = str(another_machine(other.scratch))
        self.restored(other, self.store, "there")
        with other.sql() as theirs, self.store.sql() as ours:
            ((there,),) = theirs.execute("SELECT last_boot_id FROM store")
            ((here,),) = ours.execute("SELECT last_boot_id FROM store")
        self.assertNotEqual(there, here)
        address = serve(self, other).address()
        self.check_waits(other, address)
        self.check_follows(other, address)
        self.drains_end(other)
        # There it goes on for a while: keys and an institution that the first machine never heard of.
        self.add(other, "tarn")
        for code in ("mosa", "nova"):
            other.zonectl("rotate", code, *UNRIPE)
        self.check_mail(other, address)
        other.zonectl("backup", self.store.scratch / "back")
        let_drains_pass(self.store)  # time went by here too
        self.restored(self.store, other, "back")
        self.check_waits(self.store, self.address)
        self.check_follows(self.store, self.address)
        self.drains_end(self.store)
        self.assertEqual(self.check_mail(self.store, self.address), self.active(self.store))
        # The keys that were made there have to ripen here; tarn has no other.
        self.assertEqual(self.active(self.store), {"mosa": "sel2", "nova": "sel1", "orsay": "sel2", "rome": "sel2",
                                                   "tarn": "sel1"})

    def restored(self, to, of, backup):
        key = self.store.scratch / f"{backup}.key"
        to.give(shutil.copy(of.path / "vault" / "wrapping.key", key))
        to.zonectl("restore", self.store.scratch / backup, "--key-file", key, "--override", "E_FOREIGN_BACKUP",
                   "--reason", "test")


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main()
