"""`zonectl check --all` believes that something has turned bad when two looks say so; a resolver that is silent is one
line; `show` tells how old the oldest look is."""

import signal
import subprocess
import time
import unittest

import dns.rcode
import dns.rdatatype

from support import namespace
from support.customers import RESOLVER, Customers, target
from support.odd_server import OddServer
from support.server import serve
from support.store import new_store
from support.tree import DNSD_ADDRESS, add_address

FLIPS, NOBODY = "198.18.53.21", "198.18.53.24"
QUICK = ("--key", "ed25519", "--override", "E_KEY_TYPE", "--reason", "test")


class Refuses:
    """The first `looks` looks: each asks for the SOA record first."""

    def __init__(self):
        self.looks = 0

    def __call__(self, query):
        if query.question[0].rdtype == dns.rdatatype.SOA and self.looks > 0:
            self.looks -= 1
            return dns.rcode.REFUSED
        return None


class CheckAgain(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = new_store(cls)
        cls.store.zonectl("spf", "allow", "ip4:192.28.148.112")
        for code in ("good", "flip"):
            cls.store.zonectl("add", code, "--domain", f"{code}.com", *QUICK)
        cls.store.zonectl("add", "bare", *QUICK)
        for address in (DNSD_ADDRESS, FLIPS, NOBODY):
            add_address(address)
        serve(cls, cls.store, listen=(f"{DNSD_ADDRESS}:53",))
        scratch = cls.store.scratch / "customers"
        scratch.mkdir()
        cls.customers = Customers(scratch, elsewhere={"flip.com": FLIPS})
        cls.addClassCleanup(cls.customers.stop)
        cls.refuses = Refuses()
        lines = [f"stx{slot}._domainkey CNAME {target('flip', slot)}" for slot in ("sel1", "sel2")]
        server = OddServer(FLIPS, "flip.com", [*lines, '@ TXT "v=spf1 include:spf.secutix.com ~all"',
                                               '_dmarc TXT "v=DMARC1; p=none"'], cls.refuses)
        cls.addClassCleanup(server.stop)

    def check_all(self, looks_refused, expect):
        self.refuses.looks = looks_refused
        began = time.monotonic()
        seen = self.store.json("check", "--all", "--resolver", RESOLVER, "--again-after", "2s", expect=expect)
        by_code = {each["code"]: each for each in seen["institutions"]}
        self.assertEqual(set(by_code), {"good", "flip", "bare"}, "each is told once")
        servers = {each["subject"]: each["verdict"] for each in by_code["flip"]["findings"] if each["domain"]}["servers"]
        if looks_refused:
            self.assertGreaterEqual(time.monotonic() - began, 2, "it was looked at again, later")
        self.assertFalse(seen["stopped"])
        counted = {each["verdict"]: each["institutions"] for each in seen["totals"]}
        self.assertEqual(counted.get("lame-server", 0), 0 if servers == "ok" else 1, "in the totals as in the reports")
        return servers

    def test_what_is_stopped_before_the_second_look_tells_what_was_seen_and_keeps_no_doubt(self):
        self.assertEqual(self.check_all(0, expect=0), "ok")
        self.refuses.looks = 1
        looking = subprocess.Popen(
            self.store.command("check", "--all", "--resolver", RESOLVER, "--again-after", "1h"),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(looking.kill)
        while self.refuses.looks > 0:
            time.sleep(0.05)
        looking.send_signal(signal.SIGINT)
        out, err = looking.communicate(timeout=60)
        self.assertEqual(looking.returncode, 4, err)
        self.assertIn("stopped: ", out)
        self.assertIn(" need attention\n", out.splitlines(keepends=True)[-1])
        flip = self.store.json("show", "flip")["evidence"]
        self.assertEqual({each["verdict"] for each in flip if each["subject"] == "servers"} - {"ok"}, set())

    def test_what_was_right_is_bad_when_a_second_look_agrees(self):
        self.assertEqual(self.check_all(0, expect=0), "ok")
        self.assertEqual(self.check_all(1, expect=0), "ok", "the second look does not agree")
        self.assertEqual(self.check_all(2, expect=1), "lame-server", "both say so")

    def test_show_tells_how_old_the_oldest_look_is(self):
        self.store.zonectl("check", "good", "--resolver", RESOLVER)
        with self.store.sql() as database, database:
            database.execute("UPDATE evidence SET seen_wall_ms = seen_wall_ms - 7200000 WHERE subject = 'sel2' AND "
                             "domain <> x'' AND institution_id = (SELECT institution_id FROM institution WHERE code = 'good')")
        oldest = min(each["seen"] for each in self.store.json("show", "good")["evidence"])
        self.assertIn(f"all right, {oldest}", self.store.zonectl("show", "good").stdout)

    def test_a_resolver_that_is_silent_is_one_line(self):
        seen = self.store.json("check", "--all", "--resolver", NOBODY, "--timeout", "1s", expect=1)
        self.assertEqual((len(seen["warnings"]), seen["institutions"], seen["servers"]), (1, [], []), seen)
        self.assertIn(f"no resolver answers ({NOBODY})", seen["warnings"][0])
        ours = self.store.json("check", "good", "--resolver", NOBODY, "--server", DNSD_ADDRESS, "--timeout", "1s", expect=1)
        (institution,) = ours["institutions"]
        self.assertEqual({(each["domain"], each["verdict"]) for each in institution["findings"]}, {(None, "ok")}, ours)
        self.assertEqual(len(ours["warnings"]), 1)
        own = self.store.json("check", "--own", "--resolver", NOBODY, "--server", DNSD_ADDRESS, "--timeout", "1s")
        self.assertEqual(own["warnings"], [], "nobody needs it")

    def test_a_resolver_that_nobody_needs_is_not_asked(self):
        bare = self.store.json("check", "bare", "--resolver", NOBODY, "--server", DNSD_ADDRESS, "--timeout", "1s", expect=0)
        (institution,) = bare["institutions"]
        self.assertEqual({(each["domain"], each["verdict"]) for each in institution["findings"]}, {(None, "ok")}, bare)
        self.assertEqual(bare["warnings"], [], "it has no domain, and our server was named by its address")


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main()
