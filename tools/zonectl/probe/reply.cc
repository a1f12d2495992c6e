#include "tools/zonectl/probe/reply.h"

#include <utility>

#include "zonestore/zone/ldns_handles.h"

namespace zonectl::probe {

namespace ldns = zonestore::ldns;
using zonestore::ByteView;
using zonestore::Name;
using zonestore::RecordType;

namespace {

// Everything here was sent by some host of the Internet, or by somebody who guessed a port: ldns takes it apart, and
// what it lets through is asked for again in our own types, which have bounds. fuzz_probe_reply feeds it.

// nullopt: malformed.
std::optional<Record> record_of(const ldns_rr& rr) {
  const ldns_rdf* const owner = ldns_rr_owner(&rr);
  auto name = Name::from_wire({ldns_rdf_data(owner), ldns_rdf_size(owner)});
  Record record;
  if (!name || ldns::rdata_wire(rr, record.rdata) != LDNS_STATUS_OK) {
    return std::nullopt;
  }
  record.owner = *std::move(name);
  record.type = static_cast<RecordType>(ldns_rr_get_type(&rr));
  record.ttl = ldns_rr_ttl(&rr);
  return record;
}

bool take_records(const ldns_rr_list* list, std::vector<Record>& out) {
  const std::size_t count = list == nullptr ? 0 : ldns_rr_list_rr_count(list);
  for (std::size_t i = 0; i < count; ++i) {
    std::optional<Record> record = record_of(*ldns_rr_list_rr(list, i));
    if (!record) {
      return false;
    }
    out.push_back(*std::move(record));
  }
  return true;
}

bool is_answer_to(std::uint16_t id, const Question& question, const ldns_pkt& answer) {
  // Id and question are what an off-path forger has to guess (RFC 5452 section 9.1); the socket is connected, so that
  // the address was held against the kernel's already.
  if (!ldns_pkt_qr(&answer) || ldns_pkt_id(&answer) != id) {
    return false;
  }
  const ldns_rr_list* const asked = ldns_pkt_question(&answer);
  if (asked == nullptr || ldns_rr_list_rr_count(asked) != 1) {
    // Servers that do not understand a query may leave the question out.
    return ldns_pkt_get_rcode(&answer) != LDNS_RCODE_NOERROR;
  }
  const ldns_rr* const rr = ldns_rr_list_rr(asked, 0);
  const ldns_rdf* const owner = ldns_rr_owner(rr);
  const auto name = Name::from_wire({ldns_rdf_data(owner), ldns_rdf_size(owner)});
  return name && *name == question.name && ldns_rr_get_type(rr) == static_cast<ldns_rr_type>(question.type);
}

Reply unreadable(std::string why) {
  Reply reply;
  reply.failure = std::move(why);
  return reply;
}

}  // namespace

std::vector<Record> Reply::records(const Name& owner, RecordType type) const {
  std::vector<Record> found;
  for (const Record& record : answer) {
    if (record.type == type && record.owner == owner) {
      found.push_back(record);
    }
  }
  return found;
}

Reply read_reply(ByteView wire, std::uint16_t id, const Question& question) {
  ldns_pkt* raw = nullptr;
  const ldns_status status = ldns_wire2pkt(&raw, wire.data(), wire.size());
  const ldns::Packet packet(raw);
  if (status != LDNS_STATUS_OK) {
    return unreadable("a malformed answer: " + ldns::status_text(status));
  }
  if (!is_answer_to(id, question, *packet)) {
    return unreadable("an answer to another question");
  }
  Reply reply;
  reply.rcode = static_cast<std::uint8_t>(ldns_pkt_get_rcode(packet.get()));
  reply.authoritative = ldns_pkt_aa(packet.get());
  reply.truncated = ldns_pkt_tc(packet.get());
  reply.answered = take_records(ldns_pkt_answer(packet.get()), reply.answer) &&
                   take_records(ldns_pkt_authority(packet.get()), reply.authority) &&
                   take_records(ldns_pkt_additional(packet.get()), reply.additional);
  return reply.answered ? reply : unreadable("a malformed record in the answer");
}

}  // namespace zonectl::probe
