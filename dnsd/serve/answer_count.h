// Counts what a worker answers: joins the answer code's words to the counters'.
//
// Threads: the worker's that the counters are of.
#pragma once

#include "dnsd/answer/responder.h"
#include "dnsd/metrics/answer_tally.h"
#include "dnsd/net/handler.h"

namespace dnsd::serve {

// A query without an answer of this server's workers.
void count_query(const answer::Received& received, const net::Client& client, answer::CookieState cookie,
                 metrics::AnswerCounters& counters);
// Any other than the usual answer.
void count_general(const answer::Received& received, const answer::Answered& made, const net::Exchange& exchange,
                   metrics::AnswerCounters& counters);

[[nodiscard]] inline metrics::Way way_of(const net::Client& client) {
  constexpr std::size_t kIpv6Bytes = 16;
  const auto transport = static_cast<std::size_t>(client.transport);
  return static_cast<metrics::Way>(transport * metrics::kTransports + client.address.size() / kIpv6Bytes);
}

[[nodiscard]] inline metrics::Asker asker_of(const wire::Query& query) {
  if (!query.edns) {
    return metrics::Asker::kPlain;
  }
  return query.edns->dnssec_ok ? metrics::Asker::kDnssecOk : metrics::Asker::kEdns;
}

// A query and what was made of it. `exchange.answer_size`: what the rate limit has left of the answer.
inline void count(const answer::Received& received, const answer::Answered& made, const net::Exchange& exchange,
                  metrics::AnswerCounters& counters) {
  if (made.is_usual && exchange.answer_size == made.size && made.size <= metrics::AnswerTally::kMostUsualBytes) {
    counters.tally.count_usual(way_of(exchange.client), asker_of(received.query), made.size,
                               received.place.zone->slot);
  } else {
    count_general(received, made, exchange, counters);
  }
}

}  // namespace dnsd::serve
