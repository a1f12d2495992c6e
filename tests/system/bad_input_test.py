"""Wrong codes, domains, addresses and flags: a clear word, the right exit status, and nothing changed."""

import unittest

from support.store import Store, new_store


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = new_store(cls)
        cls.store.zonectl("add", "mosa", "--domain", "mosamuseum.com")

    def setUp(self):
        self.before = self.store.zone_db.read_bytes()
        self.content_before = self.store.content()

    def refuse(self, *arguments, expect, says):
        done = self.store.zonectl(*arguments, expect=expect)
        self.assertRegex(done.stderr, says)
        self.assertEqual(done.stdout, "")
        self.assertLess(len(done.stderr), 1500, "a word, not a manual")
        self.assertEqual(self.store.content(), self.content_before, "nothing changed but the kept moment")

    def test_codes(self):
        for code, says in (("mo.sa", "mo.sa"), ("Mosa", "Mosa"), ("-mosa", "hyphen"), ("mosa-", "hyphen"),
                           ("mo_sa", "mo_sa"), ("mo sa", "mo sa"), ("m\u00f6sa", "letters"), ("", "(?i)empty|1 to 37"),
                           ("a" * 38, "37")):
            with self.subTest(code=code):
                self.refuse("add", "--", code, expect=2, says=says)

    def test_37_characters_are_taken_and_fit_512_bytes(self):
        done = self.store.zonectl("add", "b" * 37, "--dry-run")
        self.assertNotIn("512", done.stderr)
        self.assertEqual(self.store.zone_db.read_bytes(), self.before, "a dry run changes nothing")

    def test_domains(self):
        for domain in ("localhost", "mosa museum.com", "-x.com", "x..com", "a" * 64 + ".com", "museum_shop.com",
                       "x." * 127 + "com", "", "http://mosamuseum.com", "info@mosamuseum.com"):
            with self.subTest(domain=domain):
                self.refuse("add", "other", f"--domain={domain}", expect=2, says="(?i)domain|label|name")
                self.refuse("domain", "add", "mosa", domain, expect=2, says="(?i)domain|label|name")

    def test_a_domain_of_another_institution(self):
        self.refuse("add", "other", "--domain", "MosaMuseum.com", expect=3, says="E_EXISTS.*|mosa")

    def test_a_code_that_is_there(self):
        self.refuse("add", "mosa", expect=3, says="E_EXISTS")

    def test_spf_terms(self):
        for term, says in (("ip4:300.1.1.1", "300.1.1.1"), ("ip4:192.0.2.0/33", "33"), ("ip4:192.0.2.1/24", "192.0.2.0/24"),
                           ("ip6:2001:db8::1::2", "2001:db8::1::2"), ("ip6:192.0.2.1", "192.0.2.1"),
                           ("include:example.com", "include"), ("a", "a"), ("all", "all"), ("", "(?i)empty|ip4"),
                           ("ip4:", "ip4"), ("ip4:192.0.2.1 ~all", "space"), ("+ip4:192.0.2.1", "ip4")):
            with self.subTest(term=term):
                self.refuse("spf", "allow", "--", term, expect=2, says=says)

    def test_a_good_term_beside_a_bad_one_is_not_taken(self):
        self.refuse("spf", "allow", "ip4:192.0.2.1", "ip4:300.1.1.1", expect=2, says="300.1.1.1")

    def test_an_unknown_institution_slot_or_zone_is_6(self):
        for arguments in (("show", "nobody"), ("rotate", "nobody"), ("undo", "nobody"), ("remove", "nobody"),
                          ("instructions", "nobody"), ("domain", "add", "nobody", "example.com"),
                          ("domain", "remove", "mosa", "example.com"), ("zone", "show", "example.com"),
                          ("zone", "export", "example.com"), ("spf", "deny", "ip4:192.0.2.99"),
                          ("rotate", "mosa", "--expect", "sel3"),
                          ("key", "export", "mosa", "sel9", "--out", "/nonexistent/x"),
                          ("key", "export", "nobody", "sel1", "--out", "/nonexistent/x")):
            with self.subTest(arguments=arguments):
                self.refuse(*arguments, expect=6, says="(?i)no (such|institution|slot|zone|domain|term)|not (there|in|among)")

    def test_wrong_usage_is_2(self):
        for arguments in ((), ("frobnicate",), ("rotate",), ("instructions", "mosa", "--extra"), ("rotate", "mosa", "--forse"),
                          ("rotate", "mosa", "--override", "E_NONSENSE", "--reason", "x"),
                          ("rotate", "mosa", "--override", "E_NOT_RIPE"), ("rotate", "mosa", "--reason", ""),
                          ("add", "other", "--key", "dsa"), ("key", "export", "mosa", "sel1"),
                          ("policy", "set", "slack", "soon"), ("policy", "set", "no-such-key", "1d"),
                          ("policy", "set", "ttl-active", "0")):
            with self.subTest(arguments=arguments):
                self.refuse(*arguments, expect=2, says=".")

    def test_weak_and_unusual_keys_are_refused_by_name(self):
        for size in ("rsa512", "rsa1024"):
            self.refuse("add", "other", "--key", size, expect=3, says="E_WEAK_KEY")
        self.refuse("add", "other", "--key", "ed25519", expect=3, says="E_KEY_TYPE")

    def test_a_short_drain_is_refused_by_name(self):
        self.refuse("policy", "set", "drain", "95h", expect=3, says="E_POLICY_FLOOR")

    def test_a_key_is_never_written_over_a_file(self):
        pem = self.store.scratch / "precious"
        pem.write_text("precious")
        self.refuse("key", "export", "mosa", "sel1", "--out", pem, expect=3, says="precious")
        self.assertEqual(pem.read_text(), "precious")

    def test_init_on_a_store_that_is_there_is_refused(self):
        self.refuse("init", "--ns", "ns1.example.com", "--hostmaster", "hostmaster.example.com", expect=3,
                    says="E_EXISTS")


class BadInit(unittest.TestCase):
    def test_a_refused_init_makes_nothing(self):
        for arguments in (("--hostmaster", "h.example.com"), ("--ns", "ns1.example.com"),
                          ("--ns", "ns..example.com", "--hostmaster", "h.example.com"),
                          ("--ns", "ns1.dkim.secutix.com", "--hostmaster", "h.example.com"),
                          ("--ns", "ns1.example.com", "--hostmaster", "h.example.com", "--minimum", "0")):
            with self.subTest(arguments=arguments):
                store = Store()
                self.addCleanup(store.close)
                store.zonectl("init", *arguments, expect=2)
                self.assertFalse(store.zone_db.exists())


class Secrets(unittest.TestCase):
    """No private key on standard output, in --json or in the audit."""

    def test_no_command_prints_a_private_key(self):
        store = new_store(self)
        store.zonectl("add", "mosa", "--domain", "mosamuseum.com")
        pem = store.scratch / "mosa.pem"
        shown = []
        for arguments in (("key", "export", "mosa", "sel1", "--out", pem), ("show", "mosa"), ("list",),
                          ("log",), ("status",), ("zone", "export", "dkim.secutix.com")):
            shown += [store.zonectl(*arguments, expect=None), store.zonectl("--json", *arguments, expect=None)]
        secret = "".join(pem.read_text().splitlines()[1:-1])
        self.assertEqual(pem.stat().st_mode & 0o777, 0o600)
        for done in shown:
            self.assertNotIn("PRIVATE KEY", done.stdout + done.stderr)
            for start in range(60, len(secret) - 40, 40):
                self.assertNotIn(secret[start:start + 40], done.stdout + done.stderr)
        public = store.zone_db.read_bytes()
        self.assertNotIn(b"PRIVATE KEY", public)


if __name__ == "__main__":
    unittest.main()
