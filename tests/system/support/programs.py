"""The programs under test and the others that judge them."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
DNSD = os.environ.get("DNSD_BINARY", str(ROOT / "build/bin/dnsd"))
ZONECTL = os.environ.get("ZONECTL_BINARY", str(ROOT / "build/bin/zonectl"))

IS_ROOT = os.geteuid() == 0
_READ = {"x86_64": "0", "aarch64": "63"}.get(os.uname().machine)  # the number of read(2)
# Two users that every Debian has, so that no test makes one.
OWNER = "daemon"
STRANGER = "nobody"
# What a store of root's is made with, so that a dnsd that became STRANGER may read it.
FOR_STRANGER = ("--reader-group", "nogroup") if IS_ROOT else ()


def run(*command, expect=0, timeout=120, **options):
    """Runs a command to its end. A status other than `expect` (None: any) fails with all that was printed."""
    options.setdefault("stdin", subprocess.DEVNULL)
    options.setdefault("encoding", "utf-8")
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=timeout, check=False, **options)
    if expect is not None and done.returncode != expect:
        raise AssertionError(f"{' '.join(map(str, command))}: exit status {done.returncode}, expected {expect}\n"
                             f"{done.stdout}{done.stderr}")
    return done


def end(process, timeout=10):
    """SIGTERM, and SIGKILL for one that does not heed it."""
    process.terminate()
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def reads_input(process):
    """Whether it stands still in a read of its standard input: nothing before that is left for it to do."""
    if process.poll() is not None:
        raise AssertionError(f"{process.args} has ended with {process.returncode}")
    try:
        call = Path(f"/proc/{process.pid}/syscall").read_text(encoding="ascii").split()
    except OSError:  # it has just ended
        return False
    return call[:2] == [_READ, "0x0"]


def as_user(name):
    """Options of subprocess that run a command as this user, with that user's groups alone."""
    import pwd  # pylint: disable=import-outside-toplevel
    entry = pwd.getpwnam(name)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def copy_programs(directory):
    """Copies of dnsd and zonectl that any user may run, wherever the build lies."""
    copies = []
    for program in (DNSD, ZONECTL):
        copy = Path(directory) / Path(program).name
        copy.write_bytes(Path(program).read_bytes())
        copy.chmod(0o755)
        copies.append(str(copy))
    return copies
