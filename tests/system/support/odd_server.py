"""A name server that serves what no good one loads, such as a CNAME beside a TXT record. UDP and TCP, in this process."""

import socketserver
import struct
import threading

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

_SOA = "ns.invalid. hostmaster.invalid. {} 3600 600 86400 60"


class OddServer:
    """Answers each question with the records of that very name and type, whatever else stands there."""

    def __init__(self, address, apex, lines, manner=None, port=53, serial=1):  # pylint: disable=too-many-arguments
        """`manner`: of a query, "drop", a response code, or None to answer it; then aliases are answered for any type."""
        self.soa = _SOA.format(serial)
        self.apex = dns.name.from_text(apex)
        self.manner = manner
        self.records = {}
        for line in [f"@ SOA {self.soa}", *lines]:
            name, record_type, data = line.split(" ", 2)
            owner = dns.name.from_text(name, self.apex)
            self.records.setdefault((owner, record_type), []).append(data)
        self._servers = [_Udp((address, port), _UdpHandler), _Tcp((address, port), _TcpHandler)]
        for server in self._servers:
            server.zone = self
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def answer(self, wire):
        query = dns.message.from_wire(wire)
        answer = dns.message.make_response(query)
        question = query.question[0]
        how = self.manner(query) if self.manner else None
        if how == "drop":
            return None
        if how is not None:
            answer.set_rcode(how)
            return answer.to_wire()
        if not question.name.is_subdomain(self.apex):
            answer.set_rcode(dns.rcode.REFUSED)
            return answer.to_wire()
        answer.flags |= dns.flags.AA
        key = (question.name, dns.rdatatype.to_text(question.rdtype))
        if self.manner and key not in self.records and (question.name, "CNAME") in self.records:
            key = (question.name, "CNAME")
        if key in self.records:
            answer.answer.append(dns.rrset.from_text_list(question.name, 60, "IN", key[1], self.records[key]))
        else:
            answer.authority.append(dns.rrset.from_text(self.apex, 60, "IN", "SOA", self.soa))
            if not any(owner.is_subdomain(question.name) for owner, _ in self.records):
                answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer.to_wire()


class _Udp(socketserver.ThreadingUDPServer):
    allow_reuse_address = True
    daemon_threads = True


class _Tcp(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class _UdpHandler(socketserver.BaseRequestHandler):
    def handle(self):
        wire, server_socket = self.request
        answer = self.server.zone.answer(wire)
        if answer is not None:
            server_socket.sendto(answer, self.client_address)


class _TcpHandler(socketserver.StreamRequestHandler):
    def handle(self):
        length = self.rfile.read(2)
        if len(length) == 2:
            wire = self.server.zone.answer(self.rfile.read(struct.unpack("!H", length)[0]))
            if wire is not None:
                self.wfile.write(struct.pack("!H", len(wire)) + wire)
