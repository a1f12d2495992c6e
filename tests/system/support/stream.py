"""A stream of queries over UDP at a steady rate, each counted: which were answered, which were lost."""

import select
import socket
import threading
import time

import dns.rcode

from support.questions import family, query

SOCKETS = 4
BUFFER_BYTES = 4 << 20


class Stream:
    """Asks from within a `with`; wait_until_answered() ends it. `names` are asked for in turns."""

    def __init__(self, address, rate, names, record_type="TXT"):
        self.rate = rate
        self.sockets = [socket.socket(family(address[0]), socket.SOCK_DGRAM) for _ in range(SOCKETS)]
        for each in self.sockets:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
            each.setblocking(False)
            each.connect(address)
        self.questions = [query(name, record_type).to_wire()[2:] for name in names]
        self.sent, self.rcodes = 0, {}
        self.waiting = [set() for _ in self.sockets]
        self.ending = threading.Event()
        self.seconds = 0.0

    def __enter__(self):
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.thread.join()
        for each in self.sockets:
            each.close()

    def _run(self):
        began = time.monotonic()
        while not self.ending.is_set():
            due = int((time.monotonic() - began) * self.rate)
            for _ in range(min(due - self.sent, 200)):
                self._ask()
            self._hear(0.001 if self.sent >= due else 0)
        self.seconds = time.monotonic() - began
        silent_since = time.monotonic()
        while any(self.waiting) and time.monotonic() - silent_since < 5:
            if self._hear(0.2):
                silent_since = time.monotonic()

    def _ask(self):
        place = self.sent % SOCKETS
        number = self.sent // SOCKETS % 65536
        try:
            self.sockets[place].send(number.to_bytes(2, "big") + self.questions[self.sent % len(self.questions)])
        except OSError:  # "connection refused": what the last one came to
            pass
        self.waiting[place].add(number)
        self.sent += 1

    def _hear(self, patience):
        heard = 0
        for ready in select.select(self.sockets, [], [], patience)[0]:
            waiting = self.waiting[self.sockets.index(ready)]
            try:
                while True:
                    answer = ready.recv(4096)
                    rcode = dns.rcode.to_text(answer[3] & 15)
                    self.rcodes[rcode] = self.rcodes.get(rcode, 0) + 1
                    waiting.discard(int.from_bytes(answer[:2], "big"))
                    heard += 1
            except OSError:
                pass
        return heard

    @property
    def lost(self):
        return sum(len(each) for each in self.waiting)

    def told(self):
        share = 100 * self.lost / max(1, self.sent)
        return f"{self.sent} queries in {self.seconds:.1f} s ({self.sent / max(0.001, self.seconds):,.0f}/s), {self.lost} lost ({share:.3f} %)"
