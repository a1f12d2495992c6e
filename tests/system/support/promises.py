"""What must hold in a store whatever became of the command that was at work on it."""

import base64
import shutil
import tempfile
from pathlib import Path

from support.programs import run
from support.store import Store, faults_of


# What of a store is no institution's, and what its audit rows are about.
PARTS = {"the SPF policy": "spf.secutix.com", "the policy": "", "the signers": "", "runs that were given up": ""}


class State:
    """The store as SQL shows it: what each institution and each of PARTS is, how many audit rows they have, the serials."""

    def __init__(self, store):
        with store.sql() as database:
            ((self.restores,),) = database.execute("SELECT count(*) FROM audit WHERE command = 'restore'")
            self.institutions = {code: [] for (code,) in database.execute("SELECT code FROM institution")}
            for code, *row in database.execute("SELECT code, phase, active_slot, last_swap, algorithm, frozen_ms IS NULL"
                                               " FROM institution"):
                self.institutions[code].append(tuple(row))
            for code, *row in database.execute(
                    "SELECT code, slot, key_id, revoked, drain_wall_ms IS NULL FROM slot"
                    " JOIN institution USING (institution_id) ORDER BY slot"):
                self.institutions[code].append(tuple(row))
            for code, *row in database.execute(
                    "SELECT code, name FROM domain JOIN institution USING (institution_id) ORDER BY name"):
                self.institutions[code].append(tuple(row))
            for code, *row in database.execute(
                    "SELECT code, key, value_s FROM policy JOIN institution USING (institution_id) ORDER BY key"):
                self.institutions[code].append(tuple(row))
            self.institutions |= self.parts(database)
            self.audit = dict(database.execute("SELECT subject, count(*) FROM audit GROUP BY subject"))
            self.rows = sum(self.audit.values())
            self.serials = dict(database.execute("SELECT zone_id, serial FROM zone"))

    @staticmethod
    def parts(database):
        def rows(sql):
            return database.execute(sql).fetchall()
        return {
            "the SPF policy": [rows("SELECT term, leave_wall_ms IS NULL FROM spf_term ORDER BY position"),
                               rows("SELECT owner, ttl, rdata FROM record_set JOIN zone USING (zone_id), store"
                                    " WHERE zone_id = spf_zone_id AND type = 16 ORDER BY owner")],
            "the policy": rows("SELECT key, value_s FROM policy WHERE institution_id = 0 ORDER BY key"),
            "the signers": rows("SELECT name, format, directory FROM signer ORDER BY name"),
            "runs that were given up": rows("SELECT run_id FROM bulk_run WHERE ended_ms IS NOT NULL AND EXISTS (SELECT 1"
                                            " FROM bulk_item i WHERE i.run_id = bulk_run.run_id AND state = 'waiting')"),
        }


def unpublished(store):
    """Keys in slots that the zone does not serve, and records that no slot accounts for."""
    served = store.zonectl("zone", "export", "dkim.secutix.com").stdout.replace('" "', "")
    with store.sql() as database:
        keys = database.execute("SELECT key_id, k.algorithm, public_key FROM slot JOIN dkim_key k USING (key_id)").fetchall()
        ((revoked,),) = database.execute("SELECT count(*) FROM slot WHERE revoked = 1")
    faults = []
    for key_id, algorithm, public in keys:
        text = base64.b64encode(public[-32:] if algorithm == "ed25519" else public).decode()
        if f"p={text}\"" not in served:
            faults.append(f"key {key_id} is in a slot and not in the zone")
    if served.count("v=DKIM1") != len(keys) + revoked:
        faults.append(f"{served.count('v=DKIM1')} records for {len(keys)} keys and {revoked} revoked slots")
    return faults


def unusable_keys(store, most=2):
    """Keys in slots that the vault does not give out, or that do not verify against what is served (the first few)."""
    with store.sql() as database:
        slots = database.execute("SELECT code, slot FROM slot JOIN institution USING (institution_id)"
                                 " WHERE key_id NOT NULL ORDER BY institution_id DESC, slot LIMIT ?", (most,)).fetchall()
    faults = []
    for code, slot in slots:
        done = store.zonectl("key", "export", code, f"sel{slot}", "--dry-run", "--out",
                             store.scratch / "no-such.pem", expect=None)
        if done.returncode != 0:
            faults.append(f"{code} sel{slot}: {done.stderr}")
    return faults


def rekey_faults(store, original):
    """Whether the log has the row of another wrapping key if there is one, and none if there is none."""
    def id_of(each):
        return each.json("vault", "status")["wrapping_key_id"]  # whoever opens the vault writes down what is missing
    wanted = int(id_of(store) != id_of(original))
    rows = sum(row["command"] == "vault rekey" for row in store.log())
    return [] if rows == wanted else [f"{rows} rows of vault rekey in the log, not {wanted}"]


def signer_faults(store):
    """What a mail signer (OpenDKIM) would trip over in the directories that the store keeps for signers."""
    with store.sql() as database:
        directories = database.execute("SELECT directory FROM signer WHERE format = 'opendkim'").fetchall()
    faults = []
    for (directory,) in directories:
        table = Path(directory) / "KeyTable"
        lines = table.read_text().splitlines() if table.exists() else []
        for line in (each for each in lines if not each.startswith("#")):
            file = Path(line.split(":")[-1])
            text = file.read_text() if file.exists() else ""
            if not (text.startswith("-----BEGIN PRIVATE KEY-----\n") and text.endswith("-----END PRIVATE KEY-----\n")):
                faults.append(f"{table} names {file}, which is no whole key")
    return faults


def broken(store, before):
    """Which promises do not hold in a store that was in state `before` when a command began; and its state now."""
    faults = faults_of(store) + unpublished(store)
    verified = store.zonectl("log", "verify", expect=None)
    if verified.returncode != 0:
        faults.append(f"log verify: {verified.stdout}{verified.stderr}")
    with store.sql() as database:
        faults += [f"{code} signs with sel{slot}, which holds no key" for code, slot in database.execute(
            "SELECT code, active_slot FROM institution i WHERE active_slot IS NOT NULL AND NOT EXISTS (SELECT 1 FROM"
            " slot s WHERE s.institution_id = i.institution_id AND slot = active_slot AND key_id IS NOT NULL)")]
    faults += unusable_keys(store) + signer_faults(store)
    now = State(store)
    for zone, serial in before.serials.items():
        if now.serials.get(zone, 0) < serial:
            faults.append(f"the serial of zone {zone} fell from {serial} to {now.serials.get(zone)}")
    if now.restores > before.restores:
        return faults + restored_log_faults(store), now
    for code in now.institutions.keys() | before.institutions.keys():
        changed = now.institutions.get(code) != before.institutions.get(code)
        subject = PARTS.get(code, code)
        noted = now.audit.get(subject, 0) - before.audit.get(subject, 0)
        if changed and noted == 0:
            faults.append(f"{code} changed without an audit row")
        if noted > 0 and not changed and subject:
            faults.append(f"{code} has an audit row without its change")
    if now.rows < before.rows:
        faults.append("audit rows are gone")
    return faults, now


def restored_log_faults(store):
    """The log is the backup's, with the row of the restore as its last."""
    rows = store.log()
    return [] if [row["command"] == "restore" for row in rows] == [False] * (len(rows) - 1) + [True] else [
        f"the log after a restore: {[row['command'] for row in rows]}"]


def changed_institutions(now, before):
    return sum(now.institutions.get(code) != before.institutions.get(code)
               for code in now.institutions.keys() | before.institutions.keys())


class Copies:
    """Copies of one prepared store, each for one attempt."""

    def __init__(self, store):
        self.original = store
        self.before = State(store)

    def fresh(self):
        copy = Store.__new__(Store)
        copy.scratch = Path(tempfile.mkdtemp(prefix="dnsd-test-"))
        copy.path = copy.scratch / "store"
        copy.program = self.original.program
        # Not shutil.copytree: the modes of the vault count.
        run("cp", "-a", self.original.path, copy.path)
        return copy

    @staticmethod
    def drop(copy):
        shutil.rmtree(copy.scratch, ignore_errors=True)
