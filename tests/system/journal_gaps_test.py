"""Whatever is missing in the journal, NSD, Knot and BIND become current: they get the whole zone in the answer to IXFR, and
never SERVFAIL, at which NSD would stay where it is for good."""

import shutil
import unittest

import dns.message
import dns.rcode

from support import namespace
from support.changes import FAST
from support.questions import DKIM_ZONE, Tcp, until
from support.secondaries import Secondary
from support.server import Dnsd
from support.transfers import ADDRESS, KEY, PRIMARY, WithPeers, ask_changes
from support.tsig import split

KINDS = ("nsd", "knot", "bind")
FOREIGN = ("--override", "E_FOREIGN_BACKUP", "--reason", "test")


class Gaps(WithPeers):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for index, kind in enumerate(KINDS):
            cls.add_peer(kind, 5310 + index, KEY)

    def setUp(self):
        self.server = None
        self.start_dnsd()
        self.addCleanup(lambda: self.server.kill())  # pylint: disable=unnecessary-lambda
        for kind in KINDS:
            shutil.rmtree(self.store.scratch / f"{kind}-{5310 + KINDS.index(kind)}", ignore_errors=True)
        self.secondaries = [Secondary(self, self.store.scratch, kind, 5310 + index, PRIMARY, [DKIM_ZONE], KEY)
                            for index, kind in enumerate(KINDS)]
        self.follow()

    def start_dnsd(self):
        self.server = Dnsd(self.store, "--config", self.config, listen=("%s:%d" % ADDRESS,))

    def change(self, times=3):
        for _ in range(times):
            number = len(self.store.log()) + 1
            self.store.zonectl("record", "add", "dkim.secutix.com", f"gap{number}", "TXT", "now")

    def stored(self):
        return next(zone["serial"] for zone in self.store.json("zone", "list")["zones"]
                    if zone["zone"].rstrip(".") == DKIM_ZONE.rstrip("."))

    def follow(self):
        """All are at the store's serial, with its records."""
        serial, wanted = self.stored(), self.exported(DKIM_ZONE)
        until(lambda: self.serial(DKIM_ZONE) == serial, "dnsd has the change")
        for secondary in self.secondaries:
            secondary.wait_for_serial(DKIM_ZONE, serial, timeout=180)
            self.assertEqual(secondary.records(DKIM_ZONE), wanted, secondary.kind)

    def answer_to(self, serial):
        """The RCODE of the answer to IXFR from there, and whether it is the whole zone."""
        before = len(self.server.log)
        signed, mac = KEY.sign(ask_changes(DKIM_ZONE, serial))
        with Tcp(ADDRESS, timeout=60) as connection:
            connection.send(signed)
            answer = connection.receive()
        KEY.verifies(answer, mac)
        self.server.wait_for("event=transfer zone=dkim.secutix.com", after=before)
        return dns.message.from_wire(split(answer)[0], xfr=True).rcode(), "kind=ixfr-as-axfr" in self.server.log[before:]

    def with_gap(self, make_gap):
        """The secondaries are away while changes come and the journal loses something."""
        before = self.stored()
        for secondary in self.secondaries:
            secondary.stop()
        self.change()
        make_gap()
        self.change(1)
        until(lambda: self.serial(DKIM_ZONE) == self.stored(), "dnsd has the change")
        self.assertEqual(self.answer_to(before), (dns.rcode.NOERROR, True))
        for secondary in self.secondaries:
            secondary.start()
        self.follow()

    def sql(self, statement):
        with self.store.sql() as database:
            database.execute(statement)
            database.commit()

    def test_a_change_that_is_void(self):
        self.with_gap(lambda: self.sql("UPDATE journal_change SET row_count = 0 WHERE change_id = "
                                       "(SELECT max(change_id) - 1 FROM journal_change)"))

    def test_a_journal_that_was_cut(self):
        self.with_gap(lambda: self.sql("DELETE FROM journal_change WHERE change_id < (SELECT max(change_id) FROM journal_change)"))

    def test_a_restore_in_place(self):
        self.store.zonectl("backup", self.store.scratch / "in-place")
        self.change()
        self.follow()
        lost = self.stored()
        self.store.zonectl("restore", self.store.scratch / "in-place")
        self.assertGreater(self.stored(), lost)
        until(lambda: self.serial(DKIM_ZONE) == self.stored(), "dnsd has the restored store")
        self.assertEqual(self.answer_to(lost), (dns.rcode.NOERROR, True))
        self.follow()

    def test_a_restore_without_the_live_store_with_secondaries_at_lost_serials(self):
        """Each at another serial of the lost history, which ran ahead of the clock by more than a restore adds by itself."""
        self.store.zonectl("backup", self.store.scratch / "lost")
        ahead = self.stored() + 8_000_000
        for number, secondary in enumerate(self.secondaries):
            self.store.zonectl("zone", "serial", "dkim.secutix.com", "--at-least", ahead + number)
            self.change(1)
            until(lambda: self.serial(DKIM_ZONE) == self.stored(), "dnsd has the change")
            secondary.wait_for_serial(DKIM_ZONE, self.stored(), timeout=180)
        lost = self.stored()
        self.server.stop()
        self.store.zone_db.unlink()
        self.store.zonectl("restore", self.store.scratch / "lost")
        self.assertGreater(self.stored(), lost)
        self.start_dnsd()
        self.follow()

    def test_another_store_in_its_place(self):
        other = self.store.scratch / "other"
        self.store.zonectl("backup", other)
        self.change()
        self.follow()
        self.server.stop()
        self.store.zone_db.rename(self.store.scratch / "away.db")
        self.store.zonectl("restore", other, *FOREIGN)
        self.store.zonectl("add", "later", *FAST)
        self.start_dnsd()
        self.follow()


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main()
