"""A host without IPv6, as most containers are: what nobody named is left out with a warning, what somebody named is not."""

import re
import unittest
from pathlib import Path

from support import namespace
from support.manager import Manager
from support.namespace import ip
from support.programs import run
from support.questions import SPF_ZONE, ask, query
from support.server import Dnsd, refused_start, serve
from support.store import new_store

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = r"level=warning event=default_address_left_out message=\"cannot listen on \[::1\]:53 "


class NoIpv6(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        run("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1")
        cls.store = new_store(cls)

    def config(self, text):
        file = self.store.scratch / "dnsd.toml"
        file.write_text(text)
        return file

    def check_serves_on_ipv4(self, *arguments):
        server = serve(self, self.store, *arguments, listen=())
        self.assertTrue(re.search(LEFT_OUT, server.log), server.log)
        self.assertEqual(ask(("127.0.0.1", 53), query(SPF_ZONE)).rcode(), 0)
        self.assertNotIn("address=\"[::1]:53\"", server.log)
        server.stop()

    def test_the_default_addresses_are_those_that_there_are(self):
        self.check_serves_on_ipv4()

    def test_so_they_are_where_the_template_lists_them(self):
        template = (ROOT / "deploy/dnsd.toml").read_text()
        for setting in ('store = "/var/lib/zonestore"', 'tsig_keys_file = "/etc/dnsd/tsig.keys"'):  # of an installation
            self.assertIn(setting, template)
            template = template.replace(setting, "")
        self.check_serves_on_ipv4("--config", self.config(template))

    def test_a_restart_takes_the_sockets_up_that_there_are(self):
        manager = Manager(self, self.store.scratch)
        for is_second in (False, True):
            words, options = manager.start_words()
            server = Dnsd(self.store, prefix=words, listen=(), **options)
            self.addCleanup(server.kill)
            self.assertEqual("event=sockets_taken_up" in server.log, is_second, server.log)
            self.assertEqual(ask(("127.0.0.1", 53), query(SPF_ZONE)).rcode(), 0)
            server.stop()

    def test_an_address_that_the_operator_named_is_an_error_that_says_what_to_do(self):
        for arguments in (("--listen", "127.0.0.1:5300", "--listen", "[::1]:5300"),
                          ("--config", self.config('listen = ["127.0.0.1:5300", "[::1]:5300"]'))):
            status, log = refused_start(self, self.store, *arguments, listen=())
            self.assertEqual(status, 4)
            self.assertRegex(log, r"cannot listen on \[::1\]:5300 .*leave it out where IPv6 is off")

    def test_one_default_address_is_left_at_least(self):
        ip("address", "del", "127.0.0.1/8", "dev", "lo")
        self.addCleanup(ip, "address", "add", "127.0.0.1/8", "dev", "lo")
        status, log = refused_start(self, self.store, listen=())
        self.assertEqual(status, 4, log)
        self.assertIn("cannot listen on 127.0.0.1:53", log)

    def test_an_address_may_come_later_if_one_says_so(self):
        status, log = refused_start(self, self.store, listen=("192.0.2.1:53",))
        self.assertEqual(status, 4)
        self.assertIn("set listen_ahead", log)
        server = Dnsd(self.store, "--config", self.config("listen_ahead = true"), listen=("192.0.2.1:53",))
        self.addCleanup(server.kill)
        ip("address", "add", "192.0.2.1/32", "dev", "lo")
        self.addCleanup(ip, "address", "del", "192.0.2.1/32", "dev", "lo")
        self.assertEqual(ask(("192.0.2.1", 53), query(SPF_ZONE)).rcode(), 0)
        self.assertEqual(server.stop(), 0)

    def test_the_quickstart_serves_where_it_can(self):
        text = (ROOT / "deploy/quickstart").read_text()
        functions = re.sub(r"(?m)^main \"\$@\"$", "", text)
        for disabled, wanted in (("1", "127.0.0.1:5300"), ("0", "127.0.0.1:5300 [::1]:5300")):
            run("sysctl", "-qw", f"net.ipv6.conf.all.disable_ipv6={disabled}", f"net.ipv6.conf.lo.disable_ipv6={disabled}")
            shown = run("bash", "-c", functions + "\nchoose_addresses\necho \"${addresses[@]}\"", str(ROOT / "deploy/quickstart"))
            self.assertEqual(shown.stdout.strip().splitlines()[-1], wanted)
        run("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1")


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main()
