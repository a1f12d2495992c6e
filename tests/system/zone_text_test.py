"""Zone text: what we take and refuse is what BIND and dnspython take and refuse; an export is read by all; what is taken is
answered, what is not understood is not printed.

DNSD_ZONE_TEXT_SPOILT: how many spoilt texts of each type (default 40); DNSD_ZONE_TEXT_SEED.
"""

import os
import re
import unittest

import dns.rcode
import dns.zone

from support.programs import run
from support.questions import ask_tcp, query
from support.server import serve
from support.store import new_store
from zone_text import deviations, mutations, readers, samples

PROGRAM = os.environ.get("RECORD_TEXT_BINARY", "build/bin/record_text")
SPOILT = int(os.environ.get("DNSD_ZONE_TEXT_SPOILT", "40"))
SEED = int(os.environ.get("DNSD_ZONE_TEXT_SEED", "1"))


JUDGED_BY_THE_ZONE = ("NS", "DNAME", "DS")  # what stands beside them at that name, and Knot the algorithm of a DS
MADE_BY_SIGNING = ("RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "DNSKEY", "ZONEMD")


def fails_dnspython(record):
    """It refuses parameters that RFC 9460 section 2.4.2 has clients ignore, what a CDS says with 0 but as RFC 8078 has it, an
    empty target of a URI and the type 0 in a bitmap; it drops an ISDN subaddress without a byte, and reads the byte 181 of
    a CAA as a character of two."""
    rtype, text = record
    return ((rtype in ("SVCB", "HTTPS") and text.startswith("0 ")) or rtype == "TYPE20" or
            (rtype == "CDS" and "0" in text.split()[1:3]) or (rtype == "URI" and text.endswith(' ""')) or
            (rtype == "CSYNC" and text.endswith(" TYPE0")) or (rtype == "CAA" and re.search(r"\\(1[3-9]|12[89]|2)", text)))


def fails_knot_or_nsd(record):
    """Knot refuses an IPSECKEY with a key of no algorithm, and types in a bitmap that BIND and NSD take; NSD a CAA with a tag
    of more than 15 characters, which RFC 8659 section 4.1 does not ask."""
    rtype, text = record
    return ((rtype == "CAA" and len(text.split()[1]) > 15) or
            (rtype == "IPSECKEY" and text.split()[2] == "0" and len(text.split()) > 4) or
            (rtype == "CSYNC" and text.split()[-1] in ("TYPE0", "NXT")))


class Texts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = new_store(cls)
        cls.records = list(mutations.of(samples.SAMPLES, SPOILT, SEED))
        cls.ours = readers.ours(PROGRAM, cls.records)

    def test_where_bind_and_dnspython_say_the_same_so_do_we(self):
        bind = readers.bind(self.records, self.store.scratch)
        counts, used, found = {"taken": 0, "refused": 0}, {}, []
        for record, ours, theirs, other in zip(self.records, self.ours, bind, readers.dnspython(self.records)):
            if theirs != other:
                continue
            counts["refused" if theirs is None else "taken"] += 1
            reason = deviations.reason(record, ours, theirs)
            if ours.data == theirs:
                continue
            if reason is None:
                found.append(f"{record}: {ours.data or ours.why}, they: {theirs}")
            used[reason] = used.get(reason, 0) + 1
        print(counts, *(f"{count} times: {reason}" for reason, count in used.items()), sep="\n", flush=True)
        self.assertEqual(found, [])
        self.assertGreater(counts["taken"], 5 * len(samples.SAMPLES))
        self.assertGreater(counts["refused"], 5 * len(samples.SAMPLES))

    def test_what_nsd_knot_and_bind_load_is_taken_as_bind_understands_it(self):
        records = [record for record in self.records if record[0] not in JUDGED_BY_THE_ZONE + MADE_BY_SIGNING]
        ours = readers.ours(PROGRAM, records)
        by_bind = readers.bind(records, self.store.scratch)
        by_all = readers.nsd(records, self.store.scratch) & readers.knot(records, self.store.scratch)
        self.assertEqual([(records[at], ours[at].data or ours[at].why, by_bind[at]) for at in sorted(by_all)
                          if by_bind[at] is not None and ours[at].data != by_bind[at]], [])
        self.assertGreater(len(by_all), 5 * len(samples.SAMPLES))
        self.assertGreater(len(records) - len(by_all), 5 * len(samples.SAMPLES))

    def test_a_naptrs_expression_is_judged_as_bind_judges_it(self):
        """dnspython does not look at it; a client that cannot read it has no address to call."""
        records = sorted(set(mutations.naptr_expressions(10 * SPOILT, SEED)))
        bind = readers.bind(records, self.store.scratch)
        ours = readers.ours(PROGRAM, records)
        self.assertEqual([record for record, mine, theirs in zip(records, ours, bind) if mine.data != theirs], [])
        self.assertGreater(sum(data is None for data in bind), len(records) // 10)
        self.assertGreater(sum(data is not None for data in bind), len(records) // 20)

    def test_every_right_text_is_taken(self):
        right = {(rtype, text) for rtype, texts in samples.SAMPLES.items() for text in texts}
        self.assertEqual([(record, ours.why) for record, ours in zip(self.records, self.ours)
                          if record in right and ours.data is None], [])

    def test_text_to_wire_to_text_to_wire_is_the_same(self):
        self.assertEqual([(record, ours.text) for record, ours in zip(self.records, self.ours)
                          if ours.data is not None and ours.again != ours.data], [])

    def exported(self):
        """As an export writes it, each once: (type, text) and the data. Without what signing makes, which none has."""
        taken = {}
        for record, ours in zip(self.records, self.ours):
            if ours.data is not None and record[0] not in MADE_BY_SIGNING:
                taken.setdefault((record[0], ours.data), ours)
        return [((ours.export_type, ours.export_text), ours.data) for ours in taken.values()]

    def test_an_export_is_the_same_records_to_us_bind_and_dnspython(self):
        exported, data = zip(*self.exported())
        for name, read in (("we", [ours.data for ours in readers.ours(PROGRAM, exported)]),
                           ("BIND", readers.bind(exported, self.store.scratch)),
                           ("dnspython", readers.dnspython(exported, None))):
            self.assertEqual([each for each in zip(exported, data, read)
                              if each[1] != each[2] and not (name == "dnspython" and fails_dnspython(each[0]))],
                             [], name)

    def test_nsd_and_knot_load_an_export_and_nsd_prints_the_same_records(self):
        served = [record for record, _ in self.exported() if record[0] not in JUDGED_BY_THE_ZONE and not fails_knot_or_nsd(record)]
        file = self.store.scratch / "export.zone"
        file.write_text(readers.HEAD + "".join(f"r{at} {rtype} {text}\n" for at, (rtype, text) in enumerate(served)))
        knot = run("kzonecheck", "-v", "-o", readers.ORIGIN, file, expect=None)
        self.assertEqual(knot.returncode, 0, knot.stdout + knot.stderr)
        printed = run("nsd-checkzone", "-p", readers.ORIGIN, file).stdout
        found = dict(re.findall(r"(?m)^r(\d+)(?:\.p\.test\.)?\t300\tIN\t(.*)$", printed))
        self.assertEqual(len(found), len(served))
        of_nsd = readers.ours(PROGRAM, [tuple(found[str(at)].split(None, 1)) for at in range(len(served))])
        ours = readers.ours(PROGRAM, served)
        self.assertEqual([(record, found[str(at)]) for at, record in enumerate(served)
                          if folded(of_nsd[at].data) != folded(ours[at].data)], [], "what NSD understood")


def folded(data):
    """NSD prints names in lower case."""
    return data and bytes.fromhex(data).lower()


class Zones(unittest.TestCase):
    def setUp(self):
        self.store = new_store(self)

    def write(self, text, name="p.zone"):
        file = self.store.scratch / name
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    def test_what_all_three_load_is_taken_with_warnings_and_answered_as_they_do(self):
        file = self.write(readers.HEAD + "@ MX 10 m\nm CNAME x.test.\nsub NS ns.other.test.\nwww.sub TXT below\nsub TXT at\n"
                          "zero 0 A 192.0.2.1\nmixed 5 A 192.0.2.1\nmixed 9 A 192.0.2.2\nr NS .\n")
        for command in (("named-checkzone", "p.test", file), ("nsd-checkzone", "p.test", file),
                        ("kzonecheck", "-o", "p.test", file)):
            run(*command)
        done = self.store.json("zone", "import", file)
        self.assertGreaterEqual(len(done["warnings"]), 5, done["warnings"])
        self.store.zonectl("zone", "import", file, "--strict", expect=2)
        address = serve(self, self.store).address("127.0.0.1", "tcp")
        for name in ("www.sub.p.test", "sub.p.test", "other.sub.p.test"):
            answer = ask_tcp(address, query(name, "TXT"))
            self.assertEqual((answer.rcode(), answer.answer, answer.authority[0].to_text()),
                             (dns.rcode.NOERROR, [], "sub.p.test. 300 IN NS ns.other.test."), name)
        self.assertEqual(ask_tcp(address, query("zero.p.test", "A")).answer[0].ttl, 1)
        exported = self.store.zonectl("zone", "export", "p.test").stdout
        self.assertIn('www.sub.p.test.\t300\tIN\tTXT\t"below"', exported)

    def test_data_that_means_nothing_is_taken_from_a_file_alone_and_told(self):
        data = "3 1 1 ABCD"
        file = self.write(readers.HEAD + f"_443._tcp TLSA {data}\nc CDS 60485 8 0 00\n")
        done = self.store.json("zone", "import", file)
        self.assertRegex("\n".join(done["warnings"]), r"line 5: _443\._tcp\.p\.test\. TLSA: a digest of type 1 has 32 bytes")
        self.assertRegex("\n".join(done["warnings"]), r"line 6: c\.p\.test\. CDS: the digest type 0")
        self.assertRegex(self.store.zonectl("zone", "export", "p.test").stdout, f"(?i)TLSA\t{data}")
        refused = self.store.zonectl("zone", "import", file, "--strict", expect=2)
        self.assertIn(f"{file}:5: this is no data of type TLSA", refused.stderr)
        self.store.zonectl("record", "add", "p.test", "x", "TLSA", *data.split(), expect=2)
        self.store.zonectl("record", "remove", "p.test", "_443._tcp", "TLSA", *data.split())

    def test_a_name_that_has_the_zone_twice_is_told(self):
        self.store.zonectl("zone", "import", self.write(readers.HEAD))
        done = self.store.zonectl("record", "add", "p.test", "www.p.test", "A", "192.0.2.1")
        self.assertRegex(done.stdout + done.stderr, r"www\.p\.test\.p\.test\. has the zone's name twice.*www\.p\.test\. ")
        done = self.store.zonectl("record", "add", "p.test", "@", "MX", "10", "mail.p.test")
        self.assertRegex(done.stdout + done.stderr, r"mail\.p\.test\.p\.test\. has the zone's name twice")
        done = self.store.zonectl("record", "add", "p.test", "www.p.test.", "A", "192.0.2.1")
        self.assertNotIn("twice", done.stdout + done.stderr)
        warned = self.store.json("zone", "import", self.write(readers.HEAD + "www.p.test A 192.0.2.1\n"))["warnings"]
        self.assertRegex(" ".join(warned), r"www\.p\.test\.p\.test\. has the end p\.test\. twice")

    def test_a_file_that_is_no_zone_is_not_printed(self):
        key = run("openssl", "genpkey", "-algorithm", "ed25519").stdout
        for text in (key, "AbCdEfGh" * 8, f"key {key.splitlines()[1]}\n"):
            for command in (("zone", "import"), ("zone", "check")):
                done = self.store.zonectl(*command, self.write(text), "--zone", "p.test", expect=None)
                self.assertNotEqual(done.returncode, 0)
                for word in text.split():
                    if len(word) > 10 and "-----" not in word:
                        self.assertNotIn(word[:8], done.stdout + done.stderr)

    def test_an_empty_value_comes_from_the_command_line_too(self):
        self.store.zonectl("zone", "import", self.write(readers.HEAD))
        done = self.store.json("record", "add", "p.test", "@", "CAA", "0", "issue", "")
        self.assertEqual(done["after"]["data"], ['0 issue ""'])


if __name__ == "__main__":
    unittest.main()
