#include "dnsd/answer/responder.h"

#include <optional>

#include "dnsd/answer/chase.h"
#include "dnsd/answer/opt_decision.h"
#include "dnsd/answer/reply.h"
#include "dnsd/answer/size_limit.h"
#include "dnsd/answer/usual_answer.h"

namespace dnsd::answer {
namespace {

using wire::AnswerWriter;
using wire::Opcode;
using wire::Query;
using wire::Rcode;
using zonestore::RecordType;

// Meta types that are no data anywhere (RFC 6895 section 3.1); nullopt for a type that names may have.
std::optional<Rcode> rule_for_type(RecordType type) {
  constexpr RecordType kNone{0};
  constexpr RecordType kTkey{249};
  if (type == kNone || type == RecordType::kOpt || type == kTkey || type == wire::kTypeTsig) {
    return Rcode::kFormErr;
  }
  if (type == RecordType::kMaila || type == RecordType::kMailb) {
    return Rcode::kNotImp;
  }
  return std::nullopt;
}

bool is_transfer(RecordType type) {
  return type == RecordType::kAxfr || type == RecordType::kIxfr;
}

// Transfers go another way than questions: here they end for all whom no list and no key lets in (RFC 5936 sections
// 2.2.1 and 5). A name that is no apex is nobody's zone.
void refuse_transfer(Reply& reply, const zone::Image& image) {
  const wire::LoweredName& name = reply.query.question.name;
  const zone::Zone* zone = image.apexes.find(name);
  if (zone == nullptr || zone->apex.size_bytes() != name.size) {
    reply.rcode = Rcode::kNotAuth;
    return;
  }
  reply.rcode = Rcode::kRefused;
  reply.writer.explain(wire::ExtendedError::kProhibited);
}

void answer_question(Reply& reply, const zone::Image& image) {
  const wire::Question& question = reply.query.question;
  if (const auto rcode = rule_for_type(question.type)) {
    reply.rcode = *rcode;
  } else if (question.question_class != wire::kClassIn) {
    reply.rcode = Rcode::kRefused;
    reply.writer.explain(wire::ExtendedError::kNotAuthoritative);
  } else if (is_transfer(question.type)) {
    refuse_transfer(reply, image);
  } else {
    answer_from_zones(reply, image);
  }
}

// RFC 9660: whoever asks is told which state of the zone answered. A referral is not the zone's answer.
void tell_zone_version(Reply& reply) {
  if (reply.authoritative && reply.query.edns && reply.query.edns->wants_zone_version) {
    const auto label_count = static_cast<std::uint8_t>(reply.zone->apex.label_count());
    reply.writer.set_zone_version({label_count, reply.zone->serial});
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
  if (opcode == Opcode::kNotify || query.tsig) {
    return Rcode::kNotAuth;
  }
  return std::nullopt;
}

// See Answered::identity.
std::uint64_t identity_for_limit(const Reply& reply) {
  if (reply.kind == AnswerKind::kError) {
    return static_cast<std::uint64_t>(reply.rcode);
  }
  return identity_of(reply.source, reply.given);
}

}  // namespace

void receive(std::span<const std::uint8_t> query_bytes, const zone::Image& image, Received& received) noexcept {
  received.form = wire::parse_query(query_bytes, received.query);
  received.bytes = query_bytes;
  received.place = {};
  received.guess = {};
  if (received.form != wire::Form::kGood || !received.query.has_question) {
    return;
  }
  const wire::LoweredName& name = received.query.question.name;
  if (const zone::Zone* zone = image.apexes.find(name)) {
    received.place = zone::place_in(*zone, name);
  }
}

// Each step in a loop of its own: what a processor waits for most is to learn where in memory an address lies, and it
// does that for several at once only if they follow each other closely.
void prefetch(std::span<Received> queries) noexcept {
  for (const Received& query : queries) {
    if (query.place.zone != nullptr) {
      query.place.zone->names.prefetch_slot(query.place.hash);
    }
  }
  for (Received& query : queries) {
    query.guess = query.place.zone == nullptr ? zone::NodeView() : query.place.zone->names.guess(query.place.hash);
    if (query.guess) {
      query.guess.prefetch_begin();
    }
  }
  for (const Received& query : queries) {
    if (query.guess) {
      query.guess.prefetch_rest();
    }
  }
}

Answered respond(const Received& received, std::span<std::uint8_t> answer, const zone::Image& image,
                 const Settings& settings, const Client& client) noexcept {
  if (received.form == wire::Form::kSilence || answer.size() < wire::kPlainUdpBytes) {
    return {};
  }
  if (const Answered usual = usual_answer(received, answer, settings, client); usual.size > 0) {
    return usual;
  }
  const Query& query = received.query;
  OptDecision decision = decide_opt(query, settings, client);
  const std::size_t limit = limit_bytes(query, received.bytes.size(), settings, client.transport, decision.cookie);
  AnswerWriter writer(answer, limit, decision.opt ? &*decision.opt : nullptr);
  Reply reply{query, received.place, writer};
  const std::optional<Rcode> fault = fault_of(query, received.form, decision.cookie);
  if (query.has_question && fault != Rcode::kNotImp) {
    writer.add_question(query.question.bytes);
  }
  if (fault) {
    reply.rcode = *fault;
  } else {
    answer_question(reply, image);
    tell_zone_version(reply);
  }
  const unsigned echoed = query.header.flags & (wire::kMaskOpcode | wire::kFlagRecursionDesired);
  const unsigned flags = echoed | (reply.authoritative ? wire::kFlagAuthoritative : 0U);
  Answered answered;
  answered.size = writer.finish(query.header.id, static_cast<std::uint16_t>(flags), reply.rcode);
  if (fault == Rcode::kNotAuth && query.tsig) {
    answered.size = wire::append_unknown_key(answer, answered.size, limit, received.bytes, *query.tsig);
  }
  answered.kind = reply.kind;
  answered.identity = identity_for_limit(reply);
  answered.has_valid_cookie = decision.cookie == CookieState::kValid;
  return answered;
}

Answered respond(std::span<const std::uint8_t> query, std::span<std::uint8_t> answer, const zone::Image& image,
                 const Settings& settings, const Client& client) noexcept {
  Received received;
  receive(query, image, received);
  return respond(received, answer, image, settings, client);
}

}  // namespace dnsd::answer
