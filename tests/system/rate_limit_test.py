"""Response rate limiting: a prefix that floods gets its rate, some truncated answers, and silence; nobody else notices."""

import re
import select
import socket
import time
import unittest

import dns.edns
import dns.flags
import dns.opcode
import dns.rcode

from support.questions import DKIM_ZONE, SPF_ZONE, Tcp, ask, dig, family, parse, query, quoted_strings, selector
from support.server import serve
from support.store import new_store

RATE = 20
COOKIE = 10  # RFC 7873 section 4


def earned(sent, rate=RATE):
    """How many of questions sent at these times a bucket of one second's answers lets pass."""
    tokens, passed, last = rate, 0, sent[0]
    for moment in sent:
        tokens = min(rate, tokens + rate * (moment - last))
        last = moment
        if tokens >= 1:
            tokens -= 1
            passed += 1
    return passed


class Seen:
    """What came back to a flood."""

    def __init__(self, sent, answers, seconds):
        self.asked = len(sent)
        self.seconds = seconds  # from the first question to the last answer
        self.sent = sent
        self.truncated = [answer for answer in answers if answer.flags & dns.flags.TC]
        self.whole = [answer for answer in answers if not answer.flags & dns.flags.TC]
        self.rcodes = {answer.rcode() for answer in answers}

    @property
    def silence(self):
        return self.asked - len(self.whole) - len(self.truncated)


def receive(sockets, patience):
    """Every answer that comes, until none has for so long."""
    answers = []
    while True:
        readable, _, _ = select.select(sockets, [], [], patience)
        if not readable:
            return answers
        answers += [parse(udp.recv(65535)) for udp in readable]


def flood(address, messages, seconds=0.0, source=None, ports=1):
    """Asks these questions, spread over so many seconds and ports, whatever comes back; reads what does."""
    sockets = [socket.socket(family(address[0]), socket.SOCK_DGRAM) for _ in range(ports)]
    try:
        for udp in sockets:
            udp.bind((source or address[0], 0))
            udp.connect(address)
        answers, sent = [], []
        began = time.monotonic()
        for number, message in enumerate(messages):
            sent.append(time.monotonic())
            sockets[number % ports].send(message.to_wire())
            if number % 10 == 9:
                due = began + seconds * (number + 1) / len(messages)
                answers += receive(sockets, 0)
                time.sleep(max(0.0, due - time.monotonic()))
        answers += receive(sockets, 0.3)
        return Seen(sent, answers, time.monotonic() - 0.3 - began)
    finally:
        for udp in sockets:
            udp.close()


class RateLimit(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = new_store(cls)
        cls.store.zonectl("add", "mosa", "--domain", "mosamuseum.com")
        file = cls.store.scratch / "many.zone"
        file.write_text("$ORIGIN many.test.\n$TTL 300\n@ SOA ns.other.test. h.other.test. 1 3600 600 1209600 300\n"
                        "@ NS ns.other.test.\n" + "".join(f"n{number} TXT text\n" for number in range(120)))
        cls.store.zonectl("zone", "import", file)

    def serve(self, *arguments, **settings):
        settings = {"answers_per_second": RATE, **settings}
        config = self.store.scratch / f"dnsd-{time.monotonic_ns()}.toml"
        config.write_text("[rate_limit]\n" + "".join(f"{key} = {value}\n" for key, value in settings.items()))
        self.server = serve(self, self.store, "--config", config, *arguments)
        return self.server.address()

    def check_limited(self, seen, slip=2):
        """One second's answers at once and RATE a second; of the rest every second one truncated. On a loaded machine
        questions come in clumps: none asks for what the last pause earned, and the server may read them late."""
        self.assertLessEqual(len(seen.whole), RATE + RATE * seen.seconds + 2)
        self.assertGreaterEqual(len(seen.whole), earned(seen.sent) - RATE * 0.2 - 2)
        self.assertAlmostEqual(len(seen.truncated), (seen.asked - len(seen.whole)) / slip, delta=3)

    def test_a_flood_of_one_question_gets_its_rate_and_some_truncated_answers(self):
        udp = self.serve()
        self.check_limited(flood(udp, [query(selector("mosa")) for _ in range(400)], seconds=2))

    def test_an_ipv6_client_is_limited_alike(self):
        self.serve()
        self.check_limited(flood(self.server.address("::1"), [query(selector("mosa")) for _ in range(200)], seconds=1))

    def test_the_limit_is_the_same_over_all_workers_and_ports(self):
        udp = self.serve("--workers", "4")
        self.check_limited(flood(udp, [query(selector("mosa")) for _ in range(400)], seconds=1, ports=40))

    def test_a_truncated_answer_keeps_question_and_opt_and_nothing_else(self):
        udp = self.serve()
        message = query(selector("mosa").replace("sel", "SeL"), use_edns=0, want_dnssec=True)
        seen = flood(udp, [message] * 100)
        self.assertGreater(len(seen.truncated), 20)
        for answer in seen.truncated:
            self.assertTrue(message.is_response(answer))
            self.assertEqual(answer.question[0].name.to_text(), message.question[0].name.to_text())
            self.assertEqual((answer.answer, answer.authority, answer.additional), ([], [], []))
            self.assertEqual((answer.edns, answer.ednsflags & dns.flags.DO), (0, dns.flags.DO))
            self.assertTrue(answer.flags & dns.flags.AA)

    def test_only_the_prefix_that_floods_is_limited(self):
        udp = self.serve()
        messages = [query(selector("mosa")) for _ in range(100)]
        self.check_limited(flood(udp, messages))
        neighbour = flood(udp, messages[:RATE], source="127.0.0.200")
        self.assertLess(len(neighbour.whole), RATE, "the same 24 bits are one client")
        self.assertEqual(len(flood(udp, messages[:RATE], source="127.0.9.1").whole), RATE)

    def test_other_answers_to_that_prefix_are_not_limited(self):
        udp = self.serve()
        self.check_limited(flood(udp, [query(selector("mosa")) for _ in range(100)]))
        for name in (selector("mosa", "sel2"), SPF_ZONE):
            self.assertEqual(len(flood(udp, [query(name)] * RATE).whole), RATE, name)

    def many(self, each):
        """Questions for 120 names, in turn."""
        return [query(f"n{number}.many.test.") for _ in range(each) for number in range(120)]

    def test_many_names_have_one_limit_for_all_answers_to_a_prefix(self):
        udp = self.serve(all_answers_per_second=2 * RATE)
        seen = flood(udp, self.many(5), seconds=1)
        self.assertLessEqual(len(seen.whole), 2 * RATE + 2 * RATE * seen.seconds + 2)
        self.assertGreaterEqual(len(seen.whole), earned(seen.sent, 2 * RATE) - 2 * RATE * 0.2 - 2)
        self.assertAlmostEqual(len(seen.truncated), (seen.asked - len(seen.whole)) / 2, delta=3)
        self.assertEqual(len(flood(udp, self.many(1)[:RATE], source="127.0.9.1").whole), RATE)
        ask(udp, query(SPF_ZONE))
        self.server.wait_for("event=rate_limited client=127.0.0.0/24 answers=all")

    def test_the_limit_of_all_answers_is_1000_by_default_and_0_turns_it_off(self):
        udp = serve(self, self.store).address()
        seen = flood(udp, self.many(100))
        self.assertLessEqual(len(seen.whole), 1000 + 1000 * seen.seconds + 2)
        self.assertGreater(len(seen.whole), 600)
        udp = self.serve(all_answers_per_second=0, answers_per_second=200)
        self.assertEqual(len(flood(udp, self.many(10), seconds=0.5).whole), 1200)

    def test_a_valid_cookie_exempts_from_the_limit_of_all_answers_too(self):
        udp = self.serve(all_answers_per_second=RATE)
        (given,) = ask(udp, query(SPF_ZONE, use_edns=0,
                                  options=[dns.edns.GenericOption(COOKIE, bytes(range(8)))])).options
        known = {"use_edns": 0, "options": [dns.edns.GenericOption(COOKIE, given.to_wire())]}
        messages = [query(f"n{number}.many.test.", **known) for number in range(120)]
        self.assertEqual(len(flood(udp, messages).whole), 120)

    def test_any_has_no_account_beside_the_type_that_it_is_answered_with(self):
        udp = self.serve()
        self.check_limited(flood(udp, [query(selector("mosa"), kind) for _ in range(100) for kind in ("TXT", "ANY")],
                                 seconds=1))

    def test_names_that_do_not_exist_are_one_account(self):
        udp = self.serve()
        seen = flood(udp, [query(f"random{number}.{DKIM_ZONE}") for number in range(200)], seconds=1)
        self.assertEqual(seen.rcodes, {dns.rcode.NXDOMAIN})
        self.check_limited(seen)

    def test_types_that_a_name_has_not_are_one_account(self):
        udp = self.serve()
        seen = flood(udp, [query(selector("mosa"), 1000 + number) for number in range(200)], seconds=1)
        self.assertEqual(seen.rcodes, {dns.rcode.NOERROR})
        self.check_limited(seen)

    def test_errors_are_one_account_for_each_rcode(self):
        udp = self.serve()
        refused = flood(udp, [query(f"name{number}.example.") for number in range(200)], seconds=1)
        self.assertEqual(refused.rcodes, {dns.rcode.REFUSED})
        self.check_limited(refused)
        other = query(selector("mosa"))
        other.set_opcode(dns.opcode.STATUS)
        not_implemented = flood(udp, [other] * 100)
        self.assertEqual(not_implemented.rcodes, {dns.rcode.NOTIMP})
        self.check_limited(not_implemented)

    def test_tcp_is_not_limited(self):
        udp = self.serve()
        self.check_limited(flood(udp, [query(selector("mosa")) for _ in range(100)]))
        with Tcp(self.server.address("127.0.0.1", "tcp")) as connection:
            wires = [query(selector("mosa")).to_wire() for _ in range(10 * RATE)]
            connection.send(*wires)
            for _ in wires:
                self.assertEqual(len(parse(connection.receive()).answer), 1)

    def test_a_client_behind_a_limited_prefix_comes_through_by_tcp(self):
        udp = self.serve(slip=1)
        self.check_limited(flood(udp, [query(SPF_ZONE) for _ in range(100)]), slip=1)
        self.assertEqual(quoted_strings(dig(udp, SPF_ZONE, "TXT", "+short", "+noedns")), ["v=spf1 ~all"])

    def test_a_valid_cookie_exempts_and_a_forged_one_does_not(self):
        udp = self.serve()

        def asking(cookie):
            return query(selector("mosa"), use_edns=0, options=[dns.edns.GenericOption(COOKIE, cookie)])
        client_cookie = bytes(range(8))
        (given,) = ask(udp, asking(client_cookie)).options
        self.assertEqual((given.otype, len(given.to_wire())), (COOKIE, 24))
        self.assertEqual(len(flood(udp, [asking(given.to_wire())] * 400).whole), 400)
        self.check_limited(flood(udp, [asking(given.to_wire()[:-1] + b"?")] * 100))
        self.assertEqual(len(flood(udp, [asking(given.to_wire())] * 100).whole), 100)
        foreign = flood(udp, [asking(given.to_wire())] * 100, source="127.0.9.1")
        self.check_limited(foreign)

    def test_after_a_second_of_rest_it_is_as_before(self):
        udp = self.serve()
        self.check_limited(flood(udp, [query(SPF_ZONE) for _ in range(100)]))
        time.sleep(1.1)
        self.assertEqual(len(flood(udp, [query(SPF_ZONE)] * RATE).whole), RATE)

    def test_without_slip_there_is_silence(self):
        udp = self.serve(slip=0)
        seen = flood(udp, [query(SPF_ZONE) for _ in range(100)])
        self.assertEqual(seen.truncated, [])
        self.assertGreater(seen.silence, 100 - 2 * RATE)

    def test_0_turns_it_off(self):
        udp = self.serve(answers_per_second=0)
        self.assertEqual(len(flood(udp, [query(SPF_ZONE) for _ in range(1000)]).whole), 1000)

    def test_200_a_second_is_the_default(self):
        server = serve(self, self.store)
        seen = flood(server.address(), [query(SPF_ZONE) for _ in range(1000)], seconds=1)
        self.assertGreater(len(seen.whole), earned(seen.sent, 200) * 0.9)
        self.assertLessEqual(len(seen.whole), 200 + 200 * seen.seconds + 2)

    def test_the_log_says_who_is_limited_and_how_much_was(self):
        udp = self.serve()
        seen = flood(udp, [query(f"random{number}.{DKIM_ZONE}") for number in range(200)], seconds=0.5)
        ask(udp, query(SPF_ZONE))
        self.server.wait_for("event=rate_limited client=127.0.0.0/24 answers=nxdomain")
        self.assertEqual(len(re.findall("event=rate_limited", self.server.log)), 1)
        self.server.stop()
        self.assertIn(f"limited_dropped={seen.silence} limited_slipped={len(seen.truncated)} ", self.server.log)


if __name__ == "__main__":
    unittest.main()
