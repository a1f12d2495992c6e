"""What --transfers starts for its measurements: dnsd and others as primaries, and servers that follow them."""

import contextlib
import json
import threading
import time

from support.peers import free_port
from support.secondaries import Secondary

from sidebyside.changing import changeable
from sidebyside.measure import Generator
from sidebyside.primaries import OWN, ZONE, DnsdPrimary
from sidebyside.processes import Failed, run
from sidebyside.sink import KEY, ask_soa
from sidebyside.stores import Data


class Follower(Secondary):
    """Knot keeps its changes in its journal alone: while it writes a zone file, as it does by itself behind each change, it
    takes up no other."""

    def _knot(self, primary, zones, key):
        return super()._knot(primary, zones, key).replace("    master: primary\n", "    master: primary\n    zonefile-sync: -1\n")


class Bench:
    """One size: its data, and what is started for it, which ends with the block."""

    def __init__(self, size, options, programs, say):
        self.options, self.programs, self.say = options, programs, say
        self.data = Data(size, options, programs, say)
        self.work = self.data.work
        self.generator = Generator(programs / "load_generator", self.data.questions)
        self.stack = contextlib.ExitStack()
        self.lines, self.figures, self.missed = [], {"size": size}, []

    @contextlib.contextmanager
    def block(self):
        """What is started inside ends with it."""
        outer, self.stack = self.stack, contextlib.ExitStack()
        try:
            with self.stack:
                yield
        finally:
            self.stack = outer

    def dnsd(self, name="dnsd", data=None):
        copied = data or self.stack.enter_context(changeable(self.data, f"transfers_{name}"))
        return DnsdPrimary(copied, self.work / f"primary_{name}", 1)

    def own(self, kind):
        made = OWN[kind](self.data, self.work / f"primary_{kind}", 1)
        made.follower_port = free_port()  # where nobody listens, unless somebody is started there
        return made

    def start(self, primary):
        primary.prepare()
        self.stack.callback(primary.stop)
        primary.start()
        primary.wait_until_it_serves()

    def follower(self, kind, port, primary, zones=(ZONE,)):
        """A secondary that has the zone. Its files go in the end: those of a large zone are large."""
        run("rm", "-rf", self.work / f"{kind}-{port}")
        self.stack.callback(run, "rm", "-rf", self.work / f"{kind}-{port}")
        made = Follower(_Cleanup(self.stack), self.work, kind, port, primary.port, zones, KEY)
        made.wait_for_serial(ZONE, ask_soa(primary.port, ZONE).serial, timeout=900)
        return made

    def tell(self, text):
        self.lines.append(text)
        print(text, flush=True)

    def judge(self, text, figure, bar):
        """A line with the bar; what is above it is told at the end as well."""
        self.tell(f"{text} (at most {bar:g}){'' if figure <= bar else ': MISSED'}")
        if figure > bar:
            self.missed.append(text)


class _Cleanup:
    """What Secondary takes for a test."""

    def __init__(self, stack):
        self.addCleanup = stack.callback  # pylint: disable=invalid-name


class Peak(threading.Thread):
    """The largest resident memory while the block runs, looked at every few milliseconds."""

    def __init__(self, processes):
        super().__init__(daemon=True)
        self.processes, self.ended = processes, threading.Event()
        self.before = self.bytes = processes.rss_bytes()

    def run(self):
        while not self.ended.wait(0.01):
            self.bytes = max(self.bytes, self.processes.rss_bytes())

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.join()


def wait_until_admitted(primary):
    """A store's change is noticed by itself; until then dnsd knows no peer."""
    deadline = time.monotonic() + 60
    while "event=peers_changed" not in (primary.directory / "log").read_text(errors="replace"):
        if time.monotonic() > deadline:
            raise Failed(f"dnsd does not notice its secondary:\n{primary.log()}")
        time.sleep(0.02)


def last_serial(primary):
    """Of the store that dnsd serves."""
    listed = json.loads(primary.zonectl("zone", "list", "--json"))
    zones = listed["zones"] if isinstance(listed, dict) else listed
    return next(zone["serial"] for zone in zones if zone["zone"].rstrip(".") == ZONE)
