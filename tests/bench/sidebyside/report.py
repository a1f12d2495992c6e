"""From the figures of all turns to tables."""

import statistics

from sidebyside.options import LOADS

MEGABYTE = 1_000_000


def median(values):
    values = [value for value in values if value is not None]
    return statistics.median(values) if values else None


def spread(values):
    """The distance from the smallest to the largest, as a part of the median."""
    return (max(values) - min(values)) / statistics.median(values) if values and statistics.median(values) else 0.0


class Results:
    """All turns; rows come in the order in which the servers were first seen."""

    def __init__(self, turns, facts):
        self.turns = turns
        self.facts = facts  # size -> what write_questions said
        self.sizes = list(dict.fromkeys(turn["size"] for turn in turns))

    def servers(self, size):
        return list(dict.fromkeys(turn["server"] for turn in self.turns if turn["size"] == size))

    def of(self, size, server):
        return [turn for turn in self.turns if turn["size"] == size and turn["server"] == server]

    def values(self, size, server, load, key):
        return [turn["loads"][load][key] for turn in self.of(size, server) if load in turn["loads"]]

    def ratios(self, size, server, load):
        """To the floor in the same seconds, so that a slower minute counts for neither; one for each round."""
        return [cpu / floor for cpu, floor in zip(self.values(size, server, load, "cpu_ns"),
                                                  self.values(size, server, load, "floor_ns"))]

    def times_floor(self, size, server, load):
        return median(self.ratios(size, server, load))

    def loads(self, size):
        seen = {load for turn in self.turns if turn["size"] == size for load in turn["loads"]}
        return [load for load in LOADS if load in seen]

    def cpu_cell(self, size, server, load):
        values = self.values(size, server, load, "cpu_ns")
        if not values:
            return "-"
        ratios = self.ratios(size, server, load)
        return f"{median(values):.0f} ({median(ratios):.2f}) ±{spread(ratios) * 50:.0f} %"

    def cpu_table(self, size):
        loads = self.loads(size)
        rows = [[server, *(self.cpu_cell(size, server, load) for load in loads)] for server in self.servers(size)]
        return ["server", *loads], rows

    def rate_table(self, size):
        loads = self.loads(size)
        rows = []
        for server in self.servers(size):
            row = [server]
            for load in loads:
                rates = self.values(size, server, load, "qps")
                busy = self.values(size, server, load, "busy_cores")
                lost = sum(self.values(size, server, load, "lost"))
                row.append(f"{median(rates) / 1000:.0f} ({median(busy):.2f}){f', {lost} lost' if lost else ''}"
                           if rates else "-")
            rows.append(row)
        return ["server", *loads], rows

    def whole_table(self, size):
        data = self.facts[size]["record_data_bytes"]
        rows = []
        for server in self.servers(size):
            turns = self.of(size, server)
            start = median([turn["start_s"] for turn in turns])
            memory = median([turn.get("memory_bytes") for turn in turns])
            peak = median([turn["peak_bytes"] for turn in turns])
            latency = [turn["latency"] for turn in turns if "latency" in turn]
            rows.append([server, "-" if start is None else f"{start:.2f}",
                         "-" if memory is None or start is None else f"{memory / MEGABYTE:.0f} ({memory / data:.2f})",
                         "-" if start is None else f"{peak / MEGABYTE:.0f} ({peak / data:.2f})",
                         f"{median([each['p50_us'] for each in latency]):.0f}" if latency else "-",
                         f"{median([each['p99_us'] for each in latency]):.0f}" if latency else "-"])
        return ["server", "start, s", "memory, MB", "peak, MB", "p50, µs", "p99, µs"], rows

    def scaling(self, size):
        """Lines on servers that ran with one worker and with several: what each could answer on cores of its own."""
        lines = []
        for server in self.servers(size):
            base, _, number = server.rpartition(" x")
            if base not in self.servers(size):
                continue
            for load in self.loads(size):
                one, several = (self.times_floor(size, each, load) for each in (base, server))
                if one and several:
                    lines.append(f"{base}, {load}: {number} workers do {int(number) * one / several:.2f} x of one "
                                 f"({one:.2f} and {several:.2f} x floor)")
        return lines

    def against_peers(self, size):
        """Lines on dnsd beside the best of the others."""
        others = [each for each in self.servers(size) if not each.startswith(("dnsd", "floor"))]
        lines = []
        for load in self.loads(size):
            ours = self.times_floor(size, "dnsd", load)
            theirs = {each: self.times_floor(size, each, load) for each in others if " x" not in each}
            theirs = {each: value for each, value in theirs.items() if value}
            if ours and theirs:
                best = min(theirs, key=theirs.get)
                lines.append(f"{load}: dnsd {ours:.2f} x floor, {ours / theirs[best]:.2f} x of the best other ({best}, "
                             f"{theirs[best]:.2f} x floor)")
        return lines


def as_text(head, rows):
    """A table for a terminal."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) if column == 0 else cell.rjust(width)
                       for column, (cell, width) in enumerate(zip(row, widths))) for row in [head, *rows]]
    return "\n".join(line.rstrip() for line in lines)


def as_markdown(head, rows, alignment="---:"):
    lines = [head, ["---", *[alignment] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


CPU_TITLE = "server CPU per answer, ns (x floor), ± half the spread of that over the rounds"
RATE_TITLE = "thousand answers a second (cores that the server kept busy)"
WHOLE_TITLE = "start to first right answer; memory (x record data); latency at a fixed rate"


def tables(results, size, style):
    """The three tables of a size and the lines below them."""
    parts = []
    for title, table in ((CPU_TITLE, results.cpu_table(size)), (RATE_TITLE, results.rate_table(size)),
                         (WHOLE_TITLE, results.whole_table(size))):
        parts.append(f"{title}:\n\n{style(*table)}")
    below = [*results.against_peers(size), *results.scaling(size)]
    if below:
        parts.append("\n".join(f"- {line}" for line in below))
    return "\n\n".join(parts)
