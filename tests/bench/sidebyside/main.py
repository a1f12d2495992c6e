"""The order of things: build, make stores, take turns, report."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time

from sidebyside import build, measure, page, report
from sidebyside.freshness import freshness
from sidebyside.options import parse
from sidebyside.ours import Dnsd, Floor, LimitedDnsd
from sidebyside.peers import PEERS
from sidebyside.processes import Failed
from sidebyside.sizing import Sizing
from sidebyside.soak import soak
from sidebyside.stores import Data
from sidebyside.transfers import transfers


def say(text):
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


def contenders(options):
    """The classes that take part, ours first; one that is not installed is left out with a word."""
    chosen = [Floor, Dnsd, LimitedDnsd]
    for name in (name for name in options.peers if name != "none"):
        if PEERS[name].is_there():
            chosen.append(PEERS[name])
        else:
            say(f"{name}: skipped, {PEERS[name].program} is not installed (deploy/install_packages bench)")
    return chosen


def servers_of(size, options, data, classes):
    made = []
    for each in classes:
        for workers in options.workers if each is not Floor else [1]:
            made.append(each(data, options.work.resolve() / size / f"{each.__name__.lower()}{workers}", workers))
    return made


def summary(figures):
    """One turn in one line."""
    loads = ", ".join(f"{load} {each['cpu_ns']:.0f} ns {each['qps'] / 1000:.0f} k/s"
                      for load, each in figures["loads"].items())
    start = "" if figures["start_s"] is None else f"start {figures['start_s']:.2f} s, "
    return f"{figures['server']}: {start}{loads}"


def take_turns(options, programs, classes):
    """(figures of all turns, facts of each size, failures). A server that fails is left out from there on."""
    turns, facts, failures = [], {}, []
    for size in options.size:
        data = Data(size, options, programs, say)
        facts[size] = data.facts
        generator = measure.Generator(programs / "load_generator", data.questions)
        servers = servers_of(size, options, data, classes)
        with running_floor(options.work.resolve() / size / "floor") as floor:
            for number in range(1, options.rounds + 1):
                for server in list(servers):
                    try:
                        turns.append(measure.take_turn(server, floor, generator, options, number))
                        say(f"{size} round {number}/{options.rounds} {summary(turns[-1])}")
                    except (Failed, OSError, subprocess.TimeoutExpired) as failure:
                        servers.remove(server)
                        failures.append(f"{server.label}, {size}: left out: {failure}")
                        say(failures[-1])
    return turns, facts, failures


@contextlib.contextmanager
def running_floor(directory):
    """The floor that stands beside every server; it sleeps while it is not asked."""
    floor = Floor(None, directory, 1)
    floor.prepare()
    try:
        floor.start()
        floor.processes.pin(range(1))
        yield floor
    finally:
        floor.stop()


def side_by_side(options, programs):
    classes = contenders(options)
    about = {"machine": page.machine(), "command": options.command, "build": build.ABOUT, "rounds": options.rounds,
             "seconds": options.seconds, "rate": options.rate,
             "servers": [[each.name, each.version(), each.settings] for each in classes]}
    turns, facts, failures = take_turns(options, programs, classes)
    results = report.Results(turns, facts)
    for size in results.sizes:
        print(f"\n{size}: {facts[size]['keys']} keys\n\n{report.tables(results, size, report.as_text)}")
    if options.json:
        options.json.write_text(json.dumps({**about, "facts": facts, "turns": turns}, indent=1) + "\n")
    if options.page:
        page.write(options.page, page.markdown(results, about))
    failures += [line for turn in turns for line in measure.faults(turn)]
    for line in failures:
        say(line)
    return 1 if failures else 0


# What is done instead of asking all servers for answers: the option's name, and (size, options, programs, say) -> figures, status.
JOBS = {"freshness": freshness, "soak": soak, "sizing": Sizing(), "transfers": transfers}


def under_changes(options, programs):
    """What stands in JOBS, for each size."""
    job = next(job for name, job in JOBS.items() if getattr(options, name))
    about = {"machine": page.machine(), "command": options.command, "results": []}
    status = 0
    for size in options.size:
        figures, failed = job(size, options, programs, say)
        about["results"].append(figures)
        status = max(status, failed)
    if options.json:
        options.json.write_text(json.dumps(about, indent=1) + "\n")
    return status


def main(arguments):
    """The exit status."""
    # So that what was started is ended; a shell's background job would ignore SIGINT.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ["PATH"] += ":/usr/sbin:/sbin"  # where Debian has servers, and ordinary users do not look
    options = parse(arguments)
    try:
        programs = build.programs(options, say)
        Dnsd.binary, Floor.binary = programs / "dnsd", programs / "echo_floor"
        work = under_changes if any(getattr(options, name) for name in JOBS) else side_by_side
        return work(options, programs)
    except Failed as failure:
        say(f"failed: {failure}")
        return 1
    except KeyboardInterrupt:
        say("interrupted: all that was started has ended")
        return 130
