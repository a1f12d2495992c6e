"""What a machine must have for so many institutions: the table that the runbook quotes.

dnsd alone on one core, the load on another. A figure of CPU is what a core can do; a rate that was seen would be the load's.
"""

import contextlib
import resource
import shutil
import socket
import time

from support.holders import source
from support.questions import SPF_ZONE, Tcp, query

from sidebyside.changing import changeable, changes, result_of, served
from sidebyside.measure import Generator, measure_load
from sidebyside.ours import Floor
from sidebyside.processes import run
from sidebyside.stores import Data

LOADS = ("hits", "flood", "tcp")
CONNECTIONS = 1000
CHANGES = 100
DRAWN = 40  # institutions with two keys each
ROTATIONS = 4  # of each in a year
LOOK = ("--no-look", "--override", "E_NOT_RIPE", "--reason", "sizing")


def per_second(cpu_ns):
    return 1e9 / cpu_ns


def size_of(path):
    """Bytes of all files there."""
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def cpu_seconds_of(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(*command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def connection_bytes(server):
    """Resident memory of a connection that has asked once and stays."""
    before = server.processes.rss_bytes()
    with contextlib.ExitStack() as stack:
        for number in range(CONNECTIONS):
            connection = stack.enter_context(Tcp.__new__(Tcp))
            connection.socket = socket.create_connection(("127.0.0.1", server.port), 20, (source(number), 0))
            connection.send(query(SPF_ZONE).to_wire())
            connection.receive()
        return (server.processes.rss_bytes() - before) / CONNECTIONS


def serving(data, generator, floor, options):
    """Rates of a core, memory and start."""
    with served(data, "dnsd_sizing", generator, 0) as server:
        figures = {"start_s": server.start_s, "loads": {}}
        generator.run(server, "--queries", data.facts["keys"], "--seconds", 3600, timeout=3700)  # each key once
        figures["memory_bytes"] = server.processes.memory_bytes()[0]
        figures["connection_bytes"] = connection_bytes(server)  # before any other: memory that was freed would hide it
        for load in LOADS:
            figures["loads"][load] = per_second(measure_load(server, floor, generator, load, options.seconds, 1)["cpu_ns"])
    return figures


def changing(data, programs, generator):
    """Commit to wire, on a copy of the store."""
    with changeable(data, "sizing") as copied, served(copied, "dnsd_sizing", generator, 0) as server, \
            changes(programs, generator, server, "--changes", CHANGES, "--per-second", 20) as making:
        return {"wire_ms": result_of(making, "bench_freshness", 600)["wire_ms"], "store_bytes": size_of(copied.store)}


def of_institutions(programs, work):
    """What institutions with real keys cost an operator's machine, one by one: the same however many there are."""
    store, backup, file = work / "sizing_store", work / "sizing_backup", work / "sizing.csv"
    for left in (store, backup):
        shutil.rmtree(left, ignore_errors=True)
    zonectl = (programs / "zonectl", "--store", store)
    run(*zonectl, "init", "--ns", "ns1.secutix.com", "--ns", "ns2.secutix.com", "--hostmaster", "hostmaster.secutix.com")
    file.write_text("code,domains,key\n" + "".join(f"sizing{number},s{number}.example,\n" for number in range(DRAWN)))
    figures = {"keys_per_second": 2 * DRAWN / cpu_seconds_of((*zonectl, "add", "--file", file))}
    run(*zonectl, "backup", backup)
    figures["backup_bytes"] = size_of(backup) / DRAWN
    before = size_of(store)
    figures["rotations_per_second"] = DRAWN / cpu_seconds_of((*zonectl, "rotate", "--all", *LOOK))
    figures["rotation_bytes"] = (size_of(store) - before) / DRAWN
    for left in (store, backup):
        shutil.rmtree(left)
    file.unlink()
    return figures


ROWS = (
    ("answers a second and core, UDP, hits", lambda one: f"{one['loads']['hits']:,.0f}"),
    ("the same, random names (flood)", lambda one: f"{one['loads']['flood']:,.0f}"),
    ("the same, TCP, connections kept", lambda one: f"{one['loads']['tcp']:,.0f}"),
    ("memory of a TCP connection, bytes (the kernel has its own beside it)", lambda one: f"{one['connection_bytes']:,.0f}"),
    ("memory, MB", lambda one: f"{one['memory_bytes'] / 1e6:,.0f}"),
    ("start to first answer, s", lambda one: f"{one['start_s']:.2f}"),
    ("commit to wire, ms, median (p99)", lambda one: f"{one['wire_ms']['p50']:.1f} ({one['wire_ms']['p99']:.1f})"),
    ("store on disk, MB", lambda one: f"{one['store_bytes'] / 1e6:,.1f}"),
)
OF_INSTITUTIONS = (
    ("`rotate --all`, keys a second and core", lambda one: f"{one['rotations_per_second']:,.0f}"),
    ("RSA-2048 keys drawn a second and core", lambda one: f"{one['keys_per_second']:,.1f}"),
    ("backup of 1,000 institutions, MB", lambda one: f"{one['backup_bytes'] / 1e3:,.1f}"),
    (f"journal and audit of 1,000 institutions and year, {ROTATIONS} rotations each, MB",
     lambda one: f"{ROTATIONS * one['rotation_bytes'] / 1e3:,.1f}"),
)


def table(results):
    """The runbook's table as Markdown: a column a size."""
    lines = ["| institutions | " + " | ".join(each["size"] for each in results) + " |",
             "|---|" + "---|" * len(results)]
    return "\n".join(lines + [f"| {name} | " + " | ".join(cell(each) for each in results) + " |" for name, cell in ROWS])


class Sizing:
    """A job as freshness and soak are, which keeps what it has seen of the sizes before."""

    def __init__(self):
        self.results, self.each = [], None

    def __call__(self, size, options, programs, say):
        data = Data(size, options, programs, say)
        generator = Generator(programs / "load_generator", data.questions)
        floor = Floor(None, options.work.resolve() / size / "floor", 1)
        floor.prepare()
        try:
            floor.start()
            floor.processes.pin(range(1))
            say(f"{size}: serving")
            began = time.monotonic()
            figures = {"size": size, **serving(data, generator, floor, options)}
        finally:
            floor.stop()
        say(f"{size}: changing")
        figures |= changing(data, programs, generator)
        figures["took_s"] = time.monotonic() - began
        self.results.append(figures)
        if self.each is None:
            say("institutions with real keys")
            self.each = of_institutions(programs, options.work.resolve())
        print(f"\n{table(self.results)}\n\n| of an institution | |\n|---|---|\n"
              + "\n".join(f"| {name} | {cell(self.each)} |" for name, cell in OF_INSTITUTIONS), flush=True)
        return figures | self.each, 0
