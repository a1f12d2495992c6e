"""The heartbeat for systemd's WatchdogSec, and the end of the program: one thread stands still, as under a debugger."""

import os
import signal
import socket
import time
import unittest

from support.questions import spf_text
from support.server import Dnsd, serve
from support.store import new_store
from support.threads import StandingStill, thread_named

INTERVAL = 1.0


class Supervisor:
    """The socket that NOTIFY_SOCKET names."""

    def __init__(self, test, store):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.path = str(store.scratch / "notify")
        self.socket.bind(self.path)
        test.addCleanup(self.socket.close)

    def environment(self, **more):
        return {**os.environ, "NOTIFY_SOCKET": self.path, **more}

    def wait_for(self, word, patience=30.0):
        deadline = time.monotonic() + patience
        while True:
            self.socket.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                if word in self.socket.recv(4096).decode().splitlines():
                    return
            except TimeoutError:
                raise AssertionError(f"no {word} within {patience} s") from None

    def forget(self):
        """What has come and was not asked for."""
        self.socket.setblocking(False)
        try:
            while True:
                self.socket.recv(4096)
        except BlockingIOError:
            pass

    def heard_within(self, seconds):
        """All that comes in that time."""
        heard, deadline = [], time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.socket.settimeout(max(0.001, deadline - time.monotonic()))
            try:
                heard += self.socket.recv(4096).decode().splitlines()
            except TimeoutError:
                break
        return heard


class Heartbeat(unittest.TestCase):
    def start(self, **environment):
        self.store = new_store(self)
        self.supervisor = Supervisor(self, self.store)
        server = serve(self, self.store, "--workers", "2", env=self.supervisor.environment(**environment))
        self.supervisor.wait_for("READY=1")
        return server

    def start_watched(self):
        return self.start(WATCHDOG_USEC=str(int(INTERVAL * 1_000_000)))

    def check_silence(self, name):
        """One sign may still come, for the move before the thread stood still."""
        self.supervisor.forget()
        self.assertLessEqual(len(self.supervisor.heard_within(4 * INTERVAL)), 1, name)

    def test_it_comes_while_all_workers_move(self):
        self.start_watched()
        for _ in range(5):
            self.supervisor.wait_for("WATCHDOG=1")

    def test_one_worker_that_stands_still_stops_it(self):
        server = self.start_watched()
        self.supervisor.wait_for("WATCHDOG=1")
        for name in ("worker-0", "worker-1"):
            with StandingStill(thread_named(server.process.pid, name)):
                self.check_silence(name)
            self.supervisor.wait_for("WATCHDOG=1")

    def test_the_main_thread_that_stands_still_stops_it(self):
        server = self.start_watched()
        with StandingStill(server.process.pid):
            self.check_silence("the main thread")
        self.supervisor.wait_for("WATCHDOG=1")

    def test_a_watcher_or_a_log_that_stands_still_does_not(self):
        """They may wait for a disk or a reader; the answers go on."""
        server = self.start_watched()
        for name in ("watcher", "log"):
            with StandingStill(thread_named(server.process.pid, name)):
                for _ in range(4):
                    self.supervisor.wait_for("WATCHDOG=1")
                self.assertEqual(spf_text(server.address()), "v=spf1 ~all")

    def test_nobody_who_waits_for_no_signs_gets_any(self):
        self.start(WATCHDOG_USEC="100000", WATCHDOG_PID="1")
        self.assertNotIn("WATCHDOG=1", self.supervisor.heard_within(2.0))


class End(unittest.TestCase):
    """SIGTERM ends it with 0 in bounded time, whatever stands still."""

    def end_while(self, name, *arguments):
        store = new_store(self)
        server = Dnsd(store, *arguments)
        self.addCleanup(server.kill)
        thread = thread_named(server.process.pid, name) if name else server.process.pid  # the main one has that id
        with StandingStill(thread) as still:
            server.process.send_signal(signal.SIGTERM)
            deadline = time.monotonic() + 60
            while not still.has_ended() or server.process.poll() is None:
                self.assertLess(time.monotonic(), deadline, f"it does not end while {name} stands still")
                time.sleep(0.05)
        self.assertEqual(server.ended(), 0, server.log)
        return server.log

    def test_the_watcher_stands_still(self):
        log = self.end_while("watcher")
        self.assertIn("event=stopped", log, "the workers have drained")
        self.assertIn('event=ended_without waited_for="the store\'s watcher"', log)

    def test_a_worker_stands_still(self):
        store = new_store(self)
        config = store.scratch / "dnsd.toml"
        config.write_text("drain_seconds = 1\n")
        self.assertRegex(self.end_while("worker-0", "--config", config), 'event=ended_without waited_for="the workers"')

    def test_the_log_stands_still(self):
        self.end_while("log")

    def test_the_main_thread_stands_still(self):
        self.assertIn("event=ended_without", self.end_while(None))


if __name__ == "__main__":
    unittest.main()
