// Counters: each written by one worker, summed when somebody reads.
//
// A writer pays a plain load and store: no other thread writes the same counter, so nothing is locked. A reader
// sees each counter as it was a moment ago; sums over workers are not one instant's.
#pragma once

#include <atomic>
#include <cstdint>

namespace dnsd::metrics {

class Counter {
 public:
  void add(std::uint64_t amount = 1) { value_.store(read() + amount, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t read() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// One worker's. On cache lines of its own, so that two workers do not slow each other down.
struct alignas(64) WorkerCounters {
  Counter udp_queries;      // datagrams received
  Counter udp_answers;      // datagrams handed to the kernel
  Counter udp_dropped;      // answers that the kernel did not take
  Counter udp_oversized;    // datagrams longer than a query may be, ignored
  Counter udp_truncated;    // answers that the interface could not carry, sent short
  Counter udp_broadcast;    // datagrams to a broadcast or multicast address, ignored
  Counter tcp_connections;  // accepted and served
  Counter tcp_refused;      // accepted and closed at once: too many from that address, or no descriptor
  Counter tcp_evicted;      // closed to make room for another
  Counter tcp_timed_out;    // closed because a time ran out
  Counter tcp_queries;
  Counter tcp_answers;
};

// What one worker's handler did with its answers.
struct alignas(64) AnswerCounters {
  Counter limited_dropped;  // answers that the rate limit held back
  Counter limited_slipped;  // answers that it sent truncated
};

struct Totals {
  std::uint64_t udp_queries = 0;
  std::uint64_t udp_answers = 0;
  std::uint64_t udp_dropped = 0;
  std::uint64_t udp_oversized = 0;
  std::uint64_t udp_truncated = 0;
  std::uint64_t udp_broadcast = 0;
  std::uint64_t tcp_connections = 0;
  std::uint64_t tcp_refused = 0;
  std::uint64_t tcp_evicted = 0;
  std::uint64_t tcp_timed_out = 0;
  std::uint64_t tcp_queries = 0;
  std::uint64_t tcp_answers = 0;
  std::uint64_t limited_dropped = 0;
  std::uint64_t limited_slipped = 0;

  [[nodiscard]] std::uint64_t queries() const { return udp_queries + tcp_queries; }
  [[nodiscard]] std::uint64_t answers() const { return udp_answers + tcp_answers; }
};

// Adds one worker's counters, as they are now, to the totals.
void add(Totals& totals, const WorkerCounters& counters);
void add(Totals& totals, const AnswerCounters& counters);

}  // namespace dnsd::metrics
