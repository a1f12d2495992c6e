"""The three peers and dnsd, each with one secondary that signs with a key; what it gets, and what strangers get."""

import contextlib
from dataclasses import replace

import dns.query
import dns.rrset

from differential import zones
from differential.servers import start_peers
from support.peers import BIND, KNOT, NSD
from support.questions import Tcp, ask_raw, query, until
from support.server import Dnsd
from support.store import Store
from support.tsig import Key, split

KEY, STRANGERS_KEY = Key("follower-key"), Key("follower-key", secret=b"another secret, which is as long")
UNKNOWN_KEY = Key("unknown-key")
_WORDS = {"key": KEY.name, "algorithm": KEY.algorithm, "secret": KEY.text}

_NSD_KEY = 'key:\n  name: "{key}"\n  algorithm: {algorithm}\n  secret: "{secret}"\n'
_KNOT_KEY = "key:\n  - id: {key}\n    algorithm: {algorithm}\n    secret: {secret}\n" \
            "acl:\n  - id: follower\n    key: {key}\n    action: transfer\n"
_BIND_ALLOW = f'allow-transfer {{{{ key "{KEY.name}"; }}}};'
_BIND_KEY = 'key "{key}" {{ algorithm {algorithm}; secret "{secret}"; }};\n'

# Each with the key, and with zones that whoever has it may have.
PEERS = {
    replace(NSD, zone_template=NSD.zone_template + f"  provide-xfr: 0.0.0.0/0 {KEY.name}\n"): {"sections": _NSD_KEY.format(**_WORDS)},
    replace(KNOT, zone_template=KNOT.zone_template + "    acl: follower\n"): {"sections": _KNOT_KEY.format(**_WORDS)},
    replace(BIND, zone_template=BIND.zone_template.replace("check-names ignore;", "check-names ignore; " + _BIND_ALLOW)):
        {"sections": _BIND_KEY.format(**_WORDS)},
}


@contextlib.contextmanager
def four_servers():
    """(the zones that all serve, name -> address; dnsd's is the last)."""
    with contextlib.ExitStack() as stack:
        store = Store()
        stack.callback(store.close)
        written = zones.written_zones(store.scratch)
        zones.fill(store, written)
        store.zonectl("secondary", "add", "follower", "--address", "127.0.0.1:1", "--key", KEY.name)
        served = zones.exported(store, [*zones.OURS, *(zone.name for zone in written)])
        addresses = {peer.name: peer.address for peer in start_peers(store.scratch, served, stack, PEERS)}
        keys = store.scratch / "tsig.keys"
        keys.touch(mode=0o600)
        keys.write_text(KEY.line)
        config = store.scratch / "dnsd.toml"
        config.write_text(f'[transfer]\ntsig_keys_file = "{keys}"\n')
        dnsd = Dnsd(store, "--config", config, listen=("127.0.0.1:0",))
        stack.callback(dnsd.stop)
        yield served, {**addresses, "dnsd": dnsd.address()}


def fetched(address, zone):
    """(owner, type, TTL, data) of each record that the secondary gets, the two SOAs as one, and how many there were."""
    records, count = set(), 0
    for message in dns.query.xfr(address[0], zone, port=address[1], relativize=False, timeout=30,
                                 keyring=KEY.keyring, keyname=KEY.name, keyalgorithm=KEY.algorithm):
        for record_set in message.answer:
            count += len(record_set)
            records.update((record_set.name, record_set.rdtype, record_set.ttl, record) for record in record_set)
    return records, count


def of_file(zone):
    """The same of the file that the peers have read."""
    return {(owner, record.rdtype, ttl, record) for owner, ttl, record in zone.content().iterate_rdatas()}


def strangers_requests(zone):
    """Name -> a request, in wire form, of somebody who may not have the zone."""
    with_serial = query(zone, "IXFR")
    with_serial.authority.append(dns.rrset.from_text(f"{zone}.", 0, "IN", "SOA", ". . 1 0 0 0 0"))
    plain = {"AXFR": query(zone, "AXFR").to_wire(), "IXFR": with_serial.to_wire()}
    return {**{f"{kind}, unsigned": wire for kind, wire in plain.items()},
            **{f"{kind}, unknown key": UNKNOWN_KEY.sign(wire)[0] for kind, wire in plain.items()},
            **{f"{kind}, wrong secret": STRANGERS_KEY.sign(wire)[0] for kind, wire in plain.items()}}


def refusal(address, wire, transport):
    """(RCODE, TSIG error or None, records in the answer section), of the first message that comes."""
    if transport == "udp":
        answer = until(lambda: ask_raw(address, wire), "there is an answer")[0]
    else:
        with Tcp(address, timeout=30) as connection:
            connection.send(wire)
            answer = connection.receive()
    return answer[3] & 15, _tsig_error(answer), int.from_bytes(answer[6:8], "big")


def _tsig_error(answer):
    try:
        return split(answer)[1]["error"]
    except AssertionError:
        return None
