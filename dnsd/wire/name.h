// Domain names inside a message (RFC 1035 sections 3.1 and 4.1.4), without allocation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "dnsd/wire/reader.h"
#include "zonestore/zone/name.h"

namespace dnsd::wire {

// A compression pointer: two bits that no label's length has, and 14 that say where in the message.
inline constexpr std::uint16_t kPointer = 0xC000;
inline constexpr std::uint8_t kPointerBits = kPointer >> 8U;  // in its first byte
inline constexpr std::size_t kFarthestPointer = 0x3FFF;

// A name in uncompressed wire form, ASCII letters folded to lower case (RFC 4343): what zones are searched by.
// Only the first `size` bytes mean anything.
struct LoweredName {
  std::array<std::uint8_t, zonestore::kMaxNameBytes> bytes;
  std::uint8_t size = 0;
  std::uint8_t labels = 0;  // without the root

  [[nodiscard]] ByteView view() const { return {bytes.data(), size}; }
};

// Reads an uncompressed name, as a question must have it. The reader fails on a compression pointer, a label
// over 63 bytes, a name over 255 bytes, and on one that runs past the end; `name` is then not to be used.
void read_uncompressed_name(Reader& reader, LoweredName& name);

// How many bytes the uncompressed name takes that `bytes` begins with; 0: there is none.
[[nodiscard]] std::size_t uncompressed_name_size(ByteView bytes);

// True if the bytes are one uncompressed name and no more.
[[nodiscard]] inline bool is_one_name(ByteView bytes) {
  return !bytes.empty() && uncompressed_name_size(bytes) == bytes.size();
}

// Of a name in uncompressed wire form. Precondition: it is not the root.
[[nodiscard]] inline ByteView parent_of(ByteView name) {
  return name.subspan(name[0] + 1U);
}

// Both lower-cased, in uncompressed wire form.
[[nodiscard]] inline bool is_same(ByteView left, ByteView right) {
  return left.size() == right.size() && (left.empty() || std::memcmp(left.data(), right.data(), left.size()) == 0);
}

// Folds a name in uncompressed wire form. Precondition: it is one.
void lower_name(ByteView wire, LoweredName& name);

// The name that begins at `offset` of a message, its compression pointers followed, in lower case. False: there is
// none; each pointer must lead backwards, so that this ends.
[[nodiscard]] bool expand_name(ByteView message, std::size_t offset, LoweredName& name);

// Moves past a record's owner. A compression pointer ends it and must lead backwards; it is not followed, so
// that a loop of pointers costs nothing. The reader fails as above.
void skip_name(Reader& reader);

}  // namespace dnsd::wire
