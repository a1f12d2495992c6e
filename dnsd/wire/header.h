// The 12 bytes at the head of every message (RFC 1035 section 4.1.1), and the numbers that stand in them.
// Threads: plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "zonestore/base/big_endian.h"
#include "zonestore/base/bytes.h"

namespace dnsd::wire {

using zonestore::ByteView;
using MutableBytes = std::span<std::uint8_t>;

inline constexpr std::size_t kHeaderBytes = 12;
inline constexpr std::size_t kMaxMessageBytes = 65535;
inline constexpr std::size_t kPlainUdpBytes = 512;  // RFC 1035 section 2.3.4: without EDNS

inline constexpr std::uint16_t kFlagResponse = 0x8000;          // QR
inline constexpr std::uint16_t kFlagAuthoritative = 0x0400;     // AA
inline constexpr std::uint16_t kFlagTruncated = 0x0200;         // TC
inline constexpr std::uint16_t kFlagRecursionDesired = 0x0100;  // RD
inline constexpr std::uint16_t kMaskOpcode = 0x7800;

enum class Opcode : std::uint8_t { kQuery = 0, kNotify = 4, kUpdate = 5 };  // any of 0 to 15 may come

// Above 15 the upper eight bits travel in the OPT record (RFC 6891 section 6.1.3).
enum class Rcode : std::uint16_t {
  kNoError = 0,
  kFormErr = 1,
  kServFail = 2,
  kNxDomain = 3,
  kNotImp = 4,
  kRefused = 5,
  kYxDomain = 6,
  kNotAuth = 9,
  kBadVers = 16,
  kBadCookie = 23,
};

inline constexpr std::uint16_t kClassIn = 1;
inline constexpr std::uint16_t kClassAny = 255;

struct Header {
  std::uint16_t id = 0;
  std::uint16_t flags = 0;  // QR, opcode, AA, TC, RD, RA, Z, AD, CD, RCODE
  std::uint16_t question_count = 0;
  std::uint16_t answer_count = 0;
  std::uint16_t authority_count = 0;
  std::uint16_t additional_count = 0;

  [[nodiscard]] Opcode opcode() const { return static_cast<Opcode>((flags & kMaskOpcode) >> 11); }
  [[nodiscard]] bool is_response() const { return (flags & kFlagResponse) != 0; }
};

using zonestore::load_u16;
using zonestore::load_u32;
using zonestore::store_u16;
using zonestore::store_u32;

}  // namespace dnsd::wire
