"""pyspf over the same worlds."""

import spf

_ZONES = {"TXT": 0, "A": 1, "AAAA": 1, "MX": 2, "PTR": 3}


def _look_up_in(world):
    def look_up(name, qtype, *_):
        found = []
        for value in world[_ZONES[qtype]].get(name.lower().rstrip("."), []) if qtype in _ZONES else []:
            if qtype == "TXT":
                found.append([value.encode()])
            elif qtype == "MX":
                found.append((10, value))
            elif qtype == "PTR" or (":" in value) == (qtype == "AAAA"):
                found.append(value)
        return [((name, qtype), value) for value in found]
    return look_up


def result(world, domain, address):
    spf.DNSLookup = _look_up_in(world)
    return spf.query(i=address, s=f"postmaster@{domain}", h="mail.sender.example", strict=True, querytime=0).check()[0]
