"""What dnsd counts is what a client has seen, and nothing that reads it is felt by who asks."""

import os
import shutil
import socket
import stat
import subprocess
import threading
import time
import unittest
import urllib.error
import urllib.request

import dns.edns
import dns.flags
import dns.opcode

from support.metrics import families, free_port, get, http_address, parse, scrape, value
from support.questions import DKIM_ZONE, SPF_ZONE, Tcp, ask_raw, query, selector, spf_text, until
from support.server import serve
from support.store import new_store

OFF = "[rate_limit]\nanswers_per_second = 0\n"
HTTP = '[metrics]\nlisten = "127.0.0.1:0"\n'


class MetricsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = new_store(cls)
        cls.store.zonectl("add", "mosa", "--domain", "mosamuseum.com")

    def serve(self, config, *arguments, **options):
        file = self.store.scratch / f"dnsd-{time.monotonic_ns()}.toml"
        file.write_text(config)
        return serve(self, self.store, "--config", file, *arguments, **options)


def opt_with_version(version):
    message = query(SPF_ZONE)
    message.use_edns(edns=0)
    message.ednsflags |= version << 16
    return message


class Counts(MetricsTest):
    def questions(self):
        """(how often, message, labels of its answer): one of each kind."""
        hit = selector("mosa")
        cookie = dns.edns.GenericOption(10, b"12345678")
        notify = query(SPF_ZONE, "SOA")
        notify.set_opcode(dns.opcode.NOTIFY)
        status = query(SPF_ZONE)
        status.set_opcode(dns.opcode.STATUS)
        two = query(SPF_ZONE)
        two.question.append(query(DKIM_ZONE).question[0])
        return [
            (50, query(hit), {"rcode": "NOERROR", "type": "TXT"}),
            (40, query(hit, use_edns=0), {"rcode": "NOERROR", "type": "TXT", "edns": True}),
            (30, query(hit, use_edns=0, want_dnssec=True), {"rcode": "NOERROR", "type": "TXT", "edns": True, "do": True}),
            (5, query(hit, use_edns=0, options=[cookie]),
             {"rcode": "NOERROR", "type": "TXT", "edns": True, "cookie": "client"}),
            (7, query("no." + DKIM_ZONE), {"rcode": "NXDOMAIN", "type": "TXT"}),
            (6, query(DKIM_ZONE, "A"), {"rcode": "NOERROR", "type": "A"}),
            (4, query(SPF_ZONE, "SOA"), {"rcode": "NOERROR", "type": "SOA"}),
            (3, query("example.org."), {"rcode": "REFUSED", "type": "TXT"}),
            (2, query("example.org.", "CAA"), {"rcode": "REFUSED", "type": "other"}),
            (8, two, {"rcode": "FORMERR", "type": "other"}),
            (9, status, {"rcode": "NOTIMP", "type": "TXT"}),
            (10, notify, {"rcode": "NOTAUTH", "type": "SOA"}),
            (11, opt_with_version(1), {"rcode": "BADVERS", "type": "TXT", "edns": True}),
        ]

    def test_are_what_a_client_has_counted_over_both_transports_and_families_with_four_workers(self):
        server = self.serve("workers = 4\n" + OFF + HTTP)
        asked = [(labels, times) for times, _, labels in self.questions()]
        all_asked = sum(times for _, times in asked)
        sizes = 0
        for host in ("127.0.0.1", "::1"):
            udp, tcp = server.address(host), server.address(host, "tcp")
            for times, message, _ in self.questions():
                for _ in range(times):
                    sizes += len(ask_raw(udp, message.to_wire()))
                with Tcp(tcp) as connection:
                    for _ in range(times):
                        connection.send(message.to_wire())
                        connection.receive()
        udp = server.address()
        self.assertIsNone(ask_raw(udp, b"short", timeout=0.2))
        response = query(SPF_ZONE)
        response.flags |= dns.flags.QR
        self.assertIsNone(ask_raw(udp, response.to_wire(), timeout=0.2))
        self.assertIsNone(ask_raw(udp, bytes(5000), timeout=0.2))
        samples = scrape(server)
        for transport in ("udp", "tcp"):
            for kind in ("ipv4", "ipv6"):
                for word in {labels["type"] for labels, _ in asked}:
                    count = sum(times for labels, times in asked if labels["type"] == word)
                    self.assertEqual(value(samples, "dnsd_queries_total", transport=transport, family=kind, type=word),
                                     count, (transport, kind, word))
            for word in {labels["rcode"] for labels, _ in asked}:
                count = 2 * sum(times for labels, times in asked if labels["rcode"] == word)
                self.assertEqual(value(samples, "dnsd_answers_total", transport=transport, rcode=word), count,
                                 (transport, word))
            self.assertEqual(value(samples, "dnsd_answer_size_bytes_count", transport=transport), 2 * all_asked)
        self.assertEqual(value(samples, "dnsd_answer_size_bytes_sum", transport="udp"), sizes)
        with_edns = sum(times for labels, times in asked if labels.get("edns"))
        self.assertEqual(value(samples, "dnsd_edns_queries_total"), 4 * with_edns)
        self.assertEqual(value(samples, "dnsd_dnssec_ok_queries_total"), 4 * 30)
        self.assertEqual(value(samples, "dnsd_cookies_total", state="client"), 4 * 5)
        self.assertEqual(value(samples, "dnsd_cookies_total"), 4 * all_asked)
        dkim = DKIM_ZONE.rstrip(".")
        self.assertEqual(value(samples, "dnsd_zone_answers_total", zone=dkim, kind="positive"), 4 * (50 + 40 + 30 + 5))
        self.assertEqual(value(samples, "dnsd_zone_answers_total", zone=dkim, kind="nxdomain"), 4 * 7)
        self.assertEqual(value(samples, "dnsd_zone_answers_total", zone=dkim, kind="nodata"), 4 * 6)
        for reason in ("short", "response", "oversized"):
            self.assertEqual(value(samples, "dnsd_queries_dropped_total", reason=reason), 1, reason)
        self.assertEqual(value(samples, "dnsd_batch_queries_sum"), 2 * all_asked + 3)
        self.assertEqual(value(samples, "dnsd_tcp_connections_total", outcome="served"), 2 * len(asked))
        self.assertEqual(value(samples, "dnsd_workers"), 4)

    def test_tell_what_the_rate_limit_has_held_back(self):
        server = self.serve("workers = 4\n[rate_limit]\nanswers_per_second = 10\nslip = 3\n" + HTTP)
        whole = cut = 0
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.connect(server.address())
            udp.settimeout(2)
            for _ in range(300):
                udp.send(query(SPF_ZONE).to_wire())
            try:
                while True:
                    answer = udp.recv(65535)
                    cut += bool(answer[2] & 2)
                    whole += not answer[2] & 2
            except TimeoutError:
                pass
        samples = scrape(server)
        self.assertEqual(value(samples, "dnsd_queries_total"), 300)
        self.assertEqual(value(samples, "dnsd_answers_total"), whole + cut)
        self.assertEqual(value(samples, "dnsd_answers_truncated_total", reason="slip"), cut)
        self.assertEqual(value(samples, "dnsd_answers_truncated_total", reason="size"), 0)
        self.assertEqual(value(samples, "dnsd_rate_limited_total", action="slipped"), cut)
        self.assertEqual(value(samples, "dnsd_rate_limited_total", action="dropped"), 300 - whole - cut)
        self.assertEqual(value(samples, "dnsd_queries_dropped_total", reason="rate_limit"), 300 - whole - cut)
        self.assertGreater(cut, 0)

    def test_follow_the_store(self):
        server = self.serve(HTTP)
        before = scrape(server)
        zone = SPF_ZONE.rstrip(".")
        self.assertEqual(value(before, "dnsd_image_loads_total", reason="start"), 1)
        self.assertEqual(value(before, "dnsd_publish_seconds_count"), 0)
        self.store.zonectl("spf", "allow", "ip4:192.0.2.7")
        served, _ = until(lambda: (samples := scrape(server)) and
                          value(samples, "dnsd_zone_serial", zone=zone) > value(before, "dnsd_zone_serial", zone=zone)
                          and samples, "the new serial")
        self.assertEqual(value(served, "dnsd_image_changes_total"), 1)
        self.assertEqual(value(served, "dnsd_publish_seconds_count"), 1)
        self.assertEqual(value(served, "dnsd_store_usable"), 1)
        self.assertEqual(value(served, "dnsd_zone_record_sets", zone=zone),
                         value(before, "dnsd_zone_record_sets", zone=zone))


class Reading(MetricsTest):
    def test_loses_no_query(self):
        server = self.serve("workers = 2\n" + OFF + HTTP)
        window, queries = 32, 8000
        wire = query(selector("mosa")).to_wire()
        ended = threading.Event()
        scrapes = []

        def read():
            while not ended.is_set():
                scrapes.append(scrape(server))

        reader = threading.Thread(target=read)
        reader.start()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.connect(server.address())
            udp.settimeout(30)
            try:
                for _ in range(queries // window):
                    for _ in range(window):
                        udp.send(wire)
                    for _ in range(window):
                        udp.recv(4096)
            finally:
                ended.set()
                reader.join()
        self.assertEqual(value(scrape(server), "dnsd_answers_total"), queries)
        self.assertGreater(len(scrapes), 1)
        counts = [value(samples, "dnsd_answers_total") for samples in scrapes]
        self.assertEqual(counts, sorted(counts), "a counter fell")

    def test_goes_on_beside_a_hundred_who_say_nothing(self):
        server = self.serve(HTTP)
        host, port = http_address(server).rsplit(":", 1)
        silent = []
        for _ in range(100):
            silent.append(socket.create_connection((host, int(port)), 10))
        try:
            status, text = get(server)
            self.assertEqual(status, 200)
            self.assertIn("dnsd_build_info", text)
            self.assertTrue(spf_text(server.address()))
        finally:
            for each in silent:
                each.close()

    def test_knows_two_pages_and_one_method(self):
        server = self.serve(HTTP)
        self.assertEqual(get(server, "/health"), (200, "good\n"))
        self.assertEqual(get(server, "/other")[0], 404)
        host, port = http_address(server).rsplit(":", 1)
        for request, wanted in ((b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", b"405"),
                                (b"GET /metrics HTTP/1.1\r\nHost: x\r\nBig: " + b"x" * 10000 + b"\r\n\r\n", b""),
                                (b"nonsense\r\n\r\n", b"")):
            with socket.create_connection((host, int(port)), 30) as client:
                client.sendall(request)
                try:
                    answer = client.recv(4096)
                except ConnectionResetError:
                    answer = b""
                self.assertEqual(answer[9:12], wanted, request[:20])
        self.assertEqual(get(server)[0], 200)

    def test_health_is_good_while_the_store_is_not_and_bad_while_it_drains(self):
        server = self.serve("drain_seconds = 20\n" + HTTP)
        hidden = self.store.path.with_name("hidden")
        self.store.path.rename(hidden)
        try:
            (status, text), _ = until(lambda: (found := get(server, "/health")) and "unusable" in found[1] and found,
                                      "the health check to tell of the store")
            self.assertEqual(status, 200)
            self.assertIn("store-missing", text)
            samples = scrape(server)
            self.assertEqual(value(samples, "dnsd_store_usable"), 0)
            self.assertEqual(value(samples, "dnsd_store_trouble"), 1)
            self.assertEqual(value(samples, "dnsd_store_trouble", reason="store-missing"), 1)
            self.assertTrue(spf_text(server.address()))
        finally:
            hidden.rename(self.store.path)
        until(lambda: get(server, "/health")[1] == "good\n", "the store to be good again")
        self.assertEqual(value(scrape(server), "dnsd_image_loads_total", reason="recovered"), 1)
        with Tcp(server.address(transport="tcp")) as connection:
            connection.send(query(SPF_ZONE).to_wire())
            connection.receive()
            connection.socket.sendall(b"\x00")  # begins a query: the drain waits for it
            time.sleep(0.2)
            server.process.terminate()
            status, _ = until(lambda: (found := get(server, "/health")) and found[0] == 503 and found, "a bad health")
            self.assertEqual(status[1], "draining\n")

    def test_a_port_that_another_has_keeps_nothing_from_starting_and_is_taken_once_it_is_free(self):
        port = free_port()
        file = self.store.scratch / f"taken-{port}.prom"
        with socket.socket() as other:
            other.bind(("127.0.0.1", port))
            other.listen()
            server = self.serve(f'[metrics]\nlisten = "127.0.0.1:{port}"\nfile = "{file}"\nfile_seconds = 1\n')
            server.wait_for("event=metrics_not_listening")
            self.assertTrue(spf_text(server.address()))
            until(file.exists, "the file")
            self.assertEqual(value(parse(file.read_text()), "dnsd_metrics_listening"), 0)
        server.wait_for("event=metrics_listening", timeout=120)
        self.assertEqual(value(scrape(server), "dnsd_metrics_listening"), 1)
        self.assertEqual(server.log.count("event=metrics_not_listening"), 1)


class File(MetricsTest):
    def test_is_whole_whenever_it_is_read_and_for_all_to_read(self):
        directory = self.store.scratch / "run"
        directory.mkdir(mode=0o755)
        (directory / "metrics.prom.new-0123456789abcdef").write_text("left by one that was killed")
        before = os.umask(0o077)
        try:
            server = self.serve("[metrics]\nfile_seconds = 1\n",
                                env={**os.environ, "RUNTIME_DIRECTORY": str(directory)})
        finally:
            os.umask(before)
        file = directory / "metrics.prom"
        until(file.exists, "the file")
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o644)
        first = file.stat().st_mtime_ns
        texts = set()
        until(lambda: texts.add(file.read_text()) or file.stat().st_mtime_ns != first and len(texts) > 2,
              "the file to be written again", pause=0.001)
        shown = [families(text) for text in texts]
        self.assertTrue(all(each == shown[0] for each in shown))
        self.assertTrue(all(text.endswith("\n") for text in texts))
        self.assertEqual([each.name for each in directory.iterdir() if ".new-" in each.name and
                          each.name.endswith("0123456789abcdef")], [])
        self.assertEqual(server.stop(), 0)
        self.assertTrue(file.exists(), "it grows old, and does not go")

    def test_that_cannot_be_written_stops_nothing(self):
        directory = self.store.scratch / "late"
        server = self.serve(f'sandbox = "off"\n[metrics]\nfile = "{directory}/metrics.prom"\nfile_seconds = 1\n')
        server.wait_for("event=metrics_not_written")
        self.assertTrue(spf_text(server.address()))
        time.sleep(2.5)
        self.assertEqual(server.log.count("event=metrics_not_written"), 1)
        directory.mkdir()
        server.wait_for("event=metrics_written_again")
        self.assertIn(("dnsd_store_usable", ()), parse((directory / "metrics.prom").read_text()))

    def test_of_the_store_follows_no_link_and_replaces_no_other_file(self):
        other, link = self.store.scratch / "other", self.store.scratch / "link.prom"
        other.write_text("mine")
        link.symlink_to(other)
        refused = self.store.zonectl("metrics", "--file", link, expect=2)
        self.assertIn("name a file; without --file it goes to standard output", refused.stderr)
        self.assertIn("is no metrics file", self.store.zonectl("metrics", "--file", other, expect=3).stderr)
        self.assertEqual(other.read_text(), "mine")

    @unittest.skipUnless(shutil.which("prometheus-node-exporter"), "needs prometheus-node-exporter")
    def test_is_shown_by_node_exporter_beside_its_own(self):
        directory = self.store.scratch / "textfile"
        directory.mkdir()
        self.serve(f'[metrics]\nfile = "{self.store.scratch}/of-dnsd.prom"\nfile_seconds = 1\n')
        until((self.store.scratch / "of-dnsd.prom").exists, "the file")
        (directory / "dnsd.prom").symlink_to(self.store.scratch / "of-dnsd.prom")
        self.store.zonectl("metrics", "--file", directory / "zonestore.prom")
        port = free_port()
        exporter = subprocess.Popen(["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{port}",
                                     f"--collector.textfile.directory={directory}", "--collector.disable-defaults",
                                     "--collector.textfile"], stderr=subprocess.DEVNULL)
        self.addCleanup(exporter.wait)
        self.addCleanup(exporter.terminate)

        def shown():
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
                    return answer.read().decode()
            except urllib.error.URLError:
                return ""
        text, _ = until(shown, "node_exporter to answer")
        for wanted in ("dnsd_build_info{", "zonestore_institutions{", "process_cpu_seconds_total",
                       "node_textfile_scrape_error 0"):
            self.assertIn(wanted, text)


class StatusLine(MetricsTest):
    def test_is_renewed_for_the_supervisor(self):
        path = str(self.store.scratch / "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
            supervisor.bind(path)
            supervisor.settimeout(90)
            self.serve("", env={**os.environ, "NOTIFY_SOCKET": path})
            while "answering: " not in (said := supervisor.recv(4096).decode()):
                pass
        self.assertRegex(said, r"^STATUS=answering: 2 zones, serial \d{10}, \d+/s$")


if __name__ == "__main__":
    unittest.main()
