"""A network and a mount table of one's own, for tools that insist on port 53, on /etc/resolv.conf, or on a full disk."""

import os
import subprocess
import sys

from support.programs import IS_ROOT

INSIDE = "DNSD_TEST_NAMESPACE"
SKIPPED = 77  # what tests/system/CMakeLists.txt tells ctest to take for a skipped test


def enter_or_skip():
    """Runs this very script again in namespaces of its own. Without the right to make them: says so, and skips."""
    if os.environ.get(INSIDE):
        return
    if not IS_ROOT or subprocess.run(["unshare", "--net", "--mount", "true"], check=False,
                                     stderr=subprocess.DEVNULL).returncode != 0:
        print("SKIPPED: needs root, for namespaces of its own (port 53, mounts)")
        sys.exit(SKIPPED)
    os.environ[INSIDE] = "1"
    script = 'ip link set lo up && exec "$@"'
    os.execvp("unshare", ["unshare", "--net", "--mount", "--propagation", "private", "sh", "-c", script, "sh",
                          sys.executable, *sys.argv])
