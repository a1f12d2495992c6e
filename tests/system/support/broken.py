"""Ways to break a store that happen: a killed writer's journal, garbage, a file cut short."""

import os
import signal
import subprocess
import sys

# Changes so much that SQLite's cache spills: the journal is synced, pages of the database are overwritten, and
# then the writer dies. What it leaves is a hot journal.
_DYING_WRITER = """
import os, signal, sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("PRAGMA journal_mode = TRUNCATE")
database.execute("PRAGMA synchronous = FULL")
database.execute("PRAGMA cache_size = 5")
database.execute("BEGIN IMMEDIATE")
database.execute("UPDATE zone SET serial = serial + 1000")
database.execute("UPDATE record_set SET ttl = 77, rdata = zeroblob(3000)")
for number in range(200):
    database.execute("INSERT INTO audit (at_ms, actor, login, command, subject, what, before_json, after_json)"
                     " VALUES (1, 'x', 'x', 'x', 'x', ?, '', '')", ("x" * 2000,))
database.execute("UPDATE record_set SET ttl = 78")
os.kill(os.getpid(), signal.SIGKILL)
"""


def leave_hot_journal(zone_db, **options):
    """A writer of this database dies in the middle of its commit."""
    before = zone_db.read_bytes()
    done = subprocess.run([sys.executable, "-c", _DYING_WRITER, str(zone_db)], check=False, **options)
    journal = zone_db.with_name(zone_db.name + "-journal")
    if done.returncode != -signal.SIGKILL or not journal.exists() or journal.stat().st_size == 0:
        raise AssertionError(f"the writer left no hot journal (status {done.returncode})")
    if zone_db.read_bytes() == before:
        raise AssertionError("the writer died before it touched the database: the test tests nothing")


def overwrite_in_place(file, data):
    """The same inode, other bytes."""
    with open(file, "r+b") as target:
        target.truncate(0)
        target.write(data)
        target.flush()
        os.fsync(target.fileno())


def garbage(size):
    return bytes((number * 73 + 41) % 251 for number in range(size))
