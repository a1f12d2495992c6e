"""A store as an older program left it: its rows in the schema of then, built from the numbered steps."""

import sqlite3
from pathlib import Path

STEPS = Path(__file__).resolve().parents[3] / "zonestore" / "db" / "schema" / "zone"
APPLICATION_ID = 0x7A6F6E65
# Columns that a later step has given another name.
RENAMED = {("evidence", "seen_ms"): "seen_wall_ms", ("server_evidence", "seen_ms"): "seen_wall_ms"}


def newest_version():
    return max(int(step.name.split("_")[0]) for step in STEPS.glob("*.sql"))


def make_older(store, version):
    """zone.db with the schema of `version`, and of each table what that knew."""
    old_file = store.zone_db.with_name("older.db")
    with sqlite3.connect(old_file, isolation_level=None) as old:
        for step in sorted(STEPS.glob("*.sql")):
            if int(step.name.split("_")[0]) <= version:
                old.executescript(step.read_text(encoding="utf-8"))
        old.execute("ATTACH ? AS new", (str(store.zone_db),))
        triggers = old.execute("SELECT name, sql FROM main.sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:  # they would write a second time what is copied
            old.execute(f"DROP TRIGGER {name}")
        old.execute("BEGIN")
        for (table,) in old.execute("SELECT name FROM main.sqlite_schema WHERE type = 'table'").fetchall():
            if not table.startswith("sqlite_"):
                copy_common_columns(old, table)
        old.execute("COMMIT")
        for _, sql in triggers:
            old.execute(sql)
        old.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        old.execute(f"PRAGMA user_version = {version}")
    old.close()
    old_file.replace(store.zone_db)


def copy_common_columns(old, table):
    def columns(schema):
        return [row[1] for row in old.execute(f"PRAGMA {schema}.table_info({table})")]
    present = columns("new")
    common = [(name, now) for name in columns("main") if (now := RENAMED.get((table, name), name)) in present]
    if common:
        then, now = (", ".join(names) for names in zip(*common))
        old.execute(f"DELETE FROM main.{table}")
        old.execute(f"INSERT INTO main.{table} ({then}) SELECT {now} FROM new.{table}")
