// What transfers may cost, with the defaults. Threads: plain values.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "zonestore/base/socket_address.h"

namespace dnsd::transfer {

struct Settings {
  unsigned streams = 8;           // that send at once
  unsigned streams_per_peer = 2;  // of them
  unsigned waiting = 64;          // connections that wait for their turn, or for a next question
  unsigned images = 8;  // that sessions send from beside the newest: the oldest session goes when there are more
  std::size_t message_bytes = 65535;
  std::size_t ixfr_bytes = std::size_t{64} * 1024 * 1024;    // what one difference may take in memory
  std::chrono::seconds stall{30};                            // in which a stream must move kLeastMoved
  std::chrono::seconds longest{43'200};                      // one stream
  std::chrono::seconds idle{10};                             // between questions
  std::chrono::milliseconds notify_gap{1000};                // between two NOTIFY to one address of one zone
  std::optional<zonestore::SocketAddress> notify_source_v4;  // port 0; none: one that dnsd listens on
  std::optional<zonestore::SocketAddress> notify_source_v6;

  friend bool operator==(const Settings&, const Settings&) = default;
};

// What a stream must move in each stretch of Settings::stall, or it holds a place for nothing.
inline constexpr std::size_t kLeastMovedBytes = 65536;

// What a stream has at most that takes no place among Settings::streams: slow readers of large zones must not keep
// the small ones from others.
inline constexpr std::size_t kSmallBytes = std::size_t{1024} * 1024;

}  // namespace dnsd::transfer
