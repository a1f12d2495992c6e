"""Starting, stopping, signals and exit codes of dnsd."""

import os
import re
import signal
import socket
import subprocess
import time
import unittest

from support.programs import DNSD, ZONECTL, run
from support.questions import SPF_ZONE, Tcp, ask, parse, query, spf_text
from support.server import Dnsd, refused_start, serve
from support.store import new_store


class Start(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = new_store(cls)

    def check_in_use(self, port):
        status, log = refused_start(self, self.store, listen=(f"127.0.0.1:{port}",))
        self.assertEqual(status, 4, log)
        self.assertIn(str(port), log)
        self.assertRegex(log, "another program has this port")

    def test_a_port_that_another_dnsd_holds_is_an_error_and_not_shared(self):
        _, port = serve(self, self.store).address()
        self.check_in_use(port)

    def test_a_port_that_someone_else_holds_over_udp_is_an_error(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            other.bind(("127.0.0.1", 0))
            self.check_in_use(other.getsockname()[1])

    def test_a_port_that_someone_else_holds_over_tcp_is_an_error(self):
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            other.bind(("127.0.0.1", 0))
            other.listen()
            self.check_in_use(other.getsockname()[1])

    def test_an_address_that_the_host_does_not_have_is_an_error(self):
        status, log = refused_start(self, self.store, listen=("192.0.2.1:0",))
        self.assertEqual(status, 4, log)
        self.assertIn("192.0.2.1", log)

    def test_wrong_usage_is_2(self):
        for arguments in (("--no-such-flag",), ("--listen", "nonsense"), ("--listen", "127.0.0.1:99999"),
                          ("--workers", "-1"), ("--log-level", "loud"), ("--config", "/nonexistent.toml"),
                          ("surplus",)):
            done = run(DNSD, "--store", self.store.path, *arguments, expect=None)
            self.assertEqual(done.returncode, 2, f"{arguments}: {done.stderr}")
            self.assertNotEqual(done.stderr + done.stdout, "")

    def test_a_config_file_that_is_none_is_refused_unread(self):
        pipe, large = self.store.scratch / "pipe", self.store.scratch / "large"
        os.mkfifo(pipe)
        with open(large, "wb") as file:
            file.truncate(1024 * 1024 + 1)
        for file, word in ((pipe, "regular file"), ("/dev/zero", "regular file"), (large, "longer than")):
            done = run(DNSD, "--store", self.store.path, "--config", file, expect=2, timeout=20)
            self.assertIn(word, done.stderr)
            self.assertIn(str(file), done.stderr)

    def test_a_byte_order_mark_before_the_config_is_skipped(self):
        config = self.store.scratch / "bom.toml"
        config.write_bytes(b"\xef\xbb\xbfworkers = 1\n")
        run(DNSD, "--store", self.store.path, "--config", config, "--check", timeout=20)

    def test_check_looks_and_does_not_serve(self):
        run(DNSD, "--store", self.store.path, "--listen", "127.0.0.1:0", "--check")
        done = run(DNSD, "--store", self.store.scratch / "nowhere", "--check", expect=3)
        self.assertIn("nowhere", done.stderr)

    def test_check_says_where_and_how_much_it_would_answer(self):
        config = self.store.scratch / "limits.toml"
        config.write_text('listen = ["192.0.2.1:53"]\n[rate_limit]\nall_answers_per_second = 700\n')
        shown = run(DNSD, "--store", self.store.path, "--config", config, "--check", timeout=20).stdout
        self.assertIn("listen: 192.0.2.1:53\n", shown)
        self.assertIn("rate limit: to one client prefix 200 equal answers a second, 700 in all\n", shown)
        shown = run(DNSD, "--store", self.store.path, "--check", timeout=20).stdout
        self.assertIn("listen: [::1]:53, if this machine can have it\n", shown)
        done = run(DNSD, "--store", self.store.path, "--listen", "224.0.0.1:53", "--check", expect=4, timeout=20)
        self.assertIn("224.0.0.1:53: that is the address of many machines", done.stderr)

    def test_help_and_version(self):
        for program in (DNSD, ZONECTL):
            self.assertIn("--store", run(program, "--help").stdout)
        self.assertRegex(run(ZONECTL, "version").stdout, r"\d+\.\d+\.\d+")
        self.assertRegex(run(DNSD, "--version").stdout, r"\d+\.\d+\.\d+\S*\nreads stores of schema 1 to \d+\n")
        named = run(ZONECTL, "version", "--store", self.store.path).stdout
        self.assertEqual(re.search(r"writes stores of schema (\d+)", named).group(1),
                         re.search(r"the store has schema (\d+)$", named, re.M).group(1))

    def test_that_a_store_was_served_is_marked_in_the_state_directory(self):
        state = self.store.scratch / "state"
        state.mkdir(exist_ok=True)
        for _ in range(2):
            serve(self, self.store, env={**os.environ, "STATE_DIRECTORY": str(state)})
            self.assertTrue((state / "served").is_file())

    def test_a_mark_that_cannot_be_made_is_told_and_does_no_harm(self):
        server = serve(self, self.store, env={**os.environ, "STATE_DIRECTORY": str(self.store.scratch / "none")})
        self.assertIn("event=served_mark_missing", server.log)


class Stop(unittest.TestCase):
    def setUp(self):
        self.store = new_store(self)

    def test_sigterm_and_sigint_end_it_with_0(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            server = Dnsd(self.store)
            server.process.send_signal(number)
            self.assertEqual(server.ended(), 0, server.log)

    def test_sigterm_answers_what_has_arrived_on_tcp(self):
        server = serve(self, self.store)
        with Tcp(server.address("127.0.0.1", "tcp")) as connection:
            connection.send(query(SPF_ZONE).to_wire())
            self.assertEqual(parse(connection.receive()).rcode(), 0)
            began = time.monotonic()
            self.assertEqual(server.stop(), 0)
            self.assertLess(time.monotonic() - began, 10, "an idle connection does not hold it up")

    def test_sighup_is_harmless(self):
        server = serve(self, self.store)
        for _ in range(3):
            server.process.send_signal(signal.SIGHUP)
            time.sleep(0.05)
            self.assertEqual(spf_text(server.address()), "v=spf1 ~all")

    def test_signals_that_tell_it_nothing_do_not_end_it(self):
        server = serve(self, self.store)
        harmless = [signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF, signal.SIGIO,
                    signal.SIGPWR, signal.SIGSTKFLT, signal.SIGPIPE, signal.SIGXFSZ, signal.SIGCHLD, signal.SIGURG,
                    signal.SIGWINCH, signal.SIGCONT, *range(signal.SIGRTMIN, signal.SIGRTMAX + 1)]
        for number in harmless:
            server.process.send_signal(number)
            time.sleep(0.01)
            self.assertIsNone(server.process.poll(), f"ended by signal {number}")
        self.assertEqual(spf_text(server.address()), "v=spf1 ~all")

    def test_a_sigterm_that_who_started_it_had_ignored_ends_it(self):
        def ignore():
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        server = serve(self, self.store, preexec_fn=ignore)
        self.assertEqual(server.stop(), 0)

    def test_it_starts_again_at_once_on_the_same_port(self):
        server = serve(self, self.store)
        _, port = server.address("127.0.0.1", "tcp")
        with Tcp(("127.0.0.1", port)) as connection:
            connection.send(query(SPF_ZONE).to_wire())
            connection.receive()
            server.stop()
        again = serve(self, self.store, listen=(f"127.0.0.1:{port}",))
        self.assertEqual(again.address()[1], port)
        self.assertEqual(ask(again.address(), query(SPF_ZONE)).rcode(), 0)

    def test_a_closed_standard_error_does_not_stop_it(self):
        read_end, write_end = socket.socketpair()
        process = subprocess.Popen([DNSD, "--store", self.store.path, "--listen", "127.0.0.1:0"],
                                   stdin=subprocess.DEVNULL, stdout=write_end, stderr=write_end)
        write_end.close()
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        log = b""
        while b"event=ready" not in log:
            log += read_end.recv(4096)
        read_end.close()
        self.store.zonectl("spf", "allow", "ip4:192.0.2.1")
        process.send_signal(signal.SIGHUP)
        time.sleep(0.3)
        self.assertIsNone(process.poll(), "killed by its own log")


if __name__ == "__main__":
    unittest.main()
