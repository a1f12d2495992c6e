"""The log's reader stands still: dnsd answers on, ends when it is told to, and says what is missing once the reader reads."""

import fcntl
import os
import signal
import subprocess
import time
import unittest

from support.programs import DNSD
from support.questions import spf_text
from support.server import LISTENING
from support.store import new_store

F_SETPIPE_SZ = 1031


class Piped:
    """dnsd with its standard error in a pipe of one page, which this test reads when it likes."""

    def __init__(self, test, *arguments):
        self.store = new_store(test)
        self.reading, writing = os.pipe()
        fcntl.fcntl(writing, F_SETPIPE_SZ, 4096)
        self.process = subprocess.Popen(
            [DNSD, "--store", str(self.store.path), "--listen", "127.0.0.1:0", "--workers", "2", *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=writing)
        os.close(writing)
        test.addCleanup(self.close)
        self.log = ""
        self.read_until("event=ready")
        self.address = next(("127.0.0.1", int(port)) for kind, _, port in LISTENING.findall(self.log) if kind == "udp")

    def read_until(self, text):
        while text not in self.log:
            read = os.read(self.reading, 65536)
            if not read:
                raise AssertionError(f"no '{text}' in the log:\n{self.log}")
            self.log += read.decode()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.reading)


class ReaderThatStandsStill(unittest.TestCase):
    def commit_until_the_pipe_is_full(self, dnsd):
        """Every commit is a line; the pipe holds some thirty."""
        for number in range(60):
            dnsd.store.zonectl("spf", "allow" if number % 2 == 0 else "deny", "ip4:192.0.2.1")

    def test_answers_go_on_and_so_does_what_makes_them(self):
        dnsd = Piped(self)
        self.commit_until_the_pipe_is_full(dnsd)
        dnsd.store.zonectl("spf", "allow", "ip4:198.51.100.7")
        deadline = time.monotonic() + 30
        while "198.51.100.7" not in spf_text(dnsd.address):
            self.assertLess(time.monotonic(), deadline, "a change does not reach the wire while the log stands still")
            time.sleep(0.05)

    def test_sigterm_ends_it_with_0(self):
        dnsd = Piped(self)
        self.commit_until_the_pipe_is_full(dnsd)
        dnsd.process.send_signal(signal.SIGTERM)
        self.assertEqual(dnsd.process.wait(30), 0)

    def test_the_lines_come_when_the_reader_reads_again(self):
        dnsd = Piped(self)
        self.commit_until_the_pipe_is_full(dnsd)
        dnsd.process.send_signal(signal.SIGHUP)
        dnsd.read_until("event=signal name=HUP")
        self.assertGreater(dnsd.log.count("event=published"), 20, dnsd.log)
        dnsd.process.send_signal(signal.SIGTERM)
        dnsd.read_until("event=stopped")
        self.assertIn("log_lines_dropped=0", dnsd.log)


if __name__ == "__main__":
    unittest.main()
