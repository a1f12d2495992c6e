"""One turn of one server: start, loads, latency, memory."""

import json
import os
import subprocess
import time

from sidebyside.processes import Failed, tied

START_PATIENCE_S = 600
TCP_CONNECTIONS = 20


class Generator:
    """The load generator, pinned to the last core; the server has the first ones."""

    def __init__(self, program, questions):
        self.program = program
        self.questions = questions
        self.core = (os.cpu_count() or 1) - 1

    def command(self, server, *arguments):
        unchecked = () if server.is_checked else ("--unchecked",)
        return tied(self.program, "--port", server.port, "--questions", self.questions, "--core", self.core, *unchecked,
                    *arguments)

    def run(self, server, *arguments, timeout):
        """What the generator reports; wrong answers are in it and for the caller to mind."""
        done = subprocess.run(self.command(server, *arguments), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, encoding="utf-8", timeout=timeout, check=False)
        if not done.stdout.strip():
            raise Failed(f"{server.label}: {done.stderr.strip()}\n{server.log()}")
        report = json.loads(done.stdout)
        if report["answered"] == 0:
            raise Failed(f"{server.label}: no answer to {report['sent']} queries\n{server.log()}")
        return report


def load_arguments(load, workers):
    """Source ports enough to be spread over the workers; over TCP one query at a time on each connection."""
    if load == "tcp":
        return "--tcp", "--sockets", TCP_CONNECTIONS, "--window", TCP_CONNECTIONS
    return "--load", load, "--sockets", 4 if workers == 1 else 16


def start(server, generator):
    """Seconds from the start of the process to its first right answer, with all cores for who can use them."""
    if not server.is_checked:
        server.start()
        return None
    waiting = subprocess.Popen(generator.command(server, "--until-right", "--seconds", START_PATIENCE_S),
                               stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        time.sleep(0.1)  # until it asks
        began = time.monotonic()
        server.start()
        while waiting.poll() is None and not server.processes.has_ended():
            time.sleep(0.0005)
        took = time.monotonic() - began
        if server.processes.has_ended() or waiting.wait() != 0:
            raise Failed(f"{server.label} does not serve:\n{server.log()}")
        return took
    finally:
        waiting.kill()
        waiting.communicate()


SUMS = ("sent", "answered", "wrong", "lost", "late", "reconnects", "seconds", "user_ns", "system_ns")


def measure_slice(server, generator, arguments, seconds, seed):
    """The generator's report with the server's CPU time in it."""
    user, system = server.processes.cpu_ns()
    report = generator.run(server, *arguments, "--seconds", seconds, "--seed", seed, timeout=seconds + 120)
    user_after, system_after = server.processes.cpu_ns()
    return report | {"user_ns": user_after - user, "system_ns": system_after - system}


def together(slices):
    """Many slices as one report, with the CPU time for an answer."""
    report = {key: sum(each[key] for each in slices) for key in SUMS}
    report["first_fault"] = next((each["first_fault"] for each in slices if each["first_fault"]), "")
    report["qps"] = report["answered"] / max(1e-9, report["seconds"])
    cpu_ns = report["user_ns"] + report["system_ns"]
    # Below 1 the server waited for the load: what it can do at most is then more than the rate that was seen.
    report["busy_cores"] = cpu_ns / 1e9 / max(1e-9, report["seconds"])
    report["cpu_ns"] = cpu_ns / report["answered"]
    return report


def measure_load(server, floor, generator, load, seconds, seed):
    """A second of the server, half a second of the floor, and so on: what the machine does to one, it does to both."""
    arguments = load_arguments(load, server.workers)
    generator.run(server, *arguments, "--seconds", min(1.0, seconds / 4), "--seed", seed + 1000, timeout=seconds + 120)
    turns = max(1, round(seconds))
    ours, floors = [], []
    for number in range(turns):
        ours.append(measure_slice(server, generator, arguments, seconds / turns, 1000 * seed + number))
        floors.append(measure_slice(floor, generator, load_arguments("hits", 1), seconds / turns / 2, number))
    return together(ours) | {"floor_ns": together(floors)["cpu_ns"]}


def measure_latency(server, generator, rate, seconds, seed):
    """Hits at a rate that every server keeps up with."""
    return generator.run(server, "--load", "hits", "--rate", rate, "--seconds", seconds, "--seed", seed,
                         timeout=seconds + 120)


def take_turn(server, floor, generator, options, seed):
    """All figures of one turn."""
    server.prepare()
    try:
        figures = {"server": server.label, "size": server.data.size, "round": seed, "loads": {},
                   "start_s": start(server, generator)}
        server.processes.pin(range(server.workers))
        if server.is_checked:  # each key once: pages are touched for the first time, caches filled
            generator.run(server, "--queries", server.data.facts["keys"], "--seconds", 3600, timeout=3700)
        for load in (load for load in options.load if load in server.loads):
            figures["loads"][load] = measure_load(server, floor, generator, load, options.seconds, seed)
            if "memory_bytes" not in figures:  # before a flood fills caches with names that are not there
                figures["memory_bytes"] = server.processes.memory_bytes()[0]
        if "hits" in options.load:
            figures["latency"] = measure_latency(server, generator, options.rate, options.seconds / 2, seed)
        figures["peak_bytes"] = server.processes.memory_bytes()[1]
        return figures
    finally:
        server.stop()


def faults(figures):
    """What was wrong in a turn, a line each."""
    found = []
    for load, report in [*figures["loads"].items(), ("latency", figures.get("latency"))]:
        if report and report["wrong"] > 0:
            found.append(f"{figures['server']}, {figures['size']}, {load}: {report['wrong']} of {report['answered']} "
                         f"answers wrong: {report['first_fault']}")
    return found
