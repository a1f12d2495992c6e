"""Signed questions (RFC 8945): asked by dig, kdig and dnspython, and by hand with each fault; and keys as an operator
handles them.
"""

import base64
import os
import shutil
import signal
import subprocess
import time
import unittest
import unittest.mock

import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.tsigkeyring

from support.programs import FOR_STRANGER, IS_ROOT, ROOT, STRANGER, ZONECTL, as_user, copy_programs, run
from support.questions import DKIM_ZONE, SPF_ZONE, Tcp, ask_raw, dig, parse, query, selector
from support.server import refused_start, serve
from support.store import new_store
from support.tsig import Key, split

KEYS = [Key("ns2-key"), Key("ns3.Key", "hmac-sha384", bytes(range(48))), Key("ns4", "hmac-sha512", bytes(range(64)))]
LONGEST = Key(".".join(["k" * 63, "l" * 61]), "hmac-sha512")  # 128 bytes in wire form
BADSIG, BADKEY, BADTIME, BADTRUNC = 16, 17, 18, 22


class WithKeys(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = new_store(cls, *FOR_STRANGER)
        cls.store.zonectl("add", "mosa", "--domain", "mosamuseum.com")
        cls.keys_file = cls.store.scratch / "tsig.keys"
        cls.keys_file.touch(mode=0o600)
        cls.keys_file.write_text("# ours\n" + "".join(key.line for key in (*KEYS, LONGEST)))
        cls.config = cls.store.scratch / "dnsd.toml"
        cls.config.write_text(f'[transfer]\ntsig_keys_file = "{cls.keys_file}"\n')


class SignedQuestions(WithKeys):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = serve(cls, cls.store, "--config", cls.config)
        cls.udp, cls.tcp = cls.server.address(), cls.server.address(transport="tcp")

    def ask(self, wire, tcp=False):
        if not tcp:
            return ask_raw(self.udp, wire)
        with Tcp(self.tcp) as connection:
            connection.send(wire)
            return connection.receive()

    def test_dig_and_kdig_find_the_answers_signed_by_each_key(self):
        for key in (*KEYS, LONGEST):
            for name, record_type in ((SPF_ZONE, "SOA"), (selector("mosa"), "TXT"), (f"no.{DKIM_ZONE}", "A")):
                for transport in ("+notcp", "+tcp"):
                    with self.subTest(key=key.name, name=name, transport=transport):
                        shown = dig(self.udp, name, record_type, transport, "+norec", "+nocookie", *key.option)
                        self.assertRegex(shown, r"TSIG\s+" + key.algorithm + r"\. .* NOERROR 0")
                        self.assertNotRegex(shown, "(?i)couldn't verify|tsig indicates error")
                        shown = run("kdig", f"@{self.udp[0]}", "-p", self.udp[1], transport, *key.option, name,
                                    record_type)
                        self.assertNotIn("TSIG", shown.stderr)
                        self.assertRegex(shown.stdout, r"TSIG\s+" + key.algorithm)

    def test_dnspython_takes_them(self):
        for key in KEYS:
            keyring = dns.tsigkeyring.from_text({key.name: (key.algorithm, key.text)})
            for asked in (query(DKIM_ZONE, "SOA"), query("other.test.", "A")):
                asked.use_tsig(keyring)
                answer = dns.query.udp(asked, self.udp[0], 5, self.udp[1])
                self.assertTrue(answer.had_tsig)

    def test_whatever_an_answer_says_it_is_signed(self):
        key = KEYS[0]
        plain = query(DKIM_ZONE, "SOA")
        update = dns.message.make_query(DKIM_ZONE, "SOA", flags=0)
        update.set_opcode(5)
        notify = dns.message.make_query(DKIM_ZONE, "SOA", flags=0)
        notify.set_opcode(4)
        two_opts = dns.message.make_query(DKIM_ZONE, "SOA", use_edns=0, flags=0).to_wire()
        two_opts = two_opts[:11] + b"\2" + two_opts[12:] + two_opts[-11:]
        for what, wire, rcode in (("NOERROR", plain.to_wire(), 0), ("REFUSED", query("other.test.").to_wire(), 5),
                                  ("NOTIMP", update.to_wire(), 4), ("NOTAUTH", notify.to_wire(), 9),
                                  ("FORMERR", two_opts, 1)):
            for tcp in (False, True):
                with self.subTest(what, tcp=tcp):
                    signed, mac = key.sign(wire)
                    answer = self.ask(signed, tcp)
                    self.assertEqual(answer[3] & 15, rcode)
                    record = key.verifies(answer, mac)
                    self.assertEqual((record["error"], record["fudge"], record["other"]), (0, 300, b""))

    def test_an_unsigned_question_is_answered_without_tsig(self):
        self.assertFalse(parse(self.ask(query(DKIM_ZONE, "SOA").to_wire())).had_tsig)

    def test_an_unknown_key_or_algorithm_is_badkey_and_unsigned(self):
        for stranger in (Key("other-key"), Key("ns2-key", "hmac-sha512")):
            answer = self.ask(stranger.sign(query(DKIM_ZONE, "SOA").to_wire())[0])
            message, record = split(answer)
            self.assertEqual((message[3] & 15, record["error"], record["mac"], record["name"]),
                             (9, BADKEY, b"", stranger.name + "."))

    def test_another_secret_is_badsig_and_unsigned(self):
        signed, _ = Key("ns2-key", secret=b"x" * 32).sign(query(DKIM_ZONE, "SOA").to_wire())
        message, record = split(self.ask(signed))
        self.assertEqual((message[3] & 15, record["error"], record["mac"], message[7]), (9, BADSIG, b"", 0))

    def test_a_clock_that_is_off_is_badtime_signed_with_both_times(self):
        key, now = KEYS[0], int(time.time())
        for off in (-303, 303, -100000):
            signed, mac = key.sign(query(DKIM_ZONE, "SOA").to_wire(), moment=now + off)
            answer = self.ask(signed)
            record = key.verifies(answer, mac)
            self.assertEqual((answer[3] & 15, record["error"], record["time"]), (9, BADTIME, now + off))
            self.assertLess(abs(int.from_bytes(record["other"], "big") - now), 60)
        signed, mac = key.sign(query(DKIM_ZONE, "SOA").to_wire(), moment=now - 200)
        self.assertEqual(key.verifies(self.ask(signed), mac)["error"], 0)

    def test_a_short_mac_is_badtrunc_signed_and_a_shorter_one_formerr(self):
        key = KEYS[0]
        for cut in (16, 31):
            signed, mac = key.sign(query(DKIM_ZONE, "SOA").to_wire(), cut=cut)
            answer = self.ask(signed)
            self.assertEqual((answer[3] & 15, key.verifies(answer, mac)["error"]), (9, BADTRUNC))
        for cut in (0, 9, 15):
            answer = parse(self.ask(key.sign(query(DKIM_ZONE, "SOA").to_wire(), cut=cut)[0]))
            self.assertEqual((answer.rcode(), answer.had_tsig), (dns.rcode.FORMERR, False))

    def test_what_does_not_fit_comes_as_question_and_tsig_alone(self):
        name = selector("mosa")
        for key in (KEYS[2], LONGEST):
            signed, mac = key.sign(query(name).to_wire())
            answer = self.ask(signed)
            self.assertLessEqual(len(answer), 512)
            self.assertEqual(key.verifies(answer, mac)["error"], 0)
            self.assertEqual((answer[2] & 2, answer[3] & 15, answer[4:12]), (2, 0, bytes([0, 1, 0, 0, 0, 0, 0, 1])))
            whole = self.ask(signed, tcp=True)
            self.assertEqual((whole[2] & 2, whole[7]), (0, 1))

    def test_the_longest_question_under_the_longest_key_is_answered(self):
        name = dns.name.from_text(".".join(["a" * 61, "b" * 63, "c" * 63, "d" * 44, DKIM_ZONE]))
        self.assertEqual(len(name.to_wire()), 253)
        for edns in (False, 0):
            signed, mac = LONGEST.sign(query(name, use_edns=edns, payload=512).to_wire())
            answer = self.ask(signed)
            self.assertLessEqual(len(answer), 512)
            LONGEST.verifies(answer, mac)


class Keys(WithKeys):
    def is_signed(self, address, key):
        signed, mac = key.sign(query(DKIM_ZONE, "SOA").to_wire())
        answer = ask_raw(address, signed)
        return answer[3] & 15 == 0 and key.verifies(answer, mac)["error"] == 0

    def reload(self, server, event):
        before = len(server.log)
        server.process.send_signal(signal.SIGHUP)
        server.wait_for(event, after=before)

    def test_sighup_reads_the_file_again_and_a_bad_one_changes_nothing(self):
        server = serve(self, self.store, "--config", self.config)
        fresh = Key("fresh", secret=b"f" * 32)
        text = self.keys_file.read_text()
        self.addCleanup(self.keys_file.write_text, text)
        self.keys_file.write_text(text + fresh.line)
        self.assertFalse(self.is_signed(server.address(), fresh))
        self.reload(server, "event=tsig_keys_read keys=5")
        self.assertTrue(self.is_signed(server.address(), fresh))
        self.keys_file.write_text("fresh hmac-sha1 " + fresh.text + "\n")
        self.reload(server, "event=tsig_keys_kept")
        self.assertTrue(self.is_signed(server.address(), fresh))
        self.assertRegex(server.log, r"tsig_keys_kept .*tsig\.keys:1: that algorithm is too weak")
        self.assertNotIn(fresh.text[:8], server.log)
        self.keys_file.write_text("")
        self.reload(server, "event=tsig_keys_read keys=0")
        signed, _ = KEYS[0].sign(query(DKIM_ZONE, "SOA").to_wire())
        self.assertEqual(split(ask_raw(server.address(), signed))[1]["error"], BADKEY)

    def test_a_bad_file_is_wrong_usage_at_the_start(self):
        for text, mode, complaint in (("ns2-key hmac-sha256\n", 0o600, "a key is NAME ALGORITHM BASE64"),
                                      ("", 0o644, "others may read it")):
            file = self.store.scratch / "bad.keys"
            file.write_text(text)
            file.chmod(mode)
            config = self.store.scratch / "bad.toml"
            config.write_text(f'[transfer]\ntsig_keys_file = "{file}"\n')
            status, log = refused_start(self, self.store, "--config", config)
            self.assertEqual(status, 2)
            self.assertIn(complaint, log)

    @unittest.skipUnless(IS_ROOT, "a second user is needed")
    def test_no_server_leaves_a_core_with_keys_or_without(self):
        """It has cookie secrets in any case. The kernel gives what it would write no core of to root (proc(5))."""
        program, _ = copy_programs(self.store.scratch)
        user = as_user(STRANGER)
        self.store.scratch.chmod(0o711)
        for file in (self.keys_file, self.config):
            shutil.chown(file, user["user"])
        for arguments in (("--config", self.config), ()):
            server = serve(self, self.store, *arguments, program=program, **user)
            self.assertEqual(os.stat(f"/proc/{server.process.pid}/maps").st_uid, 0)


class TheScript(WithKeys):
    def tsig_key(self, *arguments, check=0):
        done = subprocess.run([ROOT / "deploy/tsig_key", *arguments, "--config", str(self.config)],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, check, done.stderr)
        return done

    def test_a_key_that_it_made_is_taken_by_dnsd_and_dig(self):
        text = self.keys_file.read_text()
        self.addCleanup(self.keys_file.write_text, text)
        self.keys_file.write_text(text.rstrip("\n"))  # an editor that does not end the last line
        made = self.tsig_key("make", "ns9-key", "--algorithm", "hmac-sha512")
        secret = self.keys_file.read_text().split()[-1]
        self.assertEqual(len(base64.b64decode(secret)), 64)
        self.assertNotIn(secret, made.stdout + made.stderr)
        server = serve(self, self.store, "--config", self.config)
        self.assertIn("event=ready", server.log)
        clause = self.store.scratch / "ns9.key"
        clause.write_text(self.tsig_key("show", "ns9-key", "--for", "bind").stdout)
        self.assertRegex(dig(server.address(), SPF_ZONE, "SOA", "-k", str(clause)), r"TSIG\s+hmac-sha512\. .* NOERROR 0")
        listed = self.tsig_key("list").stdout
        self.assertTrue(listed.startswith("ns2-key hmac-sha256"), listed)
        self.assertIn("ns9-key hmac-sha512", listed)
        self.assertNotIn(secret[:8], listed)

    def test_the_list_names_what_file_and_store_lack_of_each_other(self):
        for name, keys in (("ns2", ("ns2-key",)), ("ns3", ("ns2-key", "lost-key"))):
            self.store.zonectl("secondary", "add", name, "--address", "192.0.2.53",
                               *(word for key in keys for word in ("--key", key)))
            self.addCleanup(self.store.zonectl, "secondary", "remove", name)
        with unittest.mock.patch.dict(os.environ, ZONECTL=ZONECTL, ZONESTORE=str(self.store.path)):
            listed = self.tsig_key("list").stdout.splitlines()
        self.assertEqual(listed[0], "ns2-key hmac-sha256 ns2,ns3")
        self.assertIn(f"lost-key - ns3  (not in {self.keys_file}: tsig_key make lost-key)", listed)
        unused = [line for line in listed if line.endswith("-  (no secondary signs with it)")]
        self.assertEqual(len(unused), len(listed) - 2)
        with unittest.mock.patch.dict(os.environ, ZONECTL="/nonexistent"):
            self.assertIn("is not known", self.tsig_key("list").stderr)

    def test_what_it_refuses(self):
        self.assertIn("has a key NS2-KEY already", self.tsig_key("make", "NS2-KEY", check=3).stderr)
        self.assertIn("has no key none", self.tsig_key("show", "none", "--for", "nsd", check=6).stderr)
        for wrong in (("make",), ("make", "a b"), ("make", "x", "--algorithm", "hmac-md5"), ("show", "ns2-key"),
                      ("show", "ns2-key", "--for", "djbdns"), ("burn",), ("list", "ns2-key"), ("make", "-x", "y"),
                      ("make", "k" * 64)):
            self.tsig_key(*wrong, check=2)

    def test_without_a_secret_no_line_is_written(self):
        """A key without one would keep dnsd from starting."""
        broken = self.store.scratch / "programs"
        broken.mkdir()
        (broken / "base64").write_text("#!/bin/sh\nexit 1\n")
        (broken / "base64").chmod(0o755)
        before = self.keys_file.read_bytes()
        with unittest.mock.patch.dict(os.environ, PATH=f"{broken}:{os.environ['PATH']}"):
            done = self.tsig_key("make", "ns10-key", check=1)
        self.assertIn("cannot make a secret", done.stderr)
        self.assertNotIn("made", done.stdout)
        self.assertEqual(self.keys_file.read_bytes(), before)

    def test_the_clauses_are_those_of_the_servers(self):
        for server, checker in (("nsd", ("nsd-checkconf", "{}")), ("knot", ("knotc", "-c", "{}", "conf-check")),
                                ("bind", ("named-checkconf", "{}"))):
            clause = self.store.scratch / f"{server}.clause"
            clause.write_text(self.tsig_key("show", "ns3.key", "--for", server).stdout)
            run(*(word.format(clause) for word in checker))


if __name__ == "__main__":
    unittest.main()
