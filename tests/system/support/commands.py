"""What zonectl's own help says of its commands."""

import re
import shlex

from support.programs import ZONECTL, run

NO_COMMANDS = ("Arguments", "Options", "Exit codes", "Example")


def blocks_of(words):
    """Heading -> lines, of a command's help."""
    text = run(ZONECTL, *words, "--help").stdout
    parts = re.split(r"\n(?=\S[^\n]*:\n)", text)
    return {head: body.splitlines() for head, _, body in (part.partition(":\n") for part in parts[1:])}


def commands(words=()):
    """Every command as (its words, its help's blocks)."""
    blocks = blocks_of(words)
    names = [match.group(1) for head, lines in blocks.items() if head not in NO_COMMANDS
             for match in (re.match(r"  ([a-z-]+)  +\S", line) for line in lines) if match]
    if words:
        yield words, blocks
    for name in names:
        yield from commands((*words, name))


def takes(blocks, option):
    return any(re.match(rf"  {option}\b", line) for line in blocks.get("Options", []))


def examples(blocks):
    """The examples of a command, each as its words behind `zonectl`."""
    lines = [line.strip() for line in blocks.get("Example", [])]
    return [shlex.split(line.split("    (")[0], comments=True)[1:] for line in lines if line.startswith("zonectl ")]
