"""What must hold in a store whatever became of the command that was at work on it."""

import base64
import shutil
import tempfile
from pathlib import Path

from support.programs import run
from support.store import Store, faults_of


class State:
    """The store as SQL shows it: what each institution is, how many audit rows it has, the serials."""

    def __init__(self, store):
        with store.sql() as database:
            self.institutions = {code: [] for (code,) in database.execute("SELECT code FROM institution")}
            for code, *row in database.execute("SELECT code, phase, active_slot, last_swap, algorithm FROM institution"):
                self.institutions[code].append(tuple(row))
            for code, *row in database.execute(
                    "SELECT code, slot, key_id, revoked, drain_wall_ms IS NULL FROM slot"
                    " JOIN institution USING (institution_id) ORDER BY slot"):
                self.institutions[code].append(tuple(row))
            for code, *row in database.execute(
                    "SELECT code, name FROM domain JOIN institution USING (institution_id) ORDER BY name"):
                self.institutions[code].append(tuple(row))
            self.audit = dict(database.execute("SELECT subject, count(*) FROM audit GROUP BY subject"))
            self.rows = sum(self.audit.values())
            self.serials = dict(database.execute("SELECT zone_id, serial FROM zone"))


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
        done = store.zonectl("key", "export", code, "--slot", f"sel{slot}", "--dry-run", "--out",
                             store.scratch / "no-such.pem", expect=None)
        if done.returncode != 0:
            faults.append(f"{code} sel{slot}: {done.stderr}")
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
    faults += unusable_keys(store)
    now = State(store)
    for zone, serial in before.serials.items():
        if now.serials.get(zone, 0) < serial:
            faults.append(f"the serial of zone {zone} fell from {serial} to {now.serials.get(zone)}")
    for code in now.institutions.keys() | before.institutions.keys():
        changed = now.institutions.get(code) != before.institutions.get(code)
        noted = now.audit.get(code, 0) - before.audit.get(code, 0)
        if changed and noted == 0:
            faults.append(f"{code} changed without an audit row")
        if noted > 0 and not changed:
            faults.append(f"{code} has an audit row without its change")
    if now.rows < before.rows:
        faults.append("audit rows are gone")
    return faults, now


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
