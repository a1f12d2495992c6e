// A second reader of messages, written apart from the one under test and for clearness alone: it follows every
// compression pointer and copies what it finds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "zonestore/base/bytes.h"

namespace dnsd::fuzz {

using zonestore::Bytes;
using zonestore::ByteView;

struct WalkedQuestion {
  Bytes name;   // expanded, as it came
  Bytes bytes;  // name, type and class as they stand in the message
  std::uint16_t type = 0;
  std::uint16_t question_class = 0;
};

enum class Section : std::uint8_t { kAnswer, kAuthority, kAdditional };

struct WalkedRecord {
  Section section{};
  Bytes owner;  // expanded
  std::uint16_t type = 0;
  std::uint16_t record_class = 0;
  std::uint32_t ttl = 0;
  Bytes rdata;
  Bytes target;  // of NS, CNAME and DNAME: the name in the record data, expanded; empty: the data is not one name
};

struct WalkedMessage {
  std::uint16_t id = 0;
  std::uint16_t flags = 0;
  std::vector<WalkedQuestion> questions;
  std::vector<WalkedRecord> records;
};

// nullopt: a count, a length or a pointer lies, or bytes are left over.
[[nodiscard]] std::optional<WalkedMessage> walk_message(ByteView message);

}  // namespace dnsd::fuzz
