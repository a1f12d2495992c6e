#include "dnsd/answer/usual_answer.h"

#include <algorithm>
#include <cstring>

#include "dnsd/answer/reply.h"
#include "dnsd/answer/size_limit.h"
#include "dnsd/wire/opt_writer.h"

namespace dnsd::answer {
namespace {

using zonestore::RecordType;

bool asks_for_nothing(const wire::Edns& edns) {
  return edns.version == 0 && edns.cookie.empty() && !edns.wants_nsid && !edns.wants_keepalive &&
         !edns.wants_zone_version;
}

bool is_usual(const wire::Query& query) {
  return query.has_question && query.question.type == RecordType::kTxt &&
         query.question.question_class == wire::kClassIn && query.header.opcode() == wire::Opcode::kQuery &&
         !query.tsig && (!query.edns || asks_for_nothing(*query.edns));
}

std::uint8_t* append(std::uint8_t* out, wire::ByteView bytes) {
  std::memcpy(out, bytes.data(), bytes.size());
  return out + bytes.size();
}

void write(const wire::Query& query, const zone::RecordSetView& record_set, const Settings& settings,
           std::uint8_t* out) {
  constexpr unsigned kFlags = wire::kFlagResponse | wire::kFlagAuthoritative;
  wire::store_u16(out, query.header.id);
  wire::store_u16(out + 2, static_cast<std::uint16_t>(kFlags | (query.header.flags & wire::kFlagRecursionDesired)));
  wire::store_u16(out + 4, 1);
  wire::store_u16(out + 6, record_set.count);
  wire::store_u16(out + 8, 0);
  wire::store_u16(out + 10, query.edns ? 1 : 0);
  // The owners in a record set that is laid out point to the question, which begins behind the header in every
  // answer.
  out = append(append(out + wire::kHeaderBytes, query.question.bytes), record_set.answer);
  if (query.edns) {
    wire::write_opt_head(out, {settings.udp_answer_bytes, query.edns->dnssec_ok}, 0, 0);
  }
}

}  // namespace

Answered usual_answer(const Received& received, std::span<std::uint8_t> answer, const Settings& settings,
                      const Client& client) noexcept {
  const wire::Query& query = received.query;
  if (received.form != wire::Form::kGood || !is_usual(query)) {
    return {};
  }
  const zone::NodeView node = zone::confirm(received.place, query.question.name, received.guess);
  const auto record_set = node ? node.find(RecordType::kTxt) : std::nullopt;
  if (!record_set) {
    return {};
  }
  const std::size_t size = wire::kHeaderBytes + query.question.bytes.size() + record_set->answer.size() +
                           (query.edns ? wire::kOptBytes : 0);
  const std::size_t limit = limit_bytes(query, received.bytes.size(), settings, client.transport, CookieState::kNone);
  // The general way knows how to leave out and truncate.
  if (size > std::min(limit, answer.size())) {
    return {};
  }
  write(query, *record_set, settings, answer.data());
  Answered answered;
  answered.size = size;
  answered.kind = AnswerKind::kPositive;
  answered.identity = identity_of(received.place.hash, RecordType::kTxt);
  answered.is_usual = true;
  return answered;
}

}  // namespace dnsd::answer
