// From the bytes of a query to the bytes of its answer: the whole decision, pure.
//
//   parse (wire) ─> opcode, class, form ─> zone ─> find the name ─> positive | NODATA | NXDOMAIN | REFUSED
//       └─> OPT: cookie, keepalive (opt_decision)         └─> copy the laid-out record set, patch, OPT, TC
//
// Reads no clock, does no I/O, logs nothing, allocates nothing. Threads: any number at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "dnsd/answer/client.h"
#include "dnsd/answer/settings.h"
#include "dnsd/zone/image.h"

namespace dnsd::answer {

enum class AnswerKind : std::uint8_t { kNone, kPositive, kNoData, kNxDomain, kReferral, kError };

// What was written, and what a rate limit needs to know of it.
struct Answered {
  std::size_t size = 0;  // bytes; 0: silence (RFC 8906: a datagram shorter than a header, or a response)
  AnswerKind kind = AnswerKind::kNone;
  // Alike for answers that a flood would ask for over and over: those from one name and type, and those that one zone
  // or cut gives to any number of names. An error's is its RCODE.
  std::uint64_t identity = 0;
  bool has_valid_cookie = false;  // the client has been seen at its address (RFC 7873 section 5.2.4)
};

// Writes the answer into `answer` (at least 512 bytes over UDP; 65535 over TCP).
[[nodiscard]] Answered respond(std::span<const std::uint8_t> query, std::span<std::uint8_t> answer,
                               const zone::Image& image, const Settings& settings, const Client& client) noexcept;

}  // namespace dnsd::answer
