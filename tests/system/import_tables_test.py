"""OpenDKIM's tables, read by zonectl as opendkim itself reads them: for each form, which key signs whose mail.

opendkim runs as a milter on a socket of its own; nothing goes over a network.
"""

import base64
import re
import socket
import subprocess
import time
import unittest

from support.milter import Milter
from support.programs import IS_ROOT, run
from support.store import new_store

ONE = "one mosa.example:s1:DIR/a.pem\n"
TWO = ONE + "two mosa.example:s2:DIR/b.pem\n"
LONG = "old._domainkey.mosa.example mosa.example:old:DIR/a.pem\nnew._domainkey.mosa.example mosa.example:new:DIR/b.pem\n"
SENDERS = ("x@mosa.example", "info@mosa.example", "x@sub.mosa.example", "x@other.example")

# name, KeyTable, form of the SigningTable, SigningTable, whether all of it can be taken
FORMS = (
    ("a pattern", ONE, "refile", "*@mosa.example one\n", True),
    ("an identity behind the key", LONG, "refile",
     "*@mosa.example new._domainkey.mosa.example:@mosa.example\n*@other.example new._domainkey.mosa.example:@%\n", True),
    ("an empty identity", ONE, "refile", "*@mosa.example one:\n", True),
    ("which signs is not told by the alphabet", LONG, "refile", "*@mosa.example old._domainkey.mosa.example\n", True),
    ("the first pattern that fits", TWO, "refile", "*@mosa.example two\n*@mosa.example one\n", True),
    ("one address first", TWO, "refile", "info@mosa.example two\n*@mosa.example one\n", False),
    ("one address behind", TWO, "refile", "*@mosa.example one\ninfo@mosa.example one\n", True),
    ("one address alone", ONE, "refile", "info@mosa.example one\n", True),
    ("subdomains by a pattern", ONE, "refile", "*@mosa.example one\n*@*.mosa.example one\n", False),
    ("domains that end so", ONE, "refile", "*@*mosa.example one\n", False),
    ("anybody", ONE, "refile", "* one\n", False),
    ("a domain alone among patterns", ONE, "refile", "mosa.example one\n*@other.example one\n", False),
    ("patterns in capitals", ONE, "refile", "*@MOSA.Example one\n", True),
    ("a key's name in capitals", ONE, "refile", "*@mosa.example One\n", False),
    ("a key that is not there", ONE, "refile", "*@mosa.example one\n*@other.example none\n", False),
    ("two keys in a line", TWO, "refile", "*@mosa.example one,two\n", False),
    ("comments and blanks", "  one    mosa.example:s1:DIR/a.pem  # the key\n\n# two\n", "refile", "*@mosa.example\t\tone # x\n\n",
     True),
    ("ends of Windows", ONE.replace("\n", "\r\n"), "refile", "*@mosa.example one\r\n", True),
    ("no end", ONE.strip(), "refile", "*@mosa.example one", True),
    ("a plain domain", ONE, "file", "mosa.example one\n", True),
    ("a plain domain in capitals", ONE, "file", "MOSA.example one\n", True),
    ("a plain address", ONE, "file", "info@mosa.example one\n", True),
    ("an address before its domain", TWO, "file", "mosa.example one\ninfo@mosa.example two\n", False),
    ("a domain twice", TWO, "file", "mosa.example two\nmosa.example one\n", True),
    ("the domains below", ONE, "file", ".mosa.example one\n", False),
    ("the domains below, where one has a key",
     ONE + "sub sub.mosa.example:t:DIR/b.pem\n", "file", "mosa.example one\n.mosa.example sub\n", False),
    ("below a name of one label", ONE, "file", ".example one\n", False),
    ("an address below", ONE, "file", "x@.mosa.example one\n", False),
    ("anybody, flat", ONE, "file", "* one\n", False),
    ("an address anywhere", ONE, "file", "x@* one\n", False),
    ("a pattern in a flat table", ONE, "file", "*@mosa.example one\nother.example one\n", False),
    ("keys by the names of their domains", "mosa.example mosa.example:s1:DIR/a.pem\nother.example other.example:s:DIR/b.pem\n",
     "refile", "* %\n", True),
    ("the same with an identity", "mosa.example mosa.example:s1:DIR/a.pem\n", "refile", "* %:@%\n", True),
    ("a key for any domain", "all %:s1:DIR/a.pem\n", "refile", "*@mosa.example all\n*@other.example all\n", True),
    ("a file for any domain", "all %:s1:DIR/%.pem\n", "file", "mosa.example all\nother.example all\n", True),
    ("% of the domain that signs", "one mosa.example:s1:DIR/%.pem\n", "refile", "*@other.example one\n*@mosa.example one\n", True),
    ("a key for whoever sends", "all %:s1:DIR/a.pem\n", "refile", "* all\n", False),
    ("a name twice", ONE + "one mosa.example:s2:DIR/b.pem\n", "refile", "*@mosa.example one\n", False),
    ("a name without a line", TWO, "refile", "*@mosa.example two\n", True),
    ("names with the same first label",
     "default._domainkey.mosa.example mosa.example:default:DIR/a.pem\n"
     "default._domainkey.other.example other.example:default:DIR/b.pem\n", "refile",
     "*@mosa.example default._domainkey.mosa.example\n*@other.example default._domainkey.other.example\n", True),
    ("one key for two domains", ONE + "other other.example:s1:DIR/a.pem\n", "refile",
     "*@mosa.example one\n*@other.example other\n", True),
    ("capitals in domain and selector", "one MOSA.example:S1:DIR/a.pem\n", "refile", "*@mosa.example one\n", True),
    ("a key file that is not there", ONE + "other other.example:s:DIR/none.pem\n", "refile",
     "*@mosa.example one\n*@other.example other\n", False),
    ("a line that is none", ONE + "broken\n", "refile", "*@mosa.example one\n", False),
    ("as another domain, which has a key", ONE + "other other.example:s:DIR/b.pem\n", "refile",
     "*@mosa.example one\n*@other.example one\n", False),
)


class OpenDkim:
    """One that signs as the two tables say."""

    def __init__(self, directory, form):
        self.socket = directory / "opendkim.sock"
        self.socket.unlink(missing_ok=True)
        configuration = directory / "opendkim.conf"
        configuration.write_text(
            f"Mode s\nSocket local:{self.socket}\nKeyTable file:{directory}/KeyTable\nSyslog no\nRequireSafeKeys no\n"
            f"SigningTable {form}:{directory}/SigningTable\n" + ("UserID root\n" if IS_ROOT else ""))
        self.process = subprocess.Popen(["opendkim", "-f", "-x", configuration],  # pylint: disable=consider-using-with
                                        stderr=subprocess.PIPE, cwd=directory)
        until = time.monotonic() + 60
        while not self.is_listening():
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(self.process.stderr.read())
            time.sleep(0.02)

    def is_listening(self):
        """Its socket has its name a moment before anybody can connect."""
        with socket.socket(socket.AF_UNIX) as tried:
            return tried.connect_ex(str(self.socket)) == 0

    def stop(self):
        self.process.kill()  # it keeps nothing; libmilter would take seconds to notice a SIGTERM
        self.process.wait()
        self.process.stderr.close()

    def selector_for(self, sender):
        """Of the signature that it makes; None if it makes none, or defers the mail."""
        message = f"From: <{sender}>\r\nTo: y@z.example\r\nSubject: x\r\n\r\nx\r\n".encode()
        milter = Milter(self.socket)
        try:
            headers = milter.headers_for(message)
        except AssertionError:
            return None
        finally:
            milter.close()
        found = [value for name, value in headers if name.lower() == b"dkim-signature"]
        return re.search(rb"\bs=([^;\s]+)", found[0]).group(1).decode() if found else None


class ImportTables(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keys = new_store(cls).scratch
        for name in ("a", "b"):
            run("openssl", "genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out",
                cls.keys / f"{name}.pem")
        run("openssl", "genrsa", "-traditional", "-out", cls.keys / "weak.pem", "1024")
        for name, of in (("mosa.example", "a"), ("other.example", "b")):
            (cls.keys / f"{name}.pem").write_bytes((cls.keys / f"{of}.pem").read_bytes())
        cls.public = {name: cls.public_of(f"{name}.pem")
                      for name in ("a", "b", "mosa.example", "other.example")}

    @classmethod
    def public_of(cls, file):
        der = run("openssl", "pkey", "-in", cls.keys / file, "-pubout", "-outform", "DER", encoding=None).stdout
        return base64.b64encode(der).decode()

    def setUp(self):
        self.store = new_store(self)

    def write(self, key_table, signing_table, mark=b""):
        (self.keys / "KeyTable").write_bytes(mark + key_table.replace("DIR", str(self.keys)).encode())
        (self.keys / "SigningTable").write_bytes(mark + signing_table.encode())

    def imported(self, *arguments, form=None, expect=0):
        table = str(self.keys / "SigningTable")
        return self.store.json("import", "--keytable", self.keys / "KeyTable", "--signing-table",
                               f"{form}:{table}" if form else table, *arguments, expect=expect)

    def signing_keys(self):
        """Domain -> the public key that signs its mail here."""
        found = {}
        for each in self.store.json("list")["institutions"]:
            shown = self.store.json("show", each["code"])
            active = next(slot for slot in shown["slots"] if slot["slot"] == shown["active"])
            key = re.search(r"p=([^;]+)", active["record_text"]).group(1)
            found.update({domain.rstrip("."): key for domain in shown["domains"]})
        return found

    def key_of(self, selector, key_table, domain):
        """The public key of the KeyTable's first entry with that selector that may sign for the domain."""
        for line in key_table.split("\n"):
            fields = line.split("#")[0].split()
            if len(fields) == 2 and fields[1].count(":") == 2:
                signs_as, its, path = fields[1].split(":")
                if its == selector and signs_as.lower() in ("%", domain, "mosa.example", "other.example"):
                    signs_as = domain if signs_as == "%" else signs_as.lower()
                    name = path.strip().split("/")[-1].replace("%", signs_as).removesuffix(".pem")
                    if signs_as == domain or its != "default":
                        return self.public[name]
        raise AssertionError((selector, key_table))

    def test_whose_mail_which_key_signs_is_what_opendkim_says(self):
        for name, key_table, form, signing_table, is_whole in FORMS:
            with self.subTest(name):
                self.store = new_store(self)
                self.write(key_table, signing_table)
                opendkim = OpenDkim(self.keys, form)
                try:
                    theirs = {sender: opendkim.selector_for(sender) for sender in SENDERS}
                finally:
                    opendkim.stop()
                if not is_whole:  # nothing is dropped in silence
                    self.assertGreater(self.imported(form=form, expect=None)["fault_count"], 0)
                    self.assertEqual(self.store.json("list")["institutions"], [])
                done = self.imported(*(() if is_whole else ("--skip-bad",)), form=form, expect=None)
                ours = self.signing_keys()
                said = done.get("warnings", []) or done.get("faults", [])
                for sender, selector in theirs.items():
                    domain = sender.split("@")[1]
                    if selector is not None and domain in ours:
                        expected = self.key_of(selector, key_table, domain)
                        if ours[domain] != expected:
                            self.assertFalse(is_whole, (sender, selector))
                    elif selector is not None:
                        self.assertFalse(is_whole, f"{sender} is signed today, and would not be")
                    elif domain in ours:
                        self.assertTrue(said, f"{sender} is not signed today, and would be without a word")

    def test_a_byte_order_mark_is_no_part_of_a_name(self):
        self.write(LONG, "*@mosa.example new._domainkey.mosa.example\n", mark=b"\xef\xbb\xbf")
        self.imported()
        self.assertEqual(self.signing_keys(), {"mosa.example": self.public["b"]})

    def test_without_a_signing_table_one_of_two_keys_is_not_chosen(self):
        self.write(LONG, "")
        done = self.store.zonectl("import", "--keytable", self.keys / "KeyTable", expect=2)
        self.assertIn("KeyTable:2: mosa.example has another key in line 1, and which of them signs is told by the signing "
                      "table alone", done.stderr)

    def test_a_key_that_stands_in_the_table_is_taken(self):
        for form in ((), ("-traditional",)):
            self.store = new_store(self)
            der = run("openssl", "rsa", "-in", self.keys / "a.pem", "-outform", "DER", *form, encoding=None).stdout
            self.write(f"one mosa.example:s1:{base64.b64encode(der).decode()}\n", "*@mosa.example one\n")
            done = self.store.zonectl("import", "--keytable", self.keys / "KeyTable")
            self.assertNotIn("MII", done.stdout + done.stderr)
            self.assertEqual(self.signing_keys(), {"mosa.example": self.public["a"]})

    def test_weak_keys_are_named_left_out_or_replaced(self):
        self.write("weak weak.example:w:DIR/weak.pem\n" + ONE + "two mosa.example:s2:DIR/weak.pem\n",
                   "*@weak.example weak\n*@mosa.example two\n")
        done = self.imported(expect=3)
        self.assertEqual([(fault["line"], fault["error"]["guard"]) for fault in done["faults"]],
                         [(1, "E_WEAK_KEY"), (3, "E_WEAK_KEY")])
        self.assertEqual([reason["count"] for reason in done["fault_reasons"]], [2])
        self.assertEqual(self.imported("--skip-bad", expect=4)["done"], 1)
        self.assertEqual(self.signing_keys(), {"mosa.example": self.public["a"]})
        self.store = new_store(self)
        self.assertEqual(self.imported("--fresh-for-weak")["done"], 2)
        ours = self.signing_keys()
        self.assertEqual(sorted(ours), ["mosa.example", "weak.example"])
        self.assertNotIn(self.public["a"], ours.values())
        again = self.imported("--fresh-for-weak")
        self.assertEqual((again["done"], again["changed"]), (2, False))

    def test_one_key_under_two_names_is_in_one_slot(self):
        self.write("a ex.example:a:DIR/a.pem\nb ex.example:b:DIR/a.pem\n", "*@ex.example b\n")
        done = self.imported()
        self.assertTrue(any("the key of line 1 again" in warning for warning in done["warnings"]), done)
        shown = self.store.json("show", "ex")
        texts = [slot["record_text"] for slot in shown["slots"]]
        self.assertEqual(len(set(texts)), 2)
        self.assertEqual(self.signing_keys(), {"ex.example": self.public["a"]})

    def test_another_selector_than_ours_is_named_until_the_cnames_stand(self):
        self.write(LONG, "*@mosa.example new._domainkey.mosa.example\n")
        done = self.imported()
        self.assertEqual(done["selectors"],
                         [{"code": "mosa", "domain": "mosa.example", "selector": "new", "becomes": "stxsel2"}])
        self.assertTrue(any("as selector new of mosa.example today, and as stxsel2 here" in warning
                            for warning in done["warnings"]), done)


if __name__ == "__main__":
    unittest.main()
