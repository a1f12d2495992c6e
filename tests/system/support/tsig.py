"""Queries signed as RFC 8945 has it, by hand: with any time, any MAC, any fault."""

import base64
import hashlib
import hmac
import struct
import time

import dns.flags
import dns.name
import dns.rdata
import dns.tsigkeyring

DIGESTS = {"hmac-sha256": hashlib.sha256, "hmac-sha384": hashlib.sha384, "hmac-sha512": hashlib.sha512}
TSIG, ANY = 250, 255


def wire(name):
    return dns.name.from_text(name).to_wire().lower()


class Key:
    """A key, as the client has it."""

    def __init__(self, name, algorithm="hmac-sha256", secret=b"0123456789abcdef0123456789abcdef"):
        self.name, self.algorithm, self.secret = name, algorithm, secret

    @property
    def text(self):
        return base64.b64encode(self.secret).decode()

    @property
    def line(self):
        """As it stands in dnsd's file."""
        return f"{self.name} {self.algorithm} {self.text}\n"

    @property
    def option(self):
        """For dig and kdig."""
        return ("-y", f"{self.algorithm}:{self.name}:{self.text}")

    @property
    def keyring(self):
        """For dnspython."""
        return dns.tsigkeyring.from_text({self.name: (self.algorithm, self.text)})

    def digest(self, data):
        return hmac.new(self.secret, data, DIGESTS[self.algorithm]).digest()

    def _variables(self, moment, fudge, error, other):
        return (wire(self.name) + struct.pack("!HI", ANY, 0) + wire(self.algorithm)
                + moment.to_bytes(6, "big") + struct.pack("!HHH", fudge, error, len(other)) + other)

    def sign(self, message, moment=None, fudge=300, cut=None):
        """The query in wire form with its TSIG record, and the MAC. `cut`: so many bytes of it."""
        moment = int(time.time()) if moment is None else moment
        mac = self.digest(message + self._variables(moment, fudge, 0, b""))[:cut]
        return close(self.name, self.algorithm, message, moment, fudge, mac), mac

    def verifies(self, answer, request_mac, prior=None):
        """The TSIG record of an answer that ends with one, if its MAC holds; else AssertionError."""
        message, record = split(answer)
        before = request_mac if prior is None else prior
        data = struct.pack("!H", len(before)) + before + message
        if prior is None:
            data += self._variables(record["time"], record["fudge"], record["error"], record["other"])
        else:
            data += record["time"].to_bytes(6, "big") + struct.pack("!H", record["fudge"])
        assert self.digest(data) == record["mac"], "the answer's MAC does not hold"
        return record


def close(name, algorithm, message, moment, fudge, mac):
    (message_id,) = struct.unpack("!H", message[:2])
    data = (dns.name.from_text(algorithm).to_wire() + moment.to_bytes(6, "big")
            + struct.pack("!HH", fudge, len(mac)) + mac + struct.pack("!HHH", message_id, 0, 0))
    (count,) = struct.unpack("!H", message[10:12])
    return (message[:10] + struct.pack("!H", count + 1) + message[12:] + dns.name.from_text(name).to_wire()
            + struct.pack("!HHIH", TSIG, ANY, 0, len(data)) + data)


def split(answer):
    """The message without the TSIG record that ends it, ARCOUNT less one, and the record's fields."""
    at = 12
    (questions, *counts) = struct.unpack("!HHHH", answer[4:12])
    for _ in range(questions):
        at = _behind_name(answer, at) + 4
    start = at
    for _ in range(sum(counts)):
        start = at
        at = _behind_name(answer, at)
        (kind, kind_class, ttl, length) = struct.unpack("!HHIH", answer[at:at + 10])
        begin, at = at + 10, at + 10 + length
    assert at == len(answer) and sum(counts) > 0 and (kind, kind_class, ttl) == (TSIG, ANY, 0), "no TSIG at the end"
    record = {"name": dns.name.from_wire(answer, start)[0].to_text()}
    algorithm, used = dns.name.from_wire(answer, begin)
    record["algorithm"] = algorithm.to_text(omit_final_dot=True)
    at = begin + used
    record["time"], (record["fudge"], size) = int.from_bytes(answer[at:at + 6], "big"), struct.unpack(
        "!HH", answer[at + 6:at + 10])
    at += 10
    record["mac"] = answer[at:at + size]
    (record["id"], record["error"], size) = struct.unpack("!HHH", answer[at + len(record["mac"]):][:6])
    at += len(record["mac"]) + 6
    record["other"] = answer[at:at + size]
    return answer[:10] + struct.pack("!H", counts[2] - 1) + answer[12:start], record


def _behind_name(message, at):
    return at + dns.name.from_wire(message, at)[1]
