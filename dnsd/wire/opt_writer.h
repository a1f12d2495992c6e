// The OPT record of an answer (RFC 6891 section 6.1), laid out in one go at the end of the message.
//
//   owner, type, size, RCODE, version, DO | COOKIE | edns-tcp-keepalive | EDE | ZONEVERSION | EXPIRE | NSID
//   always there: kept free from the start            while there is room, in this order, each whole or not at all
//
// Threads: plain values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "dnsd/wire/edns.h"
#include "dnsd/wire/header.h"
#include "zonestore/zone/record_set.h"

namespace dnsd::wire {

inline constexpr std::size_t kOptBytes = 11;  // an OPT record without options

// Why an answer is what it is, for people (RFC 8914 section 4).
enum class ExtendedError : std::uint16_t { kProhibited = 18, kNotAuthoritative = 20 };

// A client cookie and the server cookie that belongs to it (RFC 9018 section 4).
using FullCookie = std::array<std::uint8_t, 24>;

// Which state of which zone answered: its SOA serial (RFC 9660).
struct ZoneVersion {
  std::uint8_t label_count = 0;  // of the zone's apex, without the root label
  std::uint32_t serial = 0;
};

struct AnswerOpt {
  std::uint16_t udp_bytes = 0;  // what we take
  bool dnssec_ok = false;
  std::optional<FullCookie> cookie = std::nullopt;
  std::optional<std::uint16_t> keepalive = std::nullopt;  // how long a connection may be idle, in units of 100 ms
  std::optional<ExtendedError> extended_error = std::nullopt;
  std::optional<ZoneVersion> zone_version = std::nullopt;
  std::optional<std::uint32_t> expire = std::nullopt;  // of the zone, in seconds (RFC 7314)
  ByteView nsid = {};                                  // empty: none; outlives the writing
};

// The bytes of the record with those options that may not be left out.
[[nodiscard]] std::size_t least_bytes(const AnswerOpt& opt);

// Writes the record up to its options, kOptBytes long; `option_bytes` of them follow. Of `opt` only what is no
// option.
inline void write_opt_head(std::uint8_t* out, const AnswerOpt& opt, std::uint8_t rcode_high,
                           std::size_t option_bytes) {
  out[0] = 0;  // the root
  store_u16(out + 1, static_cast<std::uint16_t>(zonestore::RecordType::kOpt));
  store_u16(out + 3, opt.udp_bytes);
  store_u32(out + 5, std::uint32_t{rcode_high} << 24 | (opt.dnssec_ok ? kDnssecOk : 0U));
  store_u16(out + 9, static_cast<std::uint16_t>(option_bytes));
}

// Writes the record, and the options that fit `room`; its length. `rcode_high`: the upper bits of the RCODE.
// Precondition: `room` has at least least_bytes(opt).
[[nodiscard]] std::size_t write_opt(MutableBytes room, const AnswerOpt& opt, std::uint8_t rcode_high);

}  // namespace dnsd::wire
