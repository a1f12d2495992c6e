"""dnsd under load while its store changes: what freshness and soak have in common."""

import contextlib
import copy
import json
import shutil
import subprocess

from sidebyside.measure import start
from sidebyside.ours import Dnsd
from sidebyside.processes import Failed, tied

FIGURES = (("sent", "queries"), ("lost", "lost"), ("wrong", "wrong"), ("p50_us", "µs p50"), ("p99_us", "µs p99"),
           ("max_us", "µs at most"))


@contextlib.contextmanager
def changeable(data, name):
    """The same data with a copy of the store, which may be changed and goes in the end."""
    copied = copy.copy(data)
    copied.store = data.work / name
    shutil.rmtree(copied.store, ignore_errors=True)
    try:
        shutil.copytree(data.store, copied.store)
        yield copied
    finally:
        shutil.rmtree(copied.store, ignore_errors=True)


@contextlib.contextmanager
def served(data, name, generator, core):
    """dnsd on this data and this core."""
    server = Dnsd(data, data.work / name, 1)
    server.prepare()
    try:
        server.start_s = start(server, generator)
        server.processes.pin({core})
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def _beside(command):
    """A program that runs beside this one, and does not outlive the block."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               encoding="utf-8")
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate()


def load(generator, server, rate, seconds, seed):
    """The mixed load at this rate, started."""
    return _beside(generator.command(server, "--load", "mix", "--rate", rate, "--seconds", seconds, "--seed", seed))


@contextlib.contextmanager
def changes(programs, generator, server, *arguments):
    """Changes of the server's store, begun; by a program on the generator's core that watches the wire."""
    command = tied("taskset", "-c", generator.core, programs / "bench_freshness", "--store", server.data.store,
                   "--port", server.port, *arguments)
    with _beside(command) as process:
        if process.stdout.readline().strip() != "ready":
            raise Failed(f"bench_freshness: {process.communicate()[1].strip()}")
        yield process


def result_of(process, name, timeout):
    """The JSON that it prints at its end."""
    try:
        out, errors = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        raise Failed(f"{name}: not done after {timeout:.0f} s") from None
    if not out.strip():
        raise Failed(f"{name}: {errors.strip()}")
    return json.loads(out)


def times_line(name, values):
    return f"{name}: median {values['p50']:.2f} ms, p99 {values['p99']:.2f} ms, largest {values['max']:.2f} ms"


def load_line(figures):
    return ", ".join(f"{figures[key]:.0f} {label}" for key, label in FIGURES)
