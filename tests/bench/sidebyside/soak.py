"""Whether dnsd's memory stays while its store changes for long."""

import statistics
import time

from sidebyside.changing import changeable, changes, load, load_line, result_of, served, times_line
from sidebyside.measure import Generator
from sidebyside.stores import Data

ALLOWED_GROWTH = 1.02
WARM_UP = 0.1  # of the time


def _measure(data, programs, options, say):
    generator = Generator(programs / "load_generator", data.questions)
    seconds = options.soak * 60
    arguments = ("--kind", "ttl", "--changes", 2_000_000_000, "--seconds", seconds, "--per-second",
                 options.changes_per_second)
    with changeable(data, "changing_own") as own, served(own, "dnsd_own", generator, 0) as server, \
            changes(programs, generator, server, *arguments) as making, \
            load(generator, server, options.rate, seconds, 1) as asking:
        samples = _sample_memory(server, seconds, say, (making, asking))
        return {"size": data.size, "load": result_of(asking, "load_generator", 120),
                "changes": result_of(making, "bench_freshness", 120), "rss_bytes": samples}


def _sample_memory(server, seconds, say, others):
    """RSS about each second, until the time is up or one of the others has ended."""
    samples, began, said = [], time.monotonic(), 0.0
    while (passed := time.monotonic() - began) < seconds and all(each.poll() is None for each in others):
        samples.append(server.processes.rss_bytes())
        if passed - said >= 60:
            said = passed
            say(f"{passed / 60:.0f} of {seconds / 60:.0f} minutes: {samples[-1] / 1e6:.2f} MB")
        time.sleep(min(1.0, seconds / 200))
    return samples


def soak(size, options, programs, say):
    """(figures, exit status): 1 if the memory at the end is more than 2 % above that after a tenth of the time, or a
    query was lost or answered wrongly."""
    figures = _measure(Data(size, options, programs, say), programs, options, say)
    made, asked, samples = figures["changes"], figures["load"], figures["rss_bytes"]
    warm = samples[int(len(samples) * WARM_UP):]
    part = max(1, len(warm) // 20)
    first, last = statistics.median(warm[:part]), statistics.median(warm[-part:])
    print(f"\n{size}: {made['changes']} changes, {made['changes'] / made['seconds']:.1f} a second, under a mixed load of "
          f"{options.rate} queries a second for {options.soak:g} minutes\n")
    print(times_line("commit to wire", made["wire_ms"]))
    print(f"load: {load_line(asked)}")
    print(f"memory (RSS): {first / 1e6:.2f} MB after warm-up, {last / 1e6:.2f} MB at the end, {max(samples) / 1e6:.2f} MB "
          f"at most: {last / first:.4f} x, at most {ALLOWED_GROWTH} x is right")
    failed = last > ALLOWED_GROWTH * first or made["lost"] + asked["lost"] + asked["wrong"] > 0
    return {**figures, "first_bytes": first, "last_bytes": last}, 1 if failed else 0
