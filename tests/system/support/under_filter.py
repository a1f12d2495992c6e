"""Runs a command with these system calls alone: under_filter.py kill|refuse CALL,CALL,... PROGRAM [ARGUMENT]..."""

import errno
import os
import sys

import seccomp  # pylint: disable=import-error


def main():
    at_another, allowed = sys.argv[1], sys.argv[2].split(",")
    calls = seccomp.SyscallFilter(seccomp.KILL_PROCESS if at_another == "kill" else seccomp.ERRNO(errno.EPERM))
    for name in allowed:
        try:
            calls.add_rule(seccomp.ALLOW, name)
        except RuntimeError:
            pass  # newer than the library
    calls.load()
    os.execv(sys.argv[3], sys.argv[3:])


main()
