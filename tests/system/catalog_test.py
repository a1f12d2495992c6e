"""The catalog (RFC 9432): BIND, Knot and PowerDNS take zones up and drop them by it, and nobody else hears of it."""

import re
import signal
import unittest

import dns.rcode

from support.followers import KEY, TSIG_KEY, WithFollowers
from support.programs import run
from support.questions import ask, dig, query, until

CATALOG = "catalog.secutix.invalid"
OURS = ("dkim.secutix.com", "spf.secutix.com")
ZONE = "example.com"


def zone_file(address):
    return f"{ZONE}. 300 SOA ns1.example.net. h.example.net. 1 3600 600 86400 60\n{ZONE}. 300 NS ns1.example.net.\n" \
           f"www.{ZONE}. 300 A {address}\n"


class Catalog(WithFollowers):
    def import_zone(self, address):
        file = self.store.scratch / "example.zone"
        file.write_text(zone_file(address), encoding="ascii")
        self.store.zonectl("zone", "import", file)

    def set(self):
        self.store.zonectl("catalog", "set", CATALOG)
        self.server.wait_for(f"zone={CATALOG}")

    def label_of(self, zone):
        return {each["zone"]: each["label"] for each in self.store.json("catalog", "show")["members"]}[zone + "."]

    def wait(self, follower, done, what):
        try:
            until(done, f"{follower.kind} {what}", timeout=120)
        except AssertionError as late:
            raise AssertionError(f"{late}\n{follower.log()[-20000:]}\n{self.server.log}") from None

    def follow(self, kind, *how):
        """Through a zone's life, at a server that has one clause."""
        self.set()
        follower = self.start(kind, self.enrol("ns2", "--key", KEY, "--catalog", *how))
        for zone in OURS:
            self.wait(follower, lambda zone=zone: follower.serves(zone), f"has taken up {zone}")
        self.wait_until_current(follower)
        self.import_zone("192.0.2.1")
        www = f"www.{ZONE}"
        self.wait(follower, lambda: follower.answer(www, "A") == ["192.0.2.1"], "has taken up a new zone")
        label = self.label_of(ZONE)
        self.store.zonectl("zone", "remove", ZONE)
        self.wait(follower, lambda: not follower.serves(ZONE), "has dropped it")
        self.import_zone("192.0.2.2")
        self.assertNotEqual(self.label_of(ZONE), label)
        self.wait(follower, lambda: follower.answer(www, "A") == ["192.0.2.2"], "has its new content")
        # Another content under the same name at once: a consumer that has not seen it go either.
        self.store.zonectl("zone", "remove", ZONE)
        self.import_zone("192.0.2.3")
        self.wait(follower, lambda: follower.answer(www, "A") == ["192.0.2.3"], "has what was made anew")
        if "--no-ixfr" not in how:  # the catalog's changes are a journal's, as those of any zone
            kinds = set(re.findall(rf"event=transfer zone={CATALOG} peer=ns2 kind=(\S+) from=\d", self.server.log))
            self.assertEqual(kinds, {"ixfr"})
        self.store.zonectl("spf", "allow", "ip4:192.28.148.112")
        self.wait_until_current(follower)
        self.store.zonectl("catalog", "unset")
        self.server.wait_for(f"event=withdrawn zone={CATALOG}")
        self.store.zonectl("spf", "allow", "ip4:192.28.148.113")
        self.wait_until_current(follower)
        for zone in (*OURS, ZONE):
            self.assertTrue(follower.serves(zone), f"{kind} still has {zone}\n{follower.log()}")
        return follower

    def test_bind(self):
        self.follow("bind")

    def test_knot(self):
        self.follow("knot")

    def test_powerdns(self):
        self.follow("pdns", "--no-ixfr")

    def test_one_without_it_hears_and_gets_nothing_of_it(self):
        run(TSIG_KEY, "make", "ns3-key", "--config", self.settings, expect=None)
        self.server.process.send_signal(signal.SIGHUP)
        self.server.wait_for("event=tsig_keys_read keys=2")
        knot = self.start("knot", self.enrol("ns3", "--key", "ns3-key"), "ns3", "ns3-key")
        self.wait_until_current(knot)
        self.set()
        self.store.zonectl("spf", "allow", "ip4:192.28.148.112")
        self.wait_until_current(knot)
        self.assertNotIn(CATALOG, knot.log())
        secret = run(TSIG_KEY, "show", "ns3-key", "--for", "pdns", "--config", self.settings).stdout.split()[-1]
        signed = ("-y", f"hmac-sha256:ns3-key:{secret}")
        for how in (signed, ()):
            self.assertIn("status: REFUSED", dig(self.server.address(), CATALOG, "SOA", *how))
            self.assertIn("Transfer failed", dig(self.server.address(), CATALOG, "AXFR", "+tcp", *how))

    def test_to_strangers_it_is_a_zone_of_nobody(self):
        self.set()
        for name in (CATALOG, f"version.{CATALOG}", f"{self.label_of(OURS[0])}.zones.{CATALOG}"):
            for record_type in ("SOA", "NS", "TXT", "PTR", "ANY", "DS"):
                answer = ask(self.server.address(), query(name, record_type, use_edns=0))
                self.assertEqual(answer.rcode(), dns.rcode.REFUSED)
                self.assertEqual([option.code for option in answer.options], [20], "EDE 20, Not Authoritative")
                self.assertFalse(answer.authority)
        for record_type in ("AXFR", "IXFR"):
            self.assertEqual(ask(self.server.address(), query(CATALOG, record_type)).rcode(), dns.rcode.NOTAUTH)

    def test_looks_ask_nobody_about_it_but_who_is_to_have_it(self):
        self.set()
        server = "%s:%d" % self.server.address()
        looked = self.store.zonectl("check", "--own", "--server", server, "--timeout", "5s", expect=None).stdout
        self.assertIn(OURS[0], looked)
        self.assertNotIn("invalid", looked)
        self.store.zonectl("secondary", "add", "ns2", "--address", server, "--key", KEY, "--catalog")
        asked = self.store.json("secondary", "check", "--timeout", "5s", expect=1)["secondaries"]
        self.assertEqual([each["server"] for each in asked if each["zone"] == CATALOG + "."], ["ns2"])
        status = self.store.json("status", "--offline", expect=None)
        self.assertNotIn(CATALOG + ".", [each["zone"] for each in status["servers"]])

    def test_it_is_exported_kept_in_a_backup_and_verified(self):
        self.set()
        text = self.store.zonectl("zone", "export", CATALOG).stdout
        self.assertIn('TXT\t"2"', text)
        backup = self.store.scratch / "backup"
        self.store.zonectl("backup", backup)
        self.store.zonectl("catalog", "unset")
        self.store.zonectl("restore", backup)
        label = self.label_of(OURS[0])
        self.assertIn(f"{label}.zones.{CATALOG}.", text)
        self.store.zonectl("store", "verify")


class Refusals(WithFollowers):
    def test_it_takes_a_key_and_all_zones(self):
        at = ("--address", "192.0.2.53", "--catalog")
        self.assertIn("E_NO_KEY", self.store.zonectl("secondary", "add", "ns2", *at, "--no-key", expect=3).stderr)
        self.store.zonectl("secondary", "add", "ns2", *at, "--key", KEY, "--zone", OURS[0], expect=2)

    def test_what_would_drop_zones_says_so(self):
        self.assertIn("nobody yet", self.store.zonectl("catalog", "set", CATALOG).stdout)
        self.assertIn("E_EXISTS", self.store.zonectl("catalog", "set", "other.invalid", expect=3).stderr)
        self.store.zonectl("secondary", "add", "ns2", "--address", "192.0.2.53", "--key", KEY, "--catalog")
        self.assertIn("ns2 keeps its zones for as long as it has the catalog's clause", self.store.zonectl("catalog", "unset", "--dry-run").stdout)
        self.assertIn("E_IN_USE", self.store.zonectl("zone", "remove", CATALOG, expect=3).stderr)
        self.assertIn("E_RESERVED", self.store.zonectl("record", "add", CATALOG, "x", "TXT", "y", expect=3).stderr)


if __name__ == "__main__":
    unittest.main()
