"""Secondaries as zonectl sees them: asked for their serials, waited for, and configured by what it prints."""

import re
import shutil
import unittest

from support.programs import run
from support.questions import until
from support.server import serve
from support.store import Store, new_store

KEY = "ns2-key"
SECRET = "c2VjcmV0IHRoYXQgaXMgbG9uZyBlbm91Z2g="
CLAUSES = {
    "nsd": f'key:\n    name: "{KEY}"\n    algorithm: hmac-sha256\n    secret: "{SECRET}"\n',
    "knot": f"key:\n  - id: {KEY}\n    algorithm: hmac-sha256\n    secret: {SECRET}\n",
    "bind": f'key "{KEY}" {{ algorithm hmac-sha256; secret "{SECRET}"; }};\n',
}
CHECKERS = {"nsd": ("nsd-checkconf",), "knot": ("knotc", "-c"), "bind": ("named-checkconf",)}


class Checked(unittest.TestCase):
    """A copy of the store that a dnsd of its own serves stands for a secondary that follows, or does not."""

    def setUp(self):
        self.store = new_store(self)
        self.store.zonectl("add", "mosa")
        self.copy = Store()
        self.addCleanup(self.copy.close)
        self.copy.path.mkdir()
        self.follow()
        self.server = serve(self, self.copy)
        self.store.zonectl("secondary", "add", "ns2", "--address", "%s:%d" % self.server.address(), "--key", KEY)

    def follow(self):
        with self.store.sql() as database, self.copy.sql() as copy:
            database.backup(copy)

    def check(self, *more, expect):
        return self.store.zonectl("secondary", "check", *more, "--timeout", "20s", expect=expect).stdout

    def state_in(self, zone):
        """Serial, state and when it was seen: of ns2 in that zone, as `secondary list` has it."""
        rows = [line.split("\t") for line in self.store.zonectl("secondary", "list").stdout.splitlines()]
        (row,) = [row for row in rows if row[:3] == ["ns2", KEY, zone]]
        return row[3:]

    def test_one_that_is_current_is_told_so_and_kept(self):
        self.assertIn("not seen yet", self.state_in("dkim.secutix.com"))
        self.assertIn("nobody has looked yet at ns2", self.store.zonectl("status", "--offline", expect=None).stdout)
        self.assertEqual(self.store.json("status", "--offline", expect=None)["secondaries_never_seen"], ["ns2"])
        self.assertRegex(self.check(expect=0), r"dkim\.secutix\.com  serial \d+\n  ok  ns2  serial \d+ at 127\.0\.0\.1:\d+\n")
        serial = self.store.json("zone", "serial", "spf.secutix.com")["serial"]
        self.assertEqual(self.state_in("spf.secutix.com")[:2], [str(serial), "current"])
        self.assertNotIn("nobody has looked yet at", self.store.zonectl("status", "--offline", expect=None).stdout)
        document = self.store.json("secondary", "show", "ns2")
        self.assertEqual([each["changes_late"] for each in document["seen"]], [0, 0])

    def test_one_that_lags_is_counted_in_changes(self):
        self.store.zonectl("spf", "allow", "ip4:192.28.148.112")
        self.store.zonectl("spf", "allow", "ip4:192.28.148.113")
        self.assertIn("  lagging  ns2  serial", self.check("ns2", expect=1))
        self.assertIn("2 changes late", self.state_in("spf.secutix.com"))
        self.assertIn("current", self.state_in("dkim.secutix.com"))

    def test_one_that_falls_silent_is_told_and_keeps_the_serial_that_it_had(self):
        self.check(expect=0)
        serials = [each["serial"] for each in self.store.json("secondary", "show", "ns2")["seen"]]
        self.server.stop()
        self.assertIn("  unreachable  ns2  no answer", self.store.zonectl("secondary", "check", "--timeout", "1s", expect=1).stdout)
        self.assertIn("silent", self.state_in("dkim.secutix.com"))
        seen = self.store.json("secondary", "show", "ns2")["seen"]
        self.assertEqual([(each["verdict"], each["serial"]) for each in seen], [("unreachable", each) for each in serials])
        self.assertIn("secondary-silent: secondary ns2 does not answer", self.store.zonectl("status", "--offline", expect=1).stdout)

    def test_one_that_is_ahead_of_a_store_is_called_so(self):
        earlier = self.store.scratch / "earlier.db"
        with self.store.sql() as database, self.store.sql(earlier) as kept:
            database.backup(kept)
        self.store.zonectl("spf", "allow", "ip4:192.28.148.112")
        self.follow()
        until(lambda: "lagging" not in self.check(expect=None), "the secondary has the change")
        with self.store.sql() as database, self.store.sql(earlier) as kept:
            kept.backup(database)
        self.assertIn("  ahead  ns2  ", self.check(expect=1))
        self.assertIn("ahead of the store", self.state_in("spf.secutix.com"))
        self.assertIn("secondary-ahead: secondary ns2 is ahead for spf.secutix.com", self.store.zonectl("status", "--offline", expect=1).stdout)

    def test_the_check_of_our_own_servers_asks_them_too(self):
        done = self.store.zonectl("check", "--own", "--server", "%s:%d" % self.server.address(), "--timeout", "20s")
        self.assertRegex(done.stdout, r"  ok  secondary ns2  serial \d+")

    def test_a_key_waits_for_it_and_the_refusal_names_it(self):
        self.store.zonectl("add", "nova")
        self.check(expect=1)
        done = self.store.zonectl("show", "nova")
        self.assertIn("once it is ripe", done.stdout)
        done = self.store.zonectl("rotate", "nova", "--no-look", expect=3)
        self.assertIn("ns2 may still answer with it", done.stderr)


class Configured(unittest.TestCase):
    def setUp(self):
        self.store = new_store(self)
        self.store.zonectl("secondary", "add", "ns2", "--address", "192.0.2.53", "--key", "old-key", "--key", KEY)
        self.store.zonectl("secondary", "add", "open", "--address", "192.0.2.54", "--no-key", "--no-ixfr")

    def config(self, name, kind):
        return self.store.zonectl("secondary", "config", name, "--for", kind, "--primary", "198.51.100.1",
                                  "--primary", "[2001:db8::1]:5300").stdout

    def test_each_server_takes_its_configuration(self):
        for kind, checker in CHECKERS.items():
            if shutil.which(checker[0]) is None and shutil.which(checker[0], path="/usr/sbin") is None:
                self.skipTest(f"{checker[0]} is not installed")
            for name in ("ns2", "open"):
                with self.subTest(kind=kind, name=name):
                    text = self.config(name, kind)
                    for zone in ("dkim.secutix.com", "spf.secutix.com"):
                        self.assertIn(zone, text)
                    place = self.store.scratch / f"{kind}-{name}.conf"
                    place.write_text((CLAUSES[kind] if name == "ns2" else "") + text, encoding="ascii")
                    run(*checker, place, *(("conf-check",) if kind == "knot" else ()))

    def test_no_secret_is_in_it_and_it_says_where_that_is(self):
        for kind in ("nsd", "knot", "bind", "pdns"):
            text = self.config("ns2", kind)
            self.assertIn(f"tsig_key show {KEY} --for {kind}", text)
            self.assertNotIn("old-key", text)
            self.assertNotIn("secret:", re.sub(r"(#|//) secret: \(of [^\n]*\n", "", text))

    def test_one_that_has_the_catalog_gets_one_clause(self):
        self.store.zonectl("catalog", "set", "catalog.secutix.invalid")
        self.store.zonectl("secondary", "set", "ns2", "--catalog")
        for kind in ("knot", "bind", "pdns"):
            text = self.config("ns2", kind)
            self.assertIn("catalog.secutix.invalid", text)
            self.assertNotIn("dkim.secutix.com", text)
        text = self.config("ns2", "nsd")
        self.assertIn("NSD 4.6 does not read catalogs", text)
        self.assertIn('name: "dkim.secutix.com"', text)
        self.assertNotIn("catalog.secutix.invalid", text)
        for kind, checker in CHECKERS.items():
            if shutil.which(checker[0], path="/usr/sbin:/usr/bin"):
                place = self.store.scratch / f"{kind}-catalog.conf"
                place.write_text(CLAUSES[kind] + self.config("ns2", kind), encoding="ascii")
                run(*checker, place, *(("conf-check",) if kind == "knot" else ()))

    def test_powerdns_is_told_to_be_held_to_whole_zones(self):
        self.assertIn("zonectl secondary set ns2 --no-ixfr", self.config("ns2", "pdns"))
        self.assertNotIn("--no-ixfr", self.config("open", "pdns"))


if __name__ == "__main__":
    unittest.main()
