"""Clients that take TCP connections to hold them: half a query each, from as many addresses as that needs, and again as
soon as one is closed. Run as a program: holders.py PORT COUNT; it prints a line when all hold for the first time, and
goes on until its standard input ends."""

import os
import resource
import select
import socket
import sys

IP_BIND_ADDRESS_NO_PORT = 24  # Python has no name for it
PER_ADDRESS = 64
HALF = b"\x00\x40" + b"\x12" * 20


def source(number):
    """Of the holder of that number: 127.1.0.1 and on, 64 to each, so many as one address may have."""
    address = number // PER_ADDRESS
    return f"127.1.{address // 250}.{1 + address % 250}"


class Holders:
    def __init__(self, port, count):
        self.server = ("127.0.0.1", port)
        self.poll = select.epoll()
        self.by_descriptor = {}
        self.holding = set()
        for number in range(count):
            self.connect(number)

    def connect(self, number):
        holder = socket.socket()
        holder.setblocking(False)
        holder.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)  # a port for each server, not for all
        holder.bind((source(number), 0))
        holder.connect_ex(self.server)
        self.by_descriptor[holder.fileno()] = (holder, number)
        self.poll.register(holder.fileno(), select.EPOLLOUT | select.EPOLLRDHUP)

    def turn(self, timeout):
        for descriptor, events in self.poll.poll(timeout):
            if descriptor == 0:
                return False
            holder, number = self.by_descriptor[descriptor]
            if events & (select.EPOLLHUP | select.EPOLLERR | select.EPOLLRDHUP):
                self.poll.unregister(descriptor)
                del self.by_descriptor[descriptor]
                self.holding.discard(number)
                holder.close()
                self.connect(number)
            elif events & select.EPOLLOUT:
                try:
                    holder.send(HALF)
                except OSError:
                    continue  # told by the next turn
                self.holding.add(number)
                self.poll.modify(descriptor, select.EPOLLRDHUP)
        return True


def main():
    port, count = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    holders = Holders(port, count)
    os.set_blocking(0, False)
    holders.poll.register(0, select.EPOLLIN | select.EPOLLHUP)
    told = False
    while holders.turn(1):
        if not told and len(holders.holding) >= count * 0.95:
            print("holding", flush=True)
            told = True


if __name__ == "__main__":
    main()
