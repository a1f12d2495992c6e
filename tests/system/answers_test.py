"""What resolvers and people with dig in hand get, asked from outside."""

import base64
import struct
import unittest

import dns.edns
import dns.flags
import dns.opcode
import dns.rcode
import dns.rdatatype

from support.programs import run
from support.questions import (DKIM_ZONE, SPF_ZONE, Tcp, ask, ask_raw, ask_tcp, dig, drill, joined, parse, query,
                               quoted_strings, selector, text_of)
from support.server import serve
from support.store import new_store


class Answers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = new_store(cls)
        cls.store.zonectl("add", "mosa", "--domain", "mosamuseum.com")
        cls.store.zonectl("add", "big", "--key", "rsa4096")
        cls.store.zonectl("spf", "allow", "ip4:192.28.148.112")
        cls.server = serve(cls, cls.store)
        cls.udp = cls.server.address("127.0.0.1")
        cls.tcp = cls.server.address("127.0.0.1", "tcp")
        cls.udp6 = cls.server.address("::1")
        cls.tcp6 = cls.server.address("::1", "tcp")

    def public_key_in_the_vault(self, slot):
        pem = self.store.scratch / f"{slot}.pem"
        if not pem.exists():
            self.store.zonectl("key", "export", "mosa", slot, "--out", pem)
        return run("openssl", "pkey", "-in", pem, "-pubout").stdout

    def check_soa(self, answer, zone):
        """The SOA in authority, with the TTL of RFC 2308: min(SOA TTL, SOA minimum)."""
        (soa,) = answer.authority
        self.assertEqual((soa.name.to_text(), soa.rdtype, soa.ttl), (zone, dns.rdatatype.SOA, 300))
        self.assertEqual(answer.answer, [])
        self.assertTrue(answer.flags & dns.flags.AA)

    # ---- the keys ----

    def test_dig_shows_both_keys_and_they_are_those_of_the_vault(self):
        for slot in ("sel1", "sel2"):
            strings = quoted_strings(dig(self.udp, selector("mosa", slot), "TXT", "+short"))
            self.assertEqual([len(strings), len(strings[0])], [2, 255], "two strings, the first of 255 bytes")
            text = "".join(strings)
            self.assertTrue(text.startswith("v=DKIM1; k=rsa; p="), text)
            der = base64.b64decode(text.split("p=")[1], validate=True)
            spki = self.store.scratch / f"{slot}.der"
            spki.write_bytes(der)
            served = run("openssl", "pkey", "-pubin", "-inform", "DER", "-in", spki, "-pubout").stdout
            self.assertEqual(served, self.public_key_in_the_vault(slot))

    def test_an_rsa_2048_answer_is_479_bytes_and_whole(self):
        wire = ask_raw(self.udp, query(selector("mosa")).to_wire())
        answer = parse(wire)
        self.assertEqual((len(wire), answer.flags & dns.flags.TC, len(answer.answer)), (479, 0, 1))
        self.assertEqual((answer.authority, answer.additional, answer.edns), ([], [], -1))
        self.assertEqual((answer.answer[0].ttl, ask(self.udp, query(selector("mosa", "sel2"))).answer[0].ttl),
                         (3600, 300), "the active slot's TTL, and the other's")

    def test_an_rsa_4096_answer_is_truncated_at_512_and_whole_over_tcp_and_edns(self):
        short = ask(self.udp, query(selector("big")))
        self.assertTrue(short.flags & dns.flags.TC)
        self.assertEqual(short.answer, [], "nothing that a resolver could take for a whole answer")
        whole = ask_tcp(self.tcp, query(selector("big")))
        self.assertFalse(whole.flags & dns.flags.TC)
        self.assertGreater(len(joined(whole)), 700)
        by_edns = ask(self.udp, query(selector("big"), use_edns=0, payload=1232))
        self.assertFalse(by_edns.flags & dns.flags.TC)
        self.assertEqual(text_of(by_edns), text_of(whole))

    def test_spf_is_one_record(self):
        self.assertEqual(joined(ask(self.udp, query(SPF_ZONE))), "v=spf1 ip4:192.28.148.112 ~all")

    def test_udp_and_tcp_over_ipv4_and_ipv6_say_the_same(self):
        message = query(selector("mosa"))
        answers = [ask(self.udp, message), ask(self.udp6, message), ask_tcp(self.tcp, message),
                   ask_tcp(self.tcp6, message)]
        for answer in answers:
            self.assertEqual(answer.to_wire(), answers[0].to_wire())

    def test_drill_reads_the_same_record(self):
        for name in (selector("mosa"), SPF_ZONE):
            lines = [line for line in drill(self.udp, name, "TXT").splitlines() if "\tTXT\t" in line and line[0] != ";"]
            self.assertEqual(len(lines), 1)
            expected = [part.decode() for part in text_of(ask(self.udp, query(name)))]
            self.assertEqual([part.replace("\\;", ";") for part in quoted_strings(lines[0])], expected)

    # ---- the names ----

    def test_an_empty_non_terminal_is_nodata(self):
        for record_type in ("TXT", "A", "NS"):
            answer = ask(self.udp, query("_domainkey." + DKIM_ZONE, record_type))
            self.assertEqual(answer.rcode(), dns.rcode.NOERROR)
            self.check_soa(answer, DKIM_ZONE)

    def test_a_name_without_the_type_is_nodata(self):
        for record_type in ("A", "AAAA", "CNAME", "TYPE65280"):
            answer = ask(self.udp, query(selector("mosa"), record_type))
            self.assertEqual(answer.rcode(), dns.rcode.NOERROR)
            self.check_soa(answer, DKIM_ZONE)

    def test_a_name_that_is_not_there_is_nxdomain_and_so_is_one_below_a_leaf(self):
        for name in ("sel1-nobody._domainkey." + DKIM_ZONE, "x." + selector("mosa"), "mosa." + DKIM_ZONE):
            answer = ask(self.udp, query(name))
            self.assertEqual(answer.rcode(), dns.rcode.NXDOMAIN, name)
            self.check_soa(answer, DKIM_ZONE)

    def test_a_name_outside_our_zones_is_refused(self):
        for name in ("secutix.com.", "www.example.com.", "com.", ".", "xdkim.secutix.com."):
            answer = ask(self.udp, query(name, use_edns=0))
            self.assertEqual(answer.rcode(), dns.rcode.REFUSED, name)
            self.assertFalse(answer.flags & dns.flags.AA)
            self.assertEqual((answer.answer, answer.authority, answer.edns), ([], [], 0))

    def test_a_refusal_says_why_by_an_extended_error(self):
        found = [(option.otype, int.from_bytes(option.to_wire()[:2], "big"))
                 for option in ask(self.udp, query("www.example.com.", use_edns=0)).options]
        self.assertEqual(found, [(dns.edns.EDE, 20)], "not authoritative (RFC 8914)")

    def test_the_apex_has_its_soa_and_name_servers(self):
        for zone in (DKIM_ZONE, SPF_ZONE):
            (soa,) = ask(self.udp, query(zone, "SOA")).answer
            self.assertEqual((soa.ttl, soa[0].mname.to_text(), soa[0].rname.to_text()),
                             (3600, "ns1.secutix.com.", "hostmaster.secutix.com."))
            self.assertEqual((soa[0].refresh, soa[0].retry, soa[0].expire, soa[0].minimum), (3600, 600, 1209600, 300))
            (servers,) = ask(self.udp, query(zone, "NS")).answer
            self.assertEqual(sorted(server.target.to_text() for server in servers),
                             ["ns1.secutix.com.", "ns2.secutix.com."])

    def test_the_question_comes_back_in_the_case_that_came(self):
        name = "SeL1-MoSa._DomainKEY.dKiM.SecUtix.COM."
        wire = ask_raw(self.udp, query(name).to_wire())
        question = query(name).to_wire()[12:]
        self.assertEqual(wire[12:12 + len(question)], question)
        self.assertEqual(wire[12 + len(question):][:2], b"\xc0\x0c", "the answer's owner points to it")
        self.assertEqual(text_of(parse(wire)), text_of(ask(self.udp, query(selector("mosa")))))

    # ---- header and form ----

    def test_aa_is_set_ra_is_not_and_rd_is_copied(self):
        for flags in (0, dns.flags.RD, dns.flags.RD | dns.flags.CD | dns.flags.AD):
            answer = ask(self.udp, query(selector("mosa"), flags=flags))
            self.assertEqual(answer.flags, dns.flags.QR | dns.flags.AA | (flags & dns.flags.RD))

    def test_an_opt_comes_back_if_and_only_if_one_came(self):
        for name, code in ((selector("mosa"), dns.rcode.NOERROR), ("no." + DKIM_ZONE, dns.rcode.NXDOMAIN)):
            self.assertEqual(ask(self.udp, query(name)).edns, -1)
            answer = ask(self.udp, query(name, want_dnssec=True))
            self.assertEqual((answer.edns, answer.ednsflags & dns.flags.DO, answer.rcode()), (0, dns.flags.DO, code))

    def test_a_later_edns_version_is_badvers(self):
        message = query(selector("mosa"))
        message.use_edns(1)
        answer = ask(self.udp, message)
        self.assertEqual((answer.rcode(), answer.edns, answer.answer), (dns.rcode.BADVERS, 0, []))

    def test_other_opcodes_are_not_implemented(self):
        for opcode in (dns.opcode.STATUS, dns.opcode.UPDATE, 6):
            message = query(selector("mosa"))
            message.set_opcode(opcode)
            header = bytearray(message.to_wire()[:12])
            header[4:12] = bytes(8)
            wire = ask_raw(self.udp, bytes(header))
            self.assertEqual((wire[:2], (wire[2] >> 3) & 15, wire[3] & 15), (bytes(header[:2]), opcode, 4))

    def test_responses_and_datagrams_shorter_than_a_header_get_silence(self):
        response = query(selector("mosa"), flags=dns.flags.QR).to_wire()
        for wire in (response, response[:11], b"x"):
            self.assertIsNone(ask_raw(self.udp, wire, timeout=0.5))
        self.assertIsNotNone(ask_raw(self.udp, query(selector("mosa")).to_wire()), "and it still answers")

    def test_malformed_questions_do_not_stop_it(self):
        header = struct.pack("!HHHHHH", 7, 0, 1, 0, 0, 0)
        for question in (b"", b"\xc0\x0c\x00\x10\x00\x01", b"\x3f" + b"a" * 10, b"\x40a\x00\x00\x10\x00\x01",
                         b"\x01a" * 130 + b"\x00\x00\x10\x00\x01", b"\x04mosa\x00\x00\x10"):
            wire = ask_raw(self.udp, header + question, timeout=0.5)
            if wire is not None:
                self.assertEqual((wire[:2], wire[3] & 15), (b"\x00\x07", 1), question)
        self.assertIsNotNone(ask_raw(self.udp, query(selector("mosa")).to_wire()))

    def test_class_ch_is_refused(self):
        for name in ("version.bind.", "id.server.", "hostname.bind."):
            self.assertEqual(ask(self.udp, query(name, rdclass="CH")).rcode(), dns.rcode.REFUSED)

    def test_any_gets_one_record_set(self):
        for name in (SPF_ZONE, selector("mosa")):
            self.assertEqual(len(ask_tcp(self.tcp, query(name, "ANY")).answer), 1)

    # ---- TCP ----

    def test_queries_in_one_segment_or_one_byte_at_a_time_are_answered_in_order(self):
        names = [selector("mosa"), "no." + DKIM_ZONE, SPF_ZONE, selector("big"), DKIM_ZONE] * 4
        wires = [query(name).to_wire() for name in names]
        for pieces in (None, 1, 7):
            with Tcp(self.tcp) as connection:
                connection.send(*wires, pieces=pieces)
                received = [connection.receive() for _ in wires]
            self.assertEqual([answer[:2] for answer in received], [wire[:2] for wire in wires])
            self.assertEqual([parse(answer).question[0].name.to_text() for answer in received], names)


if __name__ == "__main__":
    unittest.main()
