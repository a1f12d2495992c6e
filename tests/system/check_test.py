"""`zonectl check` names what is wrong in the DNS, on our side and on the institutions', and `rotate` heeds it.

Everything from the root down runs in a network namespace: NSD with a zone for each fault, Unbound, dnsd.
"""

import shutil
import time
import unittest

from support import namespace
from support.customers import LAGGING, OF_BOTH, OF_SEL2, OF_SERVERS, RESOLVER, Customers
from support.server import Dnsd, serve
from support.store import BELOW_FLOOR, new_store
from support.tree import DNSD_ADDRESS, add_address
from support.questions import until

QUICK = ("--key", "ed25519", "--override", "E_KEY_TYPE", "--reason", "test")


def verdicts(institution, domain=None):
    """Subject -> verdict, of our own side or of one of its domains."""
    return {each["subject"]: each["verdict"] for each in institution["findings"] if each["domain"] == domain}


class Check(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = new_store(cls, "--minimum", "1")
        for key in ("ttl-active", "ttl-other", "slack"):
            cls.store.zonectl("policy", "set", key, "1s", *BELOW_FLOOR)
        cls.store.zonectl("spf", "allow", "ip4:192.28.148.112")
        for code in (*OF_SEL2, *OF_BOTH):
            cls.store.zonectl("add", code, "--domain", f"{code}.com", *(() if code == "good" else QUICK))
        add_address(DNSD_ADDRESS)
        serve(cls, cls.store, listen=(f"{DNSD_ADDRESS}:53",))
        scratch = cls.store.scratch / "customers"
        scratch.mkdir()
        cls.customers = Customers(scratch)
        cls.addClassCleanup(cls.customers.stop)
        cls.all = cls.store.json("check", "--all", "--resolver", RESOLVER, expect=1)
        cls.by_code = {each["code"]: each for each in cls.all["institutions"]}

    def check(self, code, *more, expect=0):
        (institution,) = self.store.json("check", code, "--resolver", RESOLVER, *more, expect=expect)["institutions"]
        return institution

    def test_all_are_told_by_code(self):
        self.assertEqual([each["code"] for each in self.all["institutions"]], sorted((*OF_SEL2, *OF_BOTH)))

    def test_each_fault_is_named_and_the_other_slot_is_untouched(self):
        for code, verdict in OF_SEL2.items():
            with self.subTest(code=code):
                seen = verdicts(self.by_code[code], f"{code}.com")
                self.assertEqual((seen["sel1"], seen["sel2"]), ("ok", verdict), self.by_code[code])
                self.assertEqual((seen["spf"], seen["dmarc"]), ("ok", "ok"), self.by_code[code])
                self.assertEqual(seen["servers"], OF_SERVERS.get(code, "ok"), self.by_code[code])
                self.assertEqual(self.by_code[code]["needs_attention"], (verdict, seen["servers"]) != ("ok", "ok"))
        for code, verdict in OF_BOTH.items():
            with self.subTest(code=code):
                seen = verdicts(self.by_code[code], f"{code}.com")
                self.assertEqual((seen["sel1"], seen["sel2"]), (verdict, verdict), self.by_code[code])

    def test_what_to_publish_is_the_line_of_the_instructions(self):
        for code, verdict in OF_SEL2.items():
            if verdict != "ok":
                (finding,) = [each for each in self.by_code[code]["findings"]
                              if each["domain"] and each["subject"] == "sel2"]
                self.assertEqual(finding["publish"], [self.store.instructed_lines(code)[1]])

    def test_our_side_is_right_for_all_of_them(self):
        for code, institution in self.by_code.items():
            self.assertEqual(verdicts(institution), {"sel1": "ok", "sel2": "ok"}, code)
            for finding in institution["findings"][:2]:
                self.assertIn("the private key fits", finding["detail"])
        self.assertEqual({each["verdict"] for each in self.all["servers"]}, {"ok"})
        self.assertEqual(len(self.all["servers"]), 4, "two name servers of two zones")

    def test_one_that_is_right_ends_with_0_and_says_so(self):
        done = self.store.zonectl("check", "good", "--resolver", RESOLVER)
        self.assertIn("all is right", done.stdout)
        self.store.zonectl("check", "nobody", "--resolver", RESOLVER, expect=6)
        self.store.zonectl("check", expect=2)

    def test_rotate_is_refused_until_it_is_mended_and_seen_to_be(self):
        until(lambda: self.store.slots("swapped")["sel2"] == "STANDBY", "ripe")
        refusal = self.store.json("rotate", "swapped", expect=3)["error"]
        self.assertEqual(refusal["guard"], "E_CNAME_WRONG")
        self.assertIn(self.store.instructed_lines("swapped")[1], refusal["hint"])
        self.assertEqual(self.store.json("show", "swapped")["rotate_refusal"]["guard"], "E_CNAME_WRONG")
        self.assertEqual(self.store.json("rotate", "missing", expect=3)["error"]["guard"], "E_CNAME_MISSING")
        self.store.zonectl("rotate", "missing", "--override", "E_CNAME_MISSING", "--reason", "test")
        self.customers.mend("swapped")
        until(lambda: self.store.json("check", "swapped", "--resolver", RESOLVER, expect=None)["institutions"][0]
              ["needs_attention"] is False, "mended")
        self.assertEqual(self.store.json("rotate", "swapped")["warnings"], [])

    def forget(self, *codes):
        """As if nobody had ever looked at these."""
        with self.store.sql() as database, database:
            for code in codes:
                database.execute("DELETE FROM evidence WHERE institution_id = "
                                 "(SELECT institution_id FROM institution WHERE code = ?)", (code,))

    def test_rotate_looks_for_itself_and_keeps_what_it_saw(self):
        until(lambda: self.store.slots("doubled")["sel2"] == "STANDBY", "ripe")
        self.forget("doubled")
        dry = self.store.json("rotate", "doubled", "--resolver", RESOLVER, "--dry-run")
        self.assertIn("nobody has seen", dry["warnings"][0], "a dry run does not look")
        refusal = self.store.json("rotate", "doubled", "--resolver", RESOLVER, expect=3)["error"]
        self.assertEqual(refusal["guard"], "E_CNAME_MISSING")
        seen = {each["subject"]: each["verdict"] for each in self.store.json("show", "doubled")["evidence"]}
        self.assertEqual(seen, {"sel2": "domain-doubled"} | {"sel2": seen["sel2"]})
        self.assertEqual(self.store.json("rotate", "doubled", "--no-look", expect=3)["error"]["guard"],
                         "E_CNAME_MISSING")
        self.customers.mend("doubled")
        done = None

        def rotated():
            nonlocal done
            done = self.store.json("rotate", "doubled", "--resolver", RESOLVER, expect=None)
            return "error" not in done

        until(rotated, "mended")
        self.assertEqual((done["to"], done["warnings"]), ("sel2", []))
        evidence = self.store.json("show", "doubled")["evidence"]
        self.assertEqual({(each["domain"], each["subject"]): each["verdict"] for each in evidence},
                         {(None, "sel2"): "ok", ("doubled.com", "sel2"): "ok", ("doubled.com", "sel2-answer"): "ok"})

    def test_rotate_of_many_looks_at_each(self):
        for code in ("indirect", "halflame", "loop", "elsewhere"):
            until(lambda code=code: self.store.slots(code)["sel2"] == "STANDBY", "ripe")
        self.forget("indirect", "halflame", "loop", "elsewhere")
        listed = self.store.scratch / "many"
        listed.write_text("indirect\nloop\nhalflame\nelsewhere\n")
        report = self.store.json("rotate", "--file", listed, "--resolver", RESOLVER, expect=4)
        self.assertEqual((report["done"], report["refused"]), (2, 2), report)
        self.assertEqual(report["refused_by"], {"E_CNAME_WRONG": 2})
        for code in ("loop", "elsewhere"):
            self.assertEqual(self.store.json("show", code)["rotate_refusal"]["guard"], "E_CNAME_WRONG", "it was kept")

    def test_our_own_servers_alone_without_the_vault(self):
        vault = self.store.path / "vault"
        hidden = self.store.scratch / "hidden"
        vault.rename(hidden)
        self.addCleanup(lambda: hidden.exists() and hidden.rename(vault))
        own = self.store.json("check", "--own", "--no-vault", "--resolver", RESOLVER)
        self.assertEqual({each["verdict"] for each in own["servers"]}, {"ok"})
        self.assertEqual((own["institutions"], own["warnings"]), ([], []))
        one = self.store.json("check", "good", "--no-vault", "--resolver", RESOLVER)
        self.assertEqual(one["warnings"], [])
        self.assertFalse(vault.exists(), "nothing has looked for it")

    def test_without_evidence_rotate_warns(self):
        self.store.zonectl("add", "unseen", "--domain", "unseen.com", *QUICK)
        until(lambda: self.store.slots("unseen")["sel2"] == "STANDBY", "ripe")
        (warning,) = self.store.json("rotate", "unseen")["warnings"]
        self.assertIn("zonectl check unseen", warning)

    def test_a_server_that_lags_is_named_and_stops_a_rotation(self):
        # Another dnsd, on a copy of the store from before the institution was there.
        old = self.store.scratch / "old"
        shutil.copytree(self.store.path, old / "store", ignore=shutil.ignore_patterns("vault"))
        other = Dnsd(type("Copy", (), {"scratch": old, "path": old / "store"}), listen=(f"{LAGGING}:53",))
        self.addCleanup(other.stop)
        time.sleep(1.1)
        self.store.zonectl("add", "late", *QUICK)
        both = ("--server", DNSD_ADDRESS, "--server", LAGGING)
        seen = self.store.json("check", "late", "--resolver", RESOLVER, *both, expect=1)
        of_servers = {(each["zone"], each["server"]): each["verdict"] for each in seen["servers"]}
        self.assertEqual(of_servers[("dkim.secutix.com.", LAGGING)], "lagging")
        self.assertEqual(of_servers[("dkim.secutix.com.", DNSD_ADDRESS)], "ok")
        self.assertEqual(verdicts(seen["institutions"][0]), {"sel1": "lagging", "sel2": "lagging"})
        until(lambda: self.store.slots("late")["sel2"] == "STANDBY", "ripe")
        self.assertEqual(self.store.json("rotate", "late", expect=3)["error"]["guard"], "E_NS_LAG")
        # That it is silent from now on undoes nothing; that it is no name server any more does.
        other.stop()
        self.check("late", *both, "--timeout", "1s", expect=1)
        self.assertEqual(self.store.json("rotate", "late", expect=3)["error"]["guard"], "E_NS_LAG")
        self.check("late", "--server", DNSD_ADDRESS)
        self.assertEqual(self.store.json("rotate", "late")["to"], "sel2")

    def test_show_and_status_tell_what_was_seen_last(self):
        evidence = self.store.json("show", "pasted")["evidence"]
        self.assertIn(("pasted.com", "sel2", "txt-in-place-of-cname"),
                      {(each["domain"], each["subject"], each["verdict"]) for each in evidence})
        self.assertIn("pasted", self.store.json("status", expect=1)["evidence_against_codes"])

    def test_it_leaves_no_audit_row(self):
        self.assertEqual([row for row in self.store.log() if row["command"] == "check"], [])


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main()
