"""A commit is on the wire without a restart, and no query is lost while changes are made."""

import threading
import time
import unittest

from support.questions import DKIM_ZONE, Tcp, ask_raw, parse, query, selector, spf_text, until
from support.server import serve
from support.store import new_store


class Load(threading.Thread):
    """Questions one after the other, below the rate limit for equal answers; counts those without a right answer."""

    def __init__(self, udp, tcp):
        super().__init__()
        self.udp, self.tcp = udp, tcp
        self.stop = threading.Event()
        self.asked = 0
        self.lost = []

    def run(self):
        names = [selector("mosa"), selector("mosa", "sel2"), "_domainkey." + DKIM_ZONE, "no." + DKIM_ZONE]
        with Tcp(self.tcp) as connection:
            while not self.stop.wait(0.004):
                message = query(names[self.asked % len(names)])
                self.asked += 1
                if self.asked % 5 == 0:
                    connection.send(message.to_wire())
                    wire = connection.receive()
                else:
                    wire = ask_raw(self.udp, message.to_wire(), timeout=2)
                if wire is None or not message.is_response(parse(wire)):
                    self.lost.append((self.asked, message.question, wire))


class Freshness(unittest.TestCase):
    def setUp(self):
        self.store = new_store(self)
        self.store.zonectl("add", "mosa", "--domain", "mosamuseum.com")
        self.server = serve(self, self.store)
        self.udp = self.server.address()

    def serial_on_the_wire(self, zone):
        return parse(ask_raw(self.udp, query(zone, "SOA").to_wire())).answer[0][0].serial

    def test_changes_reach_the_wire_and_no_query_is_lost(self):
        load = Load(self.udp, self.server.address("127.0.0.1", "tcp"))
        load.start()
        waits = []
        try:
            for number in range(30):
                term = f"ip4:192.0.2.{number}"
                self.store.zonectl("spf", "allow", term)
                waits.append(until(lambda t=term: t in spf_text(self.udp), f"{term} on the wire", timeout=5,
                                   pause=0.006)[1])
                self.store.zonectl("spf", "deny", term)
                until(lambda t=term: t not in spf_text(self.udp), f"{term} off the wire", timeout=5, pause=0.02)
        finally:
            load.stop.set()
            load.join()
        waits.sort()
        print(f"{load.asked} questions, {len(load.lost)} lost; from the end of zonectl to the wire: median "
              f"{waits[15] * 1000:.1f} ms, largest {waits[-1] * 1000:.1f} ms")
        self.assertGreater(load.asked, 100)
        self.assertEqual(load.lost, [])

    def test_a_rotation_is_seen_by_its_ttls(self):
        self.store.zonectl("rotate", "mosa", "--override", "E_NOT_RIPE", "--reason", "test")

        def ttls():
            return [parse(ask_raw(self.udp, query(selector("mosa", slot)).to_wire())).answer[0].ttl
                    for slot in ("sel1", "sel2")]
        until(lambda: ttls() == [300, 3600], "the TTLs after the rotation")

    def test_the_serial_on_the_wire_is_the_stores(self):
        for number in range(5):
            self.store.zonectl("spf", "allow", f"ip4:192.0.2.{number}")
        until(lambda: {self.serial_on_the_wire(zone) for zone in ("dkim.secutix.com.", "spf.secutix.com.")}
              == set(self.store.serials().values()), "the serials")

    def test_many_changes_leave_no_memory_behind(self):
        def change(numbers):
            for number in numbers:
                self.store.zonectl("spf", "allow", f"ip4:192.0.2.{number % 8}")
                self.store.zonectl("spf", "deny", f"ip4:192.0.2.{number % 8}")
            time.sleep(0.5)
            return self.server.memory_kib()
        warm = change(range(20))
        self.assertLess(change(range(100)), warm + 4096)


if __name__ == "__main__":
    unittest.main()
