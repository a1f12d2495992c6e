"""How soon a rotation is on the wire under load, and what the load notices of it."""

import contextlib

from sidebyside.changing import changeable, changes, load, load_line, result_of, served, times_line
from sidebyside.measure import Generator
from sidebyside.stores import Data

ROTATIONS_PER_SECOND = 20


def _load_beside(programs, generator, served_and_changed, options, seed):
    """The load on the first server while the store of the second changes: (the load's figures, the changes')."""
    server, changed = served_and_changed
    seconds = options.changes / ROTATIONS_PER_SECOND
    arguments = ("--changes", options.changes, "--per-second", ROTATIONS_PER_SECOND)
    with changes(programs, generator, changed, *arguments) as making, \
            load(generator, server, options.rate, seconds, seed) as asking:
        return result_of(asking, "load_generator", seconds + 120), result_of(making, "bench_freshness", seconds + 600)


def _measure(data, programs, options, say):
    generator = Generator(programs / "load_generator", data.questions)
    seconds = options.changes / ROTATIONS_PER_SECOND
    with contextlib.ExitStack() as stack:
        server, other = (stack.enter_context(served(stack.enter_context(changeable(data, f"changing_{name}")),
                                                    f"dnsd_{name}", generator, core))
                         for name, core in (("own", 0), ("other", generator.core)))
        say(f"{data.size}: the load alone, {seconds:.0f} s")
        asking = stack.enter_context(load(generator, server, options.rate, seconds, 1))
        alone = result_of(asking, "load_generator", seconds + 120)
        say(f"{data.size}: the load beside {options.changes} rotations in another store")
        quiet, _ = _load_beside(programs, generator, (server, other), options, 2)
        say(f"{data.size}: the load beside {options.changes} rotations in its own store")
        during, made = _load_beside(programs, generator, (server, server), options, 3)
    return {"size": data.size, "alone": alone, "quiet": quiet, "during": during, "changes": made}


def freshness(size, options, programs, say):
    """(figures, exit status). The load runs alone, then beside changes of a store that another dnsd serves, then beside
    those of its own. The second is what the third is held against: in both, the one who makes the changes takes the
    same from the machine."""
    figures = _measure(Data(size, options, programs, say), programs, options, say)
    made, quiet, during = figures["changes"], figures["quiet"], figures["during"]
    print(f"\n{size}: {made['changes']} rotations, {ROTATIONS_PER_SECOND} a second, under a mixed load of "
          f"{options.rate} queries a second\n")
    print(times_line("commit to wire", made["wire_ms"]))
    print(times_line("the commit itself", made["commit_ms"]))
    print(f"queries that waited for the changes: {made['asked']}, lost {made['lost']}")
    print(f"load alone: {load_line(figures['alone'])}")
    print(f"load beside another store's changes: {load_line(quiet)}")
    print(f"load beside its own store's changes: {load_line(during)}")
    print(f"p99 of the load, own changes against another's: {during['p99_us'] / quiet['p99_us']:.2f} x")
    failed = made["lost"] + sum(figures[key]["lost"] + figures[key]["wrong"] for key in ("alone", "quiet", "during"))
    return figures, 1 if failed else 0
