"""What secondaries cost, and how soon they have a change: --transfers."""

import contextlib
import re
import statistics
import threading
import time

from support.peers import free_port

from sidebyside import page
from sidebyside.arrival import NotifyCount, Watch
from sidebyside.changing import changeable
from sidebyside.following import Bench, Peak, last_serial, wait_until_admitted
from sidebyside.primaries import OVERRIDE, OWN, ZONE
from sidebyside.processes import Failed
from sidebyside.sink import Fetching, Reader, ask_soa, fetch

INSTITUTIONS = 1000     # that are rotated in BURST_SECONDS
BURST_SECONDS = 10
CURRENT_AFTER_S = 5
CHANGES = {"nsd": 4}    # of a server's own, where each takes its time
ABOVE_OWN_MS = {"knot": 100, "nsd": 300, "bind": 300}
PAUSE_S = 4             # between two changes: what a server still does behind the last is over
MEGABYTE = 1_000_000


def zone_transfers(bench):
    """AXFR with TSIG to a sink, of each primary in turn, and its memory meanwhile."""
    bench.tell(f"\nAXFR of {ZONE} with TSIG to a sink, median of {bench.options.rounds}:")
    records = set()
    for name in ("dnsd", *OWN):
        with bench.block():
            primary = bench.dnsd() if name == "dnsd" else bench.own(name)
            bench.start(primary)
            if name == "dnsd":
                primary.enrol("sink", free_port())
                wait_until_admitted(primary)
            took, cpu, grown = [], [], []
            for _ in range(bench.options.rounds):
                before = sum(primary.processes.cpu_ns())
                with Peak(primary.processes) as peak:
                    got = fetch(primary.port, ZONE)
                took.append(got.seconds)
                cpu.append((sum(primary.processes.cpu_ns()) - before) / 1e9)
                grown.append((peak.bytes - peak.before) / 1024 ** 2)
            records.add(got.records)
            figures = {"seconds": statistics.median(took), "cpu_s": statistics.median(cpu), "grown_mib": grown,
                       "bytes": got.bytes, "messages": got.messages, "records": got.records}
            bench.figures.setdefault("axfr", {})[name] = figures
            bench.tell(f"  {name:5} {figures['seconds']:.2f} s, CPU {figures['cpu_s']:.2f} s, "
                       f"{got.bytes / MEGABYTE:.1f} MB in {got.messages} messages, {got.records} records, memory "
                       f"+{grown[0]:.1f} MiB the first time, then +{max(grown[1:], default=0.0):.1f}")
    if len(records) != 1:
        raise Failed(f"they sent different numbers of records: {sorted(records)}")
    ours = bench.figures["axfr"]["dnsd"]
    if bench.data.size == "1m":
        bench.judge(f"  dnsd's AXFR takes {ours['seconds']:.2f} s", ours["seconds"], 3.0)
    bench.judge(f"  dnsd's memory grows by {max(ours['grown_mib']):.2f} MiB", max(ours["grown_mib"]), 1.0)


def _p99(bench, server, seed):
    seconds = bench.options.seconds
    report = bench.generator.run(server, "--load", "hits", "--rate", bench.options.rate, "--seconds", seconds, "--seed",
                                 seed, timeout=seconds + 120)
    if report["wrong"] or report["lost"]:
        bench.missed.append(f"{server.label}: {report['wrong']} answers wrong, {report['lost']} queries lost")
    return report["p99_us"]


def latency(bench):
    """p99 of a steady load alone, beside an AXFR that another process on the same core sends, and beside its own, in
    turns: the sink and that other take from the machine what they take in both."""
    bench.tell(f"\np99 of {bench.options.rate} queries a second on one core, {bench.options.rounds} turns:")
    for name in ("dnsd", *OWN):
        with bench.block():
            data = bench.stack.enter_context(changeable(bench.data, "transfers_load"))
            other = bench.dnsd("other", data)
            server = bench.dnsd("load", data) if name == "dnsd" else bench.own(name)
            bench.start(other)
            other.enrol("sink", free_port())
            wait_until_admitted(other)
            bench.start(server)
            for each in (server, other):
                each.processes.pin({0})
            p99 = {"alone": [], "other": [], "own": []}
            for turn in range(bench.options.rounds):
                p99["alone"].append(_p99(bench, server, 3 * turn))
                for way, sender in (("other", other), ("own", server)):
                    with Fetching(sender.port, ZONE):
                        p99[way].append(_p99(bench, server, 3 * turn + 1))
            bench.figures.setdefault("p99_us", {})[name] = p99
            median = {way: statistics.median(values) for way, values in p99.items()}
            text = (f"  {name:5} alone {median['alone']:.0f} µs; beside another's AXFR {median['other']:.0f} µs; beside its "
                    f"own {median['own']:.0f} µs: {median['own'] / median['alone']:.2f} x alone, "
                    f"{median['own'] / median['other']:.2f} x beside another's")
            if name == "dnsd":
                bench.judge(text, median["own"] / median["other"], 1.2)
            else:
                bench.tell(text)


def _arrivals(primary, follower_port, changes):
    """Milliseconds from the primary's first new answer to the secondary's, of each change."""
    watch = Watch(ZONE, {"primary": primary.port, "secondary": follower_port})
    try:
        took = []
        for number in range(changes):
            before = ask_soa(primary.port, ZONE).serial
            telling = threading.Thread(target=primary.change, args=(number,))
            telling.start()
            seen = watch.follow_change("primary", before, patience=300)
            telling.join()
            took.append((seen["secondary"] - seen["primary"]) * 1000)
            time.sleep(PAUSE_S)
        return took
    finally:
        watch.close()


def arrivals(bench):
    """From a change at the primary to the same answer at the secondary: behind dnsd, and behind one of its own kind."""
    bench.tell("\nfrom the primary's new answer to the secondary's, ms (median; all):")
    for kind in OWN:
        figures = {}
        for name in ("dnsd", kind):
            with bench.block():
                primary = bench.dnsd() if name == "dnsd" else bench.own(kind)
                port = primary.follower_port or free_port()
                bench.start(primary)
                if name == "dnsd":
                    primary.enrol("ns2", port)
                bench.follower(kind, port, primary)
                changes = bench.options.arrivals if name == "dnsd" else CHANGES.get(kind, bench.options.arrivals)
                figures[name] = _arrivals(primary, port, changes)
            shown = ", ".join(f"{each:.0f}" for each in figures[name])
            bench.tell(f"  {kind} behind {name}: {statistics.median(figures[name]):.0f}  ({shown})")
        bench.figures.setdefault("arrival_ms", {})[kind] = figures
        above = statistics.median(figures["dnsd"]) - statistics.median(figures[kind])
        bench.judge(f"  {kind}: {above:+.0f} ms against one of its own kind", above, ABOVE_OWN_MS[kind])


def one_rotation(bench):
    """Its IXFR, asked for over and over: bytes, and what of the processors it takes dnsd."""
    times = 300
    with bench.block():
        primary = bench.dnsd()
        bench.start(primary)
        primary.enrol("sink", free_port())
        wait_until_admitted(primary)
        watch = Watch(ZONE, {"primary": primary.port})
        bench.stack.callback(watch.close)
        before = ask_soa(primary.port, ZONE).serial
        primary.change(0)
        watch.follow_change("primary", before, patience=60)
        reader = Reader(primary.port, ZONE)
        bench.stack.callback(reader.close)
        got = reader.fetch("IXFR", before, ends=3)
        began = primary.processes.run_ns()
        for _ in range(times):
            reader.fetch("IXFR", before, ends=3)
        cpu_ms = (primary.processes.run_ns() - began) / times / 1e6
    bench.figures["ixfr"] = {"bytes": got.bytes, "records": got.records, "cpu_ms": cpu_ms}
    bench.tell(f"\nIXFR of one rotation ({got.records} records, RSA-2048):")
    bench.judge(f"  {got.bytes} bytes", got.bytes, 3000)
    bench.judge(f"  {cpu_ms:.3f} ms of dnsd's CPU, mean of {times} one after the other", cpu_ms, 1.0)


def burst(bench):
    """INSTITUTIONS rotations in BURST_SECONDS, while four secondaries follow."""
    bench.tell(f"\n{INSTITUTIONS} rotations in {BURST_SECONDS} s, four secondaries:")
    with bench.block():
        primary = bench.dnsd()
        codes = bench.work / "burst.codes"
        codes.write_text("".join(f"burst{number}\n" for number in range(INSTITUTIONS)))
        listed = bench.work / "burst.csv"
        listed.write_text("code,domains,key\n" + "".join(f"burst{number},,ed25519\n" for number in range(INSTITUTIONS)))
        primary.zonectl("add", "--file", listed, "--override", "E_KEY_TYPE", "--reason", "quickly made")
        bench.start(primary)
        ports = {}
        for name, kind in (("nsd", "nsd"), ("knot", "knot"), ("bind", "bind"), ("second nsd", "nsd")):
            ports[name] = free_port()
            primary.enrol(name.replace(" ", "-"), ports[name])
            bench.follower(kind, ports[name], primary)
        log = primary.directory / "log"
        before = len(log.read_text(errors="replace"))
        watch = Watch(ZONE, ports)
        bench.stack.callback(watch.close)
        counted = NotifyCount(ZONE, ports.values()) if NotifyCount.is_allowed() else None
        with counted or contextlib.nullcontext():
            began = time.monotonic()
            primary.zonectl("rotate", "--file", codes, "--rate", f"{INSTITUTIONS // BURST_SECONDS}/s", *OVERRIDE)
            ended = time.monotonic()
            told = dict(counted.count) if counted else {}
        wanted = last_serial(primary)
        late = {name: max(0.0, at - ended) for name, at in watch.until_all_have(wanted, patience=120).items()}
        text = log.read_text(errors="replace")[before:]
    kinds = {kind: len(re.findall(rf"event=transfer .*kind={kind} ", text)) for kind in ("axfr", "ixfr", "ixfr-as-axfr")}
    seconds = ended - began
    bench.figures["burst"] = {"seconds": seconds, "notify": {name: told.get(port) for name, port in ports.items()},
                              "transfers": kinds, "late_s": late}
    bench.tell(f"  made in {seconds:.1f} s; transfers: {kinds['ixfr']} IXFR, {kinds['axfr']} AXFR, {kinds['ixfr-as-axfr']} "
               f"AXFR in the answer to IXFR")
    bench.judge("  whole zones sent", kinds["axfr"] + kinds["ixfr-as-axfr"], 0)
    for name, port in ports.items():
        if counted:
            bench.judge(f"  {name}: {told[port]} NOTIFYs", told[port], 1 + seconds)
        bench.judge(f"  {name}: current {late[name]:.2f} s after the last", late[name], CURRENT_AFTER_S)
    if not counted:
        bench.tell("  NOTIFYs: not counted, which needs root")


SECTIONS = {"axfr": zone_transfers, "p99": latency, "arrival": arrivals, "ixfr": one_rotation, "burst": burst}


def transfers(size, options, programs, say):
    """(figures, exit status): 1 if a bar was missed."""
    bench = Bench(size, options, programs, say)
    print(f"\n{size}, load average {page.machine()['load_average']:.1f}")
    for name in options.sections:
        say(f"{size}: {name}")
        with bench.stack:
            SECTIONS[name](bench)
    for line in bench.missed:
        print(f"missed:{line}")
    return {**bench.figures, "lines": bench.lines, "missed": bench.missed}, 1 if bench.missed else 0
