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

// What each is called elsewhere, and what it is good for, stands in catalogue.h: a new one needs an entry there.

// What one worker's sockets did.
struct SocketCounts {
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
struct AnswerCounts {
  Counter limited_dropped;  // answers that the rate limit held back
  Counter limited_slipped;  // answers that it sent truncated
};

// One worker's. On cache lines of their own, so that two workers do not slow each other down.
struct alignas(64) WorkerCounters : SocketCounts {};
struct alignas(64) AnswerCounters : AnswerCounts {};

// What is counted once for the whole process, as it was when it was asked for.
struct ProcessCounts {
  std::uint64_t log_lines_dropped = 0;
};

}  // namespace dnsd::metrics
