"""A restore asks all servers which serials they have, and gives none out again that one of them may have from history that
is lost."""

import socket
import time
import unittest

from support.odd_server import OddServer
from support.questions import DKIM_ZONE, SPF_ZONE
from support.server import serve
from support.store import NOBODY, Store, new_store

BEYOND_THE_CLOCK = 4_000_000


def name_of(zone):
    return zone.rstrip(".")


class RestoreSerials(unittest.TestCase):
    def setUp(self):
        self.store = new_store(self)
        self.store.zonectl("add", "mosa")
        self.backup = self.store.scratch / "backup"

    def answering(self, serial, apex=DKIM_ZONE):
        """The address and port of a server that has that serial, and the list of what it is asked."""
        asked = []

        def note(query):
            asked.append(query.question[0].name.to_text())
        for _ in range(20):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unused:
                unused.bind(("127.0.0.1", 0))
                port = unused.getsockname()[1]
            try:
                server = OddServer("127.0.0.1", apex, [], note, port, serial)
            except OSError:
                continue  # taken for TCP
            self.addCleanup(server.stop)
            return f"127.0.0.1:{port}", asked
        raise AssertionError("no port is free")

    def serials(self, store):
        return {name_of(zone["zone"]): zone["serial"] for zone in store.json("zone", "list")["zones"]}

    def restore(self, *options, store=None):
        return (store or self.store).json("restore", self.backup, *options)

    def test_the_serial_comes_after_what_a_secondary_has(self):
        later = int(time.time()) + 50_000_000
        address, asked = self.answering(later)
        self.store.zonectl("secondary", "add", "ns2", "--address", address, "--no-key")
        self.store.zonectl("backup", self.backup)
        done = self.restore()
        self.assertIn(DKIM_ZONE, asked)
        self.assertEqual(self.serials(self.store)[name_of(DKIM_ZONE)], later + 1)
        self.assertLess(self.serials(self.store)[name_of(SPF_ZONE)], later, "of that zone it has nothing")
        heard = [each for each in done["served"] if each["serial"] is not None]
        self.assertEqual([(each["zone"], each["server"], each["serial"]) for each in heard],
                         [(name_of(DKIM_ZONE), f"secondary ns2 ({address})", later)])
        self.assertTrue(any(f"has serial {later} of" in warning for warning in done["warnings"]), done["warnings"])

    def test_without_a_live_store_too(self):
        later = int(time.time()) + BEYOND_THE_CLOCK + 100_000
        address, _ = self.answering(later)
        self.store.zonectl("secondary", "add", "ns2", "--address", address, "--no-key")
        self.store.zonectl("backup", self.backup)
        other = Store()
        self.addCleanup(other.close)
        self.restore("--key-file", self.store.path / "vault" / "wrapping.key", "--override", "E_FOREIGN_BACKUP",
                     "--reason", "test", store=other)
        serials = self.serials(other)
        self.assertEqual(serials[name_of(DKIM_ZONE)], later + 1)
        self.assertGreaterEqual(serials[name_of(SPF_ZONE)], int(time.time()) + BEYOND_THE_CLOCK - 60)

    def test_the_dnsd_that_still_serves_lost_history_is_asked(self):
        """A bulk that ran ahead of the clock by more than is added without a live store."""
        self.store.zonectl("backup", self.backup)
        ahead = int(time.time()) + 2 * BEYOND_THE_CLOCK
        self.store.zonectl("zone", "serial", name_of(DKIM_ZONE), "--at-least", ahead)
        server = serve(self, self.store)
        self.store.zone_db.rename(self.store.scratch / "lost.db")  # dnsd goes on serving what it has
        done = self.restore("--server", "%s:%d" % server.address())
        self.assertFalse(done["knew_live_store"])
        self.assertGreater(self.serials(self.store)[name_of(DKIM_ZONE)], ahead)

    def test_a_secondary_of_the_live_store_alone_is_asked_too(self):
        self.store.zonectl("backup", self.backup)
        later = int(time.time()) + 1_000_000
        address, _ = self.answering(later)
        self.store.zonectl("secondary", "add", "ns3", "--address", address, "--no-key")
        self.restore()
        self.assertEqual(self.serials(self.store)[name_of(DKIM_ZONE)], later + 1)

    def test_who_is_silent_is_named_and_the_restore_goes_on(self):
        self.store.zonectl("secondary", "add", "ns2", "--address", NOBODY, "--no-key")
        self.store.zonectl("backup", self.backup)
        self.store.zonectl("remove", "mosa", "--yes")
        done = self.restore()
        self.assertTrue(done["changed"])
        silent = [warning for warning in done["warnings"] if "could not be asked" in warning]
        self.assertEqual(len(silent), 2, "one a zone")
        for who in (f"secondary ns2 ({NOBODY})", "ns1.secutix.com (no address was found)"):
            self.assertIn(who, silent[0])

    def test_a_dry_run_and_no_look_ask_nobody(self):
        address, asked = self.answering(int(time.time()) + 1_000_000)
        self.store.zonectl("secondary", "add", "ns2", "--address", address, "--no-key")
        self.store.zonectl("backup", self.backup)
        for option in ("--dry-run", "--no-look"):
            self.assertEqual(self.restore(option)["served"], [], option)
        self.assertEqual(asked, [])


if __name__ == "__main__":
    unittest.main()
