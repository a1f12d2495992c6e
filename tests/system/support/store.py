"""A temporary store, and zonectl at work on it."""

import contextlib
import json
import pwd
import shutil
import sqlite3
import tempfile
from pathlib import Path

from support.programs import IS_ROOT, ZONECTL, run

NAME_SERVERS = ("--ns", "ns1.secutix.com", "--ns", "ns2.secutix.com", "--hostmaster", "hostmaster.secutix.com")
# Policies of seconds, for tests that wait for them.
BELOW_FLOOR = ("--override", "E_POLICY_FLOOR", "--reason", "test")


# Nobody listens there: a rotation that looks first is told so at once, and asks nobody outside of the test.
NOBODY = "127.0.0.1:1"


def looking_nowhere(arguments):
    """The words of a command; one of these that says nothing of whom to ask looks at nobody."""
    words = [str(word) for word in arguments]
    if words[:1] in (["rotate"], ["status"], ["restore"]) and not {"--resolver", "--server", "--no-look", "--offline"} & set(words):
        words += ["--resolver", NOBODY]
    return words


class Store:
    """DIR of `zonectl --store DIR`, in a temporary directory that every user may enter.

    With an owner the store is that user's, although root runs the tests: zonectl becomes its owner. Signers' commands,
    which never run as root, run as that user.
    """

    def __init__(self, parent=None, zonectl=ZONECTL, owner=None):
        self.scratch = Path(tempfile.mkdtemp(prefix="dnsd-test-", dir=parent))
        self.scratch.chmod(0o755)
        self.path = self.scratch / "store"
        self.program = zonectl
        self.server = None  # a dnsd that is to end with the store
        self.owner = owner if IS_ROOT else None
        self.give(self.scratch)

    def give(self, path):
        """To the store's owner."""
        if self.owner:
            shutil.chown(path, self.owner, pwd.getpwnam(self.owner).pw_gid)
        return path

    @property
    def zone_db(self):
        return self.path / "zone.db"

    @property
    def vault_db(self):
        return self.path / "vault" / "vault.db"

    def close(self):
        if self.server is not None:
            self.server.stop()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def command(self, *arguments):
        return [self.program, "--store", str(self.path), *looking_nowhere(arguments)]

    def zonectl(self, *arguments, expect=0, **options):
        return run(*self.command(*arguments), expect=expect, **options)

    def json(self, *arguments, expect=0, **options):
        """What `zonectl --json` printed, as Python values."""
        done = run(self.program, "--store", str(self.path), "--json", *looking_nowhere(arguments), expect=expect,
                   **options)
        try:
            return json.loads(done.stdout)
        except ValueError as error:
            raise AssertionError(f"zonectl --json {arguments}: no JSON ({error}):\n{done.stdout}{done.stderr}") from error

    def instructed_lines(self, code):
        """The zone file lines that `zonectl instructions` asks an institution to publish."""
        lines = []
        for domain in self.json("instructions", code)["domains"]:
            lines += [record["zone_file_line"] for record in [*domain["cnames"], domain["spf"]]]
        return lines

    def init(self, *extra):
        self.zonectl("init", *NAME_SERVERS, *extra)
        return self

    def slots(self, code):
        """Slot name -> its state, of one institution."""
        return {slot["slot"]: slot["state"] for slot in self.json("show", code)["slots"]}

    def log(self, subject=None):
        """The audit's rows, oldest first."""
        rows = self.json("log")
        rows = rows["entries"] if isinstance(rows, dict) else rows
        return [row for row in rows if subject is None or row["subject"] == subject]

    def serials(self):
        """Zone -> serial, read from the database."""
        with self.sql() as database:
            return dict(database.execute("SELECT zone_id, serial FROM zone"))

    def content(self):
        """All rows of zone.db as SQL text, but for the moment that a command keeps, a refused one too, the mark of its
        commit, when maintain told the newest audit row, and what was done or looked at last."""
        with self.sql() as database, contextlib.closing(sqlite3.connect(":memory:")) as copy:
            database.backup(copy)
            copy.execute("UPDATE store SET last_wall_ms = 0, last_boot_ms = 0, last_boot_id = '', last_trusted_ms = 0,"
                         " last_synchronised = 0, known_ms = 0")
            if any(row[1] == "audit_told_ms" for row in copy.execute("PRAGMA table_info(store)")):
                copy.execute("UPDATE store SET audit_told_ms = 0")
            copy.execute("DELETE FROM commit_mark")
            if copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'last_done'").fetchone():
                copy.execute("DELETE FROM last_done")
            return "\n".join(copy.iterdump())

    def sql(self, file=None):
        """A plain connection beside zonectl, closed at the end of a with."""
        return contextlib.closing(sqlite3.connect(file or self.zone_db, timeout=20))


def new_store(test, *extra, owner=None):
    """An initialised store that goes when the test (or the class) ends."""
    store = Store(owner=owner)
    cleanup = test.addClassCleanup if isinstance(test, type) else test.addCleanup
    cleanup(store.close)
    return store.init(*extra)


def faults_of(store):
    """What is not whole in a store that nobody writes: a list of sentences, empty when all is well."""
    faults = []
    for file in (store.zone_db, store.vault_db):
        with store.sql(file) as database:
            if database.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                faults.append(f"{file.name}: integrity_check")
            if database.execute("PRAGMA foreign_key_check").fetchall():
                faults.append(f"{file.name}: foreign_key_check")
    with store.sql(store.vault_db) as vault:
        private = {key for (key,) in vault.execute("SELECT key_id FROM private_key")}
    with store.sql() as zone:
        for code, slot, key in zone.execute(
                "SELECT code, slot, key_id FROM slot JOIN institution USING (institution_id) WHERE key_id NOT NULL"):
            if key not in private:
                faults.append(f"{code} sel{slot}: published, but its private key {key} is not in the vault")
        for code, phase, active in zone.execute("SELECT code, phase, active_slot FROM institution"):
            if (phase == "signing") != (active is not None):
                faults.append(f"{code}: {phase} with active slot {active}")
        for zone_id, stated, counted in zone.execute(
                "SELECT zone_id, record_set_count, (SELECT count(*) FROM record_set r WHERE r.zone_id = z.zone_id)"
                " FROM zone z"):
            if stated != counted:
                faults.append(f"zone {zone_id}: says {stated} record sets, has {counted}")
    return faults
