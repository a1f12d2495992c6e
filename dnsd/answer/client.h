// Who asks, when, and how: what an answer may depend on beside the query and the image. Threads: plain values.
#pragma once

#include <cstdint>

#include "dnsd/wire/header.h"

namespace dnsd::answer {

enum class Transport : std::uint8_t { kUdp, kTcp };

struct Client {
  Transport transport = Transport::kUdp;
  wire::ByteView address = {};     // 4 or 16 bytes, network order; valid during the call
  std::uint32_t unix_seconds = 0;  // now, modulo 2^32 (RFC 9018 section 4.3)
  std::uint16_t keepalive = 0;     // over TCP: how long the connection may be idle, in units of 100 ms
};

}  // namespace dnsd::answer
