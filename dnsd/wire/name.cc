#include "dnsd/wire/name.h"

#include <algorithm>

namespace dnsd::wire {
namespace {

constexpr std::uint8_t kPointerBits = 0xC0;
constexpr std::size_t kPointerTarget = 0x3FFF;

}  // namespace

std::size_t uncompressed_name_size(ByteView bytes) {
  std::size_t at = 0;
  while (at < bytes.size() && at < zonestore::kMaxNameBytes) {
    const std::uint8_t length = bytes[at];
    if (length > zonestore::kMaxLabelBytes) {
      return 0;
    }
    at += length + 1U;
    if (length == 0) {
      return at;
    }
  }
  return 0;
}

void lower_name(ByteView wire, LoweredName& name) {
  // Length bytes are at most 63, below 'A': folding the whole run leaves them alone.
  std::transform(wire.begin(), wire.end(), name.bytes.begin(), zonestore::to_lower);
  name.size = static_cast<std::uint8_t>(wire.size());
  name.labels = 0;
  for (std::size_t at = 0; wire[at] != 0; at += wire[at] + 1U) {
    ++name.labels;
  }
}

void read_uncompressed_name(Reader& reader, LoweredName& name) {
  const std::size_t size = uncompressed_name_size(reader.rest());
  if (size == 0) {
    reader.fail();
    return;
  }
  lower_name(reader.take(size), name);
}

bool expand_name(ByteView message, std::size_t offset, LoweredName& name) {
  std::size_t size = 0;
  std::size_t begin = offset;  // of the run of labels being read: where a pointer may not reach
  name.labels = 0;
  while (offset < message.size()) {
    const std::uint8_t length = message[offset];
    if ((length & kPointerBits) == kPointerBits) {
      const std::size_t target =
          offset + 1 < message.size() ? load_u16(message.data() + offset) & kPointerTarget : message.size();
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
