#include "dnsd/zone/name_table.h"

#include <algorithm>
#include <bit>
#include <utility>

#define XXH_INLINE_ALL  // a name's hash costs less than the call
#include <xxhash.h>

#include "dnsd/wire/name.h"

namespace dnsd::zone {
namespace {

constexpr std::size_t kNamesPerPage = 320;  // on average, before the pages are split
constexpr std::size_t kFewestSlots = 8;
constexpr unsigned kHashBits = 64;
constexpr unsigned kMostPageBits = 20;
// The hash: at the top the page, at the bottom the slot, in between the tag.
constexpr unsigned kTagAt = 28;
constexpr unsigned kTagBits = 64 - Node::kWordBits;
constexpr std::uint64_t kWordMask = (std::uint64_t{1} << Node::kWordBits) - 1;

// Probes stay short while a quarter of the slots is free.
constexpr bool is_full(std::size_t used, std::size_t slots) {
  return used * 4 > slots * 3;
}

std::size_t slots_for(std::size_t names) {
  std::size_t slots = kFewestSlots;
  while (is_full(names, slots)) {
    slots *= 2;
  }
  return slots;
}

std::uint64_t tag_of(std::uint64_t hash) {
  return hash >> kTagAt & ((std::uint64_t{1} << kTagBits) - 1);
}

std::uint64_t slot_with(Node node, std::uint64_t hash) {
  return tag_of(hash) << Node::kWordBits | node.release();
}

bool has_tag(std::uint64_t slot, std::uint64_t hash) {
  return slot >> Node::kWordBits == tag_of(hash);
}

NodeView node_in(std::uint64_t slot) {
  return NodeView(reinterpret_cast<const std::uint8_t*>(slot & kWordMask));
}

// The slot's own handle, which the slot does not have any more then.
Node take_node(std::uint64_t& slot) {
  return Node::adopt(std::exchange(slot, 0) & kWordMask);
}

// Gives the nodes back with the slots.
struct FreeSlots {
  std::size_t count;

  void operator()(std::uint64_t* slots) const {
    const std::unique_ptr<std::uint64_t[]> freed_last(slots);
    for (std::size_t index = 0; index < count; ++index) {
      const Node dropped = take_node(slots[index]);
    }
  }
};

}  // namespace

std::uint64_t hash_name(ByteView lowered_name, std::uint64_t seed) {
  return XXH3_64bits_withSeed(lowered_name.data(), lowered_name.size(), seed);
}

NameTable::NameTable(std::uint64_t seed, std::size_t expected_names) : seed_(seed) {
  const std::size_t pages = std::bit_ceil(expected_names / kNamesPerPage + 1);
  page_bits_ = std::min(static_cast<unsigned>(std::countr_zero(pages)), kMostPageBits);
  pages_.resize(std::size_t{1} << page_bits_);
  for (Page& page : pages_) {
    page = empty_page(slots_for(expected_names >> page_bits_));
  }
}

NameTable NameTable::share() const {
  NameTable copy(seed_);
  // The handles of the pages, not what is in them: that stays the same until own_page() copies it.
  copy.pages_ = pages_;
  copy.page_bits_ = page_bits_;
  copy.size_ = size_;
  copy.node_bytes_ = node_bytes_;
  for (Page& page : copy.pages_) {
    page.shared = true;
  }
  return copy;
}

NodeView NameTable::find(ByteView name, std::uint64_t hash) const {
  const Page& page = pages_[page_of(hash)];
  return node_in(page.at(slot_of(page, name, hash)));
}

void NameTable::prefetch_slot(std::uint64_t hash) const {
  const Page& page = pages_[page_of(hash)];
  __builtin_prefetch(&page.at(hash & page.mask));
}

NodeView NameTable::guess(std::uint64_t hash) const {
  const Page& page = pages_[page_of(hash)];
  for (std::size_t index = hash & page.mask; page.at(index) != 0; index = (index + 1) & page.mask) {
    if (has_tag(page.at(index), hash)) {
      return node_in(page.at(index));
    }
  }
  return {};
}

NodeView NameTable::next(Cursor& cursor) const {
  for (; cursor.page < pages_.size(); ++cursor.page, cursor.slot = 0) {
    const Page& page = pages_[cursor.page];
    while (cursor.slot < page.slot_count()) {
      if (const Slot slot = page.at(cursor.slot++); slot != 0) {
        return node_in(slot);
      }
    }
  }
  return {};
}

std::size_t NameTable::memory_bytes() const {
  std::size_t bytes = sizeof *this + pages_.capacity() * sizeof(Page) + node_bytes_;
  for (const Page& page : pages_) {
    bytes += page.slot_count() * sizeof(Slot);
  }
  return bytes;
}

void NameTable::put(Node node) {
  const std::uint64_t name_hash = hash(node.view().name());
  put(std::move(node), name_hash);
}

void NameTable::put(Node node, std::uint64_t hash) {
  Page& page = own_page(hash);
  const NodeView view = node.view();
  node_bytes_ += view.memory_bytes();
  Slot& slot = page.at(slot_of(page, view.name(), hash));
  if (slot != 0) {
    node_bytes_ -= node_in(slot).memory_bytes();
    const Node replaced = take_node(slot);
    slot = slot_with(std::move(node), hash);
    return;
  }
  slot = slot_with(std::move(node), hash);
  ++size_;
  ++page.used;
  if (is_full(page.used, page.slot_count())) {
    page = resized(page, page.slot_count() * 2);
  }
  if (size_ > pages_.size() * kNamesPerPage && page_bits_ < kMostPageBits) {
    split_pages();
  }
}

void NameTable::erase(ByteView name) {
  const std::uint64_t sought = hash(name);
  Page& page = own_page(sought);
  std::size_t hole = slot_of(page, name, sought);
  if (page.at(hole) == 0) {
    return;
  }
  node_bytes_ -= node_in(page.at(hole)).memory_bytes();
  --size_;
  --page.used;
  const Node erased = take_node(page.at(hole));
  // The slots behind move up, so that no probe ends early at the hole (Knuth, 6.4, algorithm R).
  for (std::size_t next = (hole + 1) & page.mask; page.at(next) != 0; next = (next + 1) & page.mask) {
    const std::size_t home = hash(node_in(page.at(next)).name()) & page.mask;
    if (((next - home) & page.mask) >= ((next - hole) & page.mask)) {
      page.at(hole) = std::exchange(page.at(next), 0);
      hole = next;
    }
  }
}

void NameTable::set_children(ByteView name, std::uint32_t children) {
  const std::uint64_t sought = hash(name);
  Page& page = own_page(sought);
  Slot& slot = page.at(slot_of(page, name, sought));
  Node node = take_node(slot);
  if (node.is_shared()) {
    node = node.copy();
  }
  node.set_children(children);
  slot = slot_with(std::move(node), sought);
}

NameTable::Page NameTable::empty_page(std::size_t slots) {
  Page page;
  page.slots = std::shared_ptr<Slot[]>(new Slot[slots](), FreeSlots{slots});
  page.mask = static_cast<std::uint32_t>(slots - 1);
  return page;
}

// The same nodes in slots of its own.
NameTable::Page NameTable::copied(const Page& page) {
  Page copy = empty_page(page.slot_count());
  copy.used = page.used;
  for (std::size_t index = 0; index <= page.mask; ++index) {
    if (page.at(index) != 0) {
      copy.at(index) = page.at(index);
      (void)Node(node_in(page.at(index))).release();
    }
  }
  return copy;
}

// Where the name is, or the free slot where it would go; a page always has one.
std::size_t NameTable::slot_of(const Page& page, ByteView name, std::uint64_t hash) {
  std::size_t index = hash & page.mask;
  for (;; index = (index + 1) & page.mask) {
    const Slot slot = page.at(index);
    if (slot == 0 || (has_tag(slot, hash) && wire::is_same(node_in(slot).name(), name))) {
      return index;
    }
  }
}

void NameTable::insert(Page& page, Slot slot, std::uint64_t hash) {
  std::size_t index = hash & page.mask;
  while (page.at(index) != 0) {
    index = (index + 1) & page.mask;
  }
  page.at(index) = slot;
  ++page.used;
}

NameTable::Page NameTable::resized(const Page& page, std::size_t slots) const {
  Page larger = empty_page(slots);
  for (std::size_t index = 0; index <= page.mask; ++index) {
    if (const Slot slot = std::exchange(page.at(index), 0); slot != 0) {
      insert(larger, slot, hash(node_in(slot).name()));
    }
  }
  return larger;
}

std::size_t NameTable::page_of(std::uint64_t hash) const {
  return hash >> 1 >> (kHashBits - 1 - page_bits_);
}

NameTable::Page& NameTable::own_page(std::uint64_t hash) {
  Page& page = pages_[page_of(hash)];
  if (page.shared) {
    page = copied(page);
  }
  return page;
}

// One more bit of the hash chooses the page: page i becomes 2i and 2i + 1.
void NameTable::split_pages() {
  std::vector<Page> split(pages_.size() * 2);
  const unsigned shift = kHashBits - page_bits_ - 1;
  for (std::size_t index = 0; index < pages_.size(); ++index) {
    const Page whole = pages_[index].shared ? copied(pages_[index]) : std::exchange(pages_[index], Page{});
    pages_[index] = Page{};
    const std::size_t slots = whole.slot_count();
    split[2 * index] = empty_page(slots);
    split[2 * index + 1] = empty_page(slots);
    for (std::size_t at = 0; at < slots; ++at) {
      if (const Slot slot = std::exchange(whole.at(at), 0); slot != 0) {
        const std::uint64_t name_hash = hash(node_in(slot).name());
        insert(split[2 * index + (name_hash >> shift & 1)], slot, name_hash);
      }
    }
  }
  pages_ = std::move(split);
  ++page_bits_;
}

}  // namespace dnsd::zone
