"""One secret in dnsd, NSD, Knot and BIND: a cookie that any of them made, each of them takes (RFC 9018).

All four run in a network namespace, one port each. That a cookie is taken shows in another way with each:

    dnsd        a probe without a question gets NOERROR, or BADCOOKIE (RFC 7873 section 5.4)
    NSD         gives a valid cookie back as it came, and a new one for any other
    Knot, BIND  told to insist, answer a query with a valid cookie and send BADCOOKIE to any other
"""

import itertools
import subprocess
import time
import unittest

import dns.rcode

from support import namespace
from support.options import CLIENT_COOKIE, COOKIE, judgement, read, with_options
from support.programs import end
from support.questions import DKIM_ZONE, ask, query, selector, until
from support.server import serve
from support.store import new_store

SECRET, OTHER_SECRET = "e5e973e5a6b2a43f48e7dc849e37bfcf", "445536bcd2513298075a5d379663c962"
HOSTS = ("127.0.0.1", "::1")
DNSD_PORT, NSD_PORT, KNOT_PORT, BIND_PORT = 5301, 5302, 5303, 5304

NSD = """
server:
  ip-address: 127.0.0.1@{port}
  ip-address: ::1@{port}
  username: ""
  zonesdir: "{directory}"
  database: ""
  pidfile: "{directory}/nsd.pid"
  xfrdfile: "{directory}/xfrd.state"
  zonelistfile: "{directory}/zone.list"
  server-count: 1
  answer-cookie: yes
  cookie-secret: "{secret}"
  cookie-secret-file: "{directory}/none"
remote-control:
  control-enable: no
zone:
  name: "{zone}"
  zonefile: "zone"
"""

KNOT = """
server:
  rundir: "{directory}"
  listen: [127.0.0.1@{port}, ::1@{port}]
log:
  - target: stderr
    any: info
database:
  storage: "{directory}/knot"
mod-cookies:
  - id: cookies
    secret: 0x{secret}
    badcookie-slip: 1
template:
  - id: default
    global-module: mod-cookies/cookies
    journal-content: none
zone:
  - domain: "{zone}"
    file: "{directory}/zone"
"""

BIND = """
options {{
  directory "{directory}";
  listen-on port {port} {{ 127.0.0.1; }};
  listen-on-v6 port {port} {{ ::1; }};
  pid-file "{directory}/named.pid";
  session-keyfile "{directory}/session.key";
  recursion no;
  answer-cookie yes;
  cookie-algorithm siphash24;
  cookie-secret "{secret}";
  require-server-cookie yes;
}};
controls {{ }};
zone "{zone}" {{ type primary; file "zone"; }};
"""

PEERS = {"NSD": (NSD, NSD_PORT, ("nsd", "-d", "-c")), "Knot": (KNOT, KNOT_PORT, ("knotd", "-c")),
         "BIND": (BIND, BIND_PORT, ("named", "-g", "-c"))}
PORTS = {"dnsd": DNSD_PORT, **{name: port for name, (_, port, _) in PEERS.items()}}


def start(test, store, name):
    """A peer that serves our zone and holds the secret; stopped when the class ends."""
    template, port, command = PEERS[name]
    config = store.scratch / f"{name}.conf"
    config.write_text(template.format(port=port, directory=store.scratch, secret=SECRET, zone=DKIM_ZONE.rstrip(".")))
    log_file = store.scratch / f"{name}.log"
    with open(log_file, "wb") as log:
        process = subprocess.Popen([*command, str(config)], stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    test.addClassCleanup(end, process)
    return log_file


def is_up(name):
    try:
        return all(ask((host, PORTS[name]), query(DKIM_ZONE, "SOA"), timeout=0.2) for host in HOSTS)
    except (AssertionError, OSError):
        return False


def answer_to(name, host, cookie):
    return ask((host, PORTS[name]), with_options(selector("mosa"), (COOKIE, cookie)))


def cookie_in(answer):
    (cookie,) = (data for code, data in read(answer) if code == COOKIE)
    return cookie


def takes(name, host, cookie):
    if name == "dnsd":
        return judgement((host, DNSD_PORT), cookie) == "NOERROR"
    answer = answer_to(name, host, cookie)
    if name == "NSD":
        return cookie_in(answer) == cookie
    assert answer.rcode() in (dns.rcode.NOERROR, dns.rcode.BADCOOKIE), answer
    return answer.rcode() == dns.rcode.NOERROR


class CookieInterop(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = new_store(cls)
        cls.store.zonectl("add", "mosa", "--domain", "mosamuseum.com")
        (cls.store.scratch / "zone").write_text(cls.store.zonectl("zone", "export", DKIM_ZONE.rstrip(".")).stdout)
        (cls.store.scratch / "knot").mkdir()
        cls.start_dnsd(cls, SECRET, DNSD_PORT)
        logs = {name: start(cls, cls.store, name) for name in PEERS}
        for name, log in logs.items():
            try:
                until(lambda name=name: is_up(name), f"{name} answers")
            except AssertionError as error:
                raise AssertionError(f"{error}:\n{log.read_text(errors='replace')}") from None

    def start_dnsd(self, secret, port):
        secrets = self.store.scratch / f"secrets-{port}"
        secrets.touch(mode=0o600)
        secrets.write_text(secret + "\n")
        config = self.store.scratch / f"dnsd-{port}.toml"
        config.write_text(f'[edns]\ncookie_secrets_file = "{secrets}"\n')
        return serve(self, self.store, "--config", config, listen=(f"127.0.0.1:{port}", f"[::1]:{port}"))

    def test_a_cookie_that_one_server_made_is_taken_by_every_other(self):
        made = {(maker, host): cookie_in(answer_to(maker, host, CLIENT_COOKIE)) for maker in PORTS for host in HOSTS}
        time.sleep(1.1)  # so that a cookie made anew would be another
        for (maker, host), taker in itertools.product(made, PORTS):
            cookie = made[maker, host]
            with self.subTest(maker=maker, taker=taker, host=host):
                self.assertTrue(takes(taker, host, cookie), cookie.hex())
                self.assertFalse(takes(taker, host, cookie[:-1] + bytes([cookie[-1] ^ 1])), "one bit is wrong")

    def test_a_cookie_is_taken_from_its_own_address_only(self):
        for maker, taker in itertools.product(PORTS, PORTS):
            cookie = cookie_in(answer_to(maker, "::1", CLIENT_COOKIE))
            with self.subTest(maker=maker, taker=taker):
                self.assertFalse(takes(taker, "127.0.0.1", cookie))

    def test_a_cookie_by_another_secret_is_taken_by_none(self):
        stranger = self.start_dnsd(OTHER_SECRET, DNSD_PORT + 100).address()
        cookie = cookie_in(ask(stranger, with_options(selector("mosa"), (COOKIE, CLIENT_COOKIE))))
        self.assertEqual(judgement(stranger, cookie), "NOERROR")
        for taker in PORTS:
            self.assertFalse(takes(taker, "127.0.0.1", cookie), taker)


if __name__ == "__main__":
    namespace.enter_or_skip()
    unittest.main()
