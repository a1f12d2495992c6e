"""A machine of the test's own: this one's files under a layer that keeps every change for itself, with users, groups and sudo
rules that this one never sees, and dnsd and zonectl installed as the packages do.

The layer (overlayfs over "/", in a mount namespace) is gone with the process; nothing is written below.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from support.namespace import SKIPPED
from support.programs import DNSD, IS_ROOT, ROOT, ZONECTL, run

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


def _source_of(place):
    """What the build and deploy/ have for a place of a package's list; None: nothing that a test of rights needs."""
    made = {"usr/bin/dnsd": DNSD, PROGRAM[1:]: ZONECTL}
    return made.get(place, ROOT / "deploy" / Path(place).name if place.startswith(("usr/bin", "usr/sbin", "usr/lib/zonestore")) else None)


def install():
    """What the packages bring (deploy/debian/*.install), and what their scripts do, but for systemd, which does not run here."""
    debian = ROOT / "deploy/debian"
    for line in "".join((debian / f"{name}.install").read_text() for name in ("dnsd", "zonectl")).splitlines():
        source = _source_of(line)
        if source is not None:
            run("install", "-D", "-m", "0755", source, f"/{line}")
    run("install", "-m", "0440", ROOT / "deploy/zonestore.sudoers", "/etc/sudoers.d/zonestore")
    run("install", "-m", "0644", "-D", ROOT / "deploy/zonestore.sysusers", "/usr/lib/sysusers.d/zonestore.conf")
    run("systemd-sysusers", "zonestore.conf")
    _, path, mode, user, group, _ = (debian / "zonectl.tmpfiles").read_text().splitlines()[-1].split()
    run("install", "-d", "-o", user.strip(":"), "-g", group.strip(":"), "-m", mode.strip(":"), path)
    run("install", "-m", "0644", "-D", ROOT / "deploy/dnsd.toml", "/etc/dnsd/dnsd.toml")
    run("install", "-m", "0640", "-o", "root", "-g", "dnsd", "/dev/null", "/etc/dnsd/tsig.keys")


def add_user(name, *groups):
    more = ("-G", ",".join(groups)) if groups else ()
    run("useradd", "-M", "-d", "/nonexistent", "-s", "/bin/sh", *more, name)


def as_person(name, *command, expect=0, **options):
    """Runs a command as somebody who is logged in: the user, with all groups of the user's."""
    return run("setpriv", "--reuid", name, "--regid", name, "--init-groups", "--reset-env", "env",
               *[f"{key}={value}" for key, value in options.pop("variables", {}).items()], *command, expect=expect,
               **options)
