#include "dnsd/wire/edns.h"

#include "dnsd/wire/reader.h"

namespace dnsd::wire {
namespace {

constexpr std::size_t kLeastServerCookieBytes = 8;  // RFC 7873 section 4.2
constexpr std::size_t kMostServerCookieBytes = 32;

bool is_cookie_length(std::size_t bytes) {
  return bytes == kClientCookieBytes || (bytes >= kClientCookieBytes + kLeastServerCookieBytes &&
                                         bytes <= kClientCookieBytes + kMostServerCookieBytes);
}

void take_cookie(ByteView data, Edns& edns) {
  if (!is_cookie_length(data.size())) {
    edns.has_bad_option = true;
  } else if (edns.cookie.empty()) {
    edns.cookie = data;
  }
}

void take_zone_version(ByteView data, Edns& edns) {
  edns.wants_zone_version = true;
  edns.has_bad_option = edns.has_bad_option || !data.empty();
}

void take_option(OptionCode code, ByteView data, Edns& edns) {
  switch (code) {
    case OptionCode::kNsid:
      edns.wants_nsid = true;
      break;
    case OptionCode::kCookie:
      take_cookie(data, edns);
      break;
    case OptionCode::kKeepalive:
      edns.wants_keepalive = true;
      break;
    case OptionCode::kExpire:
      edns.wants_expire = true;
      break;
    case OptionCode::kZoneVersion:
      take_zone_version(data, edns);
      break;
    case OptionCode::kExtendedError:
    default:
      break;
  }
}

}  // namespace

std::optional<Edns> parse_opt(std::uint16_t record_class, std::uint32_t ttl, ByteView rdata) {
  Edns edns;
  edns.udp_bytes = record_class;
  edns.version = static_cast<std::uint8_t>(ttl >> 16);
  edns.dnssec_ok = (ttl & kDnssecOk) != 0;
  if (edns.version > 0) {
    return edns;
  }
  Reader reader(rdata);
  while (reader.ok() && !reader.at_end()) {
    const auto code = static_cast<OptionCode>(reader.u16());
    const ByteView data = reader.take(reader.u16());
    if (reader.ok()) {
      take_option(code, data, edns);
    }
  }
  return reader.ok() ? std::optional(edns) : std::nullopt;
}

}  // namespace dnsd::wire
