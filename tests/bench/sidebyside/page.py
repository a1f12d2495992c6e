"""The page of results, with all that one needs to make it again."""

import datetime
import os
import platform
from pathlib import Path

from sidebyside import report
from sidebyside.processes import Failed

BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"


def machine():
    """What it ran on."""
    info = Path("/proc/cpuinfo").read_text()
    model = next((line.partition(":")[2].strip() for line in info.splitlines() if line.startswith("model name")), "?")
    kilobytes = int(Path("/proc/meminfo").read_text().split()[1])
    return {"processor": model, "cores": os.cpu_count(), "memory_gb": round(kilobytes / 1e6, 1),
            "kernel": platform.release(), "load_average": os.getloadavg()[0],
            "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")}


def markdown(results, about):
    """`about`: machine, command, build, rounds, seconds, rate, and (name, version, settings) of each server."""
    where = about["machine"]
    lines = [f"Made by `{about['command'].strip()}` on {where['date'][:10]}: {where['processor']}, {where['cores']} "
             f"cores, {where['memory_gb']} GB, Linux {where['kernel']}, load average {where['load_average']:.2f} at "
             f"the begin. Rounds: {about['rounds']}, in turns; {about['seconds']:g} s a load; server on the first cores, "
             f"generator on the last; latency at {about['rate']} queries a second. {about['build']}."]
    lines.append(report.as_markdown(["server", "version", "settings"], about["servers"], "---"))
    for size in results.sizes:
        facts = results.facts[size]
        lines.append(f"### {size}: {facts['keys']:,} keys, {facts['record_data_bytes'] / report.MEGABYTE:,.1f} MB of "
                     f"record data")
        lines.append(report.tables(results, size, report.as_markdown))
    return "\n\n".join(lines) + "\n"


def write(file, text):
    """Between the marks of a file that has them, else as the whole file."""
    if file.exists():
        before, begin, rest = file.read_text().partition(BEGIN)
        _, end, after = rest.partition(END)
        if not begin or not end:
            raise Failed(f"{file} has no lines '{BEGIN}' and '{END}' to write between")
        text = f"{before}{BEGIN}\n\n{text}\n{END}{after}"
    file.write_text(text)
