"""Static records and whole zones: zonectl takes them in, dnsd serves them, NSD, Knot, BIND and ldns read the export."""

import time
import unittest

import dns.rcode
import dns.rdatatype
import dns.zone

from support.programs import run
from support.questions import ask, ask_tcp, dig, query, until
from support.server import serve
from support.store import faults_of, new_store

ZONE = "example.com"
LABEL = "l" * 63
LONG = f"{LABEL}.{LABEL}.{LABEL}.{'m' * 49}"  # 255 bytes with the zone
EVERY_BYTE = "".join(f"\\{byte:03}" for byte in range(1, 256))

HEAD = """$TTL 1h
@ IN SOA ns1 hostmaster ( 2026112501 ; serial
      2h 10m 2w 5m )
  IN NS ns1
  IN NS ns2.example.net.
ns1 A 192.0.2.1
"""
# Everything that a zone may hold here, in many of the forms that a file may have.
RICH = HEAD + f"""
@ MX 10 mail
@ TXT "v=spf1 include:spf.secutix.com ~all"
@ CAA 0 issue "ca.example.net"
mail 300 A 192.0.2.2
mail 300 AAAA 2001:db8::2
www CNAME mail
*.wild TXT "a wildcard"
_sip._tcp SRV 0 5 5060 mail
sub NS ns.sub
sub DS 60485 8 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A
ns.sub A 192.0.2.3
ns.sub AAAA 2001:db8::3
old DNAME example.net.
a\\.b TXT "a dot within a label"
\\000x TXT "a NUL"
\\255 TXT "the last byte"
quotes TXT "\\"quoted\\" and \\\\ and \\; and " "" ""
bytes TXT "{EVERY_BYTE}"
long TXT "{'a' * 255}" "{'b' * 255}"
{LONG} TXT "the longest name"
{LABEL} TXT "the longest label"
unknown TYPE65280 \\# 4 00FF22 5C
empty TYPE65281 \\# 0
$ORIGIN deep.er.{ZONE}.
relative TXT "below another $ORIGIN"
"""


class StaticRecords(unittest.TestCase):
    def setUp(self):
        self.store = new_store(self)

    def write(self, text, name="example.zone"):
        file = self.store.scratch / name
        file.write_text(text)
        return file

    def record(self, *words, expect=0):
        return self.store.zonectl("record", words[0], ZONE, *words[1:], expect=expect)

    def test_a_record_is_served_as_soon_as_it_is_added_and_gone_with_its_removal(self):
        self.store.zonectl("zone", "import", self.write(HEAD), "--zone", ZONE)
        address = serve(self, self.store).address()
        self.assertEqual(ask(address, query(f"host.{ZONE}", "A")).rcode(), dns.rcode.NXDOMAIN)
        self.record("add", "host", "A", "192.0.2.7", "--ttl", "5m")
        until(lambda: dig(address, f"host.{ZONE}", "A", "+short") == "192.0.2.7\n", "the address")
        self.assertEqual(ask(address, query(f"host.{ZONE}", "A")).answer[0].ttl, 300)
        self.record("remove", "host", "A")
        until(lambda: ask(address, query(f"host.{ZONE}", "A")).rcode() == dns.rcode.NXDOMAIN, "the removal")

    def test_a_zone_comes_and_goes_without_a_restart(self):
        address = serve(self, self.store).address()
        self.assertEqual(ask(address, query(ZONE, "SOA")).rcode(), dns.rcode.REFUSED)
        self.store.zonectl("zone", "import", self.write(HEAD), "--zone", ZONE)
        until(lambda: "2026112501" in dig(address, ZONE, "SOA", "+short"), "the zone")
        self.store.zonectl("zone", "remove", ZONE)
        until(lambda: ask(address, query(ZONE, "SOA")).rcode() == dns.rcode.REFUSED, "the removal of the zone")
        self.assertEqual(faults_of(self.store), [])

    def test_an_import_replaces_records_and_settings_at_once(self):
        self.store.zonectl("zone", "import", self.write(HEAD + "one TXT 1\n"), "--zone", ZONE)
        address = serve(self, self.store).address()
        self.store.zonectl("zone", "import", self.write(HEAD.replace("5m", "1m") + "two TXT 2\n"), "--zone", ZONE)
        until(lambda: ask(address, query(f"two.{ZONE}")).rcode() == dns.rcode.NOERROR, "the new record")
        gone = ask(address, query(f"one.{ZONE}"))
        self.assertEqual((gone.rcode(), gone.authority[0][0].minimum), (dns.rcode.NXDOMAIN, 60))

    def test_an_export_comes_back_as_it_was(self):
        self.store.zonectl("zone", "import", self.write(RICH), "--zone", ZONE)
        exported = self.store.zonectl("zone", "export", ZONE).stdout
        again = self.store.json("zone", "import", self.write(exported, "again.zone"))
        self.assertEqual((again["changed"], again["added"], again["altered"], again["removed"]), (False, 0, 0, 0))
        other = new_store(self)
        other.zonectl("zone", "import", self.store.scratch / "again.zone")
        self.assertEqual(other.zonectl("zone", "export", ZONE).stdout, exported)

    def test_the_file_means_to_dnspython_what_it_means_to_us(self):
        file = self.write(RICH)
        self.store.zonectl("zone", "import", file, "--zone", ZONE)
        exported = self.write(self.store.zonectl("zone", "export", ZONE).stdout, "exported.zone")
        mine = dns.zone.from_file(str(exported), ZONE, relativize=False)
        theirs = dns.zone.from_file(str(file), ZONE, relativize=False)
        sets = [{(name, each.rdtype): (each, each.ttl) for name, each in zone.iterate_rdatasets()}
                for zone in (mine, theirs)]
        self.assertEqual(sets[0], sets[1])
        self.assertGreater(len(sets[0]), 25)

    def test_the_others_load_the_export_without_a_warning(self):
        self.store.zonectl("zone", "import", self.write(RICH), "--zone", ZONE)
        file = self.write(self.store.zonectl("zone", "export", ZONE).stdout, "exported.zone")
        nsd = run("nsd-checkzone", ZONE, file)
        self.assertEqual(nsd.stdout + nsd.stderr, f"zone {ZONE} is ok\n")
        bind = run("named-checkzone", "-k", "fail", "-m", "fail", "-n", "fail", "-r", "fail", "-i", "local", ZONE, file)
        self.assertRegex(bind.stdout, rf"^zone {ZONE}/IN: loaded serial \d+\nOK\n$")
        knot = self.write(f"server:\n  rundir: {self.store.scratch}\ndatabase:\n  storage: {self.store.scratch}\n"
                          f"zone:\n  - domain: {ZONE}\n    file: {file}\n    semantic-checks: on\n", "knot.conf")
        done = run("knotc", "--config", knot, "--force", "zone-check", ZONE)
        self.assertNotRegex(done.stdout + done.stderr, "(?i)(warning|error)")
        self.assertEqual(run("ldns-read-zone", file).stderr, "")

    def test_what_a_file_says_is_what_is_served(self):
        file = self.write(RICH)
        self.store.zonectl("zone", "import", file, "--zone", ZONE)
        address = serve(self, self.store).address("127.0.0.1", "tcp")
        plain = dns.zone.from_file(str(file), ZONE, relativize=False)
        for owner in ("", "mail.", "unknown.", "bytes.", "quotes.", "long.", f"{LONG}.", "relative.deep.er.",
                      "a\\.b.", "\\000x.", "\\255."):
            name = dns.name.from_text(f"{owner}{ZONE}.")
            for record_set in plain.find_node(name):
                if record_set.rdtype != dns.rdatatype.SOA:
                    (served,) = ask_tcp(address, query(name, record_set.rdtype)).answer
                    self.assertEqual((served.to_rdataset(), served.ttl), (record_set, record_set.ttl), name)

    def test_a_bad_file_is_refused_whole_with_each_line_named(self):
        self.store.zonectl("zone", "import", self.write(HEAD), "--zone", ZONE)
        before = self.store.zonectl("zone", "export", ZONE).stdout
        file = self.write(HEAD + "a A 192.0.2\nb CNAME c\nb TXT x\nsub NS ns.sub\n\nwww.sub A 192.0.2.1\nok TXT fine\n")
        lines = len(HEAD.splitlines())
        done = self.store.zonectl("zone", "import", file, "--zone", ZONE, "--strict", expect=2)
        for line, what in ((1, "no data of type A"), (2, "E_CNAME_ALONE"), (6, "E_BELOW_CUT")):
            self.assertRegex(done.stderr, rf"(?m)^.*{what}.*{file}:{lines + line}:|{file}:{lines + line}:.*{what}")
        self.assertEqual(self.store.zonectl("zone", "export", ZONE).stdout, before)
        checked = self.store.json("zone", "check", file, "--zone", ZONE, "--strict", expect=1)
        self.assertEqual([fault["line"] - lines for fault in checked["faults"]], [1, 2, 6])

    def test_a_hundred_thousand_records_come_in_soon_and_a_change_does_not_read_them(self):
        hosts = "".join(f"h{number}.d{number % 997} A 10.{number >> 16}.{number >> 8 & 255}.{number & 255}\n"
                        for number in range(100_000))
        began = time.monotonic()
        done = self.store.json("zone", "import", self.write(HEAD + hosts), "--zone", ZONE)
        imported = time.monotonic() - began
        self.assertEqual(done["added"], 100_001)
        began = time.monotonic()
        for number in range(10):
            self.record("add", f"late{number}", "MX", "10", "mail.example.net.")
        changed = (time.monotonic() - began) / 10
        print(f"100,000 record sets imported in {imported:.1f} s; one added to them in {1000 * changed:.0f} ms", flush=True)
        self.assertLess(imported, 60)
        self.assertLess(changed, imported / 4, "a change must not cost what the whole zone costs")
        self.assertEqual(faults_of(self.store), [])


if __name__ == "__main__":
    unittest.main()
