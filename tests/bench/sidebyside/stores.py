"""The zones of one size in every form that a server reads, made once and kept."""

import functools
import json
import sqlite3
from pathlib import Path

from sidebyside.options import SIZES
from sidebyside.processes import Failed, run

PDNS_SCHEMA = Path("/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql")


class Data:
    """Store, zone files, questions; `say` tells what is being made, since some of it takes minutes."""

    def __init__(self, size, options, programs, say):
        self.size = size
        self.programs = programs
        self.say = say
        self.work = (options.work / size).resolve()
        self.work.mkdir(parents=True, exist_ok=True)
        if options.stores:
            self.store = (options.stores / size).resolve()
            if not (self.store / "zone.db").exists():
                raise Failed(f"no store at {self.store}")
        else:
            self.store = self.work / "store"
            if not self.store.exists():
                say(f"{size}: making a store of {SIZES[size]:,} institutions")
                run(programs / "make_store", "--institutions", SIZES[size], "--store", self.store)
        self._forget_other_store()
        self.questions = self.work / "questions"
        self.facts = self._facts()

    # What was made of one state of a store is of no use for another.
    def _forget_other_store(self):
        zones = self._zonectl("zone", "list", "--json")
        state = json.dumps([str(self.store), zones])
        file = self.work / "made_from"
        if not file.exists() or file.read_text() != state:
            for made in [*self.work.glob("*.zone"), self.work / "pdns.sqlite3", self.work / "questions",
                         self.work / "facts.json"]:
                made.unlink(missing_ok=True)
            file.write_text(state)
        self.zone_names = [zone["zone"].rstrip(".") for zone in _rows(json.loads(zones))]

    def _zonectl(self, *words):
        return run(self.programs / "zonectl", "--store", self.store, *words)

    def _facts(self):
        file = self.work / "facts.json"
        if not file.exists():
            self.say(f"{self.size}: writing the questions")
            made = self.questions.with_suffix(".new")
            facts = run(self.programs / "write_questions", "--store", self.store, "--out", made)
            made.rename(self.questions)
            file.write_text(facts)
        return json.loads(file.read_text())

    @functools.cached_property
    def zone_files(self):
        """Zone name -> file, for those who read none of our stores."""
        files = {name: self.work / f"{name}.zone" for name in self.zone_names}
        for name, file in files.items():
            if not file.exists():
                self.say(f"{self.size}: writing the zone file of {name}")
                self._zonectl("zone", "export", name, "--out", file)
        return files

    def pdns_database(self):
        """PowerDNS's own schema, filled with the records of the zone files."""
        file = self.work / "pdns.sqlite3"
        if not file.exists():
            self.say(f"{self.size}: filling PowerDNS's database")
            made = file.with_suffix(".new")
            made.unlink(missing_ok=True)
            fill_pdns(made, self.zone_files)
            made.rename(file)
        return file


def _rows(listing):
    return listing["zones"] if isinstance(listing, dict) else listing


def fill_pdns(file, zone_files):
    """Names without the final dot; a row without a type for each empty non-terminal, as pdnsutil rectify-zone makes."""
    database = sqlite3.connect(file, isolation_level=None)
    database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + PDNS_SCHEMA.read_text() + "BEGIN;")
    for number, (zone, zone_file) in enumerate(zone_files.items(), start=1):
        database.execute("INSERT INTO domains (id, name, type) VALUES (?, ?, 'NATIVE')", (number, zone))
        owners, parents = set(), set()
        database.executemany(
            "INSERT INTO records (domain_id, name, type, content, ttl, prio, auth) VALUES (?, ?, ?, ?, ?, 0, 1)",
            _records(number, zone_file, owners, parents))
        missing = {parent for parent in parents - owners if parent.endswith("." + zone)}
        database.executemany("INSERT INTO records (domain_id, name, auth) VALUES (?, ?, 1)",
                             [(number, name) for name in sorted(missing)])
    database.execute("COMMIT")
    database.execute("ANALYZE")
    database.close()


def _records(number, zone_file, owners, parents):
    """Rows of a zone file as zonectl writes it: one record a line, with an absolute owner."""
    with open(zone_file, encoding="ascii") as lines:
        for line in lines:
            if not line.strip() or line[0] in ";$":
                continue
            owner, ttl, _, kind, content = line.rstrip("\n").split(None, 4)
            owner = owner.rstrip(".").lower()
            owners.add(owner)
            parents.add(owner.partition(".")[2])
            if kind in ("SOA", "NS", "CNAME"):
                content = " ".join(word.rstrip(".") for word in content.split())
            yield number, owner, kind, content, int(ttl)
