"""A file that is not what it was taken for may be a private key: no message, JSON, log or audit row shows a piece of it."""

import base64
import re
import secrets
import unittest

from support.programs import run
from support.store import new_store

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def ed25519_key_without_marks():
    """A private key in base64 that has neither + nor / nor =: about one of four."""
    while True:
        der = bytes.fromhex("302e020100300506032b657004220420") + secrets.token_bytes(32)
        text = base64.b64encode(der).decode()
        if not re.search("[+/=]", text):
            return text


class UnreadFiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = new_store(cls)
        cls.store.zonectl("add", "mosa", "--domain", "mosamuseum.com")

    def setUp(self):
        self.shown = []

    def file(self, content, name="given"):
        path = self.store.scratch / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def refused(self, *arguments):
        for words in (arguments, ("--json", *arguments)):
            done = self.store.zonectl(*words, expect=None)
            self.assertNotIn(done.returncode, (0, -6, -11), done)
            self.shown.append(done.stdout + done.stderr)
        return done

    def assert_not_shown(self, secret):
        """Not a run of eight characters of it, anywhere."""
        self.shown += [self.store.zonectl("log", "--json", "--all", expect=None).stdout,
                       self.store.zone_db.read_bytes().decode("latin-1")]
        for text in self.shown:
            for start in range(len(secret) - 7):
                self.assertFalse(secret[start:start + 8].lower() in text.lower(), text[:500])

    def secrets(self):
        """What may lie in a file that was named by mistake."""
        yield "hexadecimal", secrets.token_hex(32)
        yield "base64", ed25519_key_without_marks()
        yield "base64 with marks", base64.b64encode(b"\xfb\xef" * 3 + secrets.token_bytes(45)).decode()
        yield "dotted", f"{secrets.token_hex(20)}_x.{secrets.token_hex(20)}"
        yield "capitals", "Q" + secrets.token_hex(9).upper()

    def commands(self, secret):
        """What each reader of a file makes of the secret in each place."""
        whole = self.file(secret + "\n", "whole")
        pem = self.file(f"-----BEGIN PRIVATE KEY-----\n{secret}\n-----END PRIVATE KEY-----\n", "pem")
        yield from (("add", "--file", whole), ("add", "--file", pem), ("rotate", "--file", whole),
                    ("rotate", "--file", pem), ("revoke", "sel2", "--file", whole, "--yes"),
                    ("import", "--keytable", whole), ("import", "--keytable", pem), ("import", "louvre", "--pem", whole),
                    ("import", "louvre", "--pem", pem), ("vault", "rekey", "--key-file", pem))
        for row in (f"code\n{secret}\n", f"code,{secret}\nx,y\n", f"code,domains\nlouvre,{secret}\n",
                    f"code,domains\nlouvre,x_y.{secret}\n", f"code,key\nlouvre,{secret}\n",
                    f'code\n"x"{secret}\n', f'code\n"{secret}\n', f"code\n{secret}\"\n", f"code\nlouvre,{secret}\n"):
            yield "add", "--file", self.file(row, f"table-{secrets.token_hex(4)}")
        for row in (f"museum museum.example:s1:{secret}\n", f"museum museum.example:s1:/{secret}\n",
                    f"museum museum.example:s1:./{secret}\n", f"museum {secret}\n", f"museum {secret}:s1:/x\n",
                    f"{secret} museum.example:s1:/x\n", f"museum museum.example:{secret}\n",
                    f"{secret} a.example:s1:./pem\n{secret} a.example:s1:./pem\n", f"one two {secret}\n"):
            yield "import", "--keytable", self.file(row, f"table-{secrets.token_hex(4)}")
        good = self.file("museum museum.example:s1:/nowhere\n", "good")
        for row in (f"{secret} museum\n", f"*@{secret} museum\n", f"{secret}\n"):
            yield "import", "--keytable", good, "--signing-table", self.file(row, f"signing-{secrets.token_hex(4)}")

    def test_no_reader_shows_what_it_cannot_understand(self):
        for kind, secret in self.secrets():
            for number, command in enumerate(self.commands(secret)):
                with self.subTest(kind=kind, number=number, command=command[:2]):
                    self.shown = []
                    self.refused(*command)
                    self.assert_not_shown(secret)

    def test_the_wrapping_key_given_as_a_list_is_not_printed_but_its_line_is_told(self):
        key = self.store.path / "vault" / "wrapping.key"
        done = self.store.zonectl("add", "--file", key, expect=2)
        self.assertRegex(done.stderr, r"wrapping\.key:1: field 1: 64 bytes that are no column")
        done = self.store.zonectl("rotate", "--file", key, expect=2)
        self.assertRegex(done.stderr, r"wrapping\.key:1: 64 bytes that are no institution's code")

    def test_nor_is_standard_input_shown(self):
        secret = secrets.token_hex(32)
        for command in (("add", "--file", "-"), ("rotate", "--file", "-"), ("revoke", "sel2", "--file", "-", "--yes")):
            with self.file(secret + "\n").open() as given:
                done = self.store.zonectl(*command, expect=2, stdin=given)
            self.shown += [done.stdout, done.stderr]
        self.assert_not_shown(secret)

    def test_a_key_that_stands_in_the_table_is_wrong_input(self):
        table = self.file(f"museum museum.example:s1:{ed25519_key_without_marks()}\n")
        done = self.store.zonectl("import", "--keytable", table, expect=2)
        self.assertIn("the key stands in the table itself", done.stderr)

    def test_the_marker_of_a_foreign_signer_directory_is_not_quoted(self):
        secret = secrets.token_hex(32)
        directory = self.store.scratch / "signer"
        directory.mkdir()
        mine = self.store.scratch / "mine"
        mine.mkdir()
        self.store.zonectl("signer", "add", "mine", "--format", "files", "--dir", mine)
        marker = next(path for path in mine.iterdir() if path.is_file() and "zonectl-signer 1" in path.read_text())
        (directory / marker.name).write_text(re.sub("(?m)^signer .*$", "signer " + secret, marker.read_text()))
        self.refused("signer", "add", "other", "--format", "files", "--dir", directory)
        self.assert_not_shown(secret)


class ByteOrderMark(unittest.TestCase):
    """Some editors begin a file with one: it is no part of the first word."""

    def setUp(self):
        self.store = new_store(self)

    def file(self, name, content):
        path = self.store.scratch / name
        path.write_bytes(BYTE_ORDER_MARK + content)
        path.chmod(0o600)
        return path

    def pem(self, name):
        plain = self.store.scratch / name
        run("openssl", "genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", plain)
        return self.file(name, plain.read_bytes())

    def test_it_is_skipped_in_lists_tables_and_keys(self):
        self.store.zonectl("add", "--file", self.file("list.csv", b"code,domains\nlouvre,louvre.example\n"))
        self.store.zonectl("revoke", "sel2", "--file", self.file("list", b"louvre\n"), "--yes")
        self.store.zonectl("import", "mosa", "--pem", self.pem("mosa.pem"))
        self.pem("orsay.pem")
        self.store.zonectl("import", "--keytable", self.file("KeyTable", b"orsay orsay.example:s1:./orsay.pem\n"),
                           "--signing-table", self.file("SigningTable", b"*@orsay.example orsay\n"))
        self.assertEqual(sorted(each["code"] for each in self.store.json("list")["institutions"]),
                         ["louvre", "mosa", "orsay"])

    def test_it_is_skipped_in_a_wrapping_key(self):
        key = self.file("vault.key", secrets.token_hex(32).encode() + b"\n")
        self.store.zonectl("vault", "rekey", "--key-file", key)


if __name__ == "__main__":
    unittest.main()
