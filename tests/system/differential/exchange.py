"""Puts questions to the servers, many at a time, and collects what comes back.

Each batch ends with a plain question that everyone answers, the barrier. A server with one worker answers in order, so
once that answer is there, whatever is missing will not come: nobody waits for a time-out. What is missing is asked
again alone before it counts as silence.
"""

import contextlib
import socket
import struct
from dataclasses import dataclass

import dns.message

BARRIER = dns.message.make_query("example.", "SOA", flags=0).to_wire()[2:]
BATCH = 48
PATIENCE_SECONDS = 10.0


@dataclass(frozen=True)
class Question:
    """A message but for its ID, and how it goes out. `kind` says what it is a question about."""

    kind: str
    wire: bytes
    tcp: bool = False
    alone: bool = False  # over TCP, a server may close the connection on it

    def with_id(self, number):
        return struct.pack("!H", number)[:len(self.wire)] + self.wire[2:]

    def __str__(self):
        return f"{'tcp' if self.tcp else 'udp'}:{self.wire.hex()}"


class Udp:
    """One socket to one server."""

    def __init__(self, address):
        self.socket = socket.socket(type=socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.socket.settimeout(PATIENCE_SECONDS)
        self.socket.connect(address)

    def send(self, wires):
        for wire in wires:
            self.socket.send(wire)

    def receive(self):
        return self.socket.recv(65535)

    def close(self):
        self.socket.close()


class Tcp:
    """One connection to one server."""

    def __init__(self, address):
        self.socket = socket.create_connection(address, PATIENCE_SECONDS)
        self.buffer = b""

    def send(self, wires):
        with contextlib.suppress(ConnectionError):
            self.socket.sendall(b"".join(struct.pack("!H", len(wire)) + wire for wire in wires))

    def receive(self):
        """The next message; None once the server has closed."""
        with contextlib.suppress(ConnectionError):
            while len(self.buffer) < 2 or len(self.buffer) < 2 + struct.unpack_from("!H", self.buffer)[0]:
                more = self.socket.recv(65536)
                if not more:
                    return None
                self.buffer += more
            end = 2 + struct.unpack_from("!H", self.buffer)[0]
            message, self.buffer = self.buffer[2:end], self.buffer[end:]
            return message
        return None

    def close(self):
        self.socket.close()


class Line:
    """All that goes to one server."""

    def __init__(self, name, address):
        self.name = name
        self.address = address
        self.strays = []  # messages that answer nothing that was asked
        self.number = 0
        self.udp = Udp(address)
        self.link = None
        self.pending = {}
        self.given_up = set()

    def close(self):
        self.udp.close()

    def _next(self):
        self.number = (self.number + 1) & 0xFFFF
        self.given_up.discard(self.number)
        return self.number

    def _barrier(self):
        return struct.pack("!H", self._next()) + BARRIER

    def _number(self, questions):
        """The questions as they go out, and which is which."""
        wires = [question.with_id(self._next()) for question in questions]
        self.pending = {(self.number - len(questions) + 1 + index) & 0xFFFF: index for index in range(len(questions))}
        return wires

    def send(self, questions):
        """The first half of a batch: all of it goes out. Every server gets it before any is listened to."""
        self.link = Tcp(self.address) if questions[0].tcp else self.udp
        self.link.send([*self._number(questions), self._barrier()])

    def collect(self, questions):
        """The second half: index -> answer, of those that came before the barrier's, or before the server closed."""
        answers = {}
        with contextlib.suppress(TimeoutError):
            self._receive(answers)
        if questions[0].tcp:
            self.link.close()
        self.given_up.update((*self.pending, self.number))
        return answers

    def _receive(self, answers):
        """Until the answer to what went out last, or the end of the connection."""
        while (message := self.link.receive()) is not None:
            number = int.from_bytes(message[:2], "big")
            if number in self.pending:
                answers[self.pending.pop(number)] = message
            elif number != self.number and number not in self.given_up:
                self.strays.append(message)
            if number == self.number:
                return

    def ask_alone(self, question):
        """The answer, or None. Over UDP nothing else is under way: NSD 4.6 loses answers of a batch in which it drops
        a question."""
        if question.tcp:
            self.send([question])
            return self.collect([question]).get(0)
        answers = {}
        self.link = self.udp
        self.udp.send(self._number([question]))
        for patience in (0.01, 1.0, 3.0, PATIENCE_SECONDS):
            self.udp.socket.settimeout(patience)
            with contextlib.suppress(TimeoutError):
                self._receive(answers)
                break
            self.given_up.add(self.number)
            self.udp.send([self._barrier()])
        else:
            raise AssertionError(f"{self.name} stopped answering at {question}")
        self.udp.socket.settimeout(PATIENCE_SECONDS)
        self.given_up.update((*self.pending, self.number))
        return answers.get(0)


def batches(questions):
    """Cuts a plan into what goes out together: over UDP, over one connection, or over a connection of its own."""
    for tcp in (False, True):
        together = [question for question in questions if question.tcp == tcp and not (tcp and question.alone)]
        for start in range(0, len(together), BATCH):
            yield together[start:start + BATCH]
    for question in questions:
        if question.tcp and question.alone:
            yield [question]


def put(lines, questions):
    """One batch to all servers: for each question the answers, server by server, None for silence."""
    for line in lines:
        line.send(questions)
    collected = [line.collect(questions) for line in lines]
    for line, answers in zip(lines, collected):
        for index, question in enumerate(questions):
            if index not in answers:
                answers[index] = line.ask_alone(question)
    return [[answers[index] for answers in collected] for index in range(len(questions))]
