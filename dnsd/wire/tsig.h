// The TSIG record that may close a message (RFC 8945 section 4.2): read here, judged and made in tsig_mac.h.
// Pure. Threads: any number at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "dnsd/wire/header.h"
#include "dnsd/wire/record.h"
#include "zonestore/zone/record_set.h"

namespace dnsd::wire {

inline constexpr zonestore::RecordType kTypeTsig{250};

// What an answer's TSIG record says went wrong (RFC 8945 section 3).
enum class TsigError : std::uint16_t { kNone = 0, kBadSig = 16, kBadKey = 17, kBadTime = 18, kBadTrunc = 22 };

// Its views live as long as the message.
struct Tsig {
  std::size_t owner_at = 0;  // where in the message the record, and the key's name, begins; that may be compressed
  std::uint32_t ttl = 0;     // as it came: digested, and so it must be 0
  ByteView algorithm;        // its name, uncompressed, in the case that came
  ByteView time_and_fudge;   // 8 bytes, as they came
  ByteView mac;
  std::uint16_t original_id = 0;
  std::uint16_t error = 0;
  ByteView other;

  [[nodiscard]] std::uint64_t time() const {  // seconds since 1970
    return std::uint64_t{load_u16(time_and_fudge.data())} << 32U | load_u32(time_and_fudge.data() + 2);
  }
  [[nodiscard]] std::uint16_t fudge() const { return load_u16(time_and_fudge.data() + 6); }  // seconds
};

// nullopt: the record is malformed (answer FORMERR, RFC 8945 section 5.2). Its owner is not looked at.
[[nodiscard]] std::optional<Tsig> parse_tsig(const Record& record);

}  // namespace dnsd::wire
