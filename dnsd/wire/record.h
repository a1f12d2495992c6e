// A resource record as it stands in a message (RFC 1035 section 4.1.3), read without its owner's name.
#pragma once

#include <cstddef>
#include <cstdint>

#include "dnsd/wire/reader.h"
#include "zonestore/zone/record_set.h"

namespace dnsd::wire {

inline constexpr std::size_t kRecordHeadBytes = 10;  // behind the owner: type, class, TTL, length of the data

struct Record {
  std::size_t owner_at = 0;  // where it begins; the owner may be compressed
  bool owner_is_root = false;
  zonestore::RecordType type{};
  std::uint16_t record_class = 0;
  std::uint32_t ttl = 0;
  ByteView rdata;  // views the message
};

// Moves past the next record. The reader fails on one that is malformed or runs past the end.
[[nodiscard]] Record read_record(Reader& reader);

}  // namespace dnsd::wire
