"""The changing commands that are cut off in the middle: how a store is made ready for each, and its words.

A row joins when its command is there (`zonectl NAME --help`). Keys are Ed25519 where the command makes some, so that
more of its time is spent on the store than on the making of keys.
"""

import subprocess

from support.programs import ZONECTL, run
from support.questions import until
from support.server import Dnsd
from support.store import Store

FAST = ("--key", "ed25519", "--override", "E_KEY_TYPE", "--reason", "made faster")
UNRIPE = ("--override", "E_NOT_RIPE", "--reason", "test")

def drained(store):
    """As if all that drains had done so for long, before the last boot: by the wall clock and by trusted time."""
    with store.sql() as database:
        database.execute("UPDATE slot SET drain_wall_ms = 1000, drain_boot_ms = 0, drain_boot_id = 'an earlier boot',"
                         " drain_trusted_ms = -10000000000000"
                         " WHERE drain_wall_ms IS NOT NULL")
        database.commit()

def ripened(store):
    """As if no resolver had held any more, for long, what the selectors served before: by this boot's clocks, so that it
    holds in a backup that is restored here too."""
    long_ago = 30 * 86400 * 1000
    with store.sql() as database:
        database.execute("UPDATE selector_content SET ended_wall_ms = ended_wall_ms - ?1,"
                         " ended_boot_ms = ended_boot_ms - ?1, ended_trusted_ms = ended_trusted_ms - ?1"
                         " WHERE ended_wall_ms IS NOT NULL", (long_ago,))
        database.commit()

def let_drains_pass(store):
    """What drains has done so for long; what waits for signers goes on waiting (the schema lets a drain that begins wait)."""
    with store.sql() as database:
        began = database.execute("SELECT institution_id, slot FROM slot WHERE drain_waits = 0").fetchall()
    drained(store)
    with store.sql() as database:
        database.executemany("UPDATE slot SET drain_waits = 0 WHERE institution_id = ? AND slot = ?", began)
        database.commit()

def add(store, *codes):
    for code in codes:
        store.zonectl("add", code, "--domain", f"{code}.example", *FAST)

def ready_to_rotate(store):
    add(store, "mosa")
    return "rotate", "mosa", *UNRIPE

def ready_to_undo(store):
    store.zonectl(*ready_to_rotate(store))
    return "undo", "mosa"

def ready_to_add(store):
    add(store, "mosa")
    return "add", "nova", "--domain", "nova.example", *FAST

def ready_to_maintain(store):
    codes = ("mosa", "nova", "orsay")
    add(store, *codes)
    for code in codes:
        store.zonectl("rotate", code, *UNRIPE)
    drained(store)
    return ("maintain",)

def ready_to_remove(store):
    add(store, "mosa")
    return "remove", "mosa"

def ready_to_depart(store):
    add(store, "mosa")
    store.zonectl("remove", "mosa")
    drained(store)
    return ("maintain",)

def ready_to_revoke_standby(store):
    add(store, "mosa")
    return "revoke", "mosa", "sel2"

def ready_to_revoke_active(store):
    add(store, "mosa")
    store.zonectl(*("rotate", "mosa", *UNRIPE))
    return "revoke", "mosa", "sel2"

def ready_to_prepare(store):
    add(store, "mosa")
    store.zonectl("revoke", "mosa", "sel2")
    return "prepare", "mosa"

def ready_to_freeze(store):
    add(store, "mosa")
    return "freeze", "mosa", "--reason", "test"

def ready_to_thaw(store):
    store.zonectl(*ready_to_freeze(store))
    return "thaw", "mosa"

def ready_to_add_a_domain(store):
    add(store, "mosa")
    return "domain", "add", "mosa", "more.example"

def ready_to_remove_a_domain(store):
    store.zonectl(*ready_to_add_a_domain(store))
    return "domain", "remove", "mosa", "more.example"

def ready_to_accept_the_clock(store):
    add(store, "mosa")
    return "store", "accept-clock", "--reason", "test"

TERMS = [f"ip4:185.64.100.{number}" for number in range(100, 140)]  # more than fit into one record

def forgotten(store):
    """As if no resolver had held any more, for long, what the SPF records were before."""
    with store.sql() as database:
        columns = {name for (_, name, *_) in database.execute("PRAGMA table_info(spf_version)")}
        assert {"ended_synchronised", "ended_trusted_ms"} <= columns, columns
        database.execute("UPDATE spf_version SET ended_wall_ms = 1000, ended_boot_ms = 0,"
                         " ended_boot_id = 'an earlier boot', ended_synchronised = 1,"
                         " ended_trusted_ms = -10000000000000 WHERE ended_wall_ms IS NOT NULL")
        database.commit()

def ready_to_allow(store):
    store.zonectl("spf", "allow", TERMS[0])
    return "spf", "allow", *TERMS[1:3]

def ready_to_allow_more_than_fit(store):
    store.zonectl("spf", "allow", TERMS[0])
    return "spf", "allow", *TERMS[1:]

def ready_to_include(store):
    store.zonectl("spf", "allow", *TERMS)
    forgotten(store)
    return ("maintain",)

def ready_to_deny(store):
    store.zonectl("spf", "allow", *TERMS)
    forgotten(store)
    store.zonectl("maintain")
    return "spf", "deny", *TERMS[10:]

def ready_to_take_a_record_out(store):
    store.zonectl(*ready_to_deny(store))
    forgotten(store)
    return ("maintain",)

def ready_to_deny_later(store):
    store.zonectl("spf", "allow", *TERMS[:3])
    return "spf", "deny", TERMS[0], "--drain", "7d"

def ready_to_deny_what_has_drained(store):
    store.zonectl(*ready_to_deny_later(store))
    with store.sql() as database:
        database.execute("UPDATE spf_term SET leave_wall_ms = 1000, leave_boot_ms = 0,"
                         " leave_boot_id = 'an earlier boot', leave_synchronised = 1,"
                         " leave_trusted_ms = -10000000000000 WHERE leave_wall_ms IS NOT NULL")
        database.commit()
    return ("maintain",)

def ready_to_set_a_policy(store):
    add(store, "mosa", "nova", "orsay")
    return "policy", "set", "ttl-active", "2h"

def ready_to_set_a_policy_of_one(store):
    add(store, "mosa", "nova")
    return "policy", "set", "mosa", "ttl-active", "2h"

def ready_to_add_a_signer(store):
    add(store, "mosa", "nova", "orsay")
    return "signer", "add", "s1", "--format", "files", "--dir", store.scratch / "signer"

def ready_to_sync(store):
    store.zonectl(*ready_to_add_a_signer(store))
    (store.scratch / "signer" / "mosa" / "active").unlink()
    return "signer", "sync", "s1"

def ready_to_give_up(store):
    add(store, "mosa", "nova", "orsay")
    process = subprocess.Popen(store.command("rotate", "--all", "--rate", "1/h", *UNRIPE), stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    def run_at_work():
        with store.sql() as database:
            return database.execute("SELECT run_id FROM bulk_item WHERE state = 'done'").fetchone()
    ((number,), _) = until(run_at_work, "the first of a bulk rotation", timeout=60)
    process.kill()
    process.wait()
    return "rotate", "--give-up", str(number)

def ready_to_add_many(store):
    add(store, "mosa")
    file = store.scratch / "many.csv"
    file.write_text("code,domains,key\n" + "".join(f"many{number},many{number}.example,\n" for number in range(3)))
    return "add", "--file", file


def ready_to_rotate_many(store):
    add(store, "mosa", "nova", "orsay")
    return "rotate", "--all", *UNRIPE


def ready_to_rotate_before_a_signer(store):
    add(store, "mosa")
    store.zonectl("signer", "add", "s1", "--format", "opendkim", "--dir", store.scratch / "signer",
                  "--override", "E_SIGNER_KIND", "--reason", "keys made fast")
    return "rotate", "mosa", *UNRIPE


def ready_to_prepare_many(store):
    add(store, "mosa", "nova", "orsay")
    store.zonectl("revoke", "--all", "sel2", "--yes")
    return "prepare", "--all"


def ready_to_revoke_those_named(store):
    add(store, "mosa", "nova", "orsay")
    file = store.scratch / "list"
    file.write_text("mosa\norsay\n")
    return "revoke", "--file", file, "sel2", "--yes"


def ready_to_restore(store):
    add(store, "mosa", "nova")
    store.zonectl("backup", store.scratch / "backup")
    store.zonectl("rotate", "mosa", *UNRIPE)
    store.zonectl("revoke", "nova", "sel2")
    store.zonectl("remove", "nova")
    add(store, "orsay")
    return "restore", store.scratch / "backup"


def ready_to_check(store):
    for code in ("mosa", "nova"):
        store.zonectl("add", code, *FAST)  # without a domain, whose CNAMEs nobody could see
    store.server = Dnsd(store)  # copies of the store are served the same
    server = f"127.0.0.1:{store.server.address()[1]}"
    return "check", "--all", "--server", server, "--resolver", server  # a silent one would need attention


def ready_to_rekey(store):
    add(store, "mosa")
    return "vault", "rekey"


def ready_to_redo(store):
    store.zonectl(*ready_to_undo(store))
    return "rotate", "mosa", *UNRIPE


def ready_to_take_a_removal_back(store):
    store.zonectl(*ready_to_remove(store))
    return "undo", "mosa"


def ready_to_undo_many(store):
    run_of_rotations = store.json(*ready_to_rotate_many(store))["run"]
    return "undo", "--run", str(run_of_rotations)


def ready_to_revoke_many(store):
    add(store, "mosa", "nova", "orsay")
    return "revoke", "--all", "sel2", "--yes"


def ready_to_revoke_what_was_held(store):
    add(store, "mosa", "nova", "orsay")
    store.zonectl("signer", "add", "s1", "--format", "files", "--dir", store.scratch / "signer")
    return "revoke", "--signer", "s1", "--yes"


def ready_to_revoke_what_is_ripe(store):
    store.zonectl(*ready_to_revoke_what_was_held(store))
    ripened(store)
    return ("maintain",)


# How a bulk command goes on after it was interrupted.
RESUMED = {"add many": ("add", "--resume"), "rotate many": ("rotate", "--resume"), "undo many": ("undo", "--resume"),
           "prepare many": ("prepare", "--resume"), "revoke those named": ("revoke", "--resume"),
           "revoke many": ("revoke", "--resume"), "revoke what was held": ("revoke", "--resume")}

# name -> (words whose --help must be there, how to make ready, institutions and parts of the store (promises.py) that the
# whole of it changes)
CHANGES = {
    "rotate": (("rotate",), ready_to_rotate, 1),
    "undo": (("undo",), ready_to_undo, 1),
    "add": (("add",), ready_to_add, 1),
    "maintain": (("maintain",), ready_to_maintain, 3),
    "remove": (("remove",), ready_to_remove, 1),
    "depart": (("maintain",), ready_to_depart, 1),
    "revoke the standby": (("revoke",), ready_to_revoke_standby, 1),
    "revoke the active": (("revoke",), ready_to_revoke_active, 1),
    "prepare": (("prepare",), ready_to_prepare, 1),
    "freeze": (("freeze",), ready_to_freeze, 1),
    "thaw": (("thaw",), ready_to_thaw, 1),
    "add a domain": (("domain", "add"), ready_to_add_a_domain, 1),
    "remove a domain": (("domain", "remove"), ready_to_remove_a_domain, 1),
    "accept the clock": (("store", "accept-clock"), ready_to_accept_the_clock, 0),
    "allow": (("spf", "allow"), ready_to_allow, 1),
    "allow more than fit": (("spf", "allow"), ready_to_allow_more_than_fit, 1),
    "include": (("spf", "deny"), ready_to_include, 1),
    "deny": (("spf", "deny"), ready_to_deny, 1),
    "take a record out": (("spf", "deny"), ready_to_take_a_record_out, 1),
    "deny later": (("spf", "deny"), ready_to_deny_later, 1),
    "deny what has drained": (("spf", "deny"), ready_to_deny_what_has_drained, 1),
    "set a policy": (("policy", "set"), ready_to_set_a_policy, 1),
    "set a policy of one": (("policy", "set"), ready_to_set_a_policy_of_one, 1),
    "add a signer": (("signer", "add"), ready_to_add_a_signer, 1),
    "sync a signer": (("signer", "sync"), ready_to_sync, 0),
    "give up": (("rotate",), ready_to_give_up, 1),
    "add many": (("add",), ready_to_add_many, 3),
    "rotate many": (("rotate",), ready_to_rotate_many, 3),
    "rotate before a signer": (("signer", "add"), ready_to_rotate_before_a_signer, 1),
    "redo": (("rotate",), ready_to_redo, 1),
    "take a removal back": (("undo",), ready_to_take_a_removal_back, 1),
    "undo many": (("undo",), ready_to_undo_many, 3),
    "revoke many": (("revoke",), ready_to_revoke_many, 3),
    "revoke what was held": (("revoke",), ready_to_revoke_what_was_held, 3),
    "revoke what is ripe": (("maintain",), ready_to_revoke_what_is_ripe, 3),
    "prepare many": (("prepare",), ready_to_prepare_many, 3),
    "revoke those named": (("revoke",), ready_to_revoke_those_named, 2),
    "check": (("check",), ready_to_check, 0),
    "restore": (("restore",), ready_to_restore, 3),
    "rekey": (("vault", "rekey"), ready_to_rekey, 0),
}

def has(*words):
    """Whether this zonectl has the command."""
    return run(ZONECTL, *words, "--help", expect=None).stdout.startswith(f"zonectl {' '.join(words)} - ")

def available():
    """The names of the rows whose command is there."""
    return [name for name, (words, _, _) in CHANGES.items() if has(*words)]

def make_ready(name):
    """A store of its own and the words of the change; the caller closes the store."""
    store = Store().init()
    return store, CHANGES[name][1](store)
