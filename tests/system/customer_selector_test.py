"""A store whose customers' selectors are called otherwise than stxsel: the life of an institution in it, in which the
usual word is never said; and an older store, which goes on with that."""

import subprocess
import unittest

from support import namespace
from support.customers import RESOLVER, Customers, target
from support.programs import run
from support.server import serve
from support.store import NAME_SERVERS, Store, new_store
from support.tree import DNSD_ADDRESS, add_address

QUICK = ("--key", "ed25519", "--override", "E_KEY_TYPE", "--reason", "test")
AT_ONCE = ("--override", "E_NOT_RIPE", "--reason", "test")
FORMATS = ("opendkim", "rspamd", "rspamd-folders", "exim", "exim-folders")


def zone_lines(code, word, swapped=False):
    ends = ("sel2", "sel1") if swapped else ("sel1", "sel2")
    cnames = [f"{word}{number}._domainkey 60 CNAME {target(code, slot)}" for number, slot in enumerate(ends, 1)]
    return [*cnames, '@ 60 TXT "v=spf1 include:spf.secutix.com ~all"', '_dmarc 60 TXT "v=DMARC1; p=none"']


def texts_below(directory):
    """What signers read there: names of files and links, and the tables; no key."""
    words = []
    for path in sorted(directory.rglob("*")):
        words.append(str(path.relative_to(directory)))
        if path.is_file() and path.suffix not in (".pem", ".private"):
            words.append(path.read_text(encoding="utf-8"))
    return "\n".join(words)


class CustomerSelector(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = new_store(cls, "--customer-selector", "Acme")
        cls.store.zonectl("spf", "allow", "ip4:192.28.148.112")
        for code in ("mosa", "nova", "good"):
            cls.store.zonectl("add", code, "--domain", f"{code}.com", *QUICK)
        add_address(DNSD_ADDRESS)
        serve(cls, cls.store, listen=(f"{DNSD_ADDRESS}:53",))
        scratch = cls.store.scratch / "customers"
        scratch.mkdir()
        cls.customers = Customers(scratch, {"mosa.com": zone_lines("mosa", "acme"),
                                            "nova.com": zone_lines("nova", "acme", swapped=True)})
        cls.addClassCleanup(cls.customers.stop)

    def said(self, *arguments, **options):
        """What it says, in which the usual word has no place."""
        done = self.store.zonectl(*arguments, **options)
        self.assertNotIn("stxsel", done.stdout + done.stderr, arguments)
        return done.stdout + done.stderr

    def test_instructions_name_it_in_every_language(self):
        for language in ("en", "fr", "de", "it"):
            text = self.said("instructions", "mosa", "--lang", language)
            self.assertIn(f"acme2._domainkey.mosa.com. 3600 IN CNAME {target('mosa', 'sel2')}", text, language)
        self.assertIn("acme1._domainkey", self.said("instructions", "mosa", "--format", "csv"))

    def test_check_looks_for_it(self):
        seen = self.store.json("check", "--all", "--resolver", RESOLVER, "--again-after", "0s", expect=1)
        verdicts = {each["code"]: {finding["subject"]: finding["verdict"] for finding in each["findings"]
                                   if finding["domain"] and finding["subject"] in ("sel1", "sel2")}
                    for each in seen["institutions"]}
        self.assertEqual(verdicts["mosa"], {"sel1": "ok", "sel2": "ok"}, seen)
        self.assertEqual(verdicts["nova"], {"sel1": "slots-swapped", "sel2": "slots-swapped"})
        self.assertEqual(verdicts["good"], {"sel1": "missing", "sel2": "missing"}, "it has stxsel1 and stxsel2")
        self.assertNotIn("stxsel", str(seen))
        refused = self.said("rotate", "nova", "--no-look", *AT_ONCE, expect=3)
        self.assertIn(f"acme2._domainkey.nova.com. 3600 IN CNAME {target('nova', 'sel2')}", refused)

    def test_an_institution_and_a_slot_are_found_by_it(self):
        self.assertIn("mosa ", self.said("show", "ACME1._domainkey.mosa.com."))
        for words in (("acme2._domainkey.mosa.com",), ("mosa", "acme2"), ("mosa", "sel2"), ("mosa.com", "ACME2")):
            self.assertIn("mosa: the key in sel2 would be revoked",
                          self.said("revoke", *words, "--dry-run", "--expect", "acme1"), words)
        self.assertIn("2 of 2 institutions", self.said("revoke", "mosa", "nova", "acme2", "--dry-run", "--yes"))
        self.assertIn("institutions would be revoked", self.said("revoke", "--all", "acme2", "--dry-run", "--yes"))
        self.assertIn("E_EXPECT", self.said("rotate", "mosa", "--expect", "acme2", expect=3))
        self.assertIn("is what a selector is called", self.said("add", "acme2", *QUICK, expect=2))
        for words in (("show", "stxsel1._domainkey.mosa.com"), ("rotate", "mosa", "--expect", "stxsel1")):
            refused = self.store.zonectl(*words, expect=2)
            self.assertIn("acme1", refused.stderr, words)
        self.assertIn("SLOT is missing", self.store.zonectl("revoke", "mosa", "stxsel2", expect=2).stderr)
        self.said("revoke", "mosa", "acme3", expect=6)
        self.said("show", "acme3._domainkey.mosa.com", expect=6)
        list_file = self.store.scratch / "list"
        list_file.write_text("acme1._domainkey.mosa.com\n")
        listed = self.store.zonectl("prepare", "--file", list_file, "sel2", "--dry-run", expect=None)
        self.assertIn("of 1 ", listed.stdout + listed.stderr)

    def test_signers_sign_under_it(self):
        store = new_store(self, "--customer-selector", "acme", owner="nobody")
        store.zonectl("add", "mosa", "--domain", "mosa.com")
        for kind in FORMATS:
            directory = store.scratch / kind
            directory.mkdir()
            store.give(directory)
            store.zonectl("signer", "add", kind, "--format", kind, "--dir", directory)
            texts = texts_below(directory)
            self.assertIn("acme1", texts, kind)
            self.assertNotIn("stxsel", texts, kind)
        moved = store.zonectl("rotate", "mosa", *AT_ONCE)
        self.assertNotIn("stxsel", moved.stdout + moved.stderr)
        self.assertIn("mosa.com acme2", (store.scratch / "rspamd" / "selector_map").read_text())
        warned = store.zonectl("domain", "add", "mosa", "mosa.org")
        self.assertIn("signers sign the mail of mosa.org with acme2 from now on", warned.stdout + warned.stderr)

    def test_an_import_knows_which_selector_is_ours(self):
        store = new_store(self, "--customer-selector", "acme")
        for name in "abcd":
            key = store.scratch / f"{name}.pem"
            run("openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", key)
            key.chmod(0o600)
        table, signing = store.scratch / "KeyTable", store.scratch / "SigningTable"
        table.write_text("two mosa.com:acme2:./a.pem\none mosa.com:acme1:./b.pem\n"
                         "late nova.com:stxsel1:./c.pem\nalone opus.com:acme2:./d.pem\n")
        table.chmod(0o600)
        signing.write_text("*@mosa.com one\n*@nova.com late\n*@opus.com alone\n")
        done = store.json("import", "--keytable", table, "--signing-table", f"refile:{signing}")
        self.assertEqual([(each["domain"], each["selector"], each["becomes"]) for each in done["selectors"]],
                         [("nova.com", "stxsel1", "acme1")], "the others' are ours already")
        codes = {each["domains"][0]: each["code"] for each in store.json("list")["institutions"]}
        signs = {domain: [slot for slot, state in store.slots(code).items() if state == "ACTIVE"]
                 for domain, code in codes.items()}
        self.assertEqual(signs, {"mosa.com": ["sel1"], "nova.com": ["sel1"], "opus.com": ["sel2"]})
        spki = subprocess.run(["openssl", "pkey", "-in", store.scratch / "a.pem", "-pubout"], capture_output=True, check=True,
                              text=True).stdout
        public = store.zonectl("key", "export-public", codes["mosa.com"], "sel2", "--pem").stdout
        self.assertIn(spki.strip(), public, "acme2's key is in sel2")

    def test_a_backup_keeps_it(self):
        backup, key = self.store.scratch / "backup", self.store.path / "vault" / "wrapping.key"
        self.store.zonectl("backup", backup)
        other = Store()
        self.addCleanup(other.close)
        other.zonectl("restore", backup, "--key-file", key, "--override", "E_FOREIGN_BACKUP", "--reason", "test")
        self.assertIn("acme1._domainkey.mosa.com.", other.zonectl("instructions", "mosa").stdout)
        self.assertEqual(other.json("status")["customer_selector"], "acme")

    def test_a_word_that_is_none_makes_no_store(self):
        store = Store()
        self.addCleanup(store.close)
        for word in ("", "a.b", "-a", "sel1-", "x" * 33):
            refused = store.zonectl("init", *NAME_SERVERS, "--customer-selector", word, expect=2)
            self.assertIn("--customer-selector: ", refused.stderr, word)
        self.assertFalse(store.path.exists())


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main()
