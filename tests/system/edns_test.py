"""EDNS options as people and resolvers ask for them, and the cookie secrets as an operator handles them."""

import shutil
import signal
import time
import unittest

import dns.flags
import dns.rcode

from support.options import (CLIENT_COOKIE, COOKIE, EDE, KEEPALIVE, NSID, PADDING, ZONEVERSION, ask_cookie, ask_options,
                             judgement, probe, read, with_options)
from support.programs import FOR_STRANGER, IS_ROOT, OWNER, STRANGER, as_user, copy_programs, run
from support.questions import DKIM_ZONE, SPF_ZONE, Tcp, ask, ask_tcp, dig, parse, query, selector
from support.server import refused_start, serve
from support.store import new_store

SECRETS = ["e5e973e5a6b2a43f48e7dc849e37bfcf", "dd3bdf9344b678b185a6f5cb60fca715", "445536bcd2513298075a5d379663c962"]


def kdig(address, *arguments):
    return run("kdig", f"@{address[0]}", "-p", address[1], "+timeout=5", *arguments).stdout


def config_file(store, text):
    file = store.scratch / f"dnsd-{time.monotonic_ns()}.toml"
    file.write_text(text)
    return file


def secrets_file(store, *lines, mode=0o640):
    file = store.scratch / "cookie_secrets"
    file.touch(mode=0o600)
    file.chmod(mode)
    file.write_text("".join(line + "\n" for line in lines))
    return file


class Options(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = new_store(cls)
        cls.store.zonectl("add", "mosa", "--domain", "mosamuseum.com")
        cls.config = config_file(cls.store, 'workers = 3\n[edns]\nnsid = "ns1.test"\n')
        cls.server = serve(cls, cls.store, "--config", cls.config)
        cls.udp, cls.tcp = cls.server.address(), cls.server.address(transport="tcp")
        cls.udp6 = cls.server.address("::1")

    def soa_serial(self, zone):
        (soa,) = ask(self.udp, query(zone, "SOA")).answer
        return soa[0].serial

    # ---- NSID ----

    def test_dig_and_kdig_show_the_nsid_when_they_ask(self):
        self.assertIn('; NSID: 6e 73 31 2e 74 65 73 74 ("ns1.test")', dig(self.udp, SPF_ZONE, "TXT", "+nsid"))
        self.assertIn('"ns1.test"', kdig(self.udp, SPF_ZONE, "TXT", "+nsid"))
        self.assertNotIn("NSID", dig(self.udp, SPF_ZONE, "TXT"))

    def test_without_an_nsid_in_the_config_none_is_told(self):
        server = serve(self, self.store)
        self.assertEqual(ask_options(server.address(), SPF_ZONE, (NSID, b"")), {})

    # ---- COOKIE ----

    def test_dig_finds_its_cookie_good(self):
        for address in (self.udp, self.udp6):
            self.assertRegex(dig(address, SPF_ZONE, "TXT", "+cookie"), r"COOKIE: [0-9a-f]{48} \(good\)")

    def test_kdig_shows_the_cookie(self):
        self.assertRegex(kdig(self.udp, SPF_ZONE, "TXT", "+cookie=2464c4abcf10c957"), "COOKIE: 2464C4ABCF10C957/?01000000")

    def test_a_cookie_that_is_sent_back_is_valid_whichever_worker_reads_it(self):
        cookie = ask_cookie(self.udp, SPF_ZONE)
        for _ in range(30):  # each from another port, and so for any of the workers
            self.assertEqual(judgement(self.udp, cookie), "NOERROR")
            self.assertEqual(ask_cookie(self.udp, SPF_ZONE, cookie), cookie, "still fresh, and so the same")

    def test_a_false_cookie_is_answered_like_none_and_a_probe_says_so(self):
        cookie = ask_cookie(self.udp, SPF_ZONE)
        false = cookie[:-1] + bytes([cookie[-1] ^ 1])
        self.assertEqual(judgement(self.udp, false), "BADCOOKIE")
        self.assertEqual(len(ask(self.udp, with_options(SPF_ZONE, (COOKIE, false))).answer), 1)

    def test_a_cookie_belongs_to_its_address(self):
        cookie = ask_cookie(self.udp6, SPF_ZONE)
        self.assertEqual((judgement(self.udp6, cookie), judgement(self.udp, cookie)), ("NOERROR", "BADCOOKIE"))

    def test_a_probe_gets_a_cookie_without_a_question(self):
        answer = ask(self.udp, probe((COOKIE, CLIENT_COOKIE)))
        self.assertEqual((answer.rcode(), answer.question, answer.answer, answer.authority),
                         (dns.rcode.NOERROR, [], [], []))
        (cookie,) = read(answer)
        self.assertEqual((cookie[0], cookie[1][:8], len(cookie[1])), (COOKIE, CLIENT_COOKIE, 24))

    def test_the_first_of_two_cookies_is_answered(self):
        answer = ask(self.udp, with_options(SPF_ZONE, (COOKIE, CLIENT_COOKIE), (COOKIE, b"otherone")))
        self.assertEqual([(code, data[:8]) for code, data in read(answer)], [(COOKIE, CLIENT_COOKIE)])

    def test_a_malformed_cookie_is_formerr_with_an_opt(self):
        for size in (0, 7, 9, 15, 41):
            answer = ask(self.udp, with_options(SPF_ZONE, (COOKIE, bytes(size))))
            self.assertEqual((answer.rcode(), answer.edns, read(answer)), (dns.rcode.FORMERR, 0, []), size)

    # ---- edns-tcp-keepalive ----

    def test_dig_is_told_how_long_a_connection_may_be_idle(self):
        self.assertIn("TCP KEEPALIVE: 10.0 secs", dig(self.tcp, SPF_ZONE, "TXT", "+keepalive", "+tcp"))
        self.assertEqual(ask_options(self.tcp, SPF_ZONE, (KEEPALIVE, b""), tcp=True), {KEEPALIVE: b"\x00\x64"})
        self.assertEqual(ask_options(self.tcp, SPF_ZONE, tcp=True), {}, "not unasked")

    def test_keepalive_over_udp_is_ignored(self):
        self.assertEqual(ask_options(self.udp, SPF_ZONE, (KEEPALIVE, b"")), {})

    def test_keepalive_is_the_shorter_time_when_connections_are_scarce(self):
        config = config_file(self.store, "workers = 1\n[tcp]\nconnections = 4\nidle_seconds = 7\n"
                                         "idle_half_full_seconds = 3\n")
        address = serve(self, self.store, "--config", config).address(transport="tcp")
        asked = with_options(SPF_ZONE, (KEEPALIVE, b"")).to_wire()
        with Tcp(address) as first:
            first.send(asked)
            self.assertEqual(read(parse(first.receive())), [(KEEPALIVE, b"\x00\x46")])
            with Tcp(address) as second:
                second.send(asked)
                self.assertEqual(read(parse(second.receive())), [(KEEPALIVE, b"\x00\x1e")])
                first.send(asked)
                self.assertEqual(read(parse(first.receive())), [(KEEPALIVE, b"\x00\x1e")])

    # ---- ZONEVERSION ----

    def test_the_zone_version_is_the_serial_that_answered_and_follows_a_change(self):
        before = self.soa_serial(DKIM_ZONE)
        for name in (selector("mosa"), "no." + DKIM_ZONE, "_domainkey." + DKIM_ZONE):
            self.assertEqual(ask_options(self.udp, name, (ZONEVERSION, b"")),
                             {ZONEVERSION: b"\x03\x00" + before.to_bytes(4, "big")})
        length = len(self.server.log)
        self.store.zonectl("add", "later", "--domain", "later.example")
        self.server.wait_for("event=published", after=length)
        after = self.soa_serial(DKIM_ZONE)
        self.assertGreater(after, before)
        self.assertEqual(ask_options(self.udp, selector("later"), (ZONEVERSION, b"")),
                         {ZONEVERSION: b"\x03\x00" + after.to_bytes(4, "big")})

    def test_the_zone_version_is_told_only_by_a_zone_that_answers(self):
        self.assertEqual(ask_options(self.udp, "example.org.", (ZONEVERSION, b"")), {EDE: b"\x00\x14"})
        self.assertEqual(ask_options(self.udp, SPF_ZONE), {})
        answer = ask(self.udp, with_options(SPF_ZONE, (ZONEVERSION, b"\x00")))
        self.assertEqual((answer.rcode(), read(answer)), (dns.rcode.FORMERR, []))

    # ---- the rest ----

    def test_padding_is_ignored_where_nothing_is_encrypted(self):
        for tcp, address in ((False, self.udp), (True, self.tcp)):
            self.assertEqual(ask_options(address, SPF_ZONE, (PADDING, bytes(40)), tcp=tcp), {})

    def test_unknown_options_are_ignored(self):
        self.assertEqual(ask_options(self.udp, SPF_ZONE, (65001, b"hello"), (NSID, b""), (4242, b"")),
                         {NSID: b"ns1.test"})

    def test_a_refused_transfer_says_prohibited(self):
        for record_type in ("AXFR", "IXFR"):
            answer = ask_tcp(self.tcp, with_options(DKIM_ZONE, record_type=record_type))
            self.assertEqual((answer.rcode(), read(answer)), (dns.rcode.REFUSED, [(EDE, b"\x00\x12")]))

    def test_an_rsa_2048_answer_with_every_option_fits_and_at_512_bytes_it_is_truncated(self):
        asked = [(NSID, b""), (COOKIE, CLIENT_COOKIE), (ZONEVERSION, b"")]
        answer = ask(self.udp, with_options(selector("mosa"), *asked))
        self.assertFalse(answer.flags & dns.flags.TC)
        self.assertEqual([code for code, _ in read(answer)], [COOKIE, ZONEVERSION, NSID])
        answer = ask(self.udp, with_options(selector("mosa"), *asked, payload=512))
        self.assertTrue(answer.flags & dns.flags.TC)
        self.assertEqual([code for code, _ in read(answer)], [COOKIE, ZONEVERSION, NSID])


class CookieSecrets(unittest.TestCase):
    def setUp(self):
        self.store = new_store(self, *FOR_STRANGER)

    def config(self, file):
        return config_file(self.store, f'[edns]\ncookie_secrets_file = "{file}"\n')

    def read_again(self, server, event):
        length = len(server.log)
        server.process.send_signal(signal.SIGHUP)
        server.wait_for(event, after=length)

    def test_a_secret_is_rolled_without_a_restart_and_no_cookie_is_lost(self):
        old, new = SECRETS[:2]
        file = secrets_file(self.store, old)
        server = serve(self, self.store, "--config", self.config(file))
        address = server.address()
        first = ask_cookie(address, SPF_ZONE)

        secrets_file(self.store, old, new)  # every server of the set learns the new one before any uses it
        self.read_again(server, "event=cookie_secrets_read secrets=2")
        self.assertEqual(ask_cookie(address, SPF_ZONE, first), first)

        secrets_file(self.store, new, old)
        self.read_again(server, "event=cookie_secrets_read secrets=2")
        self.assertEqual(judgement(address, first), "NOERROR")
        second = ask_cookie(address, SPF_ZONE, first)
        self.assertNotEqual(second, first, "made with the new secret")

        secrets_file(self.store, new)
        self.read_again(server, "event=cookie_secrets_read secrets=1")
        self.assertEqual((judgement(address, first), judgement(address, second)), ("BADCOOKIE", "NOERROR"))

    def test_a_bad_file_on_sighup_changes_nothing_and_is_said(self):
        file = secrets_file(self.store, SECRETS[0])
        server = serve(self, self.store, "--config", self.config(file))
        cookie = ask_cookie(server.address(), SPF_ZONE)
        for lines, mode, complaint in ((["nonsense"], 0o640, ":1: a cookie secret is 32 hexadecimal digits"),
                                       ([], 0o640, "no cookie secret in it"),
                                       ([SECRETS[1]], 0o644, "others may read it")):
            secrets_file(self.store, *lines, mode=mode)
            self.read_again(server, complaint)
            self.assertEqual(judgement(server.address(), cookie), "NOERROR")
        self.assertIn("event=cookie_secrets_kept", server.log)

    def test_sighup_without_a_file_keeps_the_secret_and_every_cookie(self):
        server = serve(self, self.store)
        cookie = ask_cookie(server.address(), SPF_ZONE)
        self.read_again(server, "event=signal name=HUP")
        self.assertEqual(judgement(server.address(), cookie), "NOERROR")

    def test_a_restart_makes_a_new_secret_unless_there_is_a_file(self):
        file = secrets_file(self.store, SECRETS[0])
        for arguments, after in (((), "BADCOOKIE"), (("--config", self.config(file)), "NOERROR")):
            server = serve(self, self.store, *arguments)
            cookie = ask_cookie(server.address(), SPF_ZONE)
            server.stop()
            self.assertEqual(judgement(serve(self, self.store, *arguments).address(), cookie), after)

    def test_a_file_that_others_may_read_or_that_is_not_there_is_refused(self):
        for file, complaint in ((secrets_file(self.store, SECRETS[0], mode=0o644), "others may read it"),
                                ("/nonexistent", "/nonexistent: No such file")):
            for arguments in ((), ("--check",)):
                status, log = refused_start(self, self.store, "--config", self.config(file), *arguments)
                self.assertEqual(status, 2, log)
                self.assertIn(complaint, log)
                self.assertNotIn(SECRETS[0], log)

    @unittest.skipUnless(IS_ROOT, "needs root, to become another user")
    def test_the_file_is_read_by_the_group_of_the_user_that_dnsd_becomes(self):
        program, _ = copy_programs(self.store.scratch)
        file = secrets_file(self.store, SECRETS[0])
        shutil.chown(file, "root", as_user(STRANGER)["group"])
        server = serve(self, self.store, "--user", STRANGER, "--config", self.config(file), program=program)
        cookie = ask_cookie(server.address(), SPF_ZONE)
        self.read_again(server, "event=cookie_secrets_read secrets=1")
        self.assertEqual(judgement(server.address(), cookie), "NOERROR")
        shutil.chown(file, OWNER, OWNER)
        self.read_again(server, "Permission denied")


if __name__ == "__main__":
    unittest.main()
