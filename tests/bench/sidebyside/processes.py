"""A server as processes: started in a session of its own, measured and ended as a whole."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

TICK_NS = 1_000_000_000 // os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """A program did not do what was asked; the message is for people."""


def run(*command, timeout=7200, **options):
    """Runs a command to its end and returns its standard output; a status other than 0 is Failed."""
    options.setdefault("stdin", subprocess.DEVNULL)
    words = [str(word) for word in command]
    try:
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", timeout=timeout,
                              check=False, **options)
    except FileNotFoundError:
        raise Failed(f"{words[0]}: no such program") from None
    except subprocess.TimeoutExpired:
        raise Failed(f"{' '.join(words)}: not done after {timeout} s") from None
    if done.returncode != 0:
        raise Failed(f"{' '.join(words)}: exit status {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def tied(*command):
    """The words of a command that ends with this program, however that ends."""
    return ["setpriv", "--pdeathsig", "TERM", *map(str, command)]


class Processes:
    """All processes of one server. They end with this program, however that ends."""

    def __init__(self, command, log_file, **options):
        options.setdefault("stdin", subprocess.DEVNULL)
        with open(log_file, "wb") as log:
            options.setdefault("stdout", log)
            self.main = subprocess.Popen(tied(*command), stderr=log, start_new_session=True, **options)

    def pids(self):
        """The processes of the session that have not ended."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    fields = _stat(entry)
                    if int(fields[3]) == self.main.pid and fields[0] != "Z":
                        found.append(int(entry.name))
        return found

    def pin(self, cores):
        """Every thread runs on these cores from now on, and those that it makes."""
        for pid in self.pids():
            with contextlib.suppress(OSError):
                for task in os.listdir(f"/proc/{pid}/task"):
                    os.sched_setaffinity(int(task), cores)

    def cpu_ns(self):
        """(user, system) time of all threads, of those that have ended too."""
        user = system = 0
        for pid in self.pids():
            with contextlib.suppress(OSError):
                fields = _stat(Path(f"/proc/{pid}"))
                user += int(fields[11]) + int(fields[13])  # its own, and its ended children's
                system += int(fields[12]) + int(fields[14])
        return user * TICK_NS, system * TICK_NS

    def run_ns(self):
        """CPU time of all threads that live, user and system together, in the kernel's finest count."""
        total = 0
        for pid in self.pids():
            with contextlib.suppress(OSError):
                for task in os.listdir(f"/proc/{pid}/task"):
                    total += int(Path(f"/proc/{pid}/task/{task}/schedstat").read_text().split()[0])
        return total

    def memory_bytes(self):
        """(now, peak): shared pages count once (PSS); the peak is the largest process's, which the kernel keeps."""
        now = peak = 0
        for pid in self.pids():
            with contextlib.suppress(OSError):
                now += _kilobytes(f"/proc/{pid}/smaps_rollup", "Pss:")
                peak = max(peak, _kilobytes(f"/proc/{pid}/status", "VmHWM:"))
        return now * 1024, max(now, peak) * 1024

    def rss_bytes(self):
        """Resident memory, of which the pages of programs and libraries do not depend on who else has them mapped."""
        sizes = []
        for pid in self.pids():
            with contextlib.suppress(OSError):
                sizes.append(_kilobytes(f"/proc/{pid}/status", "VmRSS:"))
        return sum(sizes) * 1024

    def has_ended(self):
        return self.main.poll() is not None

    def stop(self):
        """SIGTERM to all of them, and SIGKILL to what does not heed it."""
        self._signal(signal.SIGTERM)
        deadline = time.monotonic() + 20
        while self.pids() and time.monotonic() < deadline:
            self.main.poll()  # so that an ended one is no process any more
            time.sleep(0.02)
        self._signal(signal.SIGKILL)
        self.main.wait()

    def _signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.main.pid, number)


def _stat(proc):
    """The fields of /proc/PID/stat behind the name, which may hold spaces: [0] is the state, [3] the session."""
    return (proc / "stat").read_text().rpartition(")")[2].split()


def _kilobytes(file, label):
    for line in Path(file).read_text().splitlines():
        if line.startswith(label):
            return int(line.split()[1])
    return 0
