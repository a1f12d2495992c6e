// What a client may cost: the limits on answers, connections and times, with their defaults.
//
// Totals are for the whole server; a worker gets its share (share_of). Threads: plain values.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace dnsd::net {

struct UdpLimits {
  std::size_t answer_bytes = 1232;  // the largest datagram sent (DNS Flag Day 2020)
  // Of each socket, for queries that wait; the kernel gives no more than net.core.rmem_max.
  std::size_t receive_buffer_bytes = 4U * 1024 * 1024;
};

struct TcpLimits {
  unsigned connections = 4096;            // when full, one goes for the next (tcp_crowd.h)
  unsigned connections_per_address = 64;  // IPv6: from one /64; over all workers; one more is refused
  std::chrono::seconds idle{10};          // between queries (RFC 7766 section 6.2.3)
  std::chrono::seconds idle_when_half_full{2};
  std::chrono::seconds message{3};  // from the first byte of a query to its last
  std::chrono::seconds write{5};    // for the answers of one read
  std::chrono::seconds lifetime{300};
  unsigned queries = 10'000;               // on one connection
  std::size_t unsent_bytes = 128U * 1024;  // of one connection's answers; above it, its queries wait
  // Of all together: each one's part shrinks as they become many, but to no less than kLeastUnsentBytes.
  std::size_t unsent_total_bytes = 8U * 1024 * 1024;
};

inline constexpr std::size_t kLeastUnsentBytes = 2048;  // three answers with a key

// One worker's part of a total: rounded up, so that every worker has some.
[[nodiscard]] constexpr unsigned share_of(unsigned total, unsigned workers) {
  return std::max(1U, (total + workers - 1) / workers);
}

// How many bytes of answers the next connection may leave unread, of a worker that may have `share` connections and
// has so many.
[[nodiscard]] constexpr std::size_t unsent_part(const TcpLimits& limits, unsigned share, std::size_t connections) {
  const std::size_t total = limits.unsent_total_bytes / limits.connections * share;
  const std::size_t part = total / std::max(connections, std::size_t{1});
  return std::min(limits.unsent_bytes, std::max(kLeastUnsentBytes, part));
}

}  // namespace dnsd::net
