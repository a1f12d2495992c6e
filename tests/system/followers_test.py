"""NSD, Knot, BIND and PowerDNS follow dnsd by what `zonectl secondary config` and `tsig_key show` print, and nothing else."""

import unittest

from support.followers import KEY, WithFollowers
from support.questions import DKIM_ZONE, SPF_ZONE, dig, selector


class Followers(WithFollowers):
    def follow(self, kind, *how, key=KEY):
        port = self.enrol("ns2", *(("--key", key) if key else ("--no-key",)), *how)
        follower = self.start(kind, port, key=key)
        self.wait_until_current(follower)
        self.assertIn("v=DKIM1", follower.answer(selector("mosa"), "TXT")[0])
        self.store.zonectl("spf", "allow", "ip4:192.28.148.112")
        self.store.zonectl("rotate", "mosa", "--no-look", "--override", "E_NOT_RIPE", "--reason", "test")
        self.wait_until_current(follower)
        for name in (SPF_ZONE, selector("mosa"), selector("mosa", "sel2")):
            ours = sorted(dig(self.server.address(), name, "TXT", "+short", "+tcp").splitlines())
            self.assertEqual(ours, follower.answer(name, "TXT"), name)
        self.assertIn("ip4:192.28.148.112", follower.answer(SPF_ZONE, "TXT")[0])

    def follow_by_differences(self, kind):
        self.follow(kind)
        self.assertRegex(self.server.log, rf"event=transfer zone={DKIM_ZONE.rstrip('.')} peer=ns2 kind=ixfr ")

    def test_nsd(self):
        self.follow_by_differences("nsd")

    def test_knot(self):
        self.follow_by_differences("knot")

    def test_bind(self):
        self.follow_by_differences("bind")

    def test_powerdns(self):
        """By whole zones: it is wrong about empty names after an IXFR (deploy/secondaries.md)."""
        self.follow("pdns", "--no-ixfr")
        self.assertNotIn("kind=ixfr ", self.server.log)

    def test_powerdns_without_a_key(self):
        self.follow("pdns", "--no-ixfr", key=None)

    def test_powerdns_has_all_names_of_a_zone(self):
        """Those too that came and went with empty names above them."""
        zone = "example.com"
        file = self.store.scratch / "example.zone"
        file.write_text(f"{zone}. 300 SOA ns1.example.net. h.example.net. 1 3600 600 86400 60\n"
                        f"{zone}. 300 NS ns1.example.net.\n*.w.{zone}. 300 TXT wild\n", encoding="ascii")
        self.store.zonectl("zone", "import", file)
        follower = self.start("pdns", self.enrol("ns2", "--key", KEY, "--no-ixfr"))
        self.wait_until_current(follower)
        self.store.zonectl("record", "add", zone, "new.a.b", "TXT", "deep")
        self.wait_until_current(follower)
        self.assertEqual(follower.answer(f"new.a.b.{zone}", "TXT"), ['"deep"'])
        self.assertEqual(follower.answer(f"x.w.{zone}", "TXT"), ['"wild"'])
        for name, status in ((f"a.b.{zone}", "NOERROR"), (f"c.b.{zone}", "NXDOMAIN")):
            self.assertIn(f"status: {status}", dig(follower.address, name, "TXT", "+tcp"), name)
        self.store.zonectl("record", "remove", zone, "new.a.b", "TXT")
        self.wait_until_current(follower)
        self.assertIn("status: NXDOMAIN", dig(follower.address, f"a.b.{zone}", "TXT", "+tcp"))


if __name__ == "__main__":
    unittest.main()
