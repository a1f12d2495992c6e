// Lower-cased names -> nodes: a hash table whose copies share what neither has changed since.
//
//   pages, chosen by the hash's high bits        slots of a page, probed in line from the hash's low bits
//   [0] [1] [2] ... [2^n - 1]  ────────────────> | tag, node | tag, node | (free) | tag, node | ...
//
// A page holds some hundred names. A change copies the list of pages and the one page that it falls in: at two
// million names some thousand handles each, far below a millisecond. A look-up touches the list (it stays in
// the cache), one slot or two, and the node; the tag, 16 more bits of the hash, spares it other names' nodes. A slot
// is one word: the tag above the node's address.
//
// All names are relative to one apex: its labels are left out, and the apex itself is the empty name.
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

// XXH3 of a lower-cased name in wire form.
[[nodiscard]] std::uint64_t hash_name(ByteView lowered_name, std::uint64_t seed = 0);

class NameTable {
 public:
  // `seed` makes this zone's hashes differ from another's for the same relative name.
  explicit NameTable(std::uint64_t seed = 0, std::size_t expected_names = 0);
  NameTable(NameTable&&) noexcept = default;
  NameTable& operator=(NameTable&&) noexcept = default;
  NameTable(const NameTable&) = delete;
  NameTable& operator=(const NameTable&) = delete;
  ~NameTable() = default;

  // A table of the same nodes, to be changed while this one stays as it is. From then on this one must not be
  // changed itself.
  [[nodiscard]] NameTable share() const;

  // Of a name: computed once for a query.
  [[nodiscard]] std::uint64_t hash(ByteView name) const { return hash_name(name, seed_); }
  // A view of no node: the name is not there.
  [[nodiscard]] NodeView find(ByteView name, std::uint64_t hash) const;
  [[nodiscard]] NodeView find(ByteView name) const { return find(name, hash(name)); }

  // For whoever has many names to find: asks for the slot's cache line; and, when that has come, the node that find
  // will most likely give, so that it can be asked for as well. Neither waits for memory, if the other names' calls
  // lie between them.
  void prefetch_slot(std::uint64_t hash) const;
  [[nodiscard]] NodeView guess(std::uint64_t hash) const;

  // How far a walk over all nodes has come. Good for the table that it began in, as long as nobody changes that one:
  // a zone that is sent away takes many messages, and may be sent while newer images are served.
  struct Cursor {
    std::size_t page = 0;
    std::size_t slot = 0;
  };
  // The node that comes next, and moves the cursor past it; a view of no node: that was all. Each comes once, in an
  // order that means nothing and is always the same.
  [[nodiscard]] NodeView next(Cursor& cursor) const;

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t memory_bytes() const;

  void put(Node node);  // adds it, or replaces the name's node
  void put(Node node, std::uint64_t hash);
  void erase(ByteView name);
  void set_children(ByteView name, std::uint32_t children);  // of a name that is there

 private:
  using Slot = std::uint64_t;  // 0: free
  struct Page {
    std::shared_ptr<Slot[]> slots;
    std::uint32_t mask = 0;  // slots - 1; a power of two less one
    std::uint32_t used = 0;
    bool shared = false;  // with another table: to be copied before it is changed

    [[nodiscard]] Slot& at(std::size_t index) const { return slots.get()[index]; }
    [[nodiscard]] std::size_t slot_count() const { return std::size_t{mask} + 1; }
  };

  [[nodiscard]] static Page empty_page(std::size_t slots);
  [[nodiscard]] static Page copied(const Page& page);
  [[nodiscard]] static std::size_t slot_of(const Page& page, ByteView name, std::uint64_t hash);
  static void insert(Page& page, Slot slot, std::uint64_t hash);
  [[nodiscard]] Page resized(const Page& page, std::size_t slots) const;

  [[nodiscard]] std::size_t page_of(std::uint64_t hash) const;
  Page& own_page(std::uint64_t hash);
  void split_pages();

  std::vector<Page> pages_;
  unsigned page_bits_ = 0;
  std::uint64_t seed_ = 0;
  std::size_t size_ = 0;
  std::size_t node_bytes_ = 0;
};

}  // namespace dnsd::zone
