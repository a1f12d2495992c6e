"""The installed system under attack: by an operator, by another local user, by a dnsd that was taken over, and by what they
can put in root's way. None reads a private key or the wrapping key, and none gets a program run as another user.

On a machine of the test's own (support/machine.py): the users, groups, files and sudo rules that deploy/ installs, a real sudo.
"""

import os
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from support import machine
from support.changes import UNRIPE
from support.machine import DISPATCHER, PROGRAM, STORE, WRAPPER, as_person
from support.programs import reads_input, run
from support.questions import until
from support.store import NAME_SERVERS, NOBODY

SUDO = ("sudo", "-n", "-u", "zonestore")
OPERATOR, ADMIN, STRANGER = "anna", "otto", "eve"
MARK = ("#!/bin/sh\n{ id; grep Cap /proc/self/status; ls -l /proc/self/fd; pwd; env;"
        " (: </dev/tty) 2>/dev/null && echo a terminal; } > %s\nexit 0\n")


def zonectl(*words, person="root", expect=0, **options):
    return as_person(person, WRAPPER, *words, expect=expect, **options)


def operator(*words, expect=0, **options):
    """By the one sudo rule, without the wrapper."""
    return as_person(OPERATOR, *SUDO, DISPATCHER, *words, expect=expect, **options)


def last_row():
    import json  # pylint: disable=import-outside-toplevel
    return json.loads(zonectl("log", "--last", "1", "--json").stdout)["entries"][0]


class Rights(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        machine.install()
        machine.add_user(OPERATOR, "zone-operators")
        machine.add_user(ADMIN, "zone-admins")
        machine.add_user(STRANGER)
        zonectl("init", *NAME_SERVERS)
        zonectl("add", "mosa", "--domain", "mosamuseum.com", "--key", "rsa2048")

    def setUp(self):
        self.scratch = Path(tempfile.mkdtemp(prefix="dnsd-test-rights-"))
        self.scratch.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.scratch)

    def place_of(self, person, name="place"):
        """A directory that this person may write in."""
        place = self.scratch / name
        place.mkdir()
        shutil.chown(place, person, person)
        return place

    def marker(self, name="ran"):
        """A program that tells by a file who ran it, and that file."""
        told = self.place_of("zonestore", name) / "told"
        program = self.scratch / f"{name}.sh"
        program.write_text(MARK % told)
        program.chmod(0o755)
        told.parent.chmod(0o777)
        return program, told

    def enrol(self, name, command, **options):
        directory = self.place_of("zonestore", f"signer-{name}")
        done = zonectl("signer", "add", name, "--format", "files", "--dir", directory, "--exec", command, **options)
        self.addCleanup(zonectl, "signer", "remove", name)
        return done

    # ---- what is installed ----

    def test_the_sudo_rule_is_sound_and_nobody_whom_it_serves_may_write_what_it_names(self):
        run("visudo", "-c", "-f", "/etc/sudoers.d/zonestore")
        for path in (PROGRAM, DISPATCHER, WRAPPER, "/etc/sudoers.d/zonestore"):
            for each in (Path(path), *Path(path).parents):
                status = each.stat()
                self.assertEqual(status.st_uid, 0, each)
                self.assertEqual(status.st_mode & (stat.S_IWGRP | stat.S_IWOTH), 0, each)

    def test_dnsds_user_is_a_member_of_the_stores_group_and_not_the_other_way_round(self):
        self.assertIn("zonestore", run("id", "-Gn", "dnsd").stdout.split())
        self.assertEqual(run("id", "-Gn", "zonestore").stdout.split(), ["zonestore"])

    def test_help_and_tab_need_no_rights_and_show_what_the_person_may(self):
        for person, shown in ((ADMIN, True), (OPERATOR, False), (STRANGER, True)):
            for words in (("--help",), ("help",), ("policy", "--help"), ()):
                done = zonectl(*words, person=person, expect=None)
                self.assertIn("Usage: zonectl", done.stdout + done.stderr if words else "Usage: zonectl", (person, words))
            self.assertEqual("restore" in zonectl("--help", person=person).stdout, shown, person)
            self.assertEqual(zonectl("complete", "--", "rot", person=person).stdout, "rotate\n")
        self.assertEqual(zonectl("complete", "--", "show", "mo", person=STRANGER).stdout, "")

    # ---- an operator ----

    def test_an_operator_does_the_days_work_and_the_log_knows_who(self):
        zonectl("add", "nova", "--domain", "nova.example", person=OPERATOR)
        self.assertEqual((last_row()["login"], last_row()["actor"]), (OPERATOR, OPERATOR))
        zonectl("--actor", "ticket-7", "rotate", "nova", "--no-look", *UNRIPE, person=OPERATOR)
        self.assertEqual((last_row()["login"], last_row()["actor"]), (OPERATOR, "ticket-7"))
        zonectl("undo", "nova", person=OPERATOR)
        for words in (("list",), ("show", "nova"), ("plan",), ("log", "nova"), ("zone", "list"),
                      ("zone", "export", "dkim.secutix.com"), ("policy", "show"), ("key", "history", "mosa"), ("version",),
                      ("key", "export-public", "mosa"), ("maintain",), ("metrics",), ("--help",), ("--json", "secondary", "list")):
            self.assertNotEqual(zonectl(*words, person=OPERATOR).stdout, "", words)
        for words in (("signer", "list"), ("signer", "sync", "--all"), ("record", "list", "spf.secutix.com"), ("log", "verify"),
                      ("prepare", "nova", "--dry-run"), ("freeze", "nova", "--reason", "test"), ("thaw", "nova"),
                      ("domain", "add", "nova", "more.example"), ("remove", "nova"), ("instructions", "nova"), ("spf", "show")):
            self.assertIn(zonectl(*words, person=OPERATOR, expect=None).returncode, (0, 3), words)
        self.assertIn(zonectl("status", person=OPERATOR, expect=None).returncode, (0, 1))
        done = zonectl("status", "--monitor", person=OPERATOR, expect=None)
        self.assertRegex(done.stdout, r"\AZONESTORE (OK|WARNING|CRITICAL) - [^\n]+\n\Z")
        self.assertIn("keys   whole", zonectl("store", "verify", person=OPERATOR).stdout)
        operator("add", "--file", "-", input="code,domains,key\nlouvre,louvre.example,\n", stdin=None)
        operator("revoke", "sel2", "--file", "-", "--yes", input="louvre\n", stdin=None)
        done = operator("revoke", "sel1", "--file", "-", input="louvre\n", stdin=None, expect=3)
        self.assertIn("nobody can be asked", done.stderr)

    def refused_words(self):
        out = self.scratch / "out"
        return [("key", "export", "mosa", "sel1", "--out", out), ("vault", "status"), ("vault", "rekey"),
                ("signer", "add", "evil", "--format", "files", "--dir", out, "--exec", "/bin/sh"),
                ("signer", "remove", "evil"), ("signer", "sync", "evil", "--enable"), ("backup", out), ("restore", out),
                ("restore", out, "--key-file", "/etc/shadow"), ("import", "evil", "--pem", "/etc/shadow"),
                ("import", "--keytable", "/etc/shadow"), ("zone", "import", "/etc/shadow"), ("zone", "check", "/etc/shadow"),
                ("zone", "export", "dkim.secutix.com", "--out", out), ("zone", "export", "dkim.secutix.com", f"--out={out}"),
                ("--store", self.scratch, "list"), (f"--store={self.scratch}", "list"), ("list", "--store", self.scratch),
                ("add", "--file", "/etc/shadow"), ("rotate", "--file", STORE / "vault/wrapping.key"),
                ("revoke", "sel1", "--file", "/dev/stdin", "--yes"), ("init", *NAME_SERVERS), ("store", "recover"),
                ("policy", "set", "drain", "8d"), ("record", "add", "spf.secutix.com", "x", "TXT", "x"),
                ("zone", "set", "dkim.secutix.com", "--refresh", "2h"),
                ("secondary", "add", "evil", "--address", "192.0.2.66", "--no-key"), ("secondary", "set", "evil", "--enable"),
                ("secondary", "remove", "evil"), ("metrics", "--file", out)]

    def test_an_operator_is_refused_all_else(self):
        for words in self.refused_words():
            for run_it in (operator, lambda *words, **options: as_person(OPERATOR, *SUDO, "--", DISPATCHER, *words, **options)):
                done = run_it(*words, expect=3)
                self.assertRegex(done.stderr, "zone-admins|of a zone-operator is -", words)
                self.assertEqual(done.stdout, "", words)
        for words in (("--as-operator", "list"), ("--as-admin", "list"), ("--", "vault", "status"), ("list", "vault", "status"),
                      ("zone", "export", "dkim.secutix.com", "--ou", self.scratch / "out"), ("@/etc/shadow",)):
            self.assertNotEqual(operator(*words, expect=None).returncode, 0, words)
        self.assertEqual(sorted(each.name for each in self.scratch.iterdir()), [])

    def test_sudo_lets_an_operator_run_nothing_else_and_set_nothing(self):
        for words in (("-u", "zonestore", PROGRAM, "vault", "status"), ("-u", "zonestore", "/bin/sh", "-c", "id"),
                      ("-u", "root", DISPATCHER, "list"), ("-g", "dnsd", DISPATCHER, "list"), ("-u", "dnsd", DISPATCHER, "list"),
                      ("-E", "-u", "zonestore", DISPATCHER, "list"), ("-u", "zonestore", "LD_PRELOAD=/tmp/x.so", DISPATCHER, "list"),
                      ("-u", "zonestore", "ZONESTORE=/tmp/x", DISPATCHER, "list"), ("-u", "zonestore", "-s"),
                      ("-e", "-u", "zonestore", STORE / "zone.db")):
            done = as_person(OPERATOR, "sudo", "-n", *words, expect=None)
            self.assertNotEqual(done.returncode, 0, words)
            self.assertEqual(done.stdout, "", words)

    def test_nothing_of_an_operators_environment_has_an_effect(self):
        program, told = self.marker()
        place = self.place_of(OPERATOR, "bin")
        for name in ("env", "sh", "zonectl", "less", "id", "test"):
            shutil.copy(program, place / name)
        evil = {"ZONESTORE": str(self.scratch / "none"), "ZONESTORE_VAULT_KEY": "/etc/shadow", "PAGER": str(program),
                "EDITOR": str(program), "VISUAL": str(program), "LESSOPEN": f"|{program}", "ENV": str(program),
                "BASH_ENV": str(program), "CREDENTIALS_DIRECTORY": str(self.scratch), "TMPDIR": str(place), "TMP": str(place),
                "LD_PRELOAD": str(program), "LD_LIBRARY_PATH": str(place), "GCONV_PATH": str(place), "IFS": "/", "LANG": "xx",
                "OPENSSL_CONF": str(program), "OPENSSL_MODULES": str(place), "TZ": str(program), "SUDO_USER": "root",
                "SUDO_UID": "0", "LOGNAME": "root", "USER": "root", "PATH": f"{place}:{os.environ['PATH']}"}
        zonectl_sudo = ("/usr/bin/sudo", "-n", "-u", "zonestore", DISPATCHER)
        as_person(OPERATOR, *zonectl_sudo, "spf", "allow", "ip4:192.28.148.112", variables=evil)
        self.assertEqual(last_row()["login"], OPERATOR)
        self.assertIn("mosa", as_person(OPERATOR, *zonectl_sudo, "log", variables=evil).stdout)
        self.assertFalse(told.exists(), told.read_text() if told.exists() else "")
        self.assertEqual(sorted(place.iterdir()), sorted(place / name for name in ("env", "sh", "zonectl", "less", "id", "test")))

    def test_an_operator_leaves_no_way_into_a_signers_command(self):
        program, told = self.marker()
        self.enrol("marked", program)
        told.unlink()
        place = self.place_of(OPERATOR)
        secret = open(self.scratch / "open", "w", encoding="ascii")  # pylint: disable=consider-using-with
        self.addCleanup(secret.close)
        operator("signer", "sync", "marked", variables={"EVIL": "evil"}, cwd=place, pass_fds=(secret.fileno(),))
        text = told.read_text()
        self.assertIn("(zonestore)", text)
        self.assertIn("\n/\n", text, "it runs in /")
        for part in ("EVIL", "SUDO", str(place), "/open", "uid=0", "a terminal"):
            self.assertNotIn(part, text)

    def test_a_signers_command_cannot_type_into_the_terminal_of_whoever_called(self):
        program, told = self.marker()
        self.enrol("typing", program)
        told.unlink()
        run("script", "-qec", f"{PROGRAM} signer sync typing && test -t 0 && : </dev/tty", "/dev/null")
        self.assertNotIn("a terminal", told.read_text())

    def test_nothing_that_is_planted_outside_of_the_store_is_opened_to_be_written(self):
        """Whatever an operator's run makes where others may write (/tmp) is new and has no name to guess."""
        for words in (("log",), ("list",), ("zone", "export", "dkim.secutix.com"), ("signer", "sync", "--all"), ("maintain",),
                      ("rotate", "mosa", "--no-look", "--dry-run", *UNRIPE), ("key", "history", "mosa")):
            trace = self.place_of("zonestore", "-".join(words[:2])) / "trace"
            run("strace", "-f", "-qq", "-o", trace, "-e", "trace=open,openat,openat2,creat,execve",
                "setpriv", "--reuid", "zonestore", "--regid", "zonestore", "--init-groups", DISPATCHER, *words)
            for line in trace.read_text(errors="replace").splitlines():
                if str(STORE) not in line and re.search(r"O_(WRONLY|RDWR|CREAT)", line) and "/dev/null" not in line:
                    self.assertRegex(line, r"/(tmp|var/tmp)/.*O_EXCL|O_TMPFILE|/proc/self/fd/", words)
                if " execve(" in line:
                    self.assertRegex(line, rf'execve\("({DISPATCHER}|/usr/bin/(env|setpriv)|{PROGRAM})"', words)

    def test_the_terminal_does_not_stop_an_operators_run(self):
        """Who could stop it in the middle of a change (Ctrl-Z) would hold the store for as long."""
        process = subprocess.Popen(["setpriv", "--reuid", "zonestore", "--regid", "zonestore", "--init-groups", DISPATCHER,
                                    "add", "--file", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        until(lambda: waits_for_input(process), "zonectl to read its input")
        process.send_signal(signal.SIGTSTP)
        out, _ = process.communicate("code\nprado\n", timeout=120)
        self.assertEqual(process.returncode, 0, out)

    def test_an_admin_is_the_stores_owner(self):
        self.assertIn("wrapping key", zonectl("vault", "status", person=ADMIN).stdout)
        zonectl("key", "export", "mosa", "sel1", "--out", self.place_of("zonestore") / "mosa.pem", person=ADMIN)

    # ---- who asks ----

    def test_an_admin_is_not_who_a_variable_says(self):
        as_person(ADMIN, *SUDO, PROGRAM, "spf", "allow", "ip4:192.28.148.113")
        self.assertEqual(last_row()["login"], "zonestore")
        run("setpriv", "--reuid", "zonestore", "--regid", "zonestore", "--init-groups", "env", "SUDO_UID=0", "SUDO_USER=root",
            PROGRAM, "spf", "deny", "ip4:192.28.148.113")
        self.assertEqual(last_row()["login"], "zonestore")

    def test_who_logged_in_is_known_through_sudo(self):
        user = run("id", "-u", OPERATOR).stdout.strip()
        login = f"echo {user} > /proc/self/loginuid && exec \"$@\""
        if run("sh", "-c", login, "sh", "true", expect=None).returncode != 0:
            self.skipTest("this kernel keeps no loginuid")
        run("sh", "-c", login, "sh", "setpriv", "--reuid", ADMIN, "--regid", ADMIN, "--init-groups", *SUDO, PROGRAM,
            "spf", "allow", "ip4:192.28.148.114")
        self.assertEqual((last_row()["login"], last_row()["actor"]), (OPERATOR, OPERATOR))
        run("sh", "-c", login, "sh", PROGRAM, "--actor", "robot", "spf", "allow", "ip4:192.28.148.115")
        self.assertEqual((last_row()["login"], last_row()["actor"]), (OPERATOR, "robot"))

    # ---- other users, and a dnsd that was taken over ----

    def secrets(self):
        return [STORE / "vault", STORE / "vault/vault.db", STORE / "vault/wrapping.key"]

    def test_nobody_else_reads_a_key_or_writes_the_store(self):
        backup = self.place_of("zonestore", "backup") / "b"
        zonectl("backup", backup)
        for person in (OPERATOR, STRANGER, "dnsd"):
            for path in (*self.secrets(), backup / "vault.db"):
                done = as_person(person, "cat", path, expect=None)
                self.assertNotEqual(done.returncode, 0, (person, path))
                self.assertEqual(done.stdout, "", (person, path))
            for attack in (f"echo x > {STORE}/new", f"echo x >> {STORE}/zone.db", f"ln {STORE}/vault/vault.db {self.scratch}/l",
                           f"mv {STORE}/zone.db {STORE}/z", f"rm -f {STORE}/zone.db", f"chmod 777 {STORE}"):
                self.assertNotEqual(as_person(person, "sh", "-c", attack, expect=None).returncode, 0, (person, attack))
            for command in ((PROGRAM, "key", "export", "mosa", "sel1", "--out", "/tmp/stolen.pem"),
                            (PROGRAM, "vault", "status"), (PROGRAM, "backup", "/tmp/stolen"), (PROGRAM, "vault", "rekey")):
                self.assertNotEqual(as_person(person, *command, expect=None).returncode, 0, (person, command))
        self.assertFalse(Path("/tmp/stolen.pem").exists())

    def test_nobody_else_has_a_sudo_rule(self):
        for person in (STRANGER, "dnsd"):
            for program in (PROGRAM, DISPATCHER):
                done = as_person(person, *SUDO, program, "list", expect=None)
                self.assertNotEqual(done.returncode, 0, (person, program))
                self.assertEqual(done.stdout, "")
        done = zonectl("list", person=STRANGER, expect=66)
        self.assertRegex(done.stderr, "neither of the groups zone-operators and zone-admins")
        done = zonectl("status", "--monitor", person=STRANGER, expect=3)
        self.assertRegex(done.stdout, r"\AZONESTORE UNKNOWN - [^\n]+\n\Z")

    def test_no_process_of_the_same_user_looks_in_and_none_leaves_a_core(self):
        """Of an operator's run that stands still, before it was told what to add."""
        process = subprocess.Popen(["setpriv", "--reuid", "zonestore", "--regid", "zonestore", "--init-groups", DISPATCHER,
                                    "add", "--file", "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                   cwd=self.place_of("zonestore"))
        self.addCleanup(process.wait)
        self.addCleanup(process.stdin.close)
        self.addCleanup(process.kill)
        until(lambda: waits_for_input(process), "zonectl to read its input")
        for person in ("zonestore", OPERATOR, STRANGER, "dnsd"):
            for what in ("mem", "environ", "fd", "maps"):
                done = as_person(person, "/usr/bin/python3", "-c",
                                 f"import os; p = '/proc/{process.pid}/{what}'; os.listdir(p) if '{what}' == 'fd' else open(p, 'rb').read(1)",
                                 expect=None)
                self.assertNotEqual(done.returncode, 0, (person, what))
        process.send_signal(signal.SIGABRT)
        self.assertEqual(process.wait(), -signal.SIGABRT)
        self.assertEqual(list((self.scratch / "place").iterdir()), [])

    def test_no_other_user_reads_the_list_of_customers_or_holds_up_a_write(self):
        if "--reader-group" not in run(PROGRAM, "init", "--help").stdout:
            self.skipTest("this zonectl makes stores that everybody may read")
        for person in (OPERATOR, ADMIN, STRANGER):
            for attack in (("cat", STORE / "zone.db"), ("ls", STORE), ("flock", "-n", STORE / "zone.db", "true"),
                           ("flock", "-n", STORE, "true"), ("cat", f"{STORE}/zone.db-journal"),
                           ("sqlite3", "-readonly", STORE / "zone.db", "SELECT code FROM institution")):
                done = as_person(person, *attack, expect=None)
                self.assertNotEqual(done.returncode, 0, (person, attack))
                self.assertEqual(done.stdout, "", (person, attack))
        self.assertIn("mosa", as_person("dnsd", "sqlite3", "-readonly", STORE / "zone.db", "SELECT code FROM institution").stdout)

    def test_a_dnsd_that_holds_the_store_is_named(self):
        """It must be able to read, and so could keep a lock: whoever is refused a write is told which process to end."""
        holder = subprocess.Popen(["setpriv", "--reuid", "dnsd", "--regid", "dnsd", "--init-groups", "/usr/bin/python3", "-c",
                                   f"import sqlite3; d = sqlite3.connect('file:{STORE}/zone.db?mode=ro', uri=True,"
                                   " isolation_level=None); d.execute('BEGIN'); d.execute('SELECT * FROM store').fetchall();"
                                   " print('held', flush=True); input()"],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(holder.wait)
        self.addCleanup(holder.stdout.close)
        self.addCleanup(holder.stdin.close)
        self.addCleanup(holder.kill)
        self.assertEqual(holder.stdout.readline(), "held\n")
        done = operator("spf", "allow", "ip4:192.28.148.130", expect=75)
        self.assertIn(f"pid {holder.pid} (python3) is reading", done.stderr)
        holder.kill()
        holder.wait()
        operator("spf", "allow", "ip4:192.28.148.130")

    # ---- root ----

    def test_root_becomes_the_owner_in_everything(self):
        program, told = self.marker()
        opened = os.open("/etc/shadow", os.O_RDONLY)
        self.addCleanup(os.close, opened)
        directory = self.place_of("zonestore", "signer")
        run(PROGRAM, "signer", "add", "asroot", "--format", "files", "--dir", directory, "--exec", program, pass_fds=(opened,))
        self.addCleanup(zonectl, "signer", "remove", "asroot")
        text = told.read_text()
        user, group = run("id", "-u", "zonestore").stdout.strip(), run("id", "-g", "zonestore").stdout.strip()
        self.assertIn(f"uid={user}(zonestore) gid={group}(zonestore) groups={group}(zonestore)\n", text)
        for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
            self.assertRegex(text, rf"{kind}:\s0+\n")
        self.assertNotIn("shadow", text)
        done = run(PROGRAM, "backup", "/root/stolen", expect=None)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("zonestore", done.stderr)
        self.assertFalse(Path("/root/stolen").exists())
        for path in (STORE, *STORE.rglob("*")):
            self.assertEqual(path.owner(), "zonestore", path)

    def test_the_child_that_looks_is_the_owner_as_well(self):
        trace = self.scratch / "trace"
        run("strace", "-f", "-qq", "-o", trace, "-e", "trace=setresuid,socket,fork,clone,clone3,openat", PROGRAM, "rotate", "mosa",
            "--resolver", NOBODY, *UNRIPE, expect=None)
        calls = trace.read_text().splitlines()
        became = next(number for number, line in enumerate(calls) if "setresuid(" in line)
        self.assertTrue(any("clone" in line for line in calls[became:]), "the child comes after")
        self.assertFalse(any("clone" in line for line in calls[:became]))
        self.assertFalse(any(str(STORE / "zone.db") in line or "vault" in line for line in calls[:became]
                             if "/etc/zonestore" not in line))

    def test_no_signers_command_runs_as_root_in_roots_own_store(self):
        store, (program, told) = self.scratch / "store", self.marker()
        run(PROGRAM, "--store", store, "init", *NAME_SERVERS)
        self.assertEqual(store.stat().st_uid, 0)
        run(PROGRAM, "--store", store, "add", "mosa")
        done = run(PROGRAM, "--store", store, "signer", "add", "s", "--format", "files", "--dir", self.scratch / "signer",
                   "--exec", program, expect=4)
        self.assertIn("root runs no signer's command", done.stdout)
        done = run(PROGRAM, "--store", store, "signer", "sync", "s", expect=1)
        self.assertIn("root runs no signer's command", done.stdout)
        run(PROGRAM, "--store", store, "maintain", expect=None)
        self.assertFalse(told.exists())
        shutil.chown(store, "zonestore", "zonestore")
        done = run(PROGRAM, "--store", store, "list", expect=66)
        self.assertRegex(done.stderr, "root does not open .*: the directory belongs to zonestore, and zone.db to root")

    def test_root_opens_no_store_that_another_user_could_exchange(self):
        place, (program, told) = self.place_of(STRANGER), self.marker()
        own = place / "store"  # the other user's: root becomes that user
        as_person(STRANGER, PROGRAM, "--store", own, "init", *NAME_SERVERS)
        as_person(STRANGER, PROGRAM, "--store", own, "signer", "add", "s", "--format", "files", "--dir", place / "signer",
                  "--exec", program)
        told.unlink()
        run(PROGRAM, "--store", own, "signer", "sync", "s")
        self.assertIn(f"({STRANGER})", told.read_text())
        self.assertNotIn("uid=0", told.read_text())
        roots = place / "roots"
        shutil.copytree(own, roots)  # a store of root's below what another user may write in
        for words in (("--store", roots), ("--store", place / "link")):
            (place / "link").unlink(missing_ok=True)
            (place / "link").symlink_to(roots)
            told.unlink(missing_ok=True)
            done = run(PROGRAM, *words, "signer", "sync", "s", expect=66)
            self.assertRegex(done.stderr, f"could be exchanged by {STRANGER}")
            self.assertFalse(told.exists())

    def test_root_is_not_led_astray_by_exchanges_at_full_speed(self):
        """A link that leads to a store of root's and to the attacker's own, in turn, as fast as it goes."""
        place, (program, told) = self.place_of(STRANGER), self.marker()
        as_person(STRANGER, PROGRAM, "--store", place / "theirs", "init", *NAME_SERVERS)
        as_person(STRANGER, PROGRAM, "--store", place / "theirs", "signer", "add", "s", "--format", "files", "--dir",
                  place / "signer", "--exec", program)
        roots = self.scratch / "roots"
        run(PROGRAM, "--store", roots, "init", *NAME_SERVERS)
        stopped = threading.Event()

        def exchange():
            while not stopped.is_set():
                for target in (roots, place / "theirs"):
                    (place / "new").symlink_to(target)
                    os.lchown(place / "new", (place / "theirs").stat().st_uid, -1)
                    (place / "new").rename(place / "store")
        attacker = threading.Thread(target=exchange)
        attacker.start()
        try:
            for _ in range(25):
                told.unlink(missing_ok=True)
                run(PROGRAM, "--store", place / "store", "signer", "sync", "s", expect=None)
                if told.exists():
                    self.assertNotIn("uid=0", told.read_text())
        finally:
            stopped.set()
            attacker.join()

    # ---- the streams ----

    def test_a_closed_stream_is_no_way_into_the_store(self):
        before = run("sqlite3", STORE / "zone.db", "PRAGMA integrity_check").stdout
        for closed in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
            run("setpriv", "--reuid", "zonestore", "--regid", "zonestore", "--init-groups", "sh", "-c",
                f"{PROGRAM} spf allow ip4:192.28.148.120 {closed}; {PROGRAM} list {closed}; {PROGRAM} nonsense {closed}; true")
        self.assertEqual(before, "ok\n")
        self.assertEqual(run("sqlite3", STORE / "zone.db", "PRAGMA integrity_check").stdout, before)
        zonectl("log", "verify")


def waits_for_input(process):
    """Whether zonectl, which the dispatcher becomes, stands still in a read of its standard input."""
    try:
        return reads_input(process) and os.readlink(f"/proc/{process.pid}/exe") == PROGRAM
    except OSError:
        return False


if __name__ == "__main__":
    machine.enter_or_skip()
    unittest.main()
