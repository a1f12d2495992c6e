// What the loads over UDP and TCP have in common: when the next query is due, when the run ends, and the judging of
// answers. Threads: one thread at a time.
#pragma once

#include <cstdint>
#include <span>

#include "tests/bench/generator/flights.h"
#include "tests/bench/generator/run_settings.h"

namespace bench {

class Conductor {
 public:
  Conductor(const RunSettings& settings, Workload& workload);

  // Reads the clock; what follows is by this time. Once for each round of batches, since each reading costs.
  void tick();
  [[nodiscard]] std::uint64_t now_ns() const { return now_ns_; }

  // Whether a query may be sent now: neither the time, the number nor the rate are against it.
  [[nodiscard]] bool may_send() const;
  [[nodiscard]] bool has_ended() const;  // no more will be sent
  // How long nothing is to be done but to wait for answers: 0 without a rate, at most a millisecond.
  [[nodiscard]] std::uint64_t idle_ns() const;
  Flight& begin(Flights& flights);

  // A message that came: ends its query, if it is one's answer. Returns whether it was.
  bool take(std::span<const std::uint8_t> message, Flights& flights);
  // Gives up what waits too long. To be called now and then; looks at all places.
  void give_up(Flights& flights);
  // The connection is gone: its queries are asked again by others, and not lost.
  void forget(Flights& flights);
  // A connection was closed by the server. Errors: std::runtime_error if that is nearly all that it does.
  void count_reconnect();

  [[nodiscard]] RunResult result();

 private:
  [[nodiscard]] std::uint64_t due_ns() const;  // when the next query is, at a rate

  const RunSettings settings_;
  Workload& workload_;
  RunResult result_;
  std::uint64_t began_ns_;
  std::uint64_t now_ns_;
  std::uint64_t last_answer_ns_;
};

}  // namespace bench
