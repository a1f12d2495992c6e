"""Restarts dnsd under a stream of queries, as systemd does that keeps its sockets, and then as one that does not; prints the
share that was lost of each: restart_under_load.py PROGRAM PORT RATE. Fails where kept sockets lost any."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "system"))
from support.manager import Manager  # noqa: E402
from support.questions import SPF_ZONE  # noqa: E402
from support.stream import Stream  # noqa: E402  pylint: disable=wrong-import-position


class Cleanups:
    """What Manager wants of a test."""

    def __init__(self):
        self.actions = []

    def addCleanup(self, action, *arguments):  # pylint: disable=invalid-name
        self.actions.append((action, arguments))

    def run(self):
        for action, arguments in reversed(self.actions):
            action(*arguments)


def start(manager, command):
    manager.messages.clear()
    words, options = manager.start_words()
    process = subprocess.Popen([*words, *command], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    manager.wait_for("READY", patience=120)
    return process


def lost(manager, command, address, rate, keeps):
    first = start(manager, command)
    with Stream(address, rate, [SPF_ZONE]) as stream:
        time.sleep(0.5)
        first.terminate()
        first.wait(60)
        if not keeps:
            manager.drop_all()
        second = start(manager, command)
        time.sleep(0.5)
    second.terminate()
    second.wait(60)
    manager.drop_all()
    print(f"{'sockets kept' if keeps else 'plain restart'}: {stream.told()}", flush=True)
    return stream.lost


def main():
    program, port, rate = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    cleanups = Cleanups()
    with tempfile.TemporaryDirectory() as directory:
        config = Path(directory) / "dnsd.toml"
        config.write_text("[rate_limit]\nanswers_per_second = 0\n")
        manager = Manager(cleanups, Path(directory))
        command = (program, "--config", str(config), "--listen", f"127.0.0.1:{port}", "--workers", "2")
        try:
            without = lost(manager, command, ("127.0.0.1", port), rate, keeps=False)
            kept = lost(manager, command, ("127.0.0.1", port), rate, keeps=True)
        finally:
            cleanups.run()
    del without
    sys.exit(1 if kept else 0)


if __name__ == "__main__":
    main()
