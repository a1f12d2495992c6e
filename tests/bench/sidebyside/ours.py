"""dnsd, with the rate limit off and on, and the floor."""

import subprocess

from sidebyside.peers import Server
from sidebyside.processes import Failed, Processes


class Dnsd(Server):
    name = "dnsd"
    settings = "`--workers` = workers, `answers_per_second = 0`: no rate limit, as with the others"
    answers_per_second = 0
    binary = None  # set when it is built

    @classmethod
    def is_there(cls):
        return True

    @classmethod
    def version(cls):
        return subprocess.run([cls.binary, "--version"], stdout=subprocess.PIPE, encoding="utf-8", check=True,
                              timeout=20).stdout.splitlines()[0]

    def write_config(self):
        self.fill(f"[rate_limit]\nanswers_per_second = {self.answers_per_second}\n")

    def command(self):
        return (self.binary, "--store", self.data.store, "--listen", f"127.0.0.1:{self.port}", "--workers",
                self.workers, "--config", self.directory / "config")


class LimitedDnsd(Dnsd):
    """Every answer goes through the limiter's accounts, and none is refused."""

    name = "dnsd, limiter on"
    settings = "`answers_per_second = 1000000`: every answer is accounted for, none is refused"
    answers_per_second = 1_000_000


class Floor(Server):
    name = "floor"
    loads = ("hits",)
    is_checked = False
    settings = "echoes 483 canned bytes by recvmmsg and sendmmsg; knows no DNS"
    binary = None

    @classmethod
    def is_there(cls):
        return True

    @classmethod
    def version(cls):
        return "tests/bench/floor.cc"

    def write_config(self):
        pass

    def command(self):
        return (self.binary,)

    # It takes a free port by itself, and says which.
    def start(self):
        self.processes = Processes(self.command(), self.directory / "log", stdout=subprocess.PIPE, encoding="utf-8")
        line = self.processes.main.stdout.readline()
        if not line.strip().isdigit():
            raise Failed(f"the floor does not listen: {self.log()}")
        self.port = int(line)
