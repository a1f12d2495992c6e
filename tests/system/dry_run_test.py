"""A dry run takes no write lock, syncs nothing and changes not a byte, whoever holds the store and however old it is.

The commands come from the program's own help, and what they are tried with from their examples: a new command that
takes --dry-run is covered by being there.
"""

import re
import shutil
import threading
import unittest

from support.commands import commands, examples, takes
from support.older import make_older, newest_version
from support.programs import run
from support.store import Store

# Where the examples do not come far in this store, or leave a way out: more of the same command.
MORE = {
    "add": ["add louvre --domain louvre.fr", "add --file more.csv"],
    "undo": ["undo rotated"],
    "prepare": ["prepare revoked"],
    "revoke": ["revoke mosa sel2", "revoke rotated sel2"],
    "domain add": ["domain add mosa mosa.example"],
    "thaw": ["thaw frozen"],
    "key export": ["key export mosa sel1 --out exported.pem"],
    "import": ["import louvre --pem mosa.private"],
    "init": ["--store none init --ns ns1.secutix.com --hostmaster hostmaster.secutix.com"],
    "record remove": ["record remove example.com www A"],
    "policy unset": ["policy unset slack"],
    "secondary add": ["secondary add ns3 --address 192.0.2.54 --key ns3-key"],
    "signer add": ["signer add other --format files --dir /etc/dkimkeys/other"],
    "signer sync": ["signer sync --all"],
    "catalog set": ["catalog set members.secutix.invalid"],
    "rotate": ["rotate --all", "rotate --file list.txt --override E_NOT_RIPE --reason test"],
}
CHANGES_WITH = {"zone serial": "--at-least"}  # what only reads without that option
# What these are about is not in a store of the schema that test_each_goes_by_the_older_schema_and_leaves_it makes.
OF_LATER_SCHEMAS = {"secondary set", "secondary remove", "catalog unset"}
ABSOLUTE = "absolute"  # paths of the examples lead there
WRITES = re.compile(r"\b(fsync|fdatasync|sync_file_range|p?write(v|64)?|ftruncate|truncate|rename(at2?)?|unlink(at)?"
                    r"|link(at)?|mkdir(at)?|chmod|fchmod|chown|fchown)\(")
LOCKS = re.compile(r"fcntl\(.*F_WRLCK")


def prepare_files(place, store):
    (place / ABSOLUTE / "etc" / "opendkim").mkdir(parents=True)
    (place / ABSOLUTE / "etc" / "dkimkeys").mkdir()
    (place / ABSOLUTE / "etc" / "zonestore").mkdir()
    (place / ABSOLUTE / "backup").mkdir()
    (place / "institutions.csv").write_text("code,domains,key\nprado,prado.es,\nuffizi,uffizi.it,\n", encoding="ascii")
    shutil.copy(place / "institutions.csv", place / "more.csv")
    (place / "list.txt").write_text("mosa\nfrozen\n", encoding="ascii")
    shutil.copy(place / "list.txt", place / "left.txt")
    zone = "$ORIGIN example.com.\n@ 3600 SOA ns1.secutix.com. hostmaster.secutix.com. 1 3600 600 1209600 300\n" \
           "@ 3600 NS ns1.secutix.com.\nwww 300 A 192.0.2.1\n"
    (place / "example.com.zone").write_text(zone, encoding="ascii")
    (place / "records.txt").write_text("mail 300 A 192.0.2.2\n", encoding="ascii")
    run("openssl", "genrsa", "-traditional", "-out", place / "mosa.private", "2048")
    (place / ABSOLUTE / "etc/opendkim/KeyTable").write_text(
        f"sel1-prado._domainkey.dkim.secutix.com prado.es:stxsel1:{place / 'mosa.private'}\n", encoding="ascii")
    (place / ABSOLUTE / "etc/opendkim/SigningTable").write_text(
        "*@prado.es sel1-prado._domainkey.dkim.secutix.com\n", encoding="ascii")
    store.zonectl("zone", "import", place / "example.com.zone")
    store.zonectl("backup", place / ABSOLUTE / "backup" / "zonestore-2026-11-25")


def fill(store):
    """Something of everything that a command can be about."""
    override = ("--override", "E_NOT_RIPE", "--reason", "test")
    for code in ("mosa", "rotated", "revoked", "frozen"):
        store.zonectl("add", code, "--domain", "mosamuseum.com" if code == "mosa" else f"{code}.example")
    store.zonectl("rotate", "rotated", *override)
    store.zonectl("revoke", "revoked", "sel2", "--reason", "test")
    store.zonectl("freeze", "frozen", "--reason", "test")
    store.zonectl("freeze", "--all", "--reason", "test")
    store.zonectl("thaw", "--all")
    store.zonectl("spf", "allow", "ip4:192.28.148.112", "ip4:192.28.148.113")
    store.zonectl("policy", "set", "slack", "11m")
    store.zonectl("secondary", "add", "ns2", "--address", "192.0.2.53", "--key", "ns2-key")
    store.zonectl("catalog", "set", "catalog.secutix.invalid")
    store.zonectl("signer", "add", "opendkim-1", "--format", "opendkim", "--dir", store.scratch / "signer")


def snapshot(store):
    """Every file of the store and of its signer: what it holds, when it was changed, what it is."""
    return {path: (path.lstat().st_ino, path.lstat().st_mtime_ns, path.lstat().st_mode,
                   path.read_bytes() if path.is_file() else b"")
            for root in (store.path, store.scratch / "signer") for path in sorted(root.rglob("*"))}


def altered(before, after):
    return sorted(str(path) for path in before.keys() | after.keys() if before.get(path) != after.get(path))


class WriteLock:
    """Another process's: held in a thread of this one, on both databases, with a change that is never committed."""

    def __init__(self, store):
        self.store = store
        self.taken, self.over = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self.hold)

    def hold(self):
        with self.store.sql() as zone, self.store.sql(self.store.vault_db) as vault:
            for database, table in ((zone, "store"), (vault, "vault")):
                database.isolation_level = None
                database.execute("BEGIN IMMEDIATE")
                database.execute(f"UPDATE {table} SET one = one")
            self.taken.set()
            self.over.wait()
            zone.execute("ROLLBACK")
            vault.execute("ROLLBACK")

    def __enter__(self):
        self.thread.start()
        self.taken.wait()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


class DryRuns(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = Store()
        cls.addClassCleanup(cls.store.close)
        fill(cls.store.init())
        prepare_files(cls.store.scratch, cls.store)
        cls.commands = {" ".join(words): blocks for words, blocks in commands() if takes(blocks, "--dry-run")}

    def attempts(self, name):
        """The command lines to try for a command, as words."""
        lines = examples(self.commands[name]) + [line.split() for line in MORE.get(name, [])]
        place = self.store.scratch
        for words in lines:
            if CHANGES_WITH.get(name, words[0]) not in words:
                continue
            words = [str(place / ABSOLUTE / word[1:]) if word.startswith("/") else word for word in words]
            yield words if "--dry-run" in words else [*words, "--dry-run"]

    def dry_run(self, words, trace=None):
        program = [self.store.program] if "--store" in words else self.store.command()
        tracing = ["strace", "-f", "-y", "-qq", "-o", trace] if trace else []
        return run(*tracing, *program, *words, expect=None, cwd=self.store.scratch)

    def check(self, name, expected=(0, 3, 4, 6), comes_through=True):
        """Every attempt leaves all as it was; one at least comes through to its end."""
        ends = {}
        trace = self.store.scratch / "trace"
        for words in self.attempts(name):
            before = snapshot(self.store)
            done = self.dry_run(words, trace)
            said = f"zonectl {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}"
            self.assertEqual(altered(before, snapshot(self.store)), [], said)
            self.assertIn(done.returncode, expected, said)
            self.assertEqual(self.touches(trace), [], said)
            ends[" ".join(words)] = (done.returncode, done.stdout + done.stderr)
            if done.returncode == 0:
                self.assertIn("dry run: nothing was changed", done.stdout, said)
        self.assertEqual(0 in [status for status, _ in ends.values()], comes_through, f"done or not: {ends}")

    def touches(self, trace):
        """What the process did to the store's files beside reading them."""
        store = f"{self.store.path}"
        lines = trace.read_text(encoding="utf-8", errors="replace").splitlines()
        return [line for line in lines if store in line and
                (WRITES.search(line) or LOCKS.search(line) or re.search(r"open(at2?)?\(.*O_(WRONLY|RDWR|CREAT)", line))]

    def test_the_help_names_the_commands(self):
        self.assertIn("rotate", self.commands)
        self.assertIn("policy set", self.commands)
        self.assertGreater(len(self.commands), 25)

    def test_each_works_under_anothers_write_lock_and_leaves_no_trace(self):
        with WriteLock(self.store):
            for name in self.commands:
                with self.subTest(name):
                    self.check(name)

    def test_each_goes_by_the_older_schema_and_leaves_it(self):
        kept = self.store.zone_db.read_bytes()
        self.addCleanup(self.store.zone_db.write_bytes, kept)
        make_older(self.store, 4)
        for name in self.commands:
            with self.subTest(name):
                self.check(name, comes_through=name not in OF_LATER_SCHEMAS)
        done = self.dry_run(["rotate", "mosa", "--override", "E_NOT_RIPE", "--reason", "test", "--dry-run"])
        self.assertIn("zone.db has the older schema version 4", done.stderr)
        self.assertIn("the next change will bring it up", done.stderr)
        with self.store.sql() as database:
            self.assertEqual(database.execute("PRAGMA user_version").fetchone(), (4,))
        self.store.zonectl("freeze", "mosa", "--reason", "test")
        with self.store.sql() as database:
            self.assertEqual(database.execute("PRAGMA user_version").fetchone(), (newest_version(),))

    def test_the_first_schema_is_read_too(self):
        kept = self.store.zone_db.read_bytes()
        self.addCleanup(self.store.zone_db.write_bytes, kept)
        make_older(self.store, 1)
        for words in (["rotate", "mosa", "--override", "E_NOT_RIPE", "--reason", "test"], ["add", "louvre"],
                      ["revoke", "mosa", "sel2"], ["maintain"]):
            with self.subTest(words):
                before = snapshot(self.store)
                done = self.dry_run([*words, "--dry-run"])
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertEqual(altered(before, snapshot(self.store)), [])


if __name__ == "__main__":
    unittest.main()
