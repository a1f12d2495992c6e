"""A flood on dnsd at 127.0.0.1:53: random names, over and over from a few networks (127.9.x.y, as forged senders would be), ten
times as many as friends ask, and connections that never end their query. Friends: one with a valid cookie from a flooded
network, one from elsewhere over UDP, one over TCP. Each must be answered, and nobody may get SERVFAIL: flood.py RATE."""

import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

SYSTEM = Path(__file__).resolve().parents[2] / "system"
sys.path.insert(0, str(SYSTEM))
import dns.edns  # noqa: E402
import dns.message  # noqa: E402
import dns.rcode  # noqa: E402

from support.questions import SPF_ZONE, query  # noqa: E402  pylint: disable=wrong-import-position

SERVER = ("127.0.0.1", 53)
SECONDS = 3
COOKIE = 10


def udp(source):
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.bind((source, 0))
    client.settimeout(2)
    client.connect(SERVER)
    return client


class Flood(threading.Thread):
    def __init__(self, rate):
        super().__init__()
        self.rate, self.sent, self.rcodes, self.ending = rate, 0, {}, threading.Event()

    def run(self):
        clients = [udp(f"127.9.{number}.7") for number in range(4)]
        for client in clients:
            client.setblocking(False)
        began = time.monotonic()
        while not self.ending.is_set():
            while self.sent < (time.monotonic() - began) * self.rate and not self.ending.is_set():
                client = clients[self.sent % len(clients)]
                client.send(query(f"r{os.urandom(6).hex()}.dkim.secutix.com").to_wire())
                self.sent += 1
                self.hear(client)
            time.sleep(0.001)

    def hear(self, client):
        try:
            while True:
                rcode = client.recv(4096)[3] & 15
                self.rcodes[rcode] = self.rcodes.get(rcode, 0) + 1
        except OSError:
            pass


def with_cookie(client, cookie):
    """(the answer, the server's cookie); asked again as a resolver does."""
    message = query(SPF_ZONE, use_edns=0, options=[dns.edns.GenericOption(COOKIE, cookie)])
    for _ in range(3):
        client.send(message.to_wire())
        try:
            answer = dns.message.from_wire(client.recv(4096))
            return answer, next(option.data for option in answer.options if option.otype == COOKIE)
        except TimeoutError:
            pass
    return None, cookie


def over_tcp():
    with socket.create_connection(SERVER, 5, ("127.8.0.1", 0)) as client:
        wire = query(SPF_ZONE).to_wire()
        client.sendall(len(wire).to_bytes(2, "big") + wire)
        return client.recv(4096)[2:]


def main():
    rate = int(sys.argv[1])
    holders = subprocess.Popen([sys.executable, str(SYSTEM / "support/holders.py"), "53", "600"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE)
    holders.stdout.readline()
    friend, stranger = udp("127.9.0.8"), udp("127.7.0.1")
    _, cookie = with_cookie(friend, os.urandom(8))
    flood = Flood(rate * 10)
    flood.start()
    asked = {"with a cookie, from a flooded network": 0, "from elsewhere": 0, "over TCP": 0}
    missed = dict.fromkeys(asked, 0)
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        for name, ask in (("with a cookie, from a flooded network", lambda: with_cookie(friend, cookie)[0]),
                          ("from elsewhere", lambda: with_cookie(stranger, os.urandom(8))[0]), ("over TCP", over_tcp)):
            asked[name] += 1
            try:
                answer = ask()
            except OSError:
                answer = None
            missed[name] += not answer
        time.sleep(3 / rate)
    flood.ending.set()
    flood.join()
    holders.stdin.close()
    holders.wait(30)
    told = {dns.rcode.to_text(rcode): count for rcode, count in sorted(flood.rcodes.items())}
    print(f"flood: {flood.sent} queries, answered {told}; friends asked {asked}, missed {missed}")
    sys.exit(1 if any(missed.values()) or dns.rcode.SERVFAIL in flood.rcodes else 0)


if __name__ == "__main__":
    main()
