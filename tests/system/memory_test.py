"""dnsd runs out of memory (RLIMIT_DATA): what it serves it serves on, and what it could not do it does later."""

import re
import resource
import unittest
from pathlib import Path

from support.questions import SPF_ZONE, Tcp, ask, parse, query, spf_text
from support.server import refused_start, serve
from support.store import new_store

MEGABYTE = 1024 * 1024
NAMES = 12_000


def zone_text(apex):
    """A zone with names enough that it does not fit into some megabytes."""
    lines = [f"$ORIGIN {apex}.", "$TTL 3600", f"@ SOA ns1.{apex}. hostmaster.{apex}. 1 3600 600 1209600 300",
             "@ NS ns1", "ns1 A 192.0.2.1"]
    text = "x" * 240
    lines += [f'name{number} TXT "{text}"' for number in range(NAMES)]
    return "\n".join(lines) + "\n"


class Limited:
    """dnsd, and how much memory beyond what it has it may take."""

    def __init__(self, server):
        self.server = server
        self.pid = server.process.pid

    def allow(self, megabytes):
        status = Path(f"/proc/{self.pid}/status").read_text()
        has = int(re.search(r"VmData:\s+(\d+) kB", status).group(1)) * 1024
        resource.prlimit(self.pid, resource.RLIMIT_DATA, (has + megabytes * MEGABYTE, resource.RLIM_INFINITY))

    def allow_all(self):
        resource.prlimit(self.pid, resource.RLIMIT_DATA, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


class Loading(unittest.TestCase):
    def test_a_store_that_finds_no_memory_leaves_what_is_served(self):
        store, other = new_store(self), new_store(self)
        zone_file = store.scratch / "large.zone"
        zone_file.write_text(zone_text("large.test"))
        other.zonectl("zone", "import", zone_file, "--zone", "large.test")
        fresh = store.path / "fresh"
        fresh.write_bytes(other.zone_db.read_bytes())
        server = serve(self, store, "--workers", "2")
        limited = Limited(server)
        limited.allow(2)
        fresh.rename(store.zone_db)
        server.wait_for("event=store_unusable", timeout=60)
        self.assertIn("out of memory", server.log)
        self.assertEqual(spf_text(server.address()), "v=spf1 ~all")
        limited.allow_all()
        server.wait_for("event=store_recovered", timeout=60)
        server.wait_for("event=published zone=large.test", timeout=60)
        self.assertEqual(len(ask(server.address(), query(f"name{NAMES - 1}.large.test")).answer), 1)

    def test_a_start_that_finds_no_memory_says_so(self):
        store = new_store(self)
        zone_file = store.scratch / "large.zone"
        zone_file.write_text(zone_text("large.test"))
        store.zonectl("zone", "import", zone_file, "--zone", "large.test")
        half = 12 * MEGABYTE  # enough to begin, and less than the zone takes
        status, log = refused_start(self, store, "--workers", "1", preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_DATA, (half, resource.RLIM_INFINITY)))
        self.assertIn(status, (1, 3), log)
        self.assertRegex(log, "memory|limits")


class Clients(unittest.TestCase):
    def test_a_connection_goes_and_the_others_stay(self):
        store = new_store(self)
        config = store.scratch / "dnsd.toml"
        config.write_text("[tcp]\nconnections_per_address = 2000\nmessage_seconds = 600\nidle_seconds = 600\n"
                          "idle_half_full_seconds = 600\n[rate_limit]\nanswers_per_second = 0\n")
        server = serve(self, store, "--config", config, "--workers", "1")
        address = server.address("127.0.0.1", "tcp")
        limited = Limited(server)
        with Tcp(address) as friend:
            self.check(friend)
            limited.allow(1)
            large = []
            for _ in range(100):  # a message that does not end costs as much as has come of it
                large.append(Tcp(address))
                self.addCleanup(large[-1].socket.close)
                try:
                    large[-1].socket.sendall(b"\xff\xff" + bytes(65_000))
                except OSError:
                    pass  # it went
            server.wait_for("event=tcp_connection_lost", timeout=60)
            self.check(friend)
            self.assertEqual(spf_text(server.address()), "v=spf1 ~all")
            for connection in large:
                connection.socket.close()
        with Tcp(address) as another:
            self.check(another)

    def check(self, connection):
        connection.send(query(SPF_ZONE).to_wire())
        self.assertEqual(parse(connection.receive()).rcode(), 0)


if __name__ == "__main__":
    unittest.main()
