// Response rate limiting as one worker applies it to what it is about to send: joins the pure limiter to the
// answers, the counters and the log.
//
// Nothing is logged for a query: a line that a flood is being limited comes at the beginning of the next batch,
// at most once a minute, with the client prefix that was limited at that moment and what was limited so far.
//
// Threads: its worker's. What is handed in by reference outlives it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "dnsd/answer/responder.h"
#include "dnsd/limit/rate_limiter.h"
#include "dnsd/metrics/answer_tally.h"
#include "dnsd/util/log.h"

namespace dnsd::serve {

// What the limits of all workers have in common.
struct SharedLimit {
  explicit SharedLimit(const limit::Settings& limit_settings);  // Precondition: settings.is_on()

  limit::Settings settings;
  limit::BucketTable table;
  limit::RateLimiter::Key key;  // random, new for each start
};

class AnswerLimit {
 public:
  using Time = limit::RateLimiter::Time;

  AnswerLimit(SharedLimit& shared, metrics::AnswerCounters& counters, const util::Log& log);

  void begin_batch(Time now) noexcept;

  // How much of a UDP answer, whole in `bytes`, may be sent: all of it; as much as truncation left; or 0.
  [[nodiscard]] std::size_t pass(std::span<std::uint8_t> bytes, const answer::Answered& made,
                                 std::span<const std::uint8_t> client_address) noexcept;

 private:
  struct Limited {
    limit::Prefix client;
    answer::AnswerKind kind = answer::AnswerKind::kNone;
    limit::Spent spent = limit::Spent::kNone;
  };

  void say(const Limited& limited) const noexcept;

  SharedLimit& shared_;
  metrics::AnswerCounters& counters_;
  const util::Log& log_;
  limit::RateLimiter limiter_;
  Time now_{0};
  Time quiet_until_{0};  // no line before
  std::optional<Limited> unsaid_;
};

}  // namespace dnsd::serve
