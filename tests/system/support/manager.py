"""A stand-in for systemd as far as it keeps sockets: a notify socket that takes descriptors (FDSTORE=1) and lets them go
(FDSTOREREMOVE=1), and starts of a program that is given them (LISTEN_FDS). Barriers are answered, as sd_notify_barrier(3)
asks for.

Run as a program it is the last step of such a start: manager.py NAME:DESCRIPTOR,... PROGRAM [ARGUMENT]..."""

import array
import os
import socket
import sys
import threading
from pathlib import Path

FIRST = 3  # SD_LISTEN_FDS_START
MOST_IN_MESSAGE = 253


class Manager:
    def __init__(self, test, directory, most=1024):
        self.path = str(directory / f"manager-{id(self)}")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.most = most
        self.kept = {}  # name -> descriptor, in the order in which they came
        self.messages = []  # all that was said, but for barriers
        self.changed = threading.Condition()
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()
        test.addCleanup(self.close)

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join(10)
        self.socket.close()
        self.drop_all()

    def drop_all(self):
        """As systemd does when the service is stopped for good."""
        with self.changed:
            for descriptor in self.kept.values():
                os.close(descriptor)
            self.kept.clear()

    def wait_for(self, word, patience=60):
        with self.changed:
            if not self.changed.wait_for(lambda: any(word in message for message in self.messages), patience):
                raise AssertionError(f"no {word} within {patience} s: {self.messages}")

    def environment(self):
        return {**os.environ, "NOTIFY_SOCKET": self.path}

    def start_words(self):
        """(words before a command, options of subprocess): that start it with what is kept."""
        if not self.kept:
            return (), {"env": self.environment()}
        listed = ",".join(f"{name}:{descriptor}" for name, descriptor in self.kept.items())
        return ((sys.executable, str(Path(__file__).resolve()), listed),
                {"env": self.environment(), "pass_fds": tuple(self.kept.values())})

    def _listen(self):
        while True:
            room = socket.CMSG_SPACE(MOST_IN_MESSAGE * array.array("i").itemsize)
            data, control, _, _ = self.socket.recvmsg(65536, room)
            if not data:
                return
            descriptors = array.array("i")
            for level, kind, carried in control:
                if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                    descriptors.frombytes(carried[:len(carried) - len(carried) % descriptors.itemsize])
            self._take(dict(line.split("=", 1) for line in data.decode().splitlines()), list(descriptors))

    def _take(self, said, descriptors):
        with self.changed:
            if "FDSTOREREMOVE" in said and said["FDNAME"] in self.kept:
                os.close(self.kept.pop(said["FDNAME"]))
            if "FDSTORE" in said and len(self.kept) < self.most and said["FDNAME"] not in self.kept:
                self.kept[said["FDNAME"]] = descriptors.pop()
            for descriptor in descriptors:  # of a barrier: its end is the answer
                os.close(descriptor)
            if "BARRIER" not in said:
                self.messages.append(said)
            self.changed.notify_all()


def main():
    pairs = [word.rsplit(":", 1) for word in sys.argv[1].split(",")]
    # Out of the way of the numbers that they are to have.
    moved = [os.dup2(int(number), 500 + place) for place, (_, number) in enumerate(pairs)]
    for place, descriptor in enumerate(moved):
        os.dup2(descriptor, FIRST + place)
        os.close(descriptor)
    for _, number in pairs:
        if int(number) >= FIRST + len(pairs):
            os.close(int(number))
    os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(pairs)),
                      LISTEN_FDNAMES=":".join(name for name, _ in pairs))
    os.execv(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
