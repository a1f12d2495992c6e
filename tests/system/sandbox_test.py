"""dnsd's sandbox (Landlock): what a dnsd that was taken over may do no more, and what dnsd still reads."""

import os
import re
import resource
import select
import shutil
import signal
import socket
import unittest
from pathlib import Path

from support import namespace
from support.filters import allowed_calls, under_filter
from support.programs import FOR_STRANGER, IS_ROOT, STRANGER, as_user, copy_programs, run
from support.questions import spf_text, until
from support.server import refused_start, serve
from support.store import new_store

PROBE = os.environ.get("SANDBOX_PROBE_BINARY", "")
LANDLOCK = {"landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"}
REFUSED = "Permission denied"


def abi():
    """The kernel's Landlock ABI as the probe tells it; 0: none."""
    found = re.match(r"abi (\d+)", run(PROBE).stdout)
    return int(found[1]) if found else 0


def without_landlock():
    """The words before a command to which the kernel refuses Landlock, as a filter does that does not know it."""
    return under_filter(allowed_calls("dnsd.service") - LANDLOCK | {"setresuid", "setresgid", "setgroups"}, "refuse")


class Inside(unittest.TestCase):
    """As root, where that is who runs the test: so that nothing but the sandbox can refuse."""

    @classmethod
    def setUpClass(cls):
        cls.abi = abi()
        if not cls.abi:
            raise unittest.SkipTest("this kernel has no Landlock")
        cls.store = new_store(cls)
        cls.state, cls.elsewhere = cls.store.scratch / "state", cls.store.scratch / "elsewhere"
        for directory in (cls.state, cls.elsewhere):
            directory.mkdir()
            (directory / "old").write_text("old")

    def attempts(self, *words):
        done = run(PROBE, "--read", self.store.path, "--write", self.state, *words).stdout.splitlines()
        return dict(line.split(" ", 1) for line in done[1:])

    def check(self, expected, *words):
        self.assertEqual(self.attempts(*words), {word: expected for word in words})

    def test_what_is_outside_is_not_read(self):
        self.check(REFUSED, "read:/etc/passwd", "list:/", "list:/etc", f"read:{self.elsewhere}/old",
                   f"read:/proc/{os.getpid()}/environ")

    def test_a_way_around_leads_nowhere(self):
        self.check(REFUSED, f"read:{self.store.path}/../elsewhere/old", f"read:/proc/{os.getpid()}/root/etc/passwd")

    def test_the_store_is_read_and_not_written(self):
        self.check("done", f"read:{self.store.zone_db}", f"list:{self.store.path}")
        self.check(REFUSED, f"write:{self.store.zone_db}", f"append:{self.store.zone_db}", f"make:{self.store.path}/new",
                   f"remove:{self.store.zone_db}", f"folder:{self.store.path}/new", f"link:{self.store.path}/new")

    def test_its_own_directories_are_written_with_files_alone(self):
        self.check("done", f"make:{self.state}/new", f"read:{self.state}/new", f"append:{self.state}/new",
                   f"remove:{self.state}/new")
        self.check(REFUSED, f"link:{self.state}/link", f"folder:{self.state}/folder")

    def test_no_program_is_run(self):
        self.check(REFUSED, "run:/bin/true", f"run:{self.state}/old")

    def test_nobody_is_connected_to_by_tcp(self):
        if self.abi < 4:
            self.skipTest("Landlock knows TCP from ABI 4 on (Linux 6.7)")
        with socket.create_server(("127.0.0.1", 0)) as stranger:
            self.check(REFUSED, f"connect:{stranger.getsockname()[1]}")
            socket.create_connection(stranger.getsockname()).close()

    def test_no_other_process_is_signalled(self):
        if self.abi < 6:
            self.skipTest("Landlock knows signals from ABI 6 on (Linux 6.12)")
        self.check("Operation not permitted", f"signal:{os.getpid()}")


class Serving(unittest.TestCase):
    """dnsd within its sandbox goes on reading all that it read without one."""

    def setUp(self):
        self.store = new_store(self, *FOR_STRANGER)
        self.store.zonectl("spf", "allow", "ip4:192.0.2.1")

    def config(self, text=""):
        file = self.store.scratch / "dnsd.toml"
        file.write_text(text)
        return file

    def other_store(self, name, address):
        """A store beside ours, with another SPF term."""
        other = self.store.scratch / name
        shutil.copytree(self.store.path, other)
        if IS_ROOT:
            for path in (other, other / "zone.db"):
                shutil.chown(path, group=self.store.path.group())
        run(self.store.program, "--store", other, "spf", "allow", f"ip4:{address}")
        return other

    def serve(self, *arguments, **options):
        if IS_ROOT:
            arguments = (*arguments, "--user", STRANGER)
        return serve(self, self.store, *arguments, **options)

    def test_it_says_that_it_is_shut_in_and_where(self):
        server = self.serve("--config", self.config('sandbox = "require"'))
        self.assertRegex(server.log, rf'event=sandbox landlock_abi=\d+ reads="{self.store.scratch} /proc /dev/urandom" writes=')
        status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
        self.assertRegex(status, r"NoNewPrivs:\t1")

    def test_who_comes_when_no_descriptor_is_left_is_turned_away_and_not_left_waiting(self):
        """By the reserve descriptor, which each worker opens when it is shut in already."""
        crowd = 40
        # As the test's own user, who may lower the limit; one worker, as two may take each other's last descriptor.
        server = serve(self, self.store, "--workers", "1", "--config", self.config(
            'sandbox = "require"\n[tcp]\nidle_seconds = 600\nidle_half_full_seconds = 600\nmessage_seconds = 600\n'))
        held = [int(file.name) for file in Path(f"/proc/{server.process.pid}/fd").iterdir()]
        hard = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)[1]
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (max(held) + 5, hard))
        clients = [socket.create_connection(server.address(transport="tcp"), timeout=60) for _ in range(crowd)]
        for client in clients:
            self.addCleanup(client.close)
        room = max(held) + 5 - len(held)
        turned_away = set()

        def all_that_found_no_place():
            turned_away.update(select.select([each for each in clients if each not in turned_away], [], [], 0)[0])
            return len(turned_away) >= crowd - room
        until(all_that_found_no_place, "those without a place to be turned away")
        self.assertEqual({client.recv(1) for client in turned_away}, {b""})
        self.assertTrue(spf_text(server.address()))

    def test_a_store_that_is_moved_away_and_another_put_there_is_read(self):
        server = self.serve()
        other = self.other_store("other", "192.0.2.77")
        self.store.path.rename(self.store.scratch / "away")
        other.rename(self.store.path)
        until(lambda: "192.0.2.77" in spf_text(server.address()), "what the other store says")
        self.store.zonectl("spf", "allow", "ip4:192.0.2.78")
        until(lambda: "192.0.2.78" in spf_text(server.address()), "a change of the other store")

    def test_a_store_that_a_symbolic_link_leads_to_is_read(self):
        disk = self.store.scratch / "disk"
        disk.mkdir()
        self.store.path.rename(disk / "real")
        self.store.path.symlink_to(disk / "real")
        server = self.serve()
        self.store.zonectl("spf", "allow", "ip4:192.0.2.79")
        until(lambda: "192.0.2.79" in spf_text(server.address()), "a change")

    @unittest.skipUnless(namespace.may_mount(), "needs to mount")
    def test_a_store_that_is_mounted_only_later_is_read(self):
        other = self.other_store("other", "192.0.2.80")
        self.store.path.rename(self.store.scratch / "away")
        self.store.path.mkdir()
        status, log = refused_start(self, self.store, *(("--user", STRANGER) if IS_ROOT else ()))
        self.assertEqual(status, 3, log)  # the unit tries again every two seconds
        run("mount", "--bind", other, self.store.path)
        server = self.serve()
        self.assertIn("192.0.2.80", spf_text(server.address()))
        run("umount", "--lazy", self.store.path)  # and another disk, under a dnsd that holds the first
        server.wait_for("event=store_unusable")
        self.mount(self.store.scratch / "away")
        until(lambda: "192.0.2.80" not in spf_text(server.address()), "what is on that disk")

    def mount(self, directory):
        run("mount", "--bind", directory, self.store.path)
        self.addCleanup(run, "umount", "--lazy", self.store.path)

    def test_secrets_that_an_editor_replaces_are_read_again(self):
        secrets = self.store.scratch / "cookies"
        self.write_secret(secrets, "00" * 16)
        server = self.serve("--config", self.config(f'edns.cookie_secrets_file = "{secrets}"\nsandbox = "require"'))
        self.write_secret(secrets, "11" * 16)
        server.process.send_signal(signal.SIGHUP)
        server.wait_for("event=cookie_secrets_read secrets=1")

    def write_secret(self, file, text):
        draft = file.with_name("draft")
        draft.write_text(text + "\n")
        draft.chmod(0o640)
        if IS_ROOT:
            shutil.chown(draft, group=self.store.path.group())
        draft.rename(file)


class WithoutLandlock(unittest.TestCase):
    def setUp(self):
        self.store = new_store(self, *FOR_STRANGER)
        self.config = self.store.scratch / "dnsd.toml"

    def words(self, setting):
        self.config.write_text(f'sandbox = "{setting}"\n')
        return ("--config", self.config, *(("--user", STRANGER) if IS_ROOT else ()))

    def test_it_serves_and_says_why_it_is_not_shut_in(self):
        server = serve(self, self.store, *self.words("if-possible"), prefix=without_landlock())
        self.assertRegex(server.log, r'level=info event=sandbox_off reason=".*landlock_create_ruleset')
        self.assertEqual(spf_text(server.address()), "v=spf1 ~all")

    def test_it_does_not_start_where_the_sandbox_is_required(self):
        for more in ((), ("--check",)):
            status, log = refused_start(self, self.store, *self.words("require"), *more, prefix=without_landlock())
            self.assertEqual(status, 2, log)
            self.assertRegex(log, r'event=refused_to_start message="sandbox = .*require.* none to be had: .*filter')

    def test_it_is_left_out_where_the_config_says_so(self):
        server = serve(self, self.store, *self.words("off"))
        self.assertIn('event=sandbox_off reason="the config says so"', server.log)


class Memory(unittest.TestCase):
    @unittest.skipUnless(IS_ROOT, "needs another user")
    def test_no_process_of_the_same_user_may_look_into_dnsd_and_none_of_it_goes_to_a_disk(self):
        store = new_store(self, *FOR_STRANGER)
        program = copy_programs(store.scratch)[0]
        for prefix in ((), ("prlimit", "--core=unlimited", "--")):
            server = serve(self, store, "--user", STRANGER, program=program, prefix=prefix)
            limits = Path(f"/proc/{server.process.pid}/limits").read_text(encoding="ascii")
            self.assertRegex(limits, r"Max core file size +0 +0 ")
            peek = run("/usr/bin/python3", "-c", f"open('/proc/{server.process.pid}/mem', 'rb')", expect=None,
                       **as_user(STRANGER))
            self.assertIn("Permission", peek.stderr)


if __name__ == "__main__":
    unittest.main()
