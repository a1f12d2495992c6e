"""Institutions' zones, good and broken in each of the ways that `zonectl check` names, and a resolver that finds them.

    198.18.53.2   NSD: the root, com, secutix.com (which delegates to dnsd), and the institutions' zones
    198.18.53.3   dnsd, started by the test
    198.18.53.5   a server that serves what NSD would not load, and another version of a zone
    198.18.53.6   dnsd on an older copy of the store, started by the test
    198.18.53.10  Unbound

In each zone sel1 is as it should be, and sel2 is broken, unless the fault is the whole zone's.
"""

import signal

from support.odd_server import OddServer
from support.tree import DNSD_ADDRESS, NSD_REST, PARENTS, ROOT_HINTS, UNBOUND_SERVER, Program, add_address

RESOLVER, ODD, LAGGING = "198.18.53.10", "198.18.53.5", "198.18.53.6"

_SOA = "@ 60 IN SOA ns.invalid. hostmaster.invalid. {serial} 3600 600 86400 60\n"
_NSD = "server:\n  ip-address: {parents}" + NSD_REST
_UNBOUND = UNBOUND_SERVER + """  cache-max-ttl: 1
  cache-max-negative-ttl: 1
remote-control:
  control-enable: no
"""
KEY_TEXT = '"v=DKIM1; k=rsa; p=MIIB"'


def target(code, slot):
    return f"{slot}-{code}._domainkey.dkim.secutix.com."


def good_lines(code, *, sel1=True, sel2=True):
    """The zone of CODE.com as it should be."""
    lines = [f"stx{slot}._domainkey 60 CNAME {target(code, slot)}" for slot, is_there in (("sel1", sel1), ("sel2", sel2))
             if is_there]
    return [*lines, '@ 60 TXT "v=spf1 include:spf.secutix.com ~all"', '_dmarc 60 TXT "v=DMARC1; p=none"']


def broken_lines(code):
    """The zone of CODE.com with the fault that its name says."""
    sel2 = "stxsel2._domainkey 60"
    faults = {
        "missing": [],
        "wronginst": [f"{sel2} CNAME {target('good', 'sel2')}"],
        "swapped": [f"{sel2} CNAME {target(code, 'sel1')}"],
        "doubled": [f"stxsel2._domainkey.{code}.com.{code}.com. 60 CNAME {target(code, 'sel2')}"],
        "dotlost": [f"{sel2} CNAME {target(code, 'sel2')[:-1]}"],
        "pasted": [f"{sel2} TXT {KEY_TEXT}"],
        "proxied": [f"{sel2} A 192.0.2.7"],
        "loop": [f"{sel2} CNAME again", "again 60 CNAME stxsel2._domainkey"],
        "disagree": [f"{sel2} CNAME {target(code, 'sel2')}", "@ 60 NS ns1", f"ns1 60 A {ODD}"],
        "halflame": [f"{sel2} CNAME {target(code, 'sel2')}", "@ 60 NS ns1", f"ns1 60 A {DNSD_ADDRESS}"],
        "wildcard": ["* 60 A 192.0.2.8"],
        "elsewhere": [f"{sel2} CNAME www.example.org."],
        "indirect": [f"{sel2} CNAME step", f"step 60 CNAME {target(code, 'sel2')}"],
    }
    return good_lines(code, sel2=False) + faults[code]


# Code -> what check must say of sel2, beside an "ok" of sel1.
OF_SEL2 = {
    "missing": "missing", "wronginst": "wrong-institution", "swapped": "slots-swapped", "doubled": "domain-doubled",
    "dotlost": "trailing-dot-lost", "pasted": "txt-in-place-of-cname", "beside": "cname-beside-txt",
    "proxied": "flattened", "loop": "loop", "disagree": "servers-disagree",
    "wildcard": "missing", "elsewhere": "wrong-target", "indirect": "ok", "good": "ok", "halflame": "ok",
}
# Code -> what it must say of the zone's servers, where that is not "ok".
OF_SERVERS = {"halflame": "lame-server", "lame": "lame-server"}
# Code -> what it must say of both: the fault is the whole zone's.
OF_BOTH = {"lame": "lame-server", "nodomain": "no-such-domain"}


class Customers:
    """NSD and Unbound, started; `mend` changes a zone."""

    def __init__(self, directory, more=None, elsewhere=None):
        """`more`: zone -> lines, beside the others; `elsewhere`: zone -> the address of its own server."""
        self.directory = directory
        self.elsewhere = {**{zone: PARENTS for zone in more or {}}, **(elsewhere or {})}
        for address in (PARENTS, ODD, LAGGING):
            add_address(address)
        zones = {f"{code}.com": broken_lines(code) for code in OF_SEL2 if code not in ("good", "beside")}
        zones["good.com"] = good_lines("good")
        zones.update(more or {})
        self.serial = 1
        self.files = {}
        config = _NSD.format(parents=PARENTS, directory=directory)
        for zone, content in {**self._parents(), **{zone: self._zone(lines) for zone, lines in zones.items()}}.items():
            self.files[zone] = directory / f"zone{len(self.files)}"
            self.files[zone].write_text(content)
            config += f'zone:\n  name: "{zone}"\n  zonefile: "{self.files[zone].name}"\n'
        (directory / "nsd.conf").write_text(config)
        (directory / "root.hints").write_text(ROOT_HINTS)
        (directory / "unbound.conf").write_text(_UNBOUND.format(address=RESOLVER, directory=directory))
        self.odd = [OddServer(ODD, "com", self._odd_lines())]
        self.nsd = Program("nsd", directory, "nsd", "-d", "-c", directory / "nsd.conf")
        self.nsd.wait_for(PARENTS, "good.com", "SOA")
        add_address(RESOLVER)
        self.unbound = Program("unbound", directory, "unbound", "-d", "-c", directory / "unbound.conf")
        self.unbound.wait_for(RESOLVER, "good.com", "SOA")

    def stop(self):
        for each in (*self.odd, self.nsd, self.unbound):
            each.stop()

    def mend(self, code):
        """CODE.com becomes as it should be."""
        self.replace(f"{code}.com", good_lines(code))

    def replace(self, zone, lines):
        self.serial += 1
        self.files[zone].write_text(self._zone(lines))
        self.nsd.process.send_signal(signal.SIGHUP)

    def _zone(self, lines):
        servers = [f"@ 60 NS ns\nns 60 A {PARENTS}\n"]
        return _SOA.format(serial=self.serial) + "".join(servers) + "".join(line + "\n" for line in lines)

    def _parents(self):
        soa = _SOA.format(serial=1)
        com = f"{soa}@ 60 NS ns\nns 60 A {PARENTS}\nsecutix 60 NS ns.secutix\nns.secutix 60 A {PARENTS}\n"
        for code in (*OF_SEL2, *OF_BOTH):
            addresses = {"beside": [ODD], "disagree": [PARENTS, ODD], "lame": [DNSD_ADDRESS], "nodomain": []}
            for number, address in enumerate(addresses.get(code, [PARENTS])):
                com += f"{code} 60 NS ns{number}.{code}\nns{number}.{code} 60 A {address}\n"
        for zone, address in self.elsewhere.items():
            com += f"{zone}. 60 NS ns.{zone}.\nns.{zone}. 60 A {address}\n"
        return {
            ".": f"{soa}@ 60 NS ns.root.\nns.root. 60 A {PARENTS}\ncom. 60 NS ns.com.\nns.com. 60 A {PARENTS}\n",
            "com": com,
            "secutix.com": f"{soa}@ 60 NS ns\nns 60 A {PARENTS}\nns1 60 A {DNSD_ADDRESS}\nns2 60 A {DNSD_ADDRESS}\n"
                           + "".join(f"{zone} 60 NS ns1\n{zone} 60 NS ns2\n" for zone in ("dkim", "spf")),
        }

    @staticmethod
    def _odd_lines():
        lines = []
        for code in ("beside", "disagree"):
            zone = f"{code}.com."
            lines += [f"{zone} SOA ns.invalid. hostmaster.invalid. 1 3600 600 86400 60",
                      f"{zone} NS ns1.{zone}", f"ns1.{zone} A {ODD}", f'{zone} TXT "v=spf1 include:spf.secutix.com ~all"',
                      f'_dmarc.{zone} TXT "v=DMARC1; p=none"',
                      f"stxsel1._domainkey.{zone} CNAME {target(code, 'sel1')}"]
        lines += ["disagree.com. NS ns.disagree.com.", f"ns.disagree.com. A {PARENTS}"]
        return lines + [f"stxsel2._domainkey.beside.com. CNAME {target('beside', 'sel2')}",
                        f"stxsel2._domainkey.beside.com. TXT {KEY_TEXT}"]
