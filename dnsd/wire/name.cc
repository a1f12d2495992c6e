#include "dnsd/wire/name.h"

#include <algorithm>

namespace dnsd::wire {
namespace {

constexpr std::uint8_t kPointerBits = 0xC0;

}  // namespace

void read_uncompressed_name(Reader& reader, LoweredName& name) {
  const std::size_t begin = reader.position();
  for (;;) {
    const std::uint8_t length = reader.u8();
    if (length > zonestore::kMaxLabelBytes) {
      reader.fail();
      return;
    }
    reader.take(length);
    if (!reader.ok() || reader.position() - begin > zonestore::kMaxNameBytes) {
      reader.fail();
      return;
    }
    if (length == 0) {
      break;
    }
  }
  const ByteView wire = reader.since(begin);
  // Length bytes are at most 63, below 'A': folding the whole run leaves them alone.
  std::transform(wire.begin(), wire.end(), name.bytes.begin(), zonestore::to_lower);
  name.size = static_cast<std::uint8_t>(wire.size());
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
