"""dnsd as a process under test."""

import contextlib
import os
import re
import signal
import subprocess
import time
from pathlib import Path

from support.programs import DNSD

LISTENING = re.compile(r"event=listening\b.*\btransport=(\w+)\b.*\baddress=\"?(\S+?):(\d+)\"?(?:\s|$)")


class Dnsd:
    """Starts dnsd on free ports of both loopback addresses; the log is kept in a file beside the store."""

    def __init__(self, store, *arguments, program=DNSD, listen=("127.0.0.1:0", "[::1]:0"), wait=True, prefix=(),
                 **options):
        self.log_file = store.scratch / f"dnsd-{time.monotonic_ns()}.log"
        command = [*prefix, program, "--store", str(store.path)]
        for address in listen:
            command += ["--listen", address]
        with open(self.log_file, "wb") as log:
            self.process = subprocess.Popen([*command, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, **options)
        if wait:
            try:
                self.wait_for("event=ready")
            except AssertionError:
                self.kill()
                raise

    @property
    def log(self):
        return self.log_file.read_text(errors="replace")

    def wait_for(self, text, timeout=60.0, after=0):
        """Waits until the log holds this text behind its first `after` characters."""
        deadline = time.monotonic() + timeout
        while text not in self.log[after:]:
            if self.process.poll() is not None and text not in self.log[after:]:
                raise AssertionError(f"dnsd ended with {self.process.returncode} before '{text}':\n{self.log}")
            if time.monotonic() > deadline:
                raise AssertionError(f"dnsd did not log '{text}' within {timeout} s:\n{self.log}")
            time.sleep(0.02)

    def ended(self, timeout=60.0):
        """The exit status of a dnsd that ends by itself."""
        return self.process.wait(timeout)

    def address(self, host="127.0.0.1", transport="udp"):
        """(host, port) that it answers on."""
        for found, shown, port in LISTENING.findall(self.log):
            if found == transport and shown.strip("[]") == host:
                return host, int(port)
        raise AssertionError(f"dnsd does not listen on {transport} {host}:\n{self.log}")

    def stop(self):
        """SIGTERM; the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)

    def kill(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)

    def count_sockets(self):
        """How many sockets it holds. One that it closes while they are counted is none."""
        count = 0
        for link in Path(f"/proc/{self.process.pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                count += os.readlink(link).startswith("socket:")
        return count

    def memory_kib(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))


def serve(test, store, *arguments, **options):
    """A running dnsd that is stopped when the test (or the class) ends, and must then exit with 0."""
    server = Dnsd(store, *arguments, **options)

    def stop():
        status = server.stop()
        if status != 0:
            raise AssertionError(f"dnsd ended with {status} on SIGTERM:\n{server.log}")

    cleanup = test.addClassCleanup if isinstance(test, type) else test.addCleanup
    cleanup(stop)
    return server


def refused_start(test, store, *arguments, **options):
    """The exit status and the log of a dnsd that is to end by itself."""
    server = Dnsd(store, *arguments, wait=False, **options)
    test.addCleanup(server.kill)
    try:
        return server.ended(), server.log
    except subprocess.TimeoutExpired:
        raise AssertionError(f"dnsd runs, and should have refused to:\n{server.log}") from None
