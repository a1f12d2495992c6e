"""The filter of system calls that a unit in deploy/ sets, without a systemd: which calls it allows, and a command that runs
another one under it (seccomp(2)).

As systemd.exec(5) has SystemCallFilter=: the first line allows, a later one with "~" takes away again, and one without
gives back. systemd-analyze tells what is in the groups, which begin with "@".
"""

import sys
from functools import lru_cache
from pathlib import Path

from support.programs import ROOT, run


@lru_cache(maxsize=None)
def group(name):
    """The calls in a group of systemd's, those of the groups in it included."""
    calls = set()
    for line in run("systemd-analyze", "syscall-filter", name).stdout.splitlines()[1:]:
        word = line.strip()
        if word and not word.startswith("#"):
            calls |= group(word) if word.startswith("@") else {word}
    return frozenset(calls)


def settings(unit, name):
    """The values of a setting, in their order."""
    lines = (ROOT / "deploy" / unit).read_text(encoding="utf-8").splitlines()
    return [line.partition("=")[2] for line in lines if line.startswith(name + "=")]


def allowed_calls(unit):
    allowed = set(group("@default"))  # systemd allows these to every service with a filter
    for line in settings(unit, "SystemCallFilter"):
        calls = set()
        for word in line.lstrip("~").split():
            calls |= group(word) if word.startswith("@") else {word}
        allowed = allowed - calls if line.startswith("~") else allowed | calls
    return allowed


def under_filter(allowed, at_another):
    """The words before a command that run it with these calls alone. `at_another`: "kill" ends it, "refuse" says EPERM, as
    the units have it."""
    return sys.executable, str(Path(__file__).with_name("under_filter.py").resolve()), at_another, ",".join(sorted(allowed))
