"""A network and a mount table of one's own, for tools that insist on port 53, on /etc/resolv.conf, or on a full disk."""

import contextlib
import ctypes
import os
import socket
import subprocess
import sys

from support.programs import IS_ROOT, run

INSIDE = "DNSD_TEST_NAMESPACE"
SKIPPED = 77  # what tests/system/CMakeLists.txt tells ctest to take for a skipped test


def may_mount():
    """Whether mounts of one's own can be made. Not so in a plain chroot, whose root is no mount."""
    return IS_ROOT and run("unshare", "--mount", "true", expect=None).returncode == 0


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


class Neighbour:
    """Another host: a network namespace, whose links lead here. Sockets that are made inside stay there."""

    _NEW_NETWORK = 0x40000000  # CLONE_NEWNET
    _libc = ctypes.CDLL(None, use_errno=True)

    def __init__(self):
        self._home = os.open("/proc/self/ns/net", os.O_RDONLY)
        self._check(self._libc.unshare(self._NEW_NETWORK))
        self._inside = os.open("/proc/self/ns/net", os.O_RDONLY)
        self._enter(self._home)
        self._path = f"/proc/{os.getpid()}/fd/{self._inside}"
        self.ip("link", "set", "lo", "up")

    def close(self):
        os.close(self._inside)
        os.close(self._home)

    def link(self, here, there):
        """A cable between the two, under these names, without addresses."""
        run("ip", "link", "add", here, "type", "veth", "peer", "name", there)
        run("ip", "link", "set", there, "netns", self._path)
        for command, name in ((ip, here), (self.ip, there)):
            command("link", "set", name, "addrgenmode", "none")
            command("link", "set", name, "up")

    def run(self, *command):
        return run("nsenter", f"--net={self._path}", *command)

    def ip(self, *arguments):
        return self.run("ip", *arguments)

    @contextlib.contextmanager
    def inside(self):
        self._enter(self._inside)
        try:
            yield
        finally:
            self._enter(self._home)

    def socket(self, *arguments):
        with self.inside():
            return socket.socket(*arguments)

    def _enter(self, namespace):
        self._check(self._libc.setns(namespace, self._NEW_NETWORK))

    def _check(self, result):
        if result != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def ip(*arguments):
    return run("ip", *arguments)
