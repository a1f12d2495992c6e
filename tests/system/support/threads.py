"""One thread of a program that stands still while the others go on, as under a debugger (ptrace(2))."""

import ctypes
import os
import time
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long
_SEIZE, _INTERRUPT, _DETACH = 0x4206, 0x4207, 17
_WALL = 0x40000000


def _ptrace(request, thread):
    if _libc.ptrace(request, thread, None, None) != 0:
        raise OSError(ctypes.get_errno(), f"ptrace {request:#x} of {thread}: {os.strerror(ctypes.get_errno())}")


def thread_named(process, name, patience=20.0):
    """The id of the thread of a process (its pid) that has this name, or comes to have it."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        for task in Path(f"/proc/{process}/task").iterdir():
            if (task / "comm").read_text().strip() == name:
                return int(task.name)
        time.sleep(0.01)
    raise AssertionError(f"process {process} has no thread '{name}'")


class StandingStill:
    """Within a `with`, the thread does not move. If the program ends meanwhile, that is no fault."""

    def __init__(self, thread):
        self.thread = thread

    def __enter__(self):
        _ptrace(_SEIZE, self.thread)
        _ptrace(_INTERRUPT, self.thread)
        os.waitpid(self.thread, _WALL)
        return self

    def has_ended(self):
        """True once the program has ended; it is not quite gone before somebody has looked."""
        try:
            found, status = os.waitpid(self.thread, _WALL | os.WNOHANG)
            return found != 0 and not os.WIFSTOPPED(status)
        except ChildProcessError:
            return True

    def __exit__(self, *_):
        try:
            _ptrace(_DETACH, self.thread)
        except OSError:
            pass
