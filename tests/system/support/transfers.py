"""dnsd with peers that may fetch its zones, as the tests of transfers have it: on a port of their own network namespace."""

import unittest

import dns.message
import dns.query
import dns.rrset

from support.changes import FAST
from support.questions import DKIM_ZONE, SPF_ZONE, ask, query
from support.secondaries import records_of, records_of_zone_file
from support.server import serve
from support.store import new_store
from support.tsig import Key

KEY, OTHER = Key("ns2-key"), Key("other-key", "hmac-sha512", bytes(range(64)))
PRIMARY = 5300
ADDRESS = ("127.0.0.1", PRIMARY)
ZONES = (DKIM_ZONE, SPF_ZONE)


def fetch(zone, key=KEY, record_type="AXFR", **options):
    """A transfer from dnsd, its signatures verified."""
    return records_of(dns.query.xfr(ADDRESS[0], zone, record_type, port=ADDRESS[1], relativize=False, timeout=20,
                                    keyring=key.keyring if key else None, keyname=key.name if key else None,
                                    keyalgorithm=key.algorithm if key else None, **options))


def ask_changes(zone, serial):
    """The question for what changed since that serial (RFC 1995, section 3), in wire form."""
    asked = dns.message.make_query(zone, "IXFR", flags=0)
    asked.authority.append(dns.rrset.from_text(zone, 0, "IN", "SOA", f". . {serial} 0 0 0 0"))
    return asked.to_wire()


class WithPeers(unittest.TestCase):
    """dnsd over a store with one institution, its TSIG keys in a file; peers are added by the tests."""

    SETTINGS = ""   # more lines of [transfer]
    MORE_KEYS = ()  # that dnsd knows, beside KEY and OTHER

    @classmethod
    def setUpClass(cls):
        cls.store = new_store(cls)
        cls.store.zonectl("add", "mosa", "--domain", "mosamuseum.com", *FAST)
        keys = cls.store.scratch / "tsig.keys"
        keys.touch(mode=0o600)
        keys.write_text("".join(key.line for key in (KEY, OTHER, *cls.MORE_KEYS)))
        cls.keys_file = keys
        config = cls.store.scratch / "dnsd.toml"
        config.write_text(f'[transfer]\ntsig_keys_file = "{keys}"\nnotify_gap_ms = 100\n{cls.SETTINGS}')
        cls.config = config

    @classmethod
    def start(cls, test=None):
        return serve(test or cls, cls.store, "--config", cls.config, listen=("%s:%d" % ADDRESS,))

    @classmethod
    def add_peer(cls, name, port, key, *options):
        words = ("--key", key.name) if key else ("--no-key",)
        cls.store.zonectl("secondary", "add", name, "--address", f"127.0.0.1:{port}", *words, *options)

    def serial(self, zone):
        return ask(ADDRESS, query(zone, "SOA")).answer[0][0].serial

    def exported(self, zone):
        return records_of_zone_file(self.store.zonectl("zone", "export", zone.rstrip(".")).stdout, zone)
