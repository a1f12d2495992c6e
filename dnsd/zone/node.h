// One name of a zone and its record sets, in one run of bytes: a look-up that has found the name has the
// answer in the cache lines behind it.
//
//   holders (4) | children (4) | record sets (2) | name length (1) | { type (2) | count (2) | bytes (2) } ... |
//   name | answers ...
//
// Integers are in the machine's order; the name is in lower-cased wire form, without the labels of the zone's apex
// (a million names share them; the apex itself is the empty name); each answer is what lay_out made. A node without
// record sets is an empty non-terminal (RFC 8020): it exists.
//
// Ownership: a Node is a handle of one word; copies share the bytes, and the last one frees them. A NodeView owns
// nothing and is good while a Node of these bytes lives; readers have views only. Threads: any number may read, and
// copy and drop handles; set_children is for the builder, while no reader can see the bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

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

class NodeView {
 public:
  NodeView() = default;  // of no node
  explicit NodeView(const std::uint8_t* bytes) : bytes_(bytes) {}

  explicit operator bool() const { return bytes_ != nullptr; }
  bool operator==(const NodeView&) const = default;  // the same node, not an equal one

  [[nodiscard]] ByteView name() const;           // relative to the apex
  [[nodiscard]] std::uint32_t children() const;  // nodes exactly one label below
  [[nodiscard]] std::size_t record_set_count() const;
  [[nodiscard]] RecordSetView record_set(std::size_t index) const;  // in the order of their types
  [[nodiscard]] std::optional<RecordSetView> find(RecordType type) const;
  [[nodiscard]] std::size_t memory_bytes() const;  // what the allocator has set aside for it

  // Asks for the first cache line, and for the others that an answer is usually copied from; waits for none.
  void prefetch_begin() const;
  void prefetch_rest() const;

 private:
  friend class Node;
  [[nodiscard]] std::size_t size_bytes() const;

  const std::uint8_t* bytes_ = nullptr;
};

class Node {
 public:
  Node() = default;  // no node
  // Precondition: record_sets are in the order of their types, each answer as lay_out leaves it; the name is at most
  // 255 bytes.
  Node(ByteView relative_name, std::uint32_t children, std::span<const RecordSetView> record_sets);
  explicit Node(NodeView view);  // one more handle of a node that lives
  Node(const Node& other) noexcept : Node(other.view()) {}
  Node(Node&& other) noexcept : bytes_(std::exchange(other.bytes_, nullptr)) {}
  Node& operator=(Node other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Node();

  [[nodiscard]] NodeView view() const { return NodeView(bytes_); }

  [[nodiscard]] Node copy() const;       // bytes of its own
  [[nodiscard]] bool is_shared() const;  // by another handle
  void set_children(std::uint32_t children);

  // The handle as a number, for tables that keep more than it in a word: what release gave, adopt takes back, once.
  // A program's addresses have 47 or 48 bits on x86-64 and AArch64.
  static constexpr unsigned kWordBits = 48;
  [[nodiscard]] static Node adopt(std::uint64_t word);
  [[nodiscard]] std::uint64_t release();

 private:
  std::uint8_t* bytes_ = nullptr;
};

}  // namespace dnsd::zone
