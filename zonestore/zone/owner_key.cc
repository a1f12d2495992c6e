// The owner key: see encode_owner_key in name.h, and the README of this folder.
#include <algorithm>
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

using LabelBuffer = std::array<std::uint8_t, kMaxLabelBytes>;

// Takes one label off the front of `key`. Errors: the reason.
tl::expected<ByteView, std::string_view> take_label(ByteView& key, LabelBuffer& buffer) {
  std::size_t size = 0;
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
    if (size == kMaxLabelBytes) {
      return tl::unexpected<std::string_view>("has a label of more than 63 bytes");
    }
    buffer[size++] = byte;
    ++at;
  }
  if (at == key.size()) {
    return tl::unexpected<std::string_view>("ends within a label");
  }
  if (size == 0) {
    return tl::unexpected<std::string_view>("has an empty label");
  }
  key = key.subspan(at + 1);
  return ByteView(buffer).first(size);
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

// The key has the labels from the apex outwards, a name those from itself inwards: so it is put together from its
// end.
Result<ByteView> decode_owner_key(ByteView key, const Name& apex, OwnerBuffer& buffer) {
  LabelBuffer label_buffer;  // NOLINT(*-member-init): filled as far as it is read
  std::uint8_t* begin = buffer.data() + buffer.size() - apex.size_bytes();
  std::ranges::transform(apex.wire(), begin, to_lower);
  while (!key.empty()) {
    const auto label = take_label(key, label_buffer);
    if (!label) {
      return damaged_key(label.error(), apex);
    }
    if (label->size() + 1 > static_cast<std::size_t>(begin - buffer.data())) {
      return damaged_key("makes a name of more than 255 bytes", apex);
    }
    begin -= label->size() + 1;
    *begin = static_cast<std::uint8_t>(label->size());
    std::ranges::copy(*label, begin + 1);
  }
  return ByteView(begin, buffer.data() + buffer.size());
}

Result<Name> decode_owner_key(ByteView key, const Name& apex) {
  OwnerBuffer buffer;  // NOLINT(*-member-init): filled as far as it is read
  return decode_owner_key(key, apex, buffer).and_then([](ByteView wire) { return Name::from_wire(wire); });
}

}  // namespace zonestore
