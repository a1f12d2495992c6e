// The owner key: see encode_owner_key in name.h, and the README of this folder.
#include <array>
#include <cassert>

#include "zonestore/zone/name.h"

namespace zonestore {
namespace {

constexpr std::uint8_t kEndOfLabel = 0;
constexpr std::uint8_t kEscape = 1;  // before 1 for byte 0, before 2 for byte 1

tl::unexpected<Error> damaged_key(std::string_view why, const Name& apex) {
  return fail(ErrorCode::kDamaged, "an owner key of the zone " + apex.to_text() + " " + std::string(why));
}

void append_label(Bytes& key, ByteView label) {
  for (const std::uint8_t byte : label) {
    if (byte <= kEscape) {
      key.push_back(kEscape);
      key.push_back(static_cast<std::uint8_t>(byte + 1));
    } else {
      key.push_back(to_lower(byte));
    }
  }
  key.push_back(kEndOfLabel);
}

// Takes one label off the front of `key`. Errors: the reason.
tl::expected<std::string, std::string_view> take_label(ByteView& key) {
  std::string label;
  std::size_t at = 0;
  while (at < key.size() && key[at] != kEndOfLabel) {
    std::uint8_t byte = key[at];
    if (byte == kEscape) {
      if (++at == key.size() || (key[at] != 1 && key[at] != 2)) {
        return tl::unexpected<std::string_view>("has an unknown escape");
      }
      byte = static_cast<std::uint8_t>(key[at] - 1);
    } else if (byte != to_lower(byte)) {
      return tl::unexpected<std::string_view>("has an upper-case letter");
    }
    label += static_cast<char>(byte);
    ++at;
  }
  if (at == key.size()) {
    return tl::unexpected<std::string_view>("ends within a label");
  }
  key = key.subspan(at + 1);
  return label;
}

}  // namespace

Bytes encode_owner_key(const Name& name, const Name& apex) {
  assert(name.is_at_or_below(apex));
  const ByteView wire = name.wire();
  const std::size_t below_apex = wire.size() - apex.size_bytes();
  std::array<std::uint8_t, kMaxNameBytes / 2> starts{};
  std::size_t count = 0;
  for (std::size_t at = 0; at < below_apex; at += wire[at] + 1U) {
    starts[count++] = static_cast<std::uint8_t>(at);
  }
  Bytes key;
  key.reserve(below_apex);
  while (count > 0) {
    const std::size_t start = starts[--count];
    append_label(key, wire.subspan(start + 1, wire[start]));
  }
  return key;
}

Result<Name> decode_owner_key(ByteView key, const Name& apex) {
  Name name = apex.lowered();
  while (!key.empty()) {
    const auto label = take_label(key);
    if (!label) {
      return damaged_key(label.error(), apex);
    }
    auto longer = name.child(*label);
    if (!longer) {
      return damaged_key("does not make a name: " + longer.error().message, apex);
    }
    name = std::move(*longer);
  }
  return name;
}

}  // namespace zonestore
