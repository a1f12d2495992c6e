// Counters: each written by one worker, summed when somebody reads.
//
// A writer pays a plain load and store: no other thread writes the same counter, so nothing is locked. A reader
// sees each counter as it was a moment ago; sums over workers are not one instant's.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace dnsd::metrics {

class Counter {
 public:
  void add(std::uint64_t amount = 1) { value_.store(read() + amount, std::memory_order_relaxed); }
  // Of a number that also falls.
  void set(std::uint64_t value) { value_.store(value, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t read() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// What each is called elsewhere, and what it is good for, stands in catalogue.h: a new one needs an entry there.

// What one worker's sockets did.
struct SocketCounts {
  Counter udp_queries;              // datagrams received
  Counter udp_answers;              // datagrams handed to the kernel
  Counter udp_dropped;              // answers that the kernel did not take
  Counter udp_oversized;            // datagrams longer than a query may be, ignored
  Counter udp_truncated;            // answers that the interface could not carry, sent short
  Counter udp_broadcast;            // datagrams to a broadcast or multicast address, ignored
  Counter udp_answer_bytes;         // of all answers that were to be sent
  Counter tcp_connections;          // accepted and served
  Counter tcp_refused_address;      // accepted and closed at once: too many from that address
  Counter tcp_refused_descriptors;  // likewise: no descriptor, or no memory
  Counter tcp_evicted;              // closed to make room for another
  Counter tcp_timed_out;            // closed because the client was too slow, or had nothing to ask
  Counter tcp_lifetime;             // closed because it had lived for its time
  Counter tcp_spent;                // closed because it had asked all the queries that it may
  Counter tcp_client;               // ended by its client, or by what it sent
  Counter tcp_lost;                 // closed for want of memory
  Counter tcp_drained;              // closed because the server ends
  Counter tcp_transfers;            // handed over: it asked for a zone
  Counter tcp_queries;
  Counter tcp_answers;
  Counter tcp_answer_bytes;
};

// What one worker's handler did with its answers, beside what answer_tally.h counts by kinds.
struct AnswerCounts {
  Counter limited_dropped;  // answers that the rate limit held back
  Counter limited_slipped;  // answers that it sent truncated
  Counter short_queries;    // fewer bytes than a header has, ignored
  Counter responses;        // that came as if they were queries, ignored (RFC 8906)
  Counter unsigned_lost;    // signed queries for whose signature there was no memory
};

// How many datagrams came at once: at most 1, 2, 4 ... 64.
inline constexpr std::size_t kBatchBuckets = 7;
struct BatchCounts {
  std::array<Counter, kBatchBuckets> batches;

  void add(std::size_t datagrams) {  // 1 to 64
    batches[static_cast<std::size_t>(std::bit_width(datagrams - 1))].add();
  }
};

// One worker's. On cache lines of their own, so that two workers do not slow each other down.
struct alignas(64) WorkerCounters : SocketCounts {
  BatchCounts udp_batches;
  Counter tcp_open;  // connections that are served now
};

// What is counted once for the whole process, as it was when it was asked for.
struct ProcessCounts {
  std::uint64_t log_lines_dropped = 0;
};

}  // namespace dnsd::metrics
