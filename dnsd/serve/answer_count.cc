#include "dnsd/serve/answer_count.h"

#include <optional>

namespace dnsd::serve {
namespace {

using answer::AnswerKind;
using answer::CookieState;

metrics::Cookie counted(CookieState cookie) {
  switch (cookie) {
    case CookieState::kNone:
      return metrics::Cookie::kNone;
    case CookieState::kClientOnly:
      return metrics::Cookie::kClientOnly;
    case CookieState::kInvalid:
      return metrics::Cookie::kInvalid;
    case CookieState::kValid:
      return metrics::Cookie::kValid;
  }
  return metrics::Cookie::kNone;
}

std::optional<metrics::ZoneAnswer> counted(AnswerKind kind) {
  switch (kind) {
    case AnswerKind::kPositive:
      return metrics::ZoneAnswer::kPositive;
    case AnswerKind::kNoData:
      return metrics::ZoneAnswer::kNoData;
    case AnswerKind::kNxDomain:
      return metrics::ZoneAnswer::kNxDomain;
    case AnswerKind::kReferral:
      return metrics::ZoneAnswer::kReferral;
    case AnswerKind::kNone:
    case AnswerKind::kError:
      break;
  }
  return std::nullopt;
}

bool is_truncated(std::span<const std::uint8_t> answer) {
  return (wire::load_u16(answer.data() + 2) & wire::kFlagTruncated) != 0;
}

// What was not to be answered, or could not be.
void count_silence(const answer::Received& received, metrics::AnswerCounters& counters) {
  if (received.bytes.size() < wire::kHeaderBytes) {
    counters.short_queries.add();
  } else if (received.query.header.is_response()) {
    counters.responses.add();
  } else {
    counters.unsigned_lost.add();
  }
}

}  // namespace

void count_query(const answer::Received& received, const net::Client& client, CookieState cookie,
                 metrics::AnswerCounters& counters) {
  const auto type = received.query.has_question
                        ? metrics::asked_type(static_cast<std::uint16_t>(received.query.question.type))
                        : metrics::AskedType::kOther;
  counters.tally.count_query(way_of(client), type, asker_of(received.query), counted(cookie));
}

void count_general(const answer::Received& received, const answer::Answered& made, const net::Exchange& exchange,
                   metrics::AnswerCounters& counters) {
  if (made.size == 0) {
    count_silence(received, counters);
    return;
  }
  count_query(received, exchange.client, made.cookie, counters);
  if (exchange.answer_size == 0) {
    return;  // the rate limit has counted it
  }
  counters.tally.count_answer(way_of(exchange.client), metrics::counted_rcode(static_cast<std::uint16_t>(made.rcode)),
                              is_truncated(exchange.room), exchange.answer_size);
  const zone::Zone* const zone = made.is_usual ? received.place.zone : made.zone;
  if (const auto kind = counted(made.kind); kind && zone != nullptr) {
    counters.tally.count_zone(zone->slot, *kind);
  }
}

}  // namespace dnsd::serve
