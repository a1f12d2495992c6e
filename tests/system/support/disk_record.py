"""What a command did to the files below a directory, call by call, and what a disk may hold of it after a power cut.

A write that was followed by a sync of its file is on the disk. Of those that were not, any may be, whole, in sectors,
or as noise where a sector was under way: disks and file systems reorder.
"""

import re
from pathlib import Path

from support.programs import run

SECTOR = 512
CALLS = "pwrite64,write,fdatasync,fsync,ftruncate,openat,rename,renameat,renameat2,unlink,unlinkat,link,linkat"
LINE = re.compile(r"^\d+ +(\w+)\((.*)\) += +(-?\d+)")
HANDLE = re.compile(r"^(\d+)<([^>]*)>")
FROM_DIRECTORY = re.compile(r'[(, ](?:\d+|AT_FDCWD)<([^>]*)>, "((?:\\x[0-9a-f]{2})*)"')
QUOTED = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


class Event:
    """One call: kind "create", "write", "truncate", "sync", "rename", "link", "unlink" or "say" (to standard output)."""

    def __init__(self, kind, path, offset=0, data=b"", to=None):
        self.kind, self.path, self.offset, self.data, self.to = kind, path, offset, data, to

    def __repr__(self):
        return f"{self.kind} {self.path} {self.offset} {len(self.data)}"


def bytes_of(quoted):
    return bytes.fromhex(quoted.replace("\\x", ""))


def record(directory, command, trace):
    """Runs the command to its end; the events below the directory, with paths relative to it."""
    prefix = str(directory) + "/"
    known = {str(file) for file in Path(directory).rglob("*")}
    run("strace", "-f", "-y", "-xx", "-s", "10000000", "-e", f"trace={CALLS}", "-o", trace, *command)
    events, positions = [], {}
    for line in Path(trace).read_text(encoding="ascii", errors="replace").splitlines():
        match = LINE.match(line)
        if not match or int(match[3]) < 0:
            continue
        event = event_of(match[1], match[2], int(match[3]), prefix, positions)
        if event and (event.kind != "create" or prefix + event.path not in known):
            events.append(event)
            known |= {prefix + str(event.path), prefix + str(event.to)}
    return events


def path_of(text):
    """As -y prints that of a file descriptor."""
    return bytes_of(text).decode(errors="replace") if text.startswith("\\x") else text


def names_in(arguments):
    """The files that a call names; those that are named from an open directory, by their whole paths."""
    pairs = FROM_DIRECTORY.findall(" " + arguments)
    if not pairs:
        return [bytes_of(text).decode(errors="replace") for text in QUOTED.findall(arguments)]
    return [str(Path(path_of(directory)) / bytes_of(name).decode(errors="replace")) for directory, name in pairs]


def event_of(call, arguments, result, prefix, positions):
    names = names_in(arguments)
    if call == "openat":
        positions[int(result)] = 0
        made = "O_CREAT" in arguments and names[0].startswith(prefix)
        return Event("create", names[0][len(prefix):]) if made else None
    if call in ("rename", "renameat", "renameat2", "link", "linkat") and names[0].startswith(prefix):
        return Event("link" if call.startswith("link") else "rename", names[0][len(prefix):], to=names[1][len(prefix):])
    if call in ("unlink", "unlinkat") and names[0].startswith(prefix):
        return Event("unlink", names[0][len(prefix):])
    handle = HANDLE.match(arguments)
    if not handle:
        return None
    number, path = int(handle[1]), path_of(handle[2])
    if call == "write" and number == 1:
        return Event("say", "")
    if not (path + "/").startswith(prefix):
        return None
    path = path[len(prefix):]  # the directory itself: ""
    if call in ("fdatasync", "fsync"):
        return Event("sync", path)
    if call == "ftruncate":
        return Event("truncate", path, offset=int(arguments.rsplit(",", 1)[1]))
    data = bytes_of(QUOTED.search(arguments)[1])[:result]
    if call == "pwrite64":
        return Event("write", path, int(arguments.rsplit(",", 1)[1]), data)
    at = positions.get(number, 0)
    positions[number] = at + len(data)
    return Event("write", path, at, data)


def apply(files, event):
    """One event on the files (name -> bytearray)."""
    if event.kind == "create":
        files.setdefault(event.path, bytearray())
    elif event.kind == "write":
        content = files.setdefault(event.path, bytearray())
        if len(content) < event.offset + len(event.data):
            content.extend(bytes(event.offset + len(event.data) - len(content)))
        content[event.offset:event.offset + len(event.data)] = event.data
    elif event.kind == "truncate":
        content = files.setdefault(event.path, bytearray())
        content.extend(bytes(max(0, event.offset - len(content))))
        del content[event.offset:]
    elif event.kind == "rename":
        for name in [name for name in files if (name + "/").startswith(event.path + "/")]:  # a directory's too
            files[event.to + name[len(event.path):]] = files.pop(name)
    elif event.kind == "link":
        files[event.to] = bytearray(files.get(event.path, b""))
    elif event.kind == "unlink":
        files.pop(event.path, None)


def is_synced(event, sync):
    """A file's content by a sync of the file, a name by a sync of its directory."""
    if event.kind in ("create", "rename", "link", "unlink"):
        return sync.path == str(Path(event.to or event.path).parent).removeprefix(".")
    return sync.path == event.path


def torn(event, random, noise):
    """Parts of a write: some of its sectors as meant, some not at all, some (if `noise`) as neither."""
    parts = []
    for at in range(0, len(event.data), SECTOR):
        sector = event.data[at:at + SECTOR]
        choice = random.randrange(3 if noise else 2)
        if choice == 1:
            parts.append(Event("write", event.path, event.offset + at, sector))
        elif choice == 2:
            parts.append(Event("write", event.path, event.offset + at, random.randbytes(len(sector))))
    return parts


MODES = ("nothing more", "all", "the first", "any", "any, torn", "any, torn, with noise")


def after_power_cut(files, events, cut, mode, random):
    """The files as a disk may hold them if the power went after the first `cut` events."""
    files = {name: bytearray(content) for name, content in files.items()}
    pending = []
    for event in events[:cut]:
        if event.kind == "sync":
            for done in pending:
                if is_synced(done, event):
                    apply(files, done)
            pending = [each for each in pending if not is_synced(each, event)]
        elif event.kind != "say":
            pending.append(event)
    first = random.randint(0, len(pending))
    nameless = set()
    for at, event in enumerate(pending):
        keep = {"nothing more": False, "all": True, "the first": at < first}.get(mode, random.random() < 0.5)
        if mode.startswith("any, torn") and event.kind == "write" and random.random() < 0.5:
            for part in torn(event, random, mode.endswith("noise")):
                apply(files, part)
        elif keep:
            apply(files, event)
        elif event.kind == "create":
            nameless.add(event.path)
    # What was written to a file whose name never came to the disk is nowhere.
    for name in nameless:
        files.pop(name, None)
    return files, len(pending)
