// Who asks, and over what: all that an answer may depend on beside the query, the zones and the settings. Sockets
// fill it in, whoever answers reads it. Threads: plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>

namespace dnsd::util {

enum class Transport : std::uint8_t { kUdp, kTcp };

struct Client {
  Transport transport = Transport::kUdp;
  std::span<const std::uint8_t> address = {};  // 4 or 16 bytes, network order; valid during the call
  std::chrono::milliseconds idle{0};           // over TCP: how long the connection may wait for the next query
};

}  // namespace dnsd::util
