#include "dnsd/wire/name.h"

#include <algorithm>
#include <cstring>

namespace dnsd::wire {
namespace {

// Sixteen bytes at once: a vector type of GCC and clang, which makes plain operators of it.
using Block = std::uint8_t __attribute__((vector_size(16)));

void lower_block(const std::uint8_t* from, std::uint8_t* to) {
  Block block;
  std::memcpy(&block, from, sizeof block);
  const auto is_upper = block - 'A' <= static_cast<std::uint8_t>('Z' - 'A');  // all bits of a byte, or none
  block |= reinterpret_cast<Block>(is_upper) & static_cast<std::uint8_t>('a' - 'A');
  std::memcpy(to, &block, sizeof block);
}

// Length bytes are at most 63, below 'A': folding the whole run leaves them alone.
void lower_bytes(ByteView from, std::uint8_t* to) {
  if (from.size() < sizeof(Block)) {
    std::transform(from.begin(), from.end(), to, zonestore::to_lower);
    return;
  }
  const std::size_t last = from.size() - sizeof(Block);
  for (std::size_t at = 0; at < last; at += sizeof(Block)) {
    lower_block(from.data() + at, to + at);
  }
  lower_block(from.data() + last, to + last);  // some bytes once more
}

struct Extent {
  std::size_t size = 0;  // bytes; 0: there is no uncompressed name
  std::uint8_t labels = 0;
};

Extent measure(ByteView bytes) {
  const std::size_t end = std::min(bytes.size(), zonestore::kMaxNameBytes);
  Extent extent;
  for (std::size_t at = 0; at < end && bytes[at] <= zonestore::kMaxLabelBytes; ++extent.labels) {
    const std::uint8_t length = bytes[at];
    at += length + 1U;
    if (length == 0) {
      extent.size = at;
      return extent;
    }
  }
  return {};
}

}  // namespace

std::size_t uncompressed_name_size(ByteView bytes) {
  return measure(bytes).size;
}

void lower_name(ByteView wire, LoweredName& name) {
  lower_bytes(wire, name.bytes.data());
  name.size = static_cast<std::uint8_t>(wire.size());
  name.labels = measure(wire).labels;
}

void read_uncompressed_name(Reader& reader, LoweredName& name) {
  const Extent extent = measure(reader.rest());
  if (extent.size == 0) {
    reader.fail();
    return;
  }
  lower_bytes(reader.take(extent.size), name.bytes.data());
  name.size = static_cast<std::uint8_t>(extent.size);
  name.labels = extent.labels;
}

bool expand_name(ByteView message, std::size_t offset, LoweredName& name) {
  std::size_t size = 0;
  std::size_t begin = offset;  // of the run of labels being read: where a pointer may not reach
  name.labels = 0;
  while (offset < message.size()) {
    const std::uint8_t length = message[offset];
    if ((length & kPointerBits) == kPointerBits) {
      const std::size_t target =
          offset + 1 < message.size() ? load_u16(message.data() + offset) & kFarthestPointer : message.size();
      if (target >= begin || target < kHeaderBytes) {
        return false;
      }
      offset = begin = target;
      continue;
    }
    if (length > zonestore::kMaxLabelBytes || offset + length >= message.size() ||
        size + length + 1U > zonestore::kMaxNameBytes) {
      return false;
    }
    const auto from = message.begin() + static_cast<std::ptrdiff_t>(offset);
    std::transform(from, from + length + 1, name.bytes.begin() + static_cast<std::ptrdiff_t>(size),
                   zonestore::to_lower);
    size += length + 1U;
    offset += length + 1U;
    if (length == 0) {
      name.size = static_cast<std::uint8_t>(size);
      return true;
    }
    ++name.labels;
  }
  return false;
}

void skip_name(Reader& reader) {
  const std::size_t begin = reader.position();
  while (reader.ok() && reader.position() - begin < zonestore::kMaxNameBytes) {
    const std::uint8_t length = reader.u8();
    if (length == 0) {
      return;
    }
    if ((length & kPointerBits) == kPointerBits) {
      const std::size_t target = (length & ~kPointerBits & 0xFFU) << 8 | reader.u8();
      if (target >= begin || target < kHeaderBytes) {
        reader.fail();
      }
      return;
    }
    if (length > zonestore::kMaxLabelBytes) {
      break;
    }
    reader.take(length);
  }
  reader.fail();
}

}  // namespace dnsd::wire
