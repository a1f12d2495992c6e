"""The private numbers of keys, in every form in which a program could let them slip, and the search for them."""

import base64
import re

CHUNK = 24


def integers_of(der):
    """All INTEGERs and OCTET STRINGs in DER, from the outside in, as bytes without leading zeros."""
    found, at = [], 0
    while at + 2 <= len(der):
        tag, length, at = der[at], der[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7f
            length, at = int.from_bytes(der[at:at + size], "big"), at + size
        content, at = der[at:at + length], at + length
        if tag == 0x30:
            found += integers_of(content)
        elif tag == 0x04:
            found += [content] if len(content) == 32 else integers_of(content)  # an Ed25519 seed, or what wraps a key
        elif tag == 0x02:
            found.append(content.lstrip(b"\0"))
    return found


def private_numbers(pem):
    """Of a PKCS #8 file: d, p, q, d mod p-1, d mod q-1 and 1/q of RSA; the seed of Ed25519."""
    der = base64.b64decode("".join(line for line in pem.splitlines() if not line.startswith("-----")))
    numbers = [number for number in integers_of(der) if len(number) >= 32]
    return numbers if len(numbers) == 1 else numbers[1:]  # the modulus is public


def forms(secret):
    """Forms that a chunk of a secret can take: raw, as a little-endian number, hexadecimal, base64 at any alignment."""
    yield secret
    yield secret[::-1]
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    for shift in range(3):
        # What stands before it fills up to a multiple of 3 bytes; characters that the neighbours reach into are cut.
        text = base64.b64encode(b"\0" * shift + secret)
        text = text[{0: 0, 1: 2, 2: 3}[shift]:]
        yield text[:-4]


class Search:
    """Looks for any of the secrets."""

    def __init__(self):
        self.patterns = {}

    def add(self, name, secret):
        for where, at in (("start", 0), ("middle", (len(secret) - CHUNK) // 2), ("end", len(secret) - CHUNK)):
            for form in forms(secret[at:at + CHUNK]):
                self.patterns[form] = f"{name} ({where})"

    def add_key(self, name, pem):
        for number, secret in enumerate(private_numbers(pem)):
            self.add(f"{name} number {number}", secret)

    def found(self, data):
        """The names of the secrets in the data; line ends and colons within are not in their way."""
        return sorted({name for pattern, name in self.patterns.items() if pattern in data} |
                      self.found_in_text(re.sub(rb"[\s:]+|\\n", b"", data)))

    def found_in_text(self, data):
        return {name for pattern, name in self.patterns.items() if len(pattern) > CHUNK and pattern in data}

    def found_in_memory(self, data):
        """As found, for large data: raw bytes and numbers only."""
        return sorted({name for pattern, name in self.patterns.items() if len(pattern) == CHUNK and pattern in data})


def memory_of(pid):
    """What a core file of the process would hold: all of its memory that it may write."""
    parts = []
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in maps:
            span, rights, *_, = line.split()
            if not rights.startswith("rw"):
                continue
            begin, end = (int(each, 16) for each in span.split("-"))
            try:
                memory.seek(begin)
                parts.append(memory.read(end - begin))
            except OSError:
                continue
    return b"".join(parts)
