// Lower-cased names -> nodes: a hash table whose copies share what neither has changed since.
//
//   pages, chosen by the hash's high bits        slots of a page, probed in line from the hash's low bits
//   [0] [1] [2] ... [2^n - 1]  ────────────────> | hash | node |  hash | node | (free) | hash | node | ...
//
// A page holds some hundred names. A change copies the list of pages and the one page that it falls in: at two
// million names some thousand handles each, far below a millisecond. A look-up touches the list (it stays in
// the cache), one or two slots, and the node.
//
// Threads: any number may read a table that nobody changes. Changing is for a builder, before a reader can see
// the table. Names are those of a zone's operators, so nobody can choose them to collide; queries only probe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "dnsd/zone/node.h"

namespace dnsd::zone {

// XXH3 of the name, 32 bits of it: computed once for a query.
[[nodiscard]] std::uint32_t hash_name(ByteView lowered_name);

class NameTable {
 public:
  explicit NameTable(std::size_t expected_names = 0);
  NameTable(NameTable&&) noexcept = default;
  NameTable& operator=(NameTable&&) noexcept = default;
  NameTable(const NameTable&) = delete;
  NameTable& operator=(const NameTable&) = delete;
  ~NameTable() = default;

  // A table of the same nodes, to be changed while this one stays as it is. From then on this one must not be
  // changed itself.
  [[nodiscard]] NameTable share() const;

  [[nodiscard]] const Node* find(ByteView lowered_name, std::uint32_t hash) const;
  [[nodiscard]] const Node* find(ByteView lowered_name) const { return find(lowered_name, hash_name(lowered_name)); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t memory_bytes() const;

  void put(Node node);  // adds it, or replaces the node of that name
  void erase(ByteView lowered_name);
  void set_children(ByteView lowered_name, std::uint32_t children);  // of a name that is there

 private:
  struct Slot {
    std::uint32_t hash = 0;
    Node node;
  };
  struct Page {
    std::shared_ptr<Slot[]> slots;
    std::uint32_t mask = 0;  // slots - 1; a power of two less one
    std::uint32_t used = 0;
    bool shared = false;  // with another table: to be copied before it is changed

    [[nodiscard]] Slot& at(std::size_t index) const { return slots.get()[index]; }
  };

  [[nodiscard]] static Page empty_page(std::size_t slots);
  [[nodiscard]] static std::size_t slot_of(const Page& page, ByteView lowered_name, std::uint32_t hash);
  static void insert(Page& page, Slot slot);
  [[nodiscard]] static Page resized(const Page& page, std::size_t slots);

  [[nodiscard]] std::size_t page_of(std::uint32_t hash) const;
  Page& own_page(std::uint32_t hash);
  void split_pages();

  std::vector<Page> pages_;
  unsigned page_bits_ = 0;
  std::size_t size_ = 0;
  std::size_t node_bytes_ = 0;
  bool nodes_shared_ = false;
};

}  // namespace dnsd::zone
