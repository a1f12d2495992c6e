"""TCP in a crowd that means ill: clients that hold connections do not keep out those that ask.

In a network namespace of its own. With few connections as a rule; the whole of it by hand, as root:
  tests/system/tcp_crowd_test.py --whole
"""

import re
import resource
import socket
import struct
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path

from support import namespace
from support.programs import run
from support.questions import SPF_ZONE, query, selector
from support.server import serve
from support.store import new_store

WHOLE = "--whole" in sys.argv
CONNECTIONS = 4096 if WHOLE else 256
HONEST = 2000 if WHOLE else 200
ROUND_TRIP = 0.03
HOLDERS = Path(__file__).parent / "support/holders.py"
WIRE = query(SPF_ZONE).to_wire()
FRAME = struct.pack("!H", len(WIRE)) + WIRE


def delay_packets():
    """True: each packet is half a round trip under way. Not every kernel can do that."""
    done = run("tc", "qdisc", "add", "dev", "lo", "root", "netem", "delay", f"{ROUND_TRIP * 500:.0f}ms", expect=None)
    return done.returncode == 0


class Crowd(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = new_store(cls)
        cls.store.zonectl("add", "big", "--key", "rsa4096")
        resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
        cls.pause = 0 if delay_packets() else ROUND_TRIP

    def serve(self, workers, **settings):
        config = self.store.scratch / f"dnsd-{time.monotonic_ns()}.toml"
        config.write_text("[rate_limit]\nanswers_per_second = 0\n[tcp]\n"
                          + "".join(f"{key} = {value}\n" for key, value in settings.items()))
        server = serve(self, self.store, "--config", config, "--workers", str(workers), listen=("127.0.0.1:0",))
        return server, server.address("127.0.0.1", "tcp")

    def hold(self, port, count):
        """Holders at work, until the test ends."""
        holders = subprocess.Popen([sys.executable, HOLDERS, str(port), str(count)], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE)

        def stop():
            holders.stdin.close()
            holders.wait(20)
            holders.stdout.close()
        self.addCleanup(stop)
        self.assertEqual(holders.stdout.readline(), b"holding\n")

    def is_answered(self, address, source):
        """One honest client: a question, a round trip after its connection is there."""
        try:
            with socket.create_connection(address, 20, source_address=(source, 0)) as client:
                time.sleep(self.pause)
                client.sendall(FRAME)
                prefix = client.recv(2, socket.MSG_WAITALL)
                return len(prefix) == 2 and client.recv(*struct.unpack("!H", prefix), socket.MSG_WAITALL)[:2] == WIRE[:2]
        except OSError:
            return False

    def failing(self, address, count, at_once=10):
        """How many of so many honest clients get no answer."""
        failed = []

        def ask(first):
            for number in range(first, count, at_once):
                if not self.is_answered(address, f"127.9.0.{1 + number % 200}"):
                    failed.append(number)
        threads = [threading.Thread(target=ask, args=(first,)) for first in range(at_once)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(failed)

    def check_honest_clients(self, workers):
        server, address = self.serve(workers, connections=CONNECTIONS)
        self.hold(address[1], CONNECTIONS)
        began = time.monotonic()
        failed = self.failing(address, HONEST)
        print(f"{failed} of {HONEST} honest clients failed beside {CONNECTIONS} holders, {workers} workers, "
              f"{time.monotonic() - began:.1f} s", file=sys.stderr)
        self.assertLessEqual(failed, HONEST // 100)
        server.stop()
        self.assertIn("tcp_evicted=", server.log)

    def test_holders_of_half_queries_do_not_keep_out_those_that_ask(self):
        self.check_honest_clients(1)

    def test_nor_do_they_with_several_workers(self):
        self.check_honest_clients(2)

    # ---- memory ----

    def kernel_bytes(self, address):
        """What the kernel holds for the server's connections: unread, unsent, and put aside for them."""
        shown = run("ss", "-tnm", "state", "established", "sport", f"= :{address[1]}").stdout
        held = re.findall(r"skmem:\(r(\d+),rb\d+,t\d+,tb\d+,f(\d+),w(\d+)", shown)
        return len(held), sum(int(number) for one in held for number in one)

    def check_clients_that_never_read(self, queries):
        settings = {} if WHOLE else {"unsent_total_bytes": (8 << 20) // (4096 // CONNECTIONS)}
        server, address = self.serve(1, connections=CONNECTIONS, write_seconds=3600, lifetime_seconds=3600,
                                     idle_seconds=3600, idle_half_full_seconds=3600,
                                     **settings)
        self.assertTrue(self.is_answered(address, "127.9.0.1"))
        wire = query(selector("big"), use_edns=0).to_wire()
        wire = (struct.pack("!H", len(wire)) + wire) * queries
        before = server.memory_kib()
        for number in range(CONNECTIONS - 8):
            client = socket.socket()
            self.addCleanup(client.close)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.bind((f"127.1.0.{1 + number // 60}", 0))
            client.connect(address)
            client.setblocking(False)
            client.send(wire)
        self.assertTrue(self.is_answered(address, "127.9.0.1"), "others are answered meanwhile")
        time.sleep(1)
        clients, held = self.kernel_bytes(address)
        print(f"{held / 2**20:.1f} MiB of the kernel's for {clients} clients that sent {queries} queries each and read "
              f"nothing, {(server.memory_kib() - before) / 1024:.1f} MiB of the server's", file=sys.stderr)
        self.assertGreaterEqual(clients, CONNECTIONS - 8)
        self.assertLess(held / clients, 128 / 4096 * 2**20)
        self.assertLess(server.memory_kib() - before, clients * 16)

    def test_clients_that_never_read_cost_little_of_the_kernels_memory(self):
        self.check_clients_that_never_read(9000)

    def test_nor_do_those_that_ask_less(self):
        self.check_clients_that_never_read(100)


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main(argv=[argument for argument in sys.argv if argument != "--whole"])
