"""`zonectl check` gives no harmful advice: SPF and DMARC as the RFCs read them, mail domains below a zone's top, name
servers that lose queries, a resolver that is silent.

What it tells to publish is put into the zone, and then it must be right.
"""

import json
import subprocess
import unittest

import dns.rcode
import dns.rdatatype

from support import namespace
from support.customers import RESOLVER, Customers, good_lines, target
from support.odd_server import OddServer
from support.questions import until
from support.server import serve
from support.store import BELOW_FLOOR, new_store
from support.tree import DNSD_ADDRESS, add_address

QUICK = ("--key", "ed25519", "--override", "E_KEY_TYPE", "--reason", "test")
SPF = '@ 60 TXT "v=spf1 include:spf.secutix.com ~all"'
DMARC = '_dmarc 60 TXT "v=DMARC1; p=none"'
IN_THREE, NO_EDNS, NO_CNAME, SILENT = "198.18.53.21", "198.18.53.22", "198.18.53.23", "198.18.53.24"

# Code -> its lines but for the CNAMEs, and of each subject that is not as it should be its verdict and the text to publish.
MAIL = {
    "dm1": ([SPF, '_dmarc 60 TXT "v=DMARC1; p=Reject; rua=mailto:d@dm1.com"'], {}),
    "dm2": ([SPF, '_dmarc 60 TXT "V=DMARC1;P=quarantine"'], {}),
    "dm3": ([SPF, '_dmarc 60 TXT "v=DMARC1; p=reject; fo:0; rua=mailto:d@dm3.com"'],
            {"dmarc": ("syntax", "v=DMARC1; p=reject; rua=mailto:d@dm3.com")}),
    "dm4": ([SPF, '_dmarc 60 TXT "v=DMARC1; p=reject; rua=;"'], {"dmarc": ("syntax", "v=DMARC1; p=reject")}),
    "lf": (['@ 60 TXT "v=spf1 include:_spf.lf.com include:spf.secutix.com ~all"',
            '_spf 60 TXT "v=spf1 include:_spf.lf.com -all"', DMARC], {"spf": ("too-many-look-ups", None)}),
    "li1": (['@ 60 TXT "v=spf1 include:spf.secutix.com; ~all"', DMARC],
            {"spf": ("syntax", "v=spf1 include:spf.secutix.com ~all")}),
    "li2": (['@ 60 TXT "v=spf1 ip4:203.0.113.9 include:spf.secutix.com" "~all"', DMARC],
            {"spf": ("syntax", "v=spf1 ip4:203.0.113.9 include:spf.secutix.com ~all")}),
    "li3": (['@ 60 TXT "v=spf1 include:gone.li3.com ip4:203.0.113.9 ~all"', DMARC],
            {"spf": ("include-missing", "v=spf1 include:spf.secutix.com ip4:203.0.113.9 ~all")}),
    "li4": (['@ 60 TXT "v=spf1 a:g1.li4.com a:g2.li4.com a:g3.li4.com -all"', DMARC],
            {"spf": ("include-missing", "v=spf1 include:spf.secutix.com -all")}),
    "li5": (['@ 60 TXT "v=spf1 ' + " ".join(f"a:h{n}.li5.com" for n in range(10)) + ' ~all"', DMARC,
             *(f"h{n} 60 A 203.0.113.9" for n in range(10))], {"spf": ("include-missing", None)}),
    "li6": (['@ 60 TXT "v=spf1 ipv4:203.0.113.9 -all"', '@ 60 TXT "v=spf1 include:spf.secutix.com -all"', DMARC],
            {"spf": ("several-records", "v=spf1 include:spf.secutix.com ip4:203.0.113.9 -all")}),
    "li7": (['@ 60 TXT "v=spf1 include:spf.secutix.com exp=a.li7.com ~all"',
             '@ 60 TXT "v=spf1 ip4:198.51.100.7 exp=b.li7.com ~all"', DMARC],
            {"spf": ("several-records", "v=spf1 include:spf.secutix.com ip4:198.51.100.7 ~all exp=a.li7.com")}),
    "quali": (['@ 60 TXT "v=spf1 ?include:_us.quali.com -all"', '_us 60 TXT "v=spf1 include:spf.secutix.com -all"', DMARC],
              {"spf": ("include-missing", "v=spf1 include:spf.secutix.com ?include:_us.quali.com -all")}),
    "macro": (['@ 60 TXT "v=spf1 include:%{i}._spf.%{d} -all"', DMARC,
               '192.28.148.112._spf 60 TXT "v=spf1 include:spf.secutix.com -all"'], {}),
    "helo": (['@ 60 TXT "v=spf1 include:%{h}._spf.%{d} -all"', DMARC], {"spf": ("unreachable", None)}),
    "open": (['@ 60 TXT "v=spf1 include:spf.secutix.com +all"', DMARC], {}),
}
# Of zones with the mail domain news.ZONE.
BELOW = {
    "subpanel.com": ["stxsel1._domainkey 60 CNAME " + target("subpanel", "sel1"), SPF,
                     '_dmarc 60 TXT "v=DMARC1; p=reject"'],
    "subdbl.com": [f"stxsel{n}._domainkey.news.subdbl.com.subdbl.com. 60 CNAME " + target("subdbl", f"sel{n}")
                   for n in (1, 2)],
    "subgood.com": [f"stxsel{n}._domainkey.news 60 CNAME " + target("subgood", f"sel{n}") for n in (1, 2)]
                   + ['news 60 TXT "v=spf1 include:spf.secutix.com ~all"', '_dmarc.news 60 TXT "no record"',
                      '_dmarc 60 TXT "v=DMARC1; p=reject; sp=quarantine"'],
}


def cnames(code):
    return good_lines(code)[:2]


def absolute(code):
    """What an odd server holds of CODE.com, as it should be."""
    return [f"stx{slot}._domainkey CNAME {target(code, slot)}" for slot in ("sel1", "sel2")] + [
        '@ TXT "v=spf1 include:spf.secutix.com ~all"', '_dmarc TXT "v=DMARC1; p=none"']


def answers_one_in_three():
    asked = 0

    def manner(_query):
        nonlocal asked
        asked += 1
        return None if asked % 3 == 0 else "drop"
    return manner


class CheckMail(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = new_store(cls, "--minimum", "1")
        for key in ("ttl-active", "ttl-other", "slack"):
            cls.store.zonectl("policy", "set", key, "1s", *BELOW_FLOOR)
        cls.store.zonectl("spf", "allow", "ip4:192.28.148.112")
        odd = {"inthree": IN_THREE, "noedns": NO_EDNS, "nocname": NO_CNAME, "silent": SILENT}
        for code in (*MAIL, *odd):
            cls.store.zonectl("add", code, "--domain", f"{code}.com", *QUICK)
        for zone in BELOW:
            cls.store.zonectl("add", zone[:-4], "--domain", f"news.{zone}", *QUICK)
        add_address(DNSD_ADDRESS)
        serve(cls, cls.store, listen=(f"{DNSD_ADDRESS}:53",))
        scratch = cls.store.scratch / "customers"
        scratch.mkdir()
        zones = {f"{code}.com": cnames(code) + lines for code, (lines, _) in MAIL.items()}
        cls.customers = Customers(scratch, {**zones, **BELOW}, {f"{code}.com": address for code, address in odd.items()})
        cls.addClassCleanup(cls.customers.stop)
        manners = {"inthree": answers_one_in_three(),
                   "noedns": lambda query: "drop" if query.edns >= 0 else None,
                   "nocname": lambda query: dns.rcode.NOTIMP if query.question[0].rdtype == dns.rdatatype.CNAME else None}
        for code, manner in manners.items():
            add_address(odd[code])
            server = OddServer(odd[code], f"{code}.com", absolute(code), manner)
            cls.addClassCleanup(server.stop)
        add_address(SILENT)  # where nobody listens
        seen = cls.store.json("check", "--all", "--resolver", RESOLVER, "--timeout", "1s", expect=1)
        cls.by_code = {each["code"]: each for each in seen["institutions"]}

    def seen(self, code, attention=None):
        """Subject -> finding, of the look at all."""
        if attention is not None:
            self.assertEqual(self.by_code[code]["needs_attention"], attention, self.by_code[code])
        return {each["subject"]: each for each in self.by_code[code]["findings"] if each["domain"]}

    def check(self, code, *more, expect=None):
        (institution,) = self.store.json("check", code, "--resolver", RESOLVER, "--timeout", "1s", *more,
                                         expect=expect)["institutions"]
        return {each["subject"]: each for each in institution["findings"] if each["domain"]}

    def test_spf_and_dmarc_are_judged_as_receivers_do_and_the_line_is_right(self):
        for code, (_, wrong) in MAIL.items():
            seen = self.seen(code)
            for subject in ("spf", "dmarc"):
                with self.subTest(code=code, subject=subject):
                    verdict, text = wrong.get(subject, ("ok", None))
                    finding = seen[subject]
                    self.assertEqual(finding["verdict"], verdict, finding)
                    owner = f"{code}.com." if subject == "spf" else f"_dmarc.{code}.com."
                    self.assertEqual(finding["publish"], [f'{owner} 3600 IN TXT "{text}"'] if text else [], finding)
                    if finding["severity"] == "bad" and not text:
                        self.assertIsNotNone(finding["advice"], finding)

    def test_what_was_told_to_publish_is_right(self):
        told = {code: wrong["spf"][1] for code, (_, wrong) in MAIL.items() if wrong.get("spf", ("", None))[1]}
        for code, text in told.items():
            self.customers.replace(f"{code}.com", [*cnames(code), f'@ 60 TXT "{text}"', DMARC,
                                                   *(line for line in MAIL[code][0] if line.startswith("_us"))])
        for code in told:
            until(lambda code=code: self.check(code)["spf"]["verdict"] == "ok", f"{code} is right by its own line")

    def test_whoever_lets_everybody_send_gets_a_note(self):
        finding = self.seen("open", attention=False)["spf"]
        self.assertEqual((finding["verdict"], finding["severity"]), ("ok", "warning"))
        self.assertIn("+all", finding["notes"][0])

    def test_a_mail_domain_below_the_zone_is_told_in_the_words_of_its_panel(self):
        seen = self.seen("subpanel")
        self.assertEqual((seen["sel1"]["verdict"], seen["sel2"]["verdict"]), ("missing", "missing"))
        self.assertIn("stxsel1._domainkey.subpanel.com leads to us, at the top of the zone", seen["sel1"]["detail"])
        self.assertEqual(seen["sel1"]["advice"], "in the panel of subpanel.com the name is stxsel1._domainkey.news")
        self.assertEqual(seen["spf"]["verdict"], "missing")
        self.assertIn("subpanel.com includes spf.secutix.com, which does not count", seen["spf"]["detail"])
        self.assertEqual(seen["spf"]["advice"], "in the panel of subpanel.com the name is news")
        self.assertEqual(seen["dmarc"]["verdict"], "ok", "that of the organization counts")
        doubled = self.seen("subdbl")["sel2"]
        self.assertEqual(doubled["verdict"], "domain-doubled")
        self.assertIn("stxsel2._domainkey.news.subdbl.com.subdbl.com", doubled["detail"])
        self.assertIn("as the name type only stxsel2._domainkey.news", doubled["advice"])
        good = self.seen("subgood", attention=False)
        self.assertEqual({subject: each["verdict"] for subject, each in good.items()},
                         {"servers": "ok", "sel1": "ok", "sel2": "ok", "sel1-answer": "ok", "sel2-answer": "ok",
                          "spf": "ok", "dmarc": "ok"}, good)

    def test_servers_that_resolvers_get_through_to_are_a_note(self):
        for code, words in {"inthree": "answered only", "noedns": "EDNS", "nocname": "NOTIMP"}.items():
            with self.subTest(code=code):
                seen = self.seen(code, attention=False)
                self.assertEqual({each["verdict"] for each in seen.values()}, {"ok"}, seen)
                (note,) = seen["servers"]["notes"]
                self.assertIn(f"ns.{code}.com (", note)
                self.assertIn(words, note)

    def test_servers_that_are_silent_were_not_seen(self):
        seen = self.seen("silent", attention=False)
        self.assertEqual({(each["verdict"], each["severity"]) for each in seen.values()}, {("unreachable", "warning")})
        done = self.store.zonectl("check", "silent", "--resolver", RESOLVER, "--timeout", "1s")
        self.assertNotIn("all is right", done.stdout)
        self.assertIn("not everything could be seen", done.stdout)


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main()
