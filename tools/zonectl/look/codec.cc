#include "tools/zonectl/look/codec.h"

namespace zonectl::look {

using zonestore::Bytes;
using zonestore::ByteView;

namespace {

constexpr std::size_t kNumberBytes = 4;
constexpr std::size_t kLongestName = 255;

}  // namespace

Writer& Writer::number(std::uint32_t value) {
  for (unsigned shift = 0; shift < 32; shift += 8) {
    bytes_.push_back(static_cast<std::uint8_t>(value >> shift));
  }
  return *this;
}

Writer& Writer::bytes(ByteView value) {
  number(static_cast<std::uint32_t>(value.size()));
  bytes_.insert(bytes_.end(), value.begin(), value.end());
  return *this;
}

Writer& Writer::text(std::string_view value) {
  number(static_cast<std::uint32_t>(value.size()));
  bytes_.insert(bytes_.end(), value.begin(), value.end());
  return *this;
}

void Reader::spoil() {
  is_good_ = false;
  rest_ = {};
}

ByteView Reader::take(std::size_t count) {
  if (count > rest_.size()) {
    spoil();
    return {};
  }
  const ByteView taken = rest_.subspan(0, count);
  rest_ = rest_.subspan(count);
  return taken;
}

std::uint32_t Reader::number() {
  const ByteView four = take(kNumberBytes);
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < four.size(); ++i) {
    value |= std::uint32_t{four[i]} << (8 * i);
  }
  return value;
}

std::uint32_t Reader::number_up_to(std::uint32_t largest) {
  const std::uint32_t value = number();
  if (value > largest) {
    spoil();
    return 0;
  }
  return value;
}

Bytes Reader::bytes(std::size_t longest) {
  const std::uint32_t size = number();
  if (size > longest) {
    spoil();
    return {};
  }
  const ByteView taken = take(size);
  return {taken.begin(), taken.end()};
}

std::string Reader::text(std::size_t longest) {
  const Bytes taken = bytes(longest);
  return {taken.begin(), taken.end()};
}

zonestore::Name Reader::name() {
  const Bytes wire = bytes(kLongestName);
  auto name = zonestore::Name::from_wire(wire);
  if (!name) {
    spoil();
    return {};
  }
  return *std::move(name);
}

}  // namespace zonectl::look
