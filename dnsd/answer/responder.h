// From the bytes of a query to the bytes of its answer: the whole decision, pure.
//
//   parse (wire) ─> opcode, class, form ─> zone ─> find the name ─> positive | NODATA | NXDOMAIN | REFUSED
//                                                         └─> copy the laid-out record set, patch, OPT, TC
//
// Reads no clock, does no I/O, logs nothing, allocates nothing. Threads: any number at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "dnsd/zone/image.h"

namespace dnsd::answer {

struct Limits {
  std::uint16_t udp_answer_bytes = 1232;  // with EDNS; 512 without (RFC 6891, DNS Flag Day 2020)
};

enum class Transport : std::uint8_t { kUdp, kTcp };

// Writes the answer into `answer` (at least 512 bytes over UDP; 65535 over TCP) and returns its length;
// 0: silence (RFC 8906: a datagram shorter than a header, or a response).
[[nodiscard]] std::size_t respond(std::span<const std::uint8_t> query, std::span<std::uint8_t> answer,
                                  const zone::Image& image, const Limits& limits, Transport transport) noexcept;

}  // namespace dnsd::answer
