// One name of a zone and its record sets, in one run of bytes: a look-up that has found the name has the
// answer in the cache lines behind it.
//
//   children (4) | record sets (2) | name length (2) | { type (2) | count (2) | bytes (4) } ... | name | answers ...
//
// Integers are in the machine's order; the name is in lower-cased wire form, absolute; each answer is what
// lay_out made. A node without record sets is an empty non-terminal (RFC 8020): it exists.
//
// Ownership: a Node is a handle; copies share the bytes. Threads: any number may read; set_children is for the
// builder, while nobody else holds the bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "zonestore/base/bytes.h"
#include "zonestore/zone/record_set.h"

namespace dnsd::zone {

using zonestore::Bytes;
using zonestore::ByteView;
using zonestore::RecordType;

// A view into a node; good while the image lives.
struct RecordSetView {
  RecordType type{};
  std::uint16_t count = 0;  // records
  ByteView answer;          // `count` records, each owner the pointer C0 0C to the question's name
};

class Node {
 public:
  Node() = default;  // no node
  // Precondition: record_sets are in the order of their types; the name is at most 255 bytes.
  Node(ByteView lowered_name, std::uint32_t children, std::span<const RecordSetView> record_sets);

  explicit operator bool() const { return bytes_ != nullptr; }
  [[nodiscard]] ByteView name() const;
  [[nodiscard]] std::uint32_t children() const;  // nodes exactly one label below
  [[nodiscard]] std::size_t record_set_count() const;
  [[nodiscard]] RecordSetView record_set(std::size_t index) const;  // in the order of their types
  [[nodiscard]] std::optional<RecordSetView> find(RecordType type) const;
  [[nodiscard]] std::size_t memory_bytes() const;

  void set_children(std::uint32_t children);
  [[nodiscard]] Node copy() const;  // bytes of its own

 private:
  [[nodiscard]] std::size_t size_bytes() const;
  std::shared_ptr<std::uint8_t[]> bytes_;
};

}  // namespace dnsd::zone
