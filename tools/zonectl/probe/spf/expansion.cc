#include "tools/zonectl/probe/spf/expansion.h"

#include <algorithm>
#include <array>
#include <vector>

#include <arpa/inet.h>

#include "zonestore/base/joined.h"
#include "zonestore/base/letters.h"
#include "zonestore/spf/macro_string.h"

namespace zonectl::probe::spf {

using zonestore::Bytes;
using zonestore::Name;
using zonestore::spf::MacroPart;

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::size_t kMostTextBytes = 253;  // of a name (RFC 7208 section 7.3)
constexpr std::size_t kIp4Bytes = 4;

// "192.0.2.1", or the 32 half bytes of an IPv6 address, with dots.
std::string dotted(const Bytes& address) {
  std::vector<std::string> parts;
  for (const std::uint8_t byte : address) {
    if (address.size() == kIp4Bytes) {
      parts.push_back(std::to_string(byte));
    } else {
      parts.emplace_back(1, kHexDigits[byte >> 4U]);
      parts.emplace_back(1, kHexDigits[byte & 0xfU]);
    }
  }
  return zonestore::joined(parts, ".");
}

std::vector<std::string> split_at(const std::string& text, std::string_view delimiters) {
  std::vector<std::string> parts(1);
  for (const char character : text) {
    if (delimiters.find(character) != std::string_view::npos) {
      parts.emplace_back();
    } else {
      parts.back() += character;
    }
  }
  return parts;
}

std::string transformed(const std::string& value, const MacroPart& macro) {
  std::vector<std::string> parts =
      split_at(value, macro.delimiters.empty() ? "." : std::string_view(macro.delimiters));
  if (macro.is_reversed) {
    std::reverse(parts.begin(), parts.end());
  }
  if (macro.labels != 0 && macro.labels < parts.size()) {
    parts.erase(parts.begin(), parts.end() - static_cast<std::ptrdiff_t>(macro.labels));
  }
  return zonestore::joined(parts, ".");
}

// As in URLs: all but the unreserved characters (RFC 3986 section 2.3).
std::string escaped(const std::string& text) {
  constexpr std::string_view kUpperHex = "0123456789ABCDEF";
  std::string out;
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    const bool is_plain = zonestore::is_letter_or_digit(character) ||
                          std::string_view("-._~").find(character) != std::string_view::npos;
    if (is_plain) {
      out += character;
    } else {
      out += {'%', kUpperHex[byte >> 4U], kUpperHex[byte & 0xfU]};
    }
  }
  return out;
}

std::optional<std::string> value_of(char letter, const Message& message, const Name& domain,
                                    const std::optional<std::string>& validated) {
  switch (letter) {
    case 's':
      return "postmaster@" + message.sender_domain.to_text_no_dot();
    case 'l':
      return "postmaster";
    case 'o':
      return message.sender_domain.to_text_no_dot();
    case 'd':
      return domain.to_text_no_dot();
    case 'p':
      return validated;
    case 'i':
      return message.address ? std::optional(dotted(*message.address)) : std::nullopt;
    case 'v':
      return message.address ? std::optional<std::string>(message.address->size() == kIp4Bytes ? "in-addr" : "ip6")
                             : std::nullopt;
    default:
      return std::nullopt;  // the name that a client greets with
  }
}

}  // namespace

std::optional<std::string> expand(std::string_view domain_spec, const Message& message, const Name& domain,
                                  const std::optional<std::string>& validated) {
  const auto parts = zonestore::spf::parse_domain_spec(domain_spec);
  std::string text;
  for (const MacroPart& part : parts ? *parts : std::vector<MacroPart>()) {
    if (part.letter == 0) {
      text += part.literal;
      continue;
    }
    const auto value = value_of(part.letter, message, domain, validated);
    if (!value) {
      return std::nullopt;
    }
    const std::string made = transformed(*value, part);
    text += part.is_escaped ? escaped(made) : made;
  }
  return text;
}

bool asks_for_validated_name(std::string_view domain_spec) {
  const auto parts = zonestore::spf::parse_domain_spec(domain_spec);
  return parts && std::any_of(parts->begin(), parts->end(), [](const MacroPart& part) { return part.letter == 'p'; });
}

std::optional<Name> name_of(std::string_view expanded) {
  if (expanded.ends_with('.')) {
    expanded.remove_suffix(1);
  }
  while (expanded.size() > kMostTextBytes) {
    const std::size_t dot = expanded.find('.');
    if (dot == std::string_view::npos) {
      return std::nullopt;
    }
    expanded.remove_prefix(dot + 1);
  }
  Bytes wire;
  for (const std::string& label : split_at(std::string(expanded), ".")) {
    if (label.empty() || label.size() > zonestore::kMaxLabelBytes) {
      return std::nullopt;
    }
    wire.push_back(static_cast<std::uint8_t>(label.size()));
    wire.insert(wire.end(), label.begin(), label.end());
  }
  wire.push_back(0);
  auto name = Name::from_wire(wire);
  return name ? std::optional(*std::move(name)) : std::nullopt;
}

std::optional<Name> reverse_name(const Bytes& address) {
  std::vector<std::string> parts = split_at(dotted(address), ".");
  std::reverse(parts.begin(), parts.end());
  return name_of(zonestore::joined(parts, ".") + (address.size() == kIp4Bytes ? ".in-addr.arpa" : ".ip6.arpa"));
}

}  // namespace zonectl::probe::spf
