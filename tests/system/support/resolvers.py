"""Four resolvers, each as strict as it can be told to be, for each way of asking the authoritative servers.

    edns1232   UDP with EDNS of 1232 bytes, what they all do by themselves
    edns512    UDP with EDNS of 512 bytes, so that more answers come back truncated
    tcp        TCP alone; PowerDNS has no such switch
"""

from support.tree import DNSD_ADDRESS, PARENTS, ROOT_HINTS, UNBOUND_SERVER, Program, add_address

EDNS_BYTES = {"edns1232": 1232, "edns512": 512, "tcp": 1232}

_UNBOUND = UNBOUND_SERVER + """  qname-minimisation: yes
  qname-minimisation-strict: yes
  harden-glue: yes
  harden-below-nxdomain: yes
  harden-referral-path: yes
  harden-large-queries: yes
  harden-short-bufsize: no
  use-caps-for-id: yes
  edns-buffer-size: {bytes}
  tcp-upstream: {tcp}
remote-control:
  control-enable: no
"""

_BIND = """
options {{
  directory "{directory}";
  pid-file "{directory}/named.pid";
  session-keyfile "{directory}/session.key";
  managed-keys-directory "{directory}";
  listen-on {{ {address}; }};
  listen-on-v6 {{ none; }};
  query-source address {address};
  recursion yes;
  allow-query {{ any; }};
  allow-recursion {{ any; }};
  dnssec-validation no;
  qname-minimization strict;
  empty-zones-enable no;
  edns-udp-size {bytes};
  require-server-cookie no;
}};
server {dnsd} {{ tcp-only {tcp}; }};
server {parents} {{ tcp-only {tcp}; }};
zone "." {{ type hint; file "root.hints"; }};
controls {{ }};
"""

_KNOT = """
net.listen('{address}', 53, {{ kind = 'dns' }})
net.outgoing_v4('{address}')
net.ipv6 = false
modules.unload('ta_update')
modules.unload('ta_signal_query')
modules.unload('detect_time_skew')
modules = {{ 'hints > iterate' }}
trust_anchors.remove('.')
hints.root({{ ['ns.root.'] = {{ '{parents}' }} }})
mode('strict')
net.bufsize(4096, {bytes})
cache.size = 10 * MB
if '{tcp}' == 'yes' then policy.add(policy.all(policy.FLAGS('TCP'))) end
"""

_POWERDNS = """
local-address={address}
query-local-address={address}
allow-from=198.18.0.0/15
dont-query=
hint-file={directory}/root.hints
socket-dir={directory}
daemon=no
disable-syslog=yes
threads=1
dnssec=off
qname-minimization=yes
nothing-below-nxdomain=yes
root-nx-trust=yes
edns-outgoing-bufsize={bytes}
security-poll-suffix=
loglevel=4
"""


class Resolver:
    """One of the four, with the way that it asks."""

    def __init__(self, name, way, address, config, command):
        self.name = name
        self.way = way
        self.address = address
        self.config = config
        self.command = command
        self.program = None

    def start(self, scratch):
        directory = scratch / f"{self.name}-{self.way}"
        directory.mkdir()
        (directory / "root.hints").write_text(ROOT_HINTS)
        (directory / self.file()).write_text(self.config.format(
            address=self.address, directory=directory, bytes=EDNS_BYTES[self.way], dnsd=DNSD_ADDRESS, parents=PARENTS,
            tcp="yes" if self.way == "tcp" else "no"))
        add_address(self.address)
        self.program = Program(self.name, directory, *(word.format(directory=directory, file=self.file())
                                                       for word in self.command))
        self.program.wait_for(self.address, "com", "SOA")

    def file(self):
        return "recursor.conf" if self.name == "powerdns" else "config"

    def stop(self):
        self.program.stop()


def all_resolvers():
    """Each in each way that it knows, on addresses of their own."""
    kinds = (("unbound", _UNBOUND, ("unbound", "-d", "-c", "{directory}/{file}")),
             ("bind", _BIND, ("named", "-g", "-n", "1", "-c", "{directory}/{file}")),
             ("knot", _KNOT, ("kresd", "-n", "-q", "-c", "{directory}/{file}", "{directory}")),
             ("powerdns", _POWERDNS, ("pdns_recursor", "--config-dir={directory}")))
    resolvers = [Resolver(name, way, None, config, command) for name, config, command in kinds for way in EDNS_BYTES
                 if (name, way) != ("powerdns", "tcp")]
    for number, resolver in enumerate(resolvers):
        resolver.address = f"198.18.53.{10 + number}"
    return resolvers
