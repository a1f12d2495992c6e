// EDNS(0): what a query's OPT record says (RFC 6891 section 6.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "dnsd/wire/header.h"

namespace dnsd::wire {

struct Edns {
  std::uint16_t udp_bytes = 0;  // the largest datagram that the client says it takes, as it came
  std::uint8_t version = 0;
  bool dnssec_ok = false;  // DO (RFC 3225)
};

// A query's OPT record without its owner: CLASS, TTL and RDATA. nullopt: the options do not fill the record
// data exactly. The options of a version above 0 are not ours to judge; unknown options are ignored.
[[nodiscard]] std::optional<Edns> parse_opt(std::uint16_t record_class, std::uint32_t ttl, ByteView rdata);

// Why an answer is what it is, for people (RFC 8914 section 4).
enum class ExtendedError : std::uint16_t { kNotAuthoritative = 20 };

inline constexpr std::size_t kOptBytes = 11;           // an OPT record without options
inline constexpr std::size_t kExtendedErrorBytes = 6;  // an Extended DNS Error option without a text

// Writes an OPT record of version 0 to kOptBytes bytes at `out`. `rcode_high` is the upper part of the RCODE.
void write_opt(std::uint8_t* out, std::uint16_t udp_bytes, std::uint8_t rcode_high, bool dnssec_ok);
// Writes the option to kExtendedErrorBytes bytes after the OPT record at `opt`, and its length into the record.
void write_extended_error(std::uint8_t* opt, ExtendedError error);

}  // namespace dnsd::wire
