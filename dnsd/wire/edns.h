// EDNS(0): what a query's OPT record says (RFC 6891 section 6.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "dnsd/wire/header.h"

namespace dnsd::wire {

// The options that we know, in queries or in answers.
enum class OptionCode : std::uint16_t {
  kNsid = 3,            // RFC 5001
  kExpire = 9,          // RFC 7314
  kCookie = 10,         // RFC 7873
  kKeepalive = 11,      // RFC 7828
  kExtendedError = 15,  // RFC 8914
  kZoneVersion = 19,    // RFC 9660
};

inline constexpr std::size_t kClientCookieBytes = 8;  // what a COOKIE option begins with (RFC 7873 section 4.1)
inline constexpr std::uint32_t kDnssecOk = 0x8000;    // DO, in the field of the TTL (RFC 3225)

struct Edns {
  std::uint16_t udp_bytes = 0;  // the largest datagram that the client says it takes, as it came
  std::uint8_t version = 0;
  bool dnssec_ok = false;  // DO (RFC 3225)
  // What the options of a version 0 ask for.
  bool wants_nsid = false;
  bool wants_keepalive = false;
  bool wants_zone_version = false;
  bool wants_expire = false;
  ByteView cookie = {};  // a client cookie, alone or with a server cookie; empty: there is none. Views the message.
  bool has_bad_option = false;  // one that its RFC wants answered with FORMERR
};

// A query's OPT record without its owner: CLASS, TTL and RDATA. nullopt: the options do not fill the record
// data exactly. The options of a version above 0 are not ours to judge.
//
// Every option that comes is taken by one of these rules:
//   unknown, or without a meaning in a query (padding)  ignored (RFC 6891 section 6.1.2)
//   the second and later ones of a code that we know    ignored (COOKIE: RFC 7873 section 5.2) unless they are bad
//   COOKIE of another length than 8 or 16 to 40         has_bad_option (RFC 7873 section 5.2.2), the second one too,
//                                                       as all peers have it
//   ZONEVERSION with data                               has_bad_option (RFC 9660 section 3)
//   NSID, EXPIRE or edns-tcp-keepalive with data        as without: no RFC says otherwise, and the peers do so
[[nodiscard]] std::optional<Edns> parse_opt(std::uint16_t record_class, std::uint32_t ttl, ByteView rdata);

}  // namespace dnsd::wire
