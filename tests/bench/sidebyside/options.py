"""The command line."""

import argparse
import os
from pathlib import Path

from sidebyside.peers import PEERS

ROOT = Path(__file__).resolve().parents[3]
SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000, "1m": 1_000_000}
LOADS = ("hits", "mix", "flood", "tcp")
TRANSFERS = ("axfr", "p99", "arrival", "ixfr", "burst")

DESCRIPTION = """\
Serves the same zones by dnsd and by servers that others wrote, asks each of them the same questions in turns
(A B C A B C), and prints what an answer costs each: CPU time of the server, user and system, of all its threads,
per answer. Beside them stands the floor: a program that echoes canned datagrams and knows no DNS.
"""
EPILOG = """\
loads: hits (keys, in random order), mix (80 % hits, 8 % NXDOMAIN, 5 % SPF, 4 % NODATA, 3 % SOA and NS), flood (random
names: NXDOMAIN), tcp (hits over 20 kept-open connections, one query at a time on each). Every answer is judged.

examples:
  tests/bench/run --size 1k --load hits --peers nsd --rounds 1 --seconds 2
  tests/bench/run --size 1k,100k,1m --rounds 5 --json figures.json --page tests/bench/README.md
  tests/bench/run --size 1m --freshness
  tests/bench/run --size 1k,10k,100k,1m --sizing
  tests/bench/run --size 100k --transfers --seconds 5
  tests/bench/run --size 100k --soak 30 --changes-per-second 100

exit codes: 0 done, 1 failed, some answer was wrong, or a bar of --soak or --transfers was missed; 2 wrong usage; 130 interrupted
"""


def _listed(known):
    def parse(text):
        words = [word for word in text.split(",") if word]
        for word in words:
            if word not in known:
                raise argparse.ArgumentTypeError(f"no '{word}' (there are: {', '.join(known)})")
        if not words:
            raise argparse.ArgumentTypeError("an empty list")
        return list(dict.fromkeys(words))
    return parse


def _positive(kind):
    def parse(text):
        try:
            number = kind(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"not a number: '{text}'") from None
        if not 0 < number < 1_000_000_000:
            raise argparse.ArgumentTypeError(f"'{text}' is not above 0")
        return number
    return parse


def parse(arguments):
    """The options; wrong usage ends the program with status 2."""
    parser = argparse.ArgumentParser(prog="tests/bench/run", description=DESCRIPTION, epilog=EPILOG, allow_abbrev=False,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--size", type=_listed(SIZES), default=["1k"], help=f"institutions, two keys each: {', '.join(SIZES)} (1k)")
    add("--load", type=_listed(LOADS), default=list(LOADS), help=f"of {', '.join(LOADS)} (all)")
    add("--peers", type=_listed([*PEERS, "none"]), default=list(PEERS),
        help=f"of {', '.join(PEERS)} (all), or none")
    add("--rounds", type=_positive(int), default=3, help="turns of each server (3)")
    add("--seconds", type=_positive(float), default=10.0, help="of each load (10)")
    add("--workers", type=_listed(["1", "2", "4", "8"]), default=["1"],
        help="workers of each server; 1,2 measures both and says how they scale (1)")
    add("--rate", type=_positive(int), default=20_000, help="queries a second while latency is measured (20000)")
    add("--freshness", action="store_true",
        help="instead: dnsd under load while the store changes; commit to wire, lost queries, latency against quiet")
    add("--soak", type=_positive(float), metavar="MINUTES",
        help="instead: dnsd under load while the store changes; its memory may not grow by more than 2 %%")
    add("--sizing", action="store_true",
        help="instead: the runbook's table, what a core answers, memory, start, disk; with --size 1k,10k,100k,1m a column each")
    add("--transfers", action="store_true",
        help="instead: dnsd, Knot, NSD and BIND as primaries, and who follows them")
    add("--sections", type=_listed(TRANSFERS), default=list(TRANSFERS),
        help=f"of --transfers: {', '.join(TRANSFERS)} (all)")
    add("--arrivals", type=_positive(int), default=10, help="changes that a secondary is waited for, of --transfers (10)")
    add("--changes", type=_positive(int), default=200, help="of --freshness (200)")
    add("--changes-per-second", type=_positive(int), default=100, help="of --soak (100)")
    add("--work", type=Path, default=ROOT / "build-bench/work", metavar="DIR",
        help="where stores and zone files are kept for the next time (build-bench/work)")
    add("--stores", type=Path, metavar="DIR", help="take the stores DIR/1k, DIR/100k, ... and make none")
    add("--build", type=Path, default=ROOT / "build-bench", metavar="DIR", help="the release build (build-bench)")
    add("--no-build", action="store_true", help="take the build and the installed packages as they are")
    add("--json", type=Path, metavar="FILE", help="write every figure of every round")
    add("--page", type=Path, metavar="FILE", help="write the results as Markdown, between the marks that FILE has")
    options = parser.parse_args(arguments)
    options.command = "tests/bench/run " + " ".join(arguments)
    options.workers = [int(number) for number in options.workers]
    if sum(map(bool, (options.freshness, options.soak, options.sizing, options.transfers))) > 1:
        parser.error("--freshness, --soak, --sizing or --transfers, one at a time")
    if (os.cpu_count() or 1) < 2:
        parser.error("two cores are needed: one for the server, one for the load")
    return options
