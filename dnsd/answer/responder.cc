#include "dnsd/answer/responder.h"

#include <algorithm>
#include <optional>

#include "dnsd/answer/opt_decision.h"
#include "dnsd/wire/answer_writer.h"
#include "dnsd/wire/query.h"

namespace dnsd::answer {
namespace {

using wire::AnswerWriter;
using wire::Opcode;
using wire::Query;
using wire::Rcode;
using zone::RecordSetView;
using zonestore::ByteView;
using zonestore::RecordType;

// The answer under way: what it is about, and what its header will say.
struct Reply {
  const Query& query;
  AnswerWriter& writer;
  Rcode rcode = Rcode::kNoError;
  bool authoritative = false;
  AnswerKind kind = AnswerKind::kError;
  std::uint32_t source = 0;  // hash of the name that the answer comes from
};

// Meta types that are no data anywhere (RFC 6895 section 3.1); nullopt for a type that names may have.
// AXFR and IXFR are refused to everyone whom no transfer list or key lets in (RFC 5936 section 5).
std::optional<Rcode> rule_for_type(RecordType type) {
  constexpr RecordType kNone{0};
  constexpr RecordType kTkey{249};
  constexpr RecordType kTsig{250};
  if (type == kNone || type == RecordType::kOpt || type == kTkey || type == kTsig) {
    return Rcode::kFormErr;
  }
  if (type == RecordType::kMaila || type == RecordType::kMailb) {
    return Rcode::kNotImp;
  }
  if (type == RecordType::kAxfr || type == RecordType::kIxfr) {
    return Rcode::kRefused;
  }
  return std::nullopt;
}

// RFC 8482 section 4.1: for ANY, one record set stands for all.
std::optional<RecordSetView> choose_record_set(const zone::Node& node, RecordType type) {
  if (type != RecordType::kAny) {
    return node.find(type);
  }
  return node.record_set_count() == 0 ? std::nullopt : std::optional(node.record_set(0));
}

void answer_positive(Reply& reply, const RecordSetView& record_set) {
  reply.kind = AnswerKind::kPositive;
  if (!reply.writer.add_answer(record_set.answer, record_set.count)) {
    reply.writer.truncate();
  }
}

// NODATA and NXDOMAIN (RFC 2308 sections 2 and 3). The SOA's owner, the apex, is the end of the question's name.
void answer_negative(Reply& reply, const zone::Zone& zone, Rcode rcode) {
  reply.rcode = rcode;
  reply.kind = rcode == Rcode::kNxDomain ? AnswerKind::kNxDomain : AnswerKind::kNoData;
  const std::size_t apex_at = reply.query.question.name.size - zone.apex.size_bytes();
  if (!reply.writer.add_authority(apex_at, zone.negative_soa)) {
    reply.writer.truncate();
  }
}

// RFC 1034 section 4.3.2, step 3: down the zone to the name.
void answer_from_zone(Reply& reply, const zone::Zone& zone) {
  reply.authoritative = true;
  const ByteView name = reply.query.question.name.view();
  reply.source = zone::hash_name(name);
  const zone::Node* node = zone.names.find(name, reply.source);
  if (node == nullptr) {
    reply.source = zone::hash_name(zone.apex.wire());
    answer_negative(reply, zone, Rcode::kNxDomain);
  } else if (const auto record_set = choose_record_set(*node, reply.query.question.type)) {
    answer_positive(reply, *record_set);
  } else {
    answer_negative(reply, zone, Rcode::kNoError);
  }
}

// RFC 1034 section 4.3.2, step 2: the nearest zone at or above the name.
void answer_question(Reply& reply, const zone::Image& image) {
  const wire::Question& question = reply.query.question;
  if (const auto rcode = rule_for_type(question.type)) {
    reply.rcode = *rcode;
    if (reply.rcode == Rcode::kRefused) {
      reply.writer.explain(wire::ExtendedError::kProhibited);  // a transfer: "not authoritative" would be a lie
    }
    return;
  }
  const zone::Zone* zone =
      question.question_class == wire::kClassIn ? image.find_zone(question.name.view()) : nullptr;
  if (zone == nullptr) {
    reply.rcode = Rcode::kRefused;
    reply.writer.explain(wire::ExtendedError::kNotAuthoritative);
    return;
  }
  answer_from_zone(reply, *zone);
  if (reply.authoritative && reply.query.edns && reply.query.edns->wants_zone_version) {
    reply.writer.set_zone_version({static_cast<std::uint8_t>(zone->apex.label_count()), zone->serial});
  }
}

// What is wrong with the query before its question is looked at; nullopt: nothing. Without a question only a
// cookie probe can be right.
std::optional<Rcode> fault_of(const Query& query, wire::Form form, CookieState cookie) {
  const Opcode opcode = query.header.opcode();
  if (opcode != Opcode::kQuery && opcode != Opcode::kNotify) {
    return Rcode::kNotImp;
  }
  if (form == wire::Form::kMalformed) {
    return Rcode::kFormErr;
  }
  if (!query.has_question) {
    return answer_to_cookie_probe(query, cookie).value_or(Rcode::kFormErr);
  }
  if (query.edns && query.edns->version > 0) {
    return Rcode::kBadVers;
  }
  // We are the primary, and hold no key: nobody may notify us or sign a query (RFC 1996 3.10, RFC 8945 5.2.1).
  if (opcode == Opcode::kNotify || query.has_tsig) {
    return Rcode::kNotAuth;
  }
  return std::nullopt;
}

std::size_t limit_bytes(const Query& query, const Settings& settings, Transport transport) {
  if (transport == Transport::kTcp) {
    return wire::kMaxMessageBytes;
  }
  if (!query.edns) {
    return wire::kPlainUdpBytes;
  }
  const std::size_t wanted = std::min(query.edns->udp_bytes, settings.udp_answer_bytes);
  return std::max(wanted, wire::kPlainUdpBytes);
}

// See Answered::identity.
std::uint64_t identity_of(const Reply& reply) {
  if (reply.kind == AnswerKind::kError) {
    return static_cast<std::uint64_t>(reply.rcode);
  }
  const auto type = reply.kind == AnswerKind::kPositive ? static_cast<std::uint64_t>(reply.query.question.type) : 0;
  return std::uint64_t{reply.source} << 32U | type;
}

}  // namespace

Answered respond(std::span<const std::uint8_t> query_bytes, std::span<std::uint8_t> answer, const zone::Image& image,
                 const Settings& settings, const Client& client) noexcept {
  Query query;
  const wire::Form form = wire::parse_query(query_bytes, query);
  if (form == wire::Form::kSilence || answer.size() < wire::kPlainUdpBytes) {
    return {};
  }
  const OptDecision decision = decide_opt(query, settings, client);
  AnswerWriter writer(answer, limit_bytes(query, settings, client.transport), decision.opt);
  Reply reply{query, writer};
  const std::optional<Rcode> fault = fault_of(query, form, decision.cookie);
  if (query.has_question && fault != Rcode::kNotImp) {
    writer.add_question(query.question.bytes);
  }
  if (fault) {
    reply.rcode = *fault;
  } else {
    answer_question(reply, image);
  }
  const unsigned echoed = query.header.flags & (wire::kMaskOpcode | wire::kFlagRecursionDesired);
  const unsigned flags = echoed | (reply.authoritative ? wire::kFlagAuthoritative : 0U);
  Answered answered;
  answered.size = writer.finish(query.header.id, static_cast<std::uint16_t>(flags), reply.rcode);
  answered.kind = reply.kind;
  answered.identity = identity_of(reply);
  answered.has_valid_cookie = decision.cookie == CookieState::kValid;
  return answered;
}

}  // namespace dnsd::answer
