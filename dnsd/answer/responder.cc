#include "dnsd/answer/responder.h"

#include <algorithm>
#include <new>
#include <optional>

#include "dnsd/answer/chase.h"
#include "dnsd/answer/expire.h"
#include "dnsd/answer/opt_decision.h"
#include "dnsd/answer/reply.h"
#include "dnsd/answer/sections.h"
#include "dnsd/answer/size_limit.h"
#include "dnsd/answer/usual_answer.h"
#include "dnsd/wire/truncate.h"

namespace dnsd::answer {
namespace {

using wire::AnswerWriter;
using wire::Opcode;
using wire::Query;
using wire::Rcode;
using zonestore::RecordType;
using SignatureState = wire::Signature::State;

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

// The zone whose name was asked for (RFC 1995 section 4): nothing newer, or not by this way.
void answer_soa_alone(Reply& reply, const zone::Zone& zone) {
  const zone::NodeView apex = zone.names.find({}, zone.apex_hash);
  const auto soa = apex ? apex.find(RecordType::kSoa) : std::nullopt;
  const wire::Question& question = reply.query.question;
  reply.zone = &zone;
  reply.authoritative = true;
  reply.kind = AnswerKind::kPositive;
  reply.given = RecordType::kSoa;
  reply.source = zone.apex_hash;
  if (!soa || !add_answer(reply.writer, {question.bytes.first(question.name.size), true}, *soa)) {
    reply.writer.truncate();
  }
}

// Transfers go another way than questions: here they end for all whom no list and no key lets in (RFC 5936 sections
// 2.2.1 and 5), and where one message is enough. A name that is no apex is nobody's zone.
void answer_transfer(Reply& reply, TransferVerdict verdict) {
  const zone::Zone* const zone = reply.place.zone;
  if (zone == nullptr || zone->apex.size_bytes() != reply.query.question.name.size) {
    reply.rcode = Rcode::kNotAuth;
    return;
  }
  switch (verdict) {
    case TransferVerdict::kRefused:
      reply.rcode = Rcode::kRefused;
      reply.writer.explain(wire::ExtendedError::kProhibited);
      break;
    case TransferVerdict::kNotImp:
      reply.rcode = Rcode::kNotImp;
      break;
    case TransferVerdict::kFormErr:
      reply.rcode = Rcode::kFormErr;
      break;
    case TransferVerdict::kSoaAlone:
      answer_soa_alone(reply, *zone);
      break;
  }
}

void answer_question(Reply& reply, const zone::Image& image, TransferVerdict transfer) {
  const wire::Question& question = reply.query.question;
  if (const auto rcode = rule_for_type(question.type)) {
    reply.rcode = *rcode;
  } else if (question.question_class != wire::kClassIn) {
    reply.rcode = Rcode::kRefused;
    reply.writer.explain(wire::ExtendedError::kNotAuthoritative);
  } else if (is_transfer(question.type)) {
    answer_transfer(reply, transfer);
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

// Of the zone whose SOA is the answer, or of one that a transfer was asked of.
void tell_expire(Reply& reply) {
  if (!reply.authoritative || reply.given != RecordType::kSoa) {
    return;
  }
  if (const auto seconds = expire_for(reply.query, *reply.zone)) {
    reply.writer.set_expire(*seconds);
  }
}

// What is wrong with the query before its question is looked at; nullopt: nothing. Without a question only a
// cookie probe can be right.
std::optional<Rcode> fault_of(const Received& received, CookieState cookie) {
  const Query& query = received.query;
  const Opcode opcode = query.header.opcode();
  if (opcode != Opcode::kQuery && opcode != Opcode::kNotify) {
    return Rcode::kNotImp;
  }
  if (received.form == wire::Form::kMalformed || received.signature.state == SignatureState::kMalformed) {
    return Rcode::kFormErr;
  }
  if (!query.has_question) {
    return answer_to_cookie_probe(query, cookie).value_or(Rcode::kFormErr);
  }
  if (query.edns && query.edns->version > 0) {
    return Rcode::kBadVers;
  }
  // We are the primary: nobody may notify us (RFC 1996 section 3.10).
  if (opcode == Opcode::kNotify || received.signature.state == SignatureState::kBad) {
    return Rcode::kNotAuth;
  }
  return std::nullopt;
}

// Whether the answer ends with a TSIG record: every one to a query whose signature holds, and the one that says why
// it does not. What is wrong beside a bad signature is told unsigned.
bool is_closed(const Received& received, std::optional<Rcode> fault) {
  return received.signature.is_good() ||
         (received.signature.state == SignatureState::kBad && fault == Rcode::kNotAuth);
}

// Keeps the room for it. Where question, OPT and TSIG record are too much for a datagram, OPT gives way (RFC 8945
// section 5.3).
std::size_t limit_before_closing(const Query& query, std::size_t limit, std::size_t closing, OptDecision& decision) {
  const std::size_t question = query.has_question ? query.question.bytes.size() : 0;
  if (closing > 0 && decision.opt &&
      wire::kHeaderBytes + question + wire::least_bytes(*decision.opt) + closing > limit) {
    decision.opt.reset();
  }
  return limit - closing;
}

// A query whose signature there is no memory to judge is not answered.
void judge_signature(const Settings& settings, Received& received) noexcept {
  if (settings.tsig_keys == nullptr) {
    received.signature = {SignatureState::kBad, wire::TsigError::kBadKey, nullptr};
    return;
  }
  try {
    received.signature =
        wire::verify(received.bytes, *received.query.tsig, *settings.tsig_keys, settings.unix_seconds);
  } catch (const std::bad_alloc&) {
    received.form = wire::Form::kSilence;
  }
}

// The answer's new length; 0: there is no memory to sign it.
std::size_t close(const Received& received, std::span<std::uint8_t> answer, std::size_t size, std::size_t limit,
                  const Settings& settings) noexcept {
  try {
    return wire::close_answer(answer, size, limit, received.bytes, *received.query.tsig, received.signature,
                              settings.unix_seconds);
  } catch (const std::bad_alloc&) {
    return 0;
  }
}

// See Answered::identity.
std::uint64_t identity_for_limit(const Reply& reply) {
  if (reply.kind == AnswerKind::kError) {
    return static_cast<std::uint64_t>(reply.rcode);
  }
  return identity_of(reply.source, reply.given);
}

}  // namespace

void receive(std::span<const std::uint8_t> query_bytes, const zone::Image& image, const Settings& settings,
             Received& received) noexcept {
  received.form = wire::parse_query(query_bytes, received.query);
  received.bytes = query_bytes;
  received.signature = {};
  received.transfer = TransferVerdict::kRefused;
  received.place = {};
  received.guess = {};
  if (received.query.tsig) {
    judge_signature(settings, received);
  }
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

// Kept apart from respond(): the usual answer, which is most of them, needs nothing of so large a stack frame.
[[gnu::noinline]] static Answered respond_generally(const Received& received, std::span<std::uint8_t> answer,
                                                    const zone::Image& image, const Settings& settings,
                                                    const Client& client) noexcept {
  const Query& query = received.query;
  OptDecision decision = decide_opt(query, settings, client);
  const std::size_t limit = limit_bytes(query, received.bytes.size(), settings, client.transport, decision.cookie);
  const std::optional<Rcode> fault = fault_of(received, decision.cookie);
  const bool closed = is_closed(received, fault);
  const std::size_t closing = closed ? wire::closing_bytes(received.signature) : 0;
  const std::size_t room = limit_before_closing(query, std::min(limit, answer.size()), closing, decision);
  AnswerWriter writer(answer, room, decision.opt ? &*decision.opt : nullptr);
  Reply reply{query, received.place, writer};
  if (query.has_question && fault != Rcode::kNotImp) {
    writer.add_question(query.question.bytes);
  }
  if (fault) {
    reply.rcode = *fault;
  } else {
    answer_question(reply, image, received.transfer);
    tell_zone_version(reply);
    tell_expire(reply);
  }
  const unsigned echoed = query.header.flags & (wire::kMaskOpcode | wire::kFlagRecursionDesired);
  const unsigned flags = echoed | (reply.authoritative ? wire::kFlagAuthoritative : 0U);
  Answered answered;
  answered.size = writer.finish(query.header.id, static_cast<std::uint16_t>(flags), reply.rcode);
  if (closed) {
    answered.size = close(received, answer, answered.size, limit, settings);
  }
  answered.kind = answered.size > 0 ? reply.kind : AnswerKind::kNone;
  answered.identity = identity_for_limit(reply);
  answered.has_valid_cookie = decision.cookie == CookieState::kValid;
  answered.is_signed = received.signature.is_good();
  answered.cookie = decision.cookie;
  answered.rcode = reply.rcode;
  answered.zone = reply.zone;
  return answered;
}

std::size_t shorten(const Received& received, std::span<std::uint8_t> room, std::size_t size,
                    const Settings& settings) noexcept {
  const std::size_t shortened = wire::truncate_answer(room.first(size));
  if (shortened == 0 || !received.signature.is_good()) {
    return shortened;
  }
  return close(received, room, shortened, room.size(), settings);
}

Answered respond(const Received& received, std::span<std::uint8_t> answer, const zone::Image& image,
                 const Settings& settings, const Client& client) noexcept {
  if (received.form == wire::Form::kSilence || answer.size() < wire::kPlainUdpBytes) {
    return {};
  }
  if (const Answered usual = usual_answer(received, answer, settings, client); usual.size > 0) {
    return usual;
  }
  return respond_generally(received, answer, image, settings, client);
}

Answered respond(std::span<const std::uint8_t> query, std::span<std::uint8_t> answer, const zone::Image& image,
                 const Settings& settings, const Client& client) noexcept {
  Received received;
  receive(query, image, settings, received);
  return respond(received, answer, image, settings, client);
}

}  // namespace dnsd::answer
