#include "tools/zonectl/probe/exchange.h"

#include <algorithm>

#include "tools/zonectl/probe/datagram.h"
#include "tools/zonectl/probe/reply.h"
#include "zonestore/zone/ldns_handles.h"

namespace zonectl::probe {

namespace ldns = zonestore::ldns;
using zonestore::Bytes;
using zonestore::ByteView;
using zonestore::Name;

namespace {

constexpr std::uint16_t kPayloadBytes = 1232;

ldns::Packet make_query(const Question& question, const Manner& manner) {
  const ByteView wire = question.name.wire();
  ldns::Rdf name(ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, wire.size(), wire.data()));
  if (!name) {
    return nullptr;
  }
  ldns::Packet query(ldns_pkt_query_new(name.get(), static_cast<ldns_rr_type>(question.type), LDNS_RR_CLASS_IN,
                                        manner.recursion ? LDNS_RD : 0));
  if (!query) {
    return nullptr;
  }
  // The query owns the name from here on.
  static_cast<void>(name.release());  // NOLINT(bugprone-unused-return-value)
  ldns_pkt_set_random_id(query.get());
  if (manner.edns) {
    ldns_pkt_set_edns_udp_size(query.get(), kPayloadBytes);
  }
  return query;
}

timeval timeval_of(zonestore::Milliseconds time) {
  timeval value{};
  value.tv_sec = time.count() / 1000;
  value.tv_usec = (time.count() % 1000) * 1000;
  return value;
}

Reply failed_reply(std::string why) {
  Reply reply;
  reply.failure = std::move(why);
  return reply;
}

Reply exchange_once(const Address& server, const Question& question, const Manner& manner,
                    zonestore::Milliseconds timeout) {
  const ldns::Packet query = make_query(question, manner);
  const ldns::Buffer buffer = ldns::make_buffer(LDNS_MIN_BUFLEN);
  if (!query || ldns_pkt2buffer_wire(buffer.get(), query.get()) != LDNS_STATUS_OK) {
    return failed_reply("the question cannot be asked");
  }
  if (manner.transport == Transport::kUdp) {
    const ByteView wire(ldns_buffer_begin(buffer.get()), ldns_buffer_position(buffer.get()));
    const std::optional<Bytes> answer = exchange_datagram(server, wire, timeout);
    return answer ? read_reply(*answer, ldns_pkt_id(query.get()), question) : failed_reply("no answer over UDP");
  }
  socklen_t size = 0;
  const sockaddr_storage to = server.socket_address(size);
  std::uint8_t* raw = nullptr;
  std::size_t answer_bytes = 0;
  const ldns_status status = ldns_tcp_send(&raw, buffer.get(), &to, size, timeval_of(timeout), &answer_bytes);
  const ldns::Wire answer(raw);
  if (status != LDNS_STATUS_OK || !answer) {
    return failed_reply("no answer over TCP");
  }
  return read_reply({answer.get(), answer_bytes}, ldns_pkt_id(query.get()), question);
}

// What is left of the whole look for one attempt; connecting and reading each take that over TCP.
zonestore::Milliseconds time_for(const Patience& patience, Transport transport) {
  if (!patience.until) {
    return patience.timeout;
  }
  auto left = std::chrono::floor<zonestore::Milliseconds>(*patience.until - std::chrono::steady_clock::now());
  if (transport == Transport::kTcp) {
    left /= 2;
  }
  return std::min(patience.timeout, left);
}

}  // namespace

std::string to_text(const Manner& manner) {
  return std::string(manner.transport == Transport::kUdp ? "UDP" : "TCP") + (manner.edns ? " with" : " without") +
         " EDNS";
}

std::string rcode_text(std::uint8_t rcode) {
  switch (rcode) {
    case kNoError:
      return "NOERROR";
    case kFormErr:
      return "FORMERR";
    case kServFail:
      return "SERVFAIL";
    case kNxDomain:
      return "NXDOMAIN";
    case kNotImp:
      return "NOTIMP";
    case kRefused:
      return "REFUSED";
    default:
      return "RCODE" + std::to_string(rcode);
  }
}

Reply exchange(const Address& server, const Question& question, const Manner& manner, const Patience& patience) {
  Reply reply;
  for (unsigned attempt = 0; attempt < patience.attempts && !reply.answered; ++attempt) {
    const zonestore::Milliseconds time = time_for(patience, manner.transport);
    if (time <= zonestore::Milliseconds{0}) {
      return reply.failure.empty() ? failed_reply("no time was left to ask") : reply;
    }
    reply = exchange_once(server, question, manner, time);
  }
  return reply;
}

Reply ask(const Address& server, const Question& question, bool recursion, const Patience& patience) {
  Manner manner{Transport::kUdp, true, recursion};
  Reply reply = exchange(server, question, manner, patience);
  if (reply.is(kFormErr) || reply.is(kNotImp)) {
    manner.edns = false;
    reply = exchange(server, question, manner, patience);
  }
  if (reply.answered && reply.truncated) {
    manner.transport = Transport::kTcp;
    reply = exchange(server, question, manner, patience);
  }
  return reply;
}

}  // namespace zonectl::probe
