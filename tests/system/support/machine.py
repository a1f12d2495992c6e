"""A machine of the test's own: this one's files under a layer that keeps every change for itself, with users, groups and sudo
rules that this one never sees, and dnsd and zonectl installed as deploy/README.md says.

The layer (overlayfs over "/", in a mount namespace) is gone with the process; nothing is written below.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from support.namespace import SKIPPED
from support.programs import DNSD, IS_ROOT, ROOT, run

INSIDE = "DNSD_TEST_MACHINE"
PROGRAM = "/usr/lib/zonestore/zonectl"
DISPATCHER = "/usr/lib/zonestore/zonectl-operator"
WRAPPER = "/usr/bin/zonectl"
STORE = Path("/var/lib/zonestore")

# Every mount but the first is shown in its place; the network is this machine's loopback alone.
_ENTER = r"""
set -e
ip link set lo up
mount -t tmpfs -o mode=0755 none /mnt
mkdir /mnt/upper /mnt/work /mnt/root
mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work none /mnt/root
tail -n +1 /proc/self/mountinfo | cut -d' ' -f5 | sort | while read -r place; do
  case "$place" in
    / | /mnt | /mnt/*) ;;
    *) mount --bind "$place" "/mnt/root$place" 2>/dev/null || true ;;
  esac
done
cd /mnt/root
here="$1"; shift
exec chroot /mnt/root sh -c 'cd "$0" && exec "$@"' "$here" "$@"
"""


def enter_or_skip():
    """Runs this very script again on a machine of its own. Without the means: says so, and skips."""
    if os.environ.get(INSIDE):
        return
    tried = ("unshare", "--net", "--mount", "--propagation", "private", "sh", "-c", _ENTER, "sh", os.getcwd())
    missing = [name for name in ("sudo", "visudo") if shutil.which(name) is None]
    if not IS_ROOT or missing or subprocess.run([*tried, "true"], check=False).returncode != 0:
        print(f"SKIPPED: needs root, overlayfs and namespaces, and sudo; missing: {missing}")
        sys.exit(SKIPPED)
    os.environ[INSIDE] = "1"
    os.execvp(tried[0], [*tried, sys.executable, str(Path(sys.argv[0]).resolve()), *sys.argv[1:]])


def install():
    """The commands of deploy/README.md, as they stand there, but for systemd, which does not run here."""
    text = (ROOT / "deploy/README.md").read_text()
    block = re.search(r"As root, in the source tree.*?```\n(.*?)```", text, re.S).group(1)
    commands = [line for line in block.replace("build/bin", str(Path(DNSD).parent)).splitlines()
                if "/etc/systemd/system" not in line]
    run("sh", "-c", "set -e\n" + "\n".join(commands), cwd=ROOT)


def add_user(name, *groups):
    more = ("-G", ",".join(groups)) if groups else ()
    run("useradd", "-M", "-d", "/nonexistent", "-s", "/bin/sh", *more, name)


def as_person(name, *command, expect=0, **options):
    """Runs a command as somebody who is logged in: the user, with all groups of the user's."""
    return run("setpriv", "--reuid", name, "--regid", name, "--init-groups", "--reset-env", "env",
               *[f"{key}={value}" for key, value in options.pop("variables", {}).items()], *command, expect=expect,
               **options)
