"""A zone of some megabytes, larger than what the kernels hold of it while it is sent, and a client that reads it bit by bit."""

import dns.message
import dns.rdatatype

from support.questions import Tcp, query
from support.transfers import ADDRESS, KEY, WithPeers
from support.tsig import split


class LargeZone(WithPeers):
    """dnsd with it, started for each test, and one peer that has KEY."""

    ZONE = "big.example."
    RECORDS = 40_000

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        file = cls.store.scratch / "big.zone"
        with open(file, "w", encoding="ascii") as out:
            out.write("$ORIGIN big.example.\n$TTL 300\n@ SOA ns1.secutix.com. hostmaster.secutix.com. 1 3600 600 86400 300\n"
                      "@ NS ns1.secutix.com.\n@ NS ns2.secutix.com.\n")
            out.writelines(f"n{number} TXT \"{'x' * 200}\"\n" for number in range(cls.RECORDS))
        cls.file = file
        cls.store.zonectl("zone", "import", file)
        cls.add_peer("ns2", 5399, KEY)

    def setUp(self):
        self.server = self.start(self)

    def ask_for_it(self):
        """A connection that has asked; closed with the test. What the kernels hold for it is less than the zone."""
        connection = Tcp(ADDRESS, timeout=60)
        self.addCleanup(connection.socket.close)
        wire, mac = KEY.sign(query(self.ZONE, "AXFR").to_wire())
        connection.send(wire)
        return connection, mac

    def rest_of(self, connection, mac, first, soas=2):
        """Every message to the end, each verified; the serials of the SOAs, and how many records there were."""
        serials, count, wire, is_first = [], 0, first, True
        while len(serials) < soas:
            record = KEY.verifies(wire, mac, None if is_first else mac)
            mac, is_first = record["mac"], False
            message = dns.message.from_wire(split(wire)[0], xfr=True)
            for record_set in message.answer:
                count += len(record_set)
                if record_set.rdtype == dns.rdatatype.SOA:
                    serials += [record_set[0].serial] * len(record_set)
            if len(serials) < soas:
                wire = connection.receive()
        return serials, count
