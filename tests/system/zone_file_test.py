"""`zonectl zone export`: NSD, Knot, BIND and ldns load it without a warning, and answer from it as we do."""

import unittest

import dns.zone

from support.programs import run
from support.questions import ask_tcp, query
from support.server import serve
from support.store import new_store

ZONES = ("dkim.secutix.com", "spf.secutix.com")


class ZoneFile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = new_store(cls)
        cls.store.zonectl("add", "mosa", "--domain", "mosamuseum.com")
        cls.store.zonectl("add", "big", "--key", "rsa4096")
        cls.store.zonectl("spf", "allow", "ip4:192.28.148.112", "ip6:2001:db8::/32")
        cls.files = {}
        for zone in ZONES:
            cls.files[zone] = cls.store.scratch / f"{zone}.zone"
            cls.files[zone].write_text(cls.store.zonectl("zone", "export", zone).stdout)

    def test_nsd(self):
        for zone, file in self.files.items():
            done = run("nsd-checkzone", zone, file)
            self.assertEqual(done.stdout + done.stderr, f"zone {zone} is ok\n")

    def test_knot(self):
        for zone, file in self.files.items():
            config = self.store.scratch / f"knot-{zone}.conf"
            config.write_text(f"server:\n  rundir: {self.store.scratch}\ndatabase:\n  storage: {self.store.scratch}\n"
                              f"zone:\n  - domain: {zone}\n    file: {file}\n    semantic-checks: on\n")
            done = run("knotc", "--config", config, "--force", "zone-check", zone)
            self.assertNotRegex(done.stdout + done.stderr, "(?i)(warning|error)")

    def test_bind(self):
        for zone, file in self.files.items():
            done = run("named-checkzone", "-k", "fail", "-m", "fail", "-n", "fail", "-r", "fail", "-i", "none", zone, file)
            self.assertRegex(done.stdout, rf"^zone {zone}/IN: loaded serial \d+\nOK\n$")

    def test_ldns(self):
        for file in self.files.values():
            self.assertEqual(run("ldns-read-zone", file).stderr, "")

    def test_every_record_set_of_the_file_is_what_is_served(self):
        address = serve(self, self.store).address("127.0.0.1", "tcp")
        count = 0
        for zone, file in self.files.items():
            parsed = dns.zone.from_file(str(file), zone, relativize=False)
            for name, record_set in parsed.iterate_rdatasets():
                (served,) = ask_tcp(address, query(name, record_set.rdtype)).answer
                self.assertEqual((served.to_rdataset(), served.ttl), (record_set, record_set.ttl), name)
                count += 1
        self.assertEqual(count, 2 * 2 + 4 + 1, "SOA and NS of both, four keys, SPF")


if __name__ == "__main__":
    unittest.main()
