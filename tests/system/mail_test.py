"""What it is all for: mail that is signed with our keys verifies, by OpenDKIM and dkimpy, through a strict resolver.

Everything from the root down runs in a network namespace, since these tools insist on port 53.
"""

import unittest

import dkim

from support import namespace
from support.programs import run
from support.questions import quoted_strings
from support.resolving import DNSD_ADDRESS, RESOLVER, World
from support.server import serve
from support.store import new_store

MESSAGE = (b"From: Mosa Museum <tickets@mosamuseum.com>\r\nTo: visitor@example.com\r\nSubject: Your tickets\r\n"
           b"Date: Mon, 23 Nov 2026 12:00:00 +0000\r\nMessage-ID: <1@mosamuseum.com>\r\n\r\nSee you soon.\r\n")


class Mail(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = new_store(cls)
        cls.store.zonectl("add", "mosa", "--domain", "mosamuseum.com")
        cls.store.zonectl("spf", "allow", "ip4:192.28.148.112")
        cls.keys = {}
        for slot in ("sel1", "sel2"):
            cls.keys[slot] = cls.store.scratch / f"{slot}.pem"
            cls.store.zonectl("key", "export", "mosa", slot, "--out", cls.keys[slot])
        serve(cls, cls.store, listen=(f"{DNSD_ADDRESS}:53",))
        world = World(cls.store.scratch, cls.store.instructed_lines("mosa"))
        cls.addClassCleanup(world.stop)

    def signed(self, slot):
        """A message signed by dkimpy with the exported key, as the institution's signer would."""
        signature = dkim.sign(MESSAGE, b"stx" + slot.encode(), b"mosamuseum.com", self.keys[slot].read_bytes(),
                              include_headers=[b"from", b"to", b"subject", b"date"])
        return signature + MESSAGE

    def opendkim_configuration(self):
        file = self.store.scratch / "opendkim.conf"
        file.write_text(f"Mode v\nNameservers {RESOLVER}\nUserID root\nOn-BadSignature accept\n")
        return file

    def opendkim_says(self, message):
        file = self.store.scratch / "message"
        file.write_bytes(message)
        done = run("opendkim", "-x", self.opendkim_configuration(), "-t", file, expect=None)
        return done.stdout + done.stderr

    def opendkim_testkey(self, slot, key_slot):
        return run("opendkim-testkey", "-x", self.opendkim_configuration(), "-d", "mosamuseum.com", "-s", f"stx{slot}",
                   "-k", self.keys[key_slot], "-vvv", expect=None)

    def test_the_resolver_finds_the_key_behind_the_customers_name(self):
        for slot in ("sel1", "sel2"):
            lines = run("dig", f"@{RESOLVER}", f"stx{slot}._domainkey.mosamuseum.com", "TXT", "+short").stdout.splitlines()
            self.assertEqual(lines[0], f"{slot}-mosa._domainkey.dkim.secutix.com.")
            self.assertTrue("".join(quoted_strings(lines[1])).startswith("v=DKIM1; k=rsa; p="), lines)

    def test_the_resolver_is_not_misled_by_the_empty_non_terminal(self):
        run("dig", f"@{RESOLVER}", "_domainkey.dkim.secutix.com", "TXT")
        lines = run("dig", f"@{RESOLVER}", "sel2-mosa._domainkey.dkim.secutix.com", "TXT", "+short").stdout
        self.assertIn("v=DKIM1", lines)

    def test_opendkim_testkey_says_key_ok(self):
        for slot in ("sel1", "sel2"):
            done = self.opendkim_testkey(slot, slot)
            self.assertEqual((done.returncode, "key OK" in done.stdout), (0, True), done.stderr)

    def test_opendkim_testkey_finds_the_wrong_key(self):
        done = self.opendkim_testkey("sel1", "sel2")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("keys do not match", done.stdout)

    def test_dkimpy_verifies(self):
        for slot in ("sel1", "sel2"):
            self.assertTrue(dkim.verify(self.signed(slot)))
        self.assertFalse(dkim.verify(self.signed("sel1").replace(b"See you", b"See me")))

    def test_opendkim_verifies(self):
        for slot in ("sel1", "sel2"):
            said = self.opendkim_says(self.signed(slot))
            self.assertRegex(said, rf"verification \(s=stx{slot}[ ,].*succeeded")
        self.assertNotRegex(self.opendkim_says(self.signed("sel1").replace(b"See you", b"See me")), "succeeded")

    def test_mail_signed_before_a_rotation_verifies_after_it(self):
        before = self.signed("sel1")
        self.store.zonectl("rotate", "mosa", "--override", "E_NOT_RIPE", "--reason", "test")
        self.addCleanup(self.store.zonectl, "undo", "mosa")
        for message in (before, self.signed("sel2")):
            self.assertTrue(dkim.verify(message))
            self.assertRegex(self.opendkim_says(message), "succeeded")

    def test_the_spf_include_resolves_in_one_look_up(self):
        museum = run("dig", f"@{RESOLVER}", "mosamuseum.com", "TXT", "+short").stdout
        self.assertIn("include:spf.secutix.com", museum)
        ours = quoted_strings(run("dig", f"@{RESOLVER}", "spf.secutix.com", "TXT", "+short").stdout)
        self.assertEqual("".join(ours), "v=spf1 ip4:192.28.148.112 ~all")


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main(warnings="ignore")  # dkimpy calls what dnspython has deprecated
