"""No private key on standard output, standard error, in --json, a log, a database in the clear, or a core file.

Every command that touches keys is run in words and in JSON, for real and dry, rightly and wrongly; all that comes out
is searched for each private number of each key in the store, raw, hexadecimal and in base64 at every alignment.
"""

import os
import resource
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

from support.changes import FAST, UNRIPE, drained, has
from support.programs import IS_ROOT, OWNER, ZONECTL, as_user, copy_programs, reads_input, run
from support.questions import ask, query, selector, until
from support.secrets import Search, memory_of
from support.server import Dnsd
from support.store import new_store

# Commands in the order in which they are run, each as written, with --json, and before that with --dry-run; `None` for
# the exit status stands for any: what matters is what it prints.
COMMANDS = [
    ("add", "mosa", "--domain", "mosamuseum.com"),
    ("add", "nova", *FAST),
    ("add", "mosa"),
    ("add", "weak", "--key", "rsa1024"),
    ("show", "mosa"),
    ("list",),
    ("status",),
    ("rotate", "mosa", *UNRIPE),
    ("rotate", "mosa"),
    ("undo", "mosa"),
    ("undo", "mosa"),
    ("prepare", "nova"),
    ("revoke", "nova", "sel2"),
    ("prepare", "nova"),
    ("revoke", "nova", "sel9"),
    ("maintain",),
    ("plan",),
    ("check", "mosa"),
    ("key", "history", "mosa"),
    ("key", "export-public", "mosa"),
    ("key", "export-public", "mosa", "--all", "--pem"),
    ("key", "export", "mosa", "sel1", "--out", "{scratch}/out-{number}.pem"),
    ("key", "export", "mosa", "sel1", "--out", "-"),
    ("key", "export", "mosa", "sel1", "--out", "/proc/no/such"),
    ("add", "--file", "{scratch}/list-{number}.csv"),
    ("rotate", "--all", *UNRIPE),
    ("rotate", "--all"),
    ("signer", "add", "s{number}", "--format", "opendkim", "--dir", "{scratch}/signer-{number}"),
    ("signer", "add", "r{number}", "--format", "rspamd", "--dir", "{scratch}/rspamd-{number}"),
    ("policy", "set", "signer-limit", "1s"),
    ("signer", "sync", "--all"),
    ("signer", "list"),
    ("import", "imported{number}", "--pem", "{pem}"),
    ("import", "mosa", "sel2", "--pem", "{pem}"),
    ("vault", "status"),
    ("vault", "rekey"),
    ("backup", "{scratch}/backup-{number}"),
    ("restore", "{backup}"),
    ("restore", "{backup}", "--override", "E_FOREIGN_BACKUP", "--reason", "test"),
    ("log",),
    ("log", "verify"),
    ("zone", "export", "dkim.secutix.com"),
    ("remove", "nova"),
    ("store", "recover"),
]

NOUNS = ("key", "signer", "vault", "log", "zone", "store")


class Secrets(unittest.TestCase):
    def setUp(self):
        self.store = new_store(self)
        self.private = Path(tempfile.mkdtemp(prefix="dnsd-test-private-"))
        self.addCleanup(run, "rm", "-rf", self.private)
        self.search = Search()
        self.known = set()
        self.outputs = {}

    def learn(self):
        """Takes every key that is in a slot now, and the wrapping key, among what must not be seen."""
        with self.store.sql() as database:
            slots = database.execute("SELECT code, slot, key_id FROM slot JOIN institution USING (institution_id)"
                                     " WHERE key_id NOT NULL").fetchall()
        for code, slot, key_id in slots:
            if key_id not in self.known:
                file = self.private / f"{key_id}.pem"
                self.store.zonectl("key", "export", code, f"sel{slot}", "--out", file)
                self.search.add_key(f"{code} sel{slot} {key_id}", file.read_text())
                self.known.add(key_id)
        for file in self.store.vault_db.parent.glob("wrapping.key*"):
            self.search.add("the wrapping key", bytes.fromhex(file.read_text().strip()))

    def run_all_forms(self, number, words):
        def filled(form):
            name = f"{number}{form}"
            (self.store.scratch / f"list-{name}.csv").write_text(
                f"code,domains,key\nbulka{name},a{name}.example,\nbulkb{name},b{name}.example,\n")
            backup = next(self.store.scratch.glob("backup-*"), "none")
            pem = self.private / f"pem-{name}"
            if words[0] == "import":
                run("openssl", "genpkey", "-algorithm", "RSA", "-out", pem)
                self.search.add_key(f"imported by {name}", pem.read_text())
            return [word.format(scratch=self.store.scratch, number=name, backup=backup, pem=pem) for word in words]
        for form in ("d", "w", "j"):
            command = filled(form)
            command += ["--dry-run"] if form == "d" else ["--json"] if form == "j" else []
            done = run(*self.store.command(*command), expect=None)
            self.outputs[" ".join(command)] = (done.stdout + done.stderr).encode()
            self.learn()

    def test_no_output_log_or_database_holds_a_private_key(self):
        server = Dnsd(self.store, "--log-level", "debug")
        self.addCleanup(server.kill)
        for number, words in enumerate(COMMANDS):
            verbs = [word for word in words[:2] if word.isalpha() or word == "export-public"]
            self.assertTrue(has(*verbs[:2 if verbs[0] in NOUNS else 1]), verbs)
            if words == ("maintain",):
                self.store.zonectl("rotate", "mosa", *UNRIPE, expect=None)
                drained(self.store)
            self.run_all_forms(number, words)
            self.outputs[f"{' '.join(verbs)} --help"] = run(ZONECTL, *verbs, "--help").stdout.encode()
        ask(server.address(), query(selector("mosa")))
        self.outputs["dnsd's log"] = server.log.encode()
        self.outputs["dnsd's memory"] = memory_of(server.process.pid) if IS_ROOT else b""
        for file in [self.store.zone_db, self.store.vault_db, *self.store.path.glob("*-journal"),
                     *self.store.scratch.glob("backup-*/**/*.db")]:
            self.outputs[file.name] = file.read_bytes()
        self.assertGreater(len(self.known), 6)
        self.assertEqual(server.stop(), 0)
        for name, output in self.outputs.items():
            look = self.search.found_in_memory if len(output) > 1_000_000 else self.search.found
            self.assertEqual(look(output), [], name)
        print(f"{len(self.outputs)} outputs of {sum(map(len, self.outputs.values()))} bytes searched for "
              f"{len(self.search.patterns)} forms of {len(self.known)} keys", flush=True)
        self.check_the_search()

    def check_the_search(self):
        """The search would find what it looks for: in a PEM file, in hexadecimal, in a line of JSON, in memory."""
        for file in self.private.glob("*.pem"):
            pem = file.read_text()
            der = run("openssl", "pkey", "-in", file, "-outform", "DER", encoding=None).stdout
            text = run("openssl", "pkey", "-in", file, "-noout", "-text").stdout
            for planted in (pem.encode(), der, text.encode(), pem.replace("\n", "\\n").encode(),
                            b'{"k": "' + der.hex().upper().encode() + b'"}'):
                self.assertNotEqual(self.search.found(planted), [], file)
            self.assertNotEqual(self.search.found_in_memory(b"x" * 12345 + der), [])

    def test_zonectl_leaves_no_core_file(self):
        """SIGABRT while it makes a key, and before, with all the room for a core file that a shell can give."""
        for told in ("", "code,key\nmosa,rsa4096\n"):
            process = self.reading("add", "--file", "-", cwd=self.private, preexec_fn=lambda: resource.setrlimit(
                resource.RLIMIT_CORE, resource.getrlimit(resource.RLIMIT_CORE)[1:] * 2))
            core = next(line for line in Path(f"/proc/{process.pid}/limits").read_text(encoding="ascii").splitlines()
                        if line.startswith("Max core file size"))
            process.stdin.write(told)
            process.stdin.flush()
            if told:
                process.stdin.close()
            process.send_signal(signal.SIGABRT)
            status = process.wait()
            self.assertEqual(core.split()[4:6], ["0", "0"], core)
            self.assertIn(status, (-signal.SIGABRT, 0))
            self.assertEqual(list(self.private.iterdir()), [])

    def reading(self, *words, program=None, **options):
        """zonectl, standing still where it reads its standard input: it has set all its limits by then."""
        command = self.store.command(*words)
        process = subprocess.Popen([program or command[0], *command[1:]], stdin=subprocess.PIPE, encoding="utf-8",
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
        self.addCleanup(process.wait)
        self.addCleanup(process.stdin.close)
        self.addCleanup(process.kill)
        until(lambda: reads_input(process), "zonectl to read its input")
        return process

    @unittest.skipUnless(IS_ROOT, "needs to run zonectl as another user")
    def test_no_process_of_the_same_user_may_look_into_zonectl(self):
        program = copy_programs(self.store.scratch)[1]
        owned = self.store.scratch / "owned"
        owned.mkdir()
        run("chown", OWNER, owned)
        environment = as_user(OWNER)
        self.store.path = owned / "s"
        run(program, "--store", self.store.path, "init", "--ns", "ns1.x", "--ns", "ns2.x", "--hostmaster", "h.x", **environment)
        process = self.reading("add", "--file", "-", program=program, **environment)
        peek = run("/usr/bin/python3", "-c", f"open('/proc/{process.pid}/mem', 'rb')", expect=None, **environment)
        self.assertIsNone(process.poll())
        self.assertIn("Permission", peek.stderr)

    @unittest.skipUnless(IS_ROOT, "needs to read another process's memory")
    def test_what_zonectl_is_done_with_is_wiped(self):
        """At its very end, its memory holds no private key any more, although keys have passed through it."""
        self.store.zonectl("add", "mosa", "--domain", "mosamuseum.com")
        self.learn()
        # Without a look: what looks is a child of before the vault was opened, and asking it is writing, too.
        for words in (("rotate", "mosa", "--no-look", *UNRIPE), ("undo", "mosa"), ("list",)):
            self.assertEqual(self.search.found_in_memory(self.memory_at_end(*words)), [], words)

    @unittest.skipUnless(IS_ROOT, "needs to read another process's memory")
    def test_keys_that_were_read_from_a_table_and_from_a_file_are_wiped(self):
        """Their text too: what stood in OpenDKIM's KeyTable, and the PEM."""
        pem = subprocess.run(["openssl", "genrsa", "2048"], capture_output=True, text=True, check=True).stdout
        other = subprocess.run(["openssl", "genrsa", "2048"], capture_output=True, text=True, check=True).stdout
        search = Search()
        search.add_key("of the table", pem)
        search.add_key("of the file", other)
        in_one_line = "".join(line for line in pem.splitlines() if not line.startswith("-----"))
        table, file = self.private / "keytable", self.private / "key.pem"
        table.write_text(f"nova nova.example:s:{in_one_line}\n")
        file.write_text(other)
        for words in (("import", "--keytable", table), ("import", "opus", "--pem", file)):
            memory = self.memory_at_end(*words)
            self.assertEqual(search.found_in_memory(memory) + sorted(search.found_in_text(memory)), [], words)

    def memory_at_end(self, *words):
        # It prints as its last act, when the store is closed: it is stopped there.
        trace = self.private / "trace"
        trace.unlink(missing_ok=True)

        def writer():  # the other lines are of threads that have ended
            return next(int(line.split()[0]) for line in trace.read_text().splitlines() if " write(" in line)

        tracer = subprocess.Popen(["strace", "-f", "-o", trace, "-e", "trace=write", "-e",
                                   "inject=write:signal=SIGSTOP:when=1", *self.store.command(*words)],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            until(lambda: trace.exists() and "stopped by SIGSTOP" in trace.read_text(), "zonectl to print", timeout=120)
            memory = memory_of(writer())
            self.assertIn(str(self.store.path).encode(), memory, "it is zonectl's memory that was read")
            return memory
        finally:
            os.kill(writer(), signal.SIGKILL)
            tracer.wait()


if __name__ == "__main__":
    unittest.main()
