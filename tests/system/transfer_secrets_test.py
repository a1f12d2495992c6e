"""No byte of a TSIG secret in dnsd's log, in what zonectl prints or keeps, in a backup or in a core file."""

import os
import resource
import signal
import subprocess
import unittest

from support import namespace
from support.programs import ROOT, run
from support.questions import SPF_ZONE, until
from support.secrets import Search
from support.server import Dnsd
from support.transfers import ADDRESS, KEY, OTHER, WithPeers, fetch
from support.tsig import Key

STRANGER = Key(KEY.name, secret=b"another secret under that name..")
COMMANDS = [
    ("secondary", "list"), ("secondary", "show", "ns2"), ("secondary", "check", "--timeout", "1s"), ("status", "--offline"),
    ("secondary", "config", "ns2", "--for", "nsd", "--primary", "127.0.0.1"),
    ("secondary", "config", "ns2", "--for", "knot", "--primary", "127.0.0.1"),
    ("secondary", "config", "ns2", "--for", "bind", "--primary", "127.0.0.1"),
    ("secondary", "config", "ns2", "--for", "pdns", "--primary", "127.0.0.1"),
    ("secondary", "set", "ns2", "--key", KEY.name, "--key", OTHER.name), ("log",), ("zone", "list"),
]


class TsigSecrets(WithPeers):
    def setUp(self):
        self.search = Search()
        for key in (KEY, OTHER):
            self.search.add(key.name, key.secret)

    def expect_clean(self, what, data):
        self.assertEqual(self.search.found(data), [], what)

    def test_none_is_in_log_output_store_or_backup(self):
        server = Dnsd(self.store, "--config", self.config, "--log-level", "debug", listen=("%s:%d" % ADDRESS,))
        self.addCleanup(server.kill)
        self.add_peer("ns2", 5399, KEY)
        server.wait_for("event=peers_changed")
        self.assertTrue(fetch(SPF_ZONE))
        for key in (STRANGER, Key("no-such-key", secret=KEY.secret)):
            try:
                fetch(SPF_ZONE, key)
            except Exception:  # pylint: disable=broad-exception-caught
                pass  # refused, as it should be
        self.keys_file.write_text(KEY.line + "broken " + OTHER.line)
        server.process.send_signal(signal.SIGHUP)
        server.wait_for("event=tsig_keys_kept")
        self.keys_file.write_text(KEY.line + OTHER.line)
        server.process.send_signal(signal.SIGHUP)
        server.wait_for("event=tsig_keys_read")
        for words in COMMANDS:
            for more in ((), ("--json",)):
                done = self.store.zonectl(*words, *more, expect=None)
                self.expect_clean(words, (done.stdout + done.stderr).encode())
        listed = run(ROOT / "deploy" / "tsig_key", "list", "--config", self.config, expect=None)
        self.expect_clean("tsig_key list", (listed.stdout + listed.stderr).encode())
        self.store.zonectl("backup", self.store.scratch / "backup")
        server.stop()
        self.expect_clean("the log", server.log.encode())
        for directory in (self.store.path, self.store.scratch / "backup"):
            for place, _, files in os.walk(directory):
                for name in files:
                    path = os.path.join(place, name)
                    with open(path, "rb") as file:
                        self.expect_clean(path, file.read())

    def test_a_server_that_dies_leaves_no_core(self):
        cores = self.store.scratch / "cores"
        cores.mkdir()

        def allow():
            resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            os.chdir(cores)
        words = [os.environ["DNSD_BINARY"], "--store", str(self.store.path), "--config", str(self.config), "--listen",
                 "127.0.0.1:0"]
        log = self.store.scratch / "dying.log"
        with open(log, "wb") as errors:
            process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
                                       preexec_fn=allow)  # pylint: disable=subprocess-popen-preexec-fn
        until(lambda: b"event=ready" in log.read_bytes(), "dnsd is ready")
        process.send_signal(signal.SIGABRT)
        self.assertEqual(process.wait(60), -signal.SIGABRT)
        self.assertEqual(list(cores.iterdir()), [])


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main()
