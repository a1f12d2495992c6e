"""The system calls of whole lives, held against the filters of the units (SystemCallFilter=).

Once counted by strace, so that a call outside of the filter is named; once with the filter in force and death for any
other call, which also shows that what the filter is to let through it does (the sandbox's calls, which systemd 252 has in
no group). `DNSD_SYSTEM_CALLS_NAMES=1000000` plays it over so many names.
"""

import os
import shutil
import signal
import unittest

import dns.query
import dns.tsigkeyring

from support.changes import FAST, UNRIPE, let_drains_pass
from support.filters import allowed_calls, group, under_filter
from support.metrics import scrape, value
from support.programs import FOR_STRANGER, IS_ROOT, OWNER, STRANGER, as_user, copy_programs, run
from support.questions import DKIM_ZONE, ask, ask_tcp, query, selector, spf_text, until
from support.server import Dnsd, serve
from support.store import new_store
from support.tsig import Key

NAMES = int(os.environ.get("DNSD_SYSTEM_CALLS_NAMES", "20000"))
KEY = Key("ns2-key")
NOBODY = ("--resolver", "127.0.0.1:1", "--server", "127.0.0.1:1")
# Of a start as root, before dnsd has become the user: the unit starts it as that user.
OF_BECOMING = {"setresuid", "setresgid", "setgroups", "setuid", "execve"}


def counted(file):
    """The calls in what `strace -c` wrote."""
    lines = file.read_text(encoding="ascii").splitlines()
    rows = [line.split() for line in lines if line[:1].isspace() or line[:1].isdigit()]
    return {row[-1] for row in rows if len(row) > 3 and row[-1] != "total"}


class Lives(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not IS_ROOT:
            raise unittest.SkipTest("needs root, to start as it and become another user")

    def setUp(self):
        self.store = new_store(self, *FOR_STRANGER)
        self.store.zonectl("add", "mosa", "--domain", "mosamuseum.com", *FAST)
        self.big = self.store.scratch / "big.zone"
        self.big.write_text("$TTL 60\nbig.test. SOA ns1.secutix.com. h.secutix.com. 1 2 3 4 5\nbig.test. NS ns1.secutix.com.\n"
                            + "".join(f"n{number}.big.test. A 192.0.2.1\n" for number in range(NAMES)))
        self.secrets = [self.store.scratch / name for name in ("cookies", "tsig.keys")]
        for file, text in zip(self.secrets, ("00" * 16 + "\n", KEY.line)):
            file.write_text(text)
            file.chmod(0o640)
            shutil.chown(file, group=self.store.path.group())
        self.metrics = self.store.scratch / "metrics" / "dnsd.prom"
        self.metrics.parent.mkdir()
        shutil.chown(self.metrics.parent, STRANGER)
        self.config = self.store.scratch / "dnsd.toml"
        self.config.write_text(f'workers = 2\nedns.cookie_secrets_file = "{self.secrets[0]}"\n'
                               f'transfer.tsig_keys_file = "{self.secrets[1]}"\ntransfer.notify_gap_ms = 0\n'
                               f'metrics.listen = "127.0.0.1:0"\nmetrics.file = "{self.metrics}"\nmetrics.file_seconds = 1\n')
        self.dnsd = copy_programs(self.store.scratch)[0]

    def play(self, server, process):
        """Follow a change and a big one, TCP, a transfer and its NOTIFY, SIGHUP, metrics, another store in the place of ours."""
        address = server.address()
        self.assertEqual(spf_text(address), "v=spf1 ~all")
        self.store.zonectl("secondary", "add", "ns2", "--address", "127.0.0.1:1", "--key", KEY.name)
        self.store.zonectl("spf", "allow", "ip4:192.0.2.1")
        until(lambda: "192.0.2.1" in spf_text(address), "a change")
        self.store.zonectl("zone", "import", self.big)
        until(lambda: ask(address, query("n7.big.test.", "A")).answer, "a big change")
        self.store.zonectl("rotate", "mosa", *UNRIPE)
        for host in ("127.0.0.1", "::1"):
            self.assertTrue(ask_tcp(server.address(host, "tcp"), query(selector("mosa"))).answer)
        ring = dns.tsigkeyring.from_text({KEY.name: (KEY.algorithm, KEY.text)})
        for kind in ("AXFR", "IXFR"):
            self.assertTrue(list(dns.query.xfr(*address[:1], DKIM_ZONE, kind, port=address[1], keyring=ring, serial=1,
                                               keyname=KEY.name, keyalgorithm=KEY.algorithm)))
        self.assertEqual(value(scrape(server), "dnsd_sandbox"), 1)
        until(self.metrics.exists, "the file of metrics")
        os.kill(process, signal.SIGHUP)
        server.wait_for("event=tsig_keys_read")
        self.store.zone_db.rename(self.store.path / "away")
        server.wait_for("event=store_unusable")
        (self.store.path / "away").rename(self.store.zone_db)
        server.wait_for("event=store_recovered")

    def test_a_whole_life_makes_no_call_outside_of_the_units_filter(self):
        table = self.store.scratch / "calls"
        server = Dnsd(self.store, "--config", self.config, "--user", STRANGER, program=self.dnsd,
                      prefix=("strace", "-f", "-c", "-o", table))
        self.addCleanup(server.kill)
        traced = int(run("ps", "-o", "pid=", "--ppid", server.process.pid).stdout.split()[0])
        self.addCleanup(run, "sh", "-c", f"kill -9 {traced} 2>/dev/null || true")
        self.play(server, traced)
        os.kill(traced, signal.SIGTERM)  # strace passes it on to nobody
        self.assertEqual(server.ended(), 0, server.log)
        calls = counted(table)
        self.assertLessEqual({"recvmmsg", "landlock_restrict_self", "setresuid", "capset", "setpriority"}, calls)
        self.assertEqual(calls - allowed_calls("dnsd.service") - OF_BECOMING, set())

    def test_a_whole_life_passes_under_the_units_filter(self):
        server = serve(self, self.store, "--config", self.config, program=self.dnsd,
                       prefix=under_filter(allowed_calls("dnsd.service"), "kill"), **as_user(STRANGER))
        self.assertIn("event=sandbox landlock_abi=", server.log)
        self.play(server, server.process.pid)

    def test_the_filter_is_in_force(self):
        done = run(*under_filter(allowed_calls("dnsd.service"), "kill"), "/usr/bin/setpriv", "--clear-groups",
                   "/bin/true", expect=None)
        self.assertEqual(done.returncode, -signal.SIGSYS)
        self.assertIn("setgroups", group("@privileged"))


class Timers(unittest.TestCase):
    """zonectl as the units run it: as the store's owner."""

    @classmethod
    def setUpClass(cls):
        if not IS_ROOT:
            raise unittest.SkipTest("needs root, to become the store's owner")

    def setUp(self):
        self.store = new_store(self, owner=OWNER)
        self.store.zonectl("add", "mosa", "--domain", "mosamuseum.com", *FAST)
        self.zonectl = copy_programs(self.store.scratch)[1]

    def under(self, unit, *words, prefix=()):
        return run(*prefix, *under_filter(allowed_calls(unit), "kill"), self.zonectl, "--store", self.store.path, *words,
                   expect=None, **as_user(OWNER))

    def test_maintain_passes_under_its_filter_with_all_that_it_finds_to_do(self):
        self.store.zonectl("signer", "add", "s1", "--format", "files", "--dir", self.store.scratch / "signer")
        self.store.zonectl("rotate", "mosa", *UNRIPE)
        let_drains_pass(self.store)
        before = self.store.slots("mosa")
        done = self.under("zonectl-maintain.service", "maintain")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertNotEqual(self.store.slots("mosa"), before, done.stdout)

    def test_looks_pass_under_theirs(self):
        """The process that looks has its say, that nobody answers; what asks it does not end with its death."""
        for unit, words in {"zonectl-check.service": ("--all", *NOBODY), "zonectl-check-own.service": ("--own", *NOBODY[2:])
                            }.items():
            done = self.under(unit, "check", *words, "--no-vault")
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("unreachable  127.0.0.1:1  no answer over UDP or TCP", done.stdout)

    def test_what_looks_is_shut_in_under_its_units_filter(self):
        """Without their names in the filter the calls of Landlock are refused, and nobody sees it."""
        trace = self.store.scratch / "trace"
        self.under("zonectl-check-own.service", "check", "--own", *NOBODY[2:], "--no-vault",
                   prefix=("strace", "-f", "-e", "trace=landlock_restrict_self", "-o", trace))
        self.assertRegex(trace.read_text(encoding="ascii"), r"landlock_restrict_self\(.*\) += 0\n")


if __name__ == "__main__":
    unittest.main()
