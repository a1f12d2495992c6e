"""What we, BIND and dnspython make of record texts: data in hexadecimal, or None for what is refused."""

import re
import struct
import subprocess

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype

from support.programs import run

ORIGIN = "p.test."
HEAD = f"$ORIGIN {ORIGIN}\n$TTL 300\n@ SOA ns.other.test. h.other.test. 1 3600 600 1209600 300\n@ NS ns.other.test.\n"


class Ours:
    """One answer of record_text."""

    def __init__(self, line):
        kind, *fields = line.split("\t")
        self.data = fields[0] if kind == "=" else None
        self.why = "" if kind == "=" else fields[0]
        self.text, self.again, self.export_type, self.export_text = (fields[1:] if kind == "=" else [None] * 4)


def ours(program, records):
    given = "".join(f"{rtype} {text}\n" for rtype, text in records)
    done = subprocess.run([program], input=given.encode(), stdout=subprocess.PIPE, timeout=600, check=True)
    return [Ours(line) for line in done.stdout.decode("latin-1").split("\n")[:-1]]


def dnspython(records, origin=dns.name.from_text(ORIGIN)):
    """Without an origin names must be absolute; with one it fails at \\# with a name in it that lies below the origin."""
    found = []
    for rtype, text in records:
        try:
            number = dns.rdatatype.from_text(rtype)
            data = dns.rdata.from_text(dns.rdataclass.IN, number, text, origin, relativize=False)
            found.append(data.to_wire(origin=origin).hex())
        except Exception:  # pylint: disable=broad-exception-caught  # it lets ValueError, struct.error and others out
            found.append(None)
    return found


def raw_zone(data):
    """Owner to (type, data) of BIND's raw format."""
    at = 24  # behind format, version, time, flags and two serials
    found = {}
    while at < len(data):
        total, _, rtype, _, _, count, size = struct.unpack_from("!IHHHIIH", data, at)
        end, place = at + total, at + 20 + size
        owner = data[at + 20:place]
        for _ in range(count):
            length = struct.unpack_from("!H", data, place)[0]
            found.setdefault(owner, []).append((rtype, data[place + 2:place + 2 + length].hex()))
            place += 2 + length
        at = end
    return found


CHECKS = ("-i", "none", "-k", "ignore", "-n", "ignore", "-m", "ignore", "-M", "ignore", "-S", "ignore", "-r", "ignore",
          "-T", "ignore", "-W", "ignore")


def loaded(batches, check):
    """Those of the records that a checker of zone files loads. `check` says whether all are loaded, and which are blamed if
    not; a batch that is refused and none in it blamed is halved, down to the one that is at fault."""
    left, found = list(batches), set()
    while left:
        batch = left.pop()
        is_loaded, blamed = check(batch)
        if is_loaded:
            found |= set(batch)
        elif blamed & set(batch):
            left.append([number for number in batch if number not in blamed])
        elif len(batch) > 1:
            left += [batch[:len(batch) // 2], batch[len(batch) // 2:]]
    return found


def errors_of(done):
    return "\n".join(line for line in (done.stdout + done.stderr).splitlines() if "error" in line)


def write_parts(records, scratch):
    """Each record as a file of its own, which messages name: NSD and BIND lose count of lines."""
    for number, (rtype, text) in enumerate(records):
        (scratch / f"r{number}.part").write_bytes(f"r{number} {rtype} {text}\n".encode("latin-1"))


def write_zone_of_parts(file, numbers):
    file.write_text(HEAD + "".join(f"$INCLUDE {file.parent}/r{number}.part\n" for number in numbers))


def blamed_parts(text):
    return {int(number) for number in re.findall(r"/r(\d+)\.part:", text)}


def nsd(records, scratch):
    write_parts(records, scratch)
    file = scratch / "nsd.zone"

    def check(numbers):
        write_zone_of_parts(file, numbers)
        done = run("nsd-checkzone", ORIGIN, file, expect=None, encoding="latin-1", timeout=600)
        return done.returncode == 0, blamed_parts(errors_of(done))

    return loaded([list(range(len(records)))], check)


def ends_with_its_line(text):
    quotes = re.sub(r"\\.", "", text).count('"')
    return "(" not in text and quotes % 2 == 0 and not text.endswith("\\")


def knot(records, scratch):
    """It stops at the first fault of an included file: each record is a line."""
    head = HEAD.count("\n")

    def check(numbers):
        file = scratch / "knot.zone"
        text = HEAD + "".join(f"r{number} {records[number][0]} {records[number][1]}\n" for number in numbers)
        file.write_bytes(text.encode("latin-1"))
        done = run("kzonecheck", "-v", "-o", ORIGIN, file, expect=None, encoding="latin-1", timeout=600)
        lines = {int(line) for line in re.findall(r"line (\d+) ", errors_of(done))}
        return done.returncode == 0, {numbers[line - head - 1] for line in lines if head < line <= head + len(numbers)}

    # What may go on in the next line is judged by itself.
    lone = {number for number, (_, text) in enumerate(records) if not ends_with_its_line(text)}
    return loaded([[number for number in range(len(records)) if number not in lone], *([number] for number in lone)], check)


def bind(records, scratch):
    """By named-compilezone, which tells of some faults at a time."""
    write_parts(records, scratch)
    file, raw, found = scratch / "bind.zone", scratch / "bind.raw", [None] * len(records)

    def check(numbers):
        write_zone_of_parts(file, numbers)
        done = run("named-compilezone", *CHECKS, "-F", "raw", "-o", raw, ORIGIN, file, expect=None, encoding="latin-1",
                   timeout=600)
        if done.returncode == 0:
            zone = raw_zone(raw.read_bytes())
            for number in numbers:
                data = zone.get(dns.name.from_text(f"r{number}.{ORIGIN}").to_wire())
                found[number] = data[0][1] if data and len(data) == 1 else None
        return done.returncode == 0, blamed_parts(done.stdout + done.stderr)

    loaded([list(range(len(records)))], check)
    return found
