// What all TCP connections of a worker share: the buffers, the limits, the time. No connection holds on to a buffer
// beyond its turn.
// Threads: its worker's.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "dnsd/metrics/counters.h"
#include "dnsd/net/handler.h"
#include "dnsd/net/limits.h"

namespace dnsd::net {

// Where one connection's bytes are read to, and one answer, length prefix and all, is laid out.
struct TcpSlot {
  std::span<std::uint8_t> input;
  std::span<std::uint8_t> output;
};

struct TcpWorkspace {
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t kSlots = 16;  // connections that are answered together

  TcpWorkspace(const TcpLimits& tcp_limits, Handler& query_handler, metrics::WorkerCounters& worker_counters);

  // Before a round of connections is served: reads the clock, and has the handler look for a newer image.
  void begin_round();

  const TcpLimits& limits;
  Handler& handler;
  metrics::WorkerCounters& counters;
  std::array<TcpSlot, kSlots> slots;
  std::vector<std::uint8_t> output;  // of a connection with several queries; `output_bytes` of it are filled
  std::size_t output_bytes = 0;
  std::vector<std::uint8_t> discarded;  // what comes on a connection whose answers are all sent
  Clock::time_point now;                // when this round began
  bool crowded = false;                 // half of the connections are taken: the idle ones go sooner
  std::size_t unsent_part;              // what the next connection may leave unread (unsent_part())

 private:
  std::unique_ptr<std::uint8_t[]> slot_memory_;  // pages that no answer reaches are never touched
};

}  // namespace dnsd::net
