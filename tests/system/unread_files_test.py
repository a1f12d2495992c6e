"""A file that is not what it was taken for may be a private key: no message, JSON, log or audit row shows a piece of it."""

import base64
import json
import re
import secrets
import unittest

from support.programs import DNSD, run
from support.store import new_store

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def ed25519_key_without_marks():
    """A private key in base64 that has neither + nor / nor =: about one of four."""
    while True:
        der = bytes.fromhex("302e020100300506032b657004220420") + secrets.token_bytes(32)
        text = base64.b64encode(der).decode()
        if not re.search("[+/=]", text):
            return text


class Unread(unittest.TestCase):
    """A store, files with secrets in them, and a look at all that is said of these."""

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
        self.assert_not_said(secret)

    def assert_not_said(self, secret):
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


class UnreadFiles(Unread):
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


HEAD = "$ORIGIN p.test.\n$TTL 300\n@ SOA ns.o.test. root.o.test. 1 3600 600 86400 300\n@ NS ns.o.test.\n"
TYPES = ("A AAAA AFSDB APL CAA CDNSKEY CDS CERT CNAME CSYNC DHCID DNAME DNSKEY DS EUI48 EUI64 HINFO HIP HTTPS IPSECKEY "
         "KX LOC MX NAPTR NID NS NSEC3PARAM OPENPGPKEY PTR RP RT SMIMEA SOA SRV SSHFP SVCB TALINK TLSA URI X25 ZONEMD "
         "TYPE65280 NOTYPE").split()


class ZoneFiles(Unread):
    def rows(self, secret):
        """Lines of zone files that no reader understands, with the secret in each of their places."""
        yield from (secret, f"-----BEGIN PRIVATE KEY-----\n{secret}\n-----END PRIVATE KEY-----", f"www {secret}",
                    f"www IN {secret} A 192.0.2.1", f"www {secret} A 192.0.2.1", f"www CLASS{secret} A 192.0.2.1",
                    f"{secret * 4}. A 192.0.2.1", f"a..{secret} A 192.0.2.1", f'"{secret}" A 192.0.2.1',
                    f"a.{secret}\\999 A 192.0.2.1", f"${secret} x", f"$ORIGIN {secret}..", f"$ORIGIN {secret} x",
                    f"$TTL {secret}", f"$TTL 1 {secret}", f"$INCLUDE {secret}", f"$INCLUDE /{secret}",
                    f"$INCLUDE {self.file('', 'empty')} {secret}..", f"$GENERATE 1-2 {secret} A 192.0.2.1",
                    f"www TXT \"{secret}", f"www TXT {secret} )", f"www TXT {secret}\\",
                    f"www TYPE16 \\# 3 {secret}", f"www TXT \\# {secret}", f"www SVCB 1 . {secret}_=x",
                    f"www SVCB 1 . key65536={secret}", f"www SVCB 1 . port={secret}", f"www SVCB 1 . ipv4hint={secret}",
                    f"www SVCB 1 . mandatory={secret}", f"www HTTPS 1 {secret}.. alpn=h2", f"www MX {secret} mail",
                    f"www MX 10 {secret}..", f"www SRV 1 2 {secret} x", f"www CAA 0 {secret}_ x", f"www CAA {secret} issue x",
                    f"www TLSA 3 1 1 {secret}z", f"www DS 1 8 2 {secret}z", f"www SSHFP 1 2 {secret}z",
                    f"www NAPTR 1 1 {secret}! x !x! .", f"www CERT PGP 0 0 {secret}*", f"www LOC 1 N 2 E {secret}",
                    f"www APL 1:{secret}/8", f"www CSYNC 1 3 {secret}", f"www URI 1 1 {secret}",
                    f"www RP {secret}.. .", f"www SOA {secret}.. . 1 2 3 4 5", f"www SOA . . {secret} 2 3 4 5")
        for record_type in TYPES:
            yield f"www {record_type} {secret}! {secret}.. {secret}"
        yield f"www TXT ( {secret}"  # up to the file's end

    def test_no_fault_of_a_zone_file_shows_what_stands_there(self):
        at_once = 10  # as many faults are shown of one file
        for kind, secret in self.secrets():
            rows = list(self.rows(secret))
            for first in range(0, len(rows), at_once):
                some = rows[first:first + at_once]
                file = self.file(HEAD + "\n".join(some) + "\n", "zone")
                with self.subTest(kind=kind, rows=[row[:20] for row in some]):
                    self.shown = []
                    self.refused("zone", "import", file)
                    self.refused("zone", "check", "--strict", file)
                    self.assert_not_said(secret)
                    faults = json.loads(self.store.zonectl("zone", "check", "--json", file, expect=1).stdout)["faults"]
                    self.assertGreaterEqual(len(faults), len(some), faults)
            self.assert_not_shown(secret)

    def test_the_line_and_what_is_expected_there_are_told(self):
        done = self.refused("zone", "import", self.file(HEAD + f"www A {'ab' * 20}\n", "zone"))
        self.assertRegex(done.stderr, r"zone:5: this is no data of type A: .+")
        key = self.store.path / "vault" / "wrapping.key"
        done = self.store.zonectl("zone", "import", key, "--zone", "p.test", expect=2)
        self.assertRegex(done.stderr, r"wrapping\.key:1: a record without a type")
        done = self.store.zonectl("zone", "import", key, expect=2)
        self.assertRegex(done.stderr, r"wrapping\.key: the file has no SOA that names its zone")

    def test_a_file_that_another_one_includes_is_no_more_shown(self):
        secret = secrets.token_hex(32)
        self.file(secret + "\n", "inner")
        self.refused("zone", "import", self.file(HEAD + "$INCLUDE inner\n", "zone"))
        self.assert_not_shown(secret)

    def test_nor_is_what_stands_in_the_place_of_a_backup(self):
        secret = secrets.token_hex(32)
        good = self.store.scratch / "backup"
        self.store.zonectl("backup", good)
        for name in sorted(each.name for each in good.iterdir()):
            with self.subTest(name=name):
                content = (good / name).read_bytes()
                (good / name).write_text(secret + "\n")
                self.refused("restore", good)
                (good / name).write_bytes(content)
                self.assert_not_shown(secret)


class DnsdFiles(Unread):
    """dnsd's own files; it fails as it starts, and its log is what is said."""

    def checked(self, *arguments):
        done = run(DNSD, "--check", "--store", self.store.path, *arguments, expect=2)
        self.shown.append(done.stdout + done.stderr)
        return done

    def rows(self, secret):
        """Texts of a config that cannot be understood, with the secret in each place."""
        yield from (secret, f"-----BEGIN PRIVATE KEY-----\n{secret}\n-----END PRIVATE KEY-----", HEAD + secret,
                    f"{secret} = 1", f"'{secret}' = 1", f"[{secret}]\nx = 1", f"[[{secret}]]", f"[tcp.{secret}]\nx = 1",
                    f"[tcp]\n{secret} = 1", f"workers = {secret}", f"workers = '{secret}'", f"workers = 1 {secret}",
                    f"listen = '{secret}'", f"listen = ['{secret}']", f"listen = ['{secret}:53']",
                    f"listen = ['127.0.0.1:{secret}']", f"listen = ['[{secret}]:53']", f"listen = ['[::1]{secret}']",
                    f"listen_ahead = '{secret}'", f"log_level = '{secret}'", f"edns.nsid = '0x{secret}!'",
                    f"edns.nsid = '{secret * 8}'", f"x = '{secret}", f'x = "{secret}', f'x = "\\{secret}"',
                    f"x = [{secret}", f"x = {{ {secret} = 1, {secret} = 2 }}", f"x = 1979-01-{secret}", f"x = 0x{secret}g",
                    f"workers = 1\n[workers.{secret}]", f"user = '{secret}'",
                    f"edns.cookie_secrets_file = ['{secret}']")

    def test_no_fault_of_a_config_shows_what_stands_there(self):
        for kind, secret in self.secrets():
            for number, row in enumerate(self.rows(secret)):
                with self.subTest(kind=kind, number=number, row=row[:20]):
                    self.shown = []
                    done = self.checked("--config", self.file(row + "\n", "dnsd.toml"))
                    self.assert_not_said(secret)
                    if not row.startswith("user"):
                        self.assertRegex(done.stderr, r"dnsd\.toml:\d+:\d+: ")

    def test_the_wrapping_key_as_the_config_is_not_printed_but_its_place_is(self):
        key = self.store.path / "vault" / "wrapping.key"
        done = self.checked("--config", key)
        self.assertRegex(done.stderr, r"wrapping\.key:1:\d+: it is no TOML: expected '='")
        self.assert_not_shown(key.read_text().strip())

    def test_a_misspelt_setting_is_told_by_its_place_and_the_nearest_one(self):
        done = self.checked("--config", self.file("workers = 1\n[tcp]\nqueris = 5\n", "dnsd.toml"))
        self.assertRegex(done.stderr, r"dnsd\.toml:3:1: unknown key in \[tcp\]; did you mean `tcp.queries`\?")
        self.assertNotIn("queris", done.stderr)

    def test_no_fault_of_the_cookie_secrets_shows_any(self):
        for kind, secret in self.secrets():
            file = self.file(secret + "\n", "cookies")
            file.chmod(0o600)
            with self.subTest(kind=kind):
                self.shown = []
                config = self.file(f"edns.cookie_secrets_file = '{file}'\n", "dnsd.toml")
                self.assertRegex(self.checked("--config", config).stderr, r"cookies:1: a cookie secret is")
                self.assert_not_shown(secret)

    def test_a_cookie_secret_in_the_place_of_its_file_is_not_shown(self):
        secret = secrets.token_hex(16)
        self.checked("--config", self.file(f"edns.cookie_secrets_file = '{secret}'\n", "dnsd.toml"))
        self.assert_not_shown(secret)

    def test_what_was_typed_is_quoted(self):
        self.assertIn("'loud'", self.checked("--log-level", "loud").stderr)
        self.assertIn("'nonsense'", self.checked("--listen", "nonsense").stderr)


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
