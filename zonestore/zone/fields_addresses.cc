// Forms with addresses in them: APL (RFC 3123), IPSECKEY (RFC 4025), AMTRELAY (RFC 8777), HIP (RFC 8005).
#include <sys/socket.h>

#include "zonestore/base/big_endian.h"
#include "zonestore/base/text_encodings.h"
#include "zonestore/zone/fields.h"

namespace zonestore {
namespace {

constexpr std::uint32_t kFamily4 = 1;
constexpr std::uint32_t kFamily6 = 2;
constexpr std::uint8_t kNegated = 0x80;

// Of a gateway, a relay: what comes behind it.
enum class GatewayKind : std::uint8_t { kNone, kIpv4, kIpv6, kName };

Taken read_prefix(WordSource& words) {
  const std::string what = "a prefix such as 1:192.0.2.0/24 or !2:2001:db8::/32";
  std::string_view word = words.plain().value_or("");
  const bool is_negated = word.starts_with('!');
  word.remove_prefix(is_negated ? 1 : 0);
  const std::size_t colon = word.find(':');
  const std::size_t slash = word.rfind('/');
  if (colon == std::string_view::npos || slash == std::string_view::npos || slash < colon) {
    return expected(what);
  }
  const std::optional<std::uint32_t> family = decimal(word.substr(0, colon), kFamily6);
  const bool is_ipv6 = family == kFamily6;
  const std::optional<std::uint32_t> length = decimal(word.substr(slash + 1), is_ipv6 ? 128 : 32);
  std::optional<Bytes> address = address_of(word.substr(colon + 1, slash - colon - 1), is_ipv6 ? AF_INET6 : AF_INET);
  if (!family || *family == 0 || !length || !address) {
    return expected(what);
  }
  while (!address->empty() && address->back() == 0) {
    address->pop_back();
  }
  append_u16(words.out(), static_cast<std::uint16_t>(*family));
  words.out().push_back(static_cast<std::uint8_t>(*length));
  words.out().push_back(static_cast<std::uint8_t>((is_negated ? kNegated : 0U) | address->size()));
  words.put(*address);
  return {};
}

bool write_prefix(WireSource& wire) {
  const std::optional<std::uint32_t> family = wire.number(2);
  const std::optional<std::uint32_t> length = wire.number(1);
  const std::optional<std::uint32_t> size = wire.number(1);
  if (!size || (*family != kFamily4 && *family != kFamily6) || *length > (*family == kFamily6 ? 128U : 32U)) {
    return false;
  }
  const std::optional<ByteView> part = wire.take(*size & ~std::uint32_t{kNegated});
  Bytes address(*family == kFamily6 ? 16 : 4);
  if (!part || part->size() > address.size()) {
    return false;
  }
  std::copy(part->begin(), part->end(), address.begin());
  return wire.put(((*size & kNegated) != 0 ? "!" : "") + std::to_string(*family) + ":" + address_text(address) + "/" +
                  std::to_string(*length));
}

// "." where there is none (RFC 4025 section 3.2).
Taken read_host(WordSource& words, GatewayKind kind) {
  switch (kind) {
    case GatewayKind::kNone:
      return words.plain() == "." ? Taken() : Taken(expected(". for no gateway"));
    case GatewayKind::kIpv4:
      return read_ipv4(words);
    case GatewayKind::kIpv6:
      return read_ipv6(words);
    default:
      return words.name();
  }
}

bool write_host(WireSource& wire, std::uint32_t kind) {
  switch (static_cast<GatewayKind>(kind)) {
    case GatewayKind::kNone:
      return wire.put(".");
    case GatewayKind::kIpv4:
      return write_field(Field::kIpv4, wire);
    case GatewayKind::kIpv6:
      return write_field(Field::kIpv6, wire);
    case GatewayKind::kName:
      return wire.put_name();
  }
  return false;
}

std::optional<GatewayKind> read_kind(WordSource& words) {
  const std::optional<std::uint32_t> kind = words.number(static_cast<std::uint32_t>(GatewayKind::kName));
  return kind ? std::optional(static_cast<GatewayKind>(*kind)) : std::nullopt;
}

}  // namespace

Taken read_prefixes(WordSource& words) {
  while (!words.is_at_end()) {
    if (auto taken = read_prefix(words); !taken) {
      return taken;
    }
  }
  return {};
}

bool write_prefixes(WireSource& wire) {
  while (!wire.is_at_end()) {
    if (!write_prefix(wire)) {
      return false;
    }
  }
  return true;
}

Taken read_gateway(WordSource& words) {
  if (auto taken = read_field(Field::kU8, words); !taken) {
    return taken;
  }
  const std::optional<GatewayKind> kind = read_kind(words);
  if (!kind) {
    return expected("a gateway type from 0 to 3");
  }
  words.out().push_back(static_cast<std::uint8_t>(*kind));
  if (auto taken = read_algorithm(words); !taken) {
    return taken;
  }
  const bool has_key = words.out().back() != 0;
  if (auto taken = read_host(words, *kind); !taken) {
    return taken;
  }
  return has_key || !words.is_at_end() ? read_base64(words, false) : Taken();
}

bool write_gateway(WireSource& wire) {
  const std::optional<std::uint32_t> precedence = wire.number(1);
  const std::optional<std::uint32_t> kind = wire.number(1);
  const std::optional<std::uint32_t> algorithm = wire.number(1);
  return algorithm && wire.put(std::to_string(*precedence)) && wire.put(std::to_string(*kind)) &&
         wire.put(std::to_string(*algorithm)) && write_host(wire, *kind) &&
         (wire.is_at_end() ? *algorithm == 0 : wire.put(base64_of(wire.take_rest())));
}

Taken read_relay(WordSource& words) {
  if (auto taken = read_field(Field::kU8, words); !taken) {
    return taken;
  }
  const std::optional<std::uint32_t> is_optional = words.number(1);
  const std::optional<GatewayKind> kind = is_optional ? read_kind(words) : std::nullopt;
  if (!kind) {
    return expected("a discovery flag of 0 or 1 and a relay type from 0 to 3");
  }
  words.out().push_back(static_cast<std::uint8_t>(*is_optional << 7U | static_cast<std::uint32_t>(*kind)));
  return read_host(words, *kind);
}

bool write_relay(WireSource& wire) {
  const std::optional<std::uint32_t> precedence = wire.number(1);
  const std::optional<std::uint32_t> kind = wire.number(1);
  return kind && wire.put(std::to_string(*precedence)) && wire.put(std::to_string(*kind >> 7U)) &&
         wire.put(std::to_string(*kind & 0x7FU)) && write_host(wire, *kind & 0x7FU);
}

// Algorithm, tag in hexadecimal, key in base64 as one word, rendezvous servers; the lengths come first on the wire.
Taken read_identity(WordSource& words) {
  const std::optional<std::uint32_t> algorithm = words.number(0xFF);
  if (!algorithm) {
    return expected(number_up_to(0xFF));
  }
  const std::optional<Bytes> tag = bytes_of_hex(words.plain().value_or(""));
  if (!tag || tag->empty() || tag->size() > 0xFF) {
    return expected("a host identity tag in hexadecimal of whole bytes");
  }
  const std::optional<Bytes> key = bytes_of_base64(words.plain().value_or(""));
  if (!key || key->empty() || key->size() > 0xFFFF) {
    return expected("a key in base64, in one word,");
  }
  words.out().push_back(static_cast<std::uint8_t>(tag->size()));
  words.out().push_back(static_cast<std::uint8_t>(*algorithm));
  append_u16(words.out(), static_cast<std::uint16_t>(key->size()));
  words.put(*tag);
  words.put(*key);
  while (!words.is_at_end()) {
    if (auto taken = words.name(); !taken) {
      return taken;
    }
  }
  return {};
}

bool write_identity(WireSource& wire) {
  const std::optional<std::uint32_t> tag_size = wire.number(1);
  const std::optional<std::uint32_t> algorithm = wire.number(1);
  const std::optional<std::uint32_t> key_size = wire.number(2);
  const std::optional<ByteView> tag = key_size ? wire.take(*tag_size) : std::nullopt;
  const std::optional<ByteView> key = tag ? wire.take(*key_size) : std::nullopt;
  if (!key || tag->empty() || key->empty()) {
    return false;
  }
  wire.put(std::to_string(*algorithm));
  wire.put(hex_of(*tag));
  wire.put(base64_of(*key));
  while (!wire.is_at_end()) {
    if (!wire.put_name()) {
      return false;
    }
  }
  return true;
}

}  // namespace zonestore
