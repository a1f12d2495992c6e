#include "dnsd/zone/name_table.h"

#include <algorithm>
#include <bit>
#include <utility>

#include <xxhash.h>

namespace dnsd::zone {
namespace {

constexpr std::size_t kNamesPerPage = 320;  // on average, before the pages are split
constexpr std::size_t kFewestSlots = 8;
constexpr unsigned kHashBits = 32;
constexpr unsigned kMostPageBits = 20;  // leaves 12 bits of the hash to spread names over a page's slots

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

}  // namespace

std::uint32_t hash_name(ByteView lowered_name) {
  return static_cast<std::uint32_t>(XXH3_64bits(lowered_name.data(), lowered_name.size()));
}

NameTable::NameTable(std::size_t expected_names) {
  const std::size_t pages = std::bit_ceil(expected_names / kNamesPerPage + 1);
  page_bits_ = std::min(static_cast<unsigned>(std::countr_zero(pages)), kMostPageBits);
  pages_.resize(std::size_t{1} << page_bits_);
  for (Page& page : pages_) {
    page = empty_page(slots_for(expected_names >> page_bits_));
  }
}

NameTable NameTable::share() const {
  NameTable copy;
  copy.pages_ = pages_;
  copy.page_bits_ = page_bits_;
  copy.size_ = size_;
  copy.node_bytes_ = node_bytes_;
  copy.nodes_shared_ = true;
  for (Page& page : copy.pages_) {
    page.shared = true;
  }
  return copy;
}

const Node* NameTable::find(ByteView lowered_name, std::uint32_t hash) const {
  const Page& page = pages_[page_of(hash)];
  const Slot& slot = page.at(slot_of(page, lowered_name, hash));
  return slot.node ? &slot.node : nullptr;
}

std::size_t NameTable::memory_bytes() const {
  std::size_t bytes = sizeof *this + pages_.capacity() * sizeof(Page) + node_bytes_;
  for (const Page& page : pages_) {
    bytes += (std::size_t{page.mask} + 1) * sizeof(Slot);
  }
  return bytes;
}

void NameTable::put(Node node) {
  const std::uint32_t hash = hash_name(node.name());
  Page& page = own_page(hash);
  node_bytes_ += node.memory_bytes();
  Slot& slot = page.at(slot_of(page, node.name(), hash));
  if (slot.node) {
    node_bytes_ -= slot.node.memory_bytes();
    slot.node = std::move(node);
    return;
  }
  slot = Slot{hash, std::move(node)};
  ++size_;
  ++page.used;
  if (is_full(page.used, std::size_t{page.mask} + 1)) {
    page = resized(page, (std::size_t{page.mask} + 1) * 2);
  }
  if (size_ > pages_.size() * kNamesPerPage && page_bits_ < kMostPageBits) {
    split_pages();
  }
}

void NameTable::erase(ByteView lowered_name) {
  const std::uint32_t hash = hash_name(lowered_name);
  Page& page = own_page(hash);
  std::size_t hole = slot_of(page, lowered_name, hash);
  if (!page.at(hole).node) {
    return;
  }
  node_bytes_ -= page.at(hole).node.memory_bytes();
  --size_;
  --page.used;
  // The slots behind move up, so that no probe ends early at the hole (Knuth, 6.4, algorithm R).
  for (std::size_t next = (hole + 1) & page.mask; page.at(next).node; next = (next + 1) & page.mask) {
    const std::size_t home = page.at(next).hash & page.mask;
    if (((next - home) & page.mask) >= ((next - hole) & page.mask)) {
      page.at(hole) = std::move(page.at(next));
      hole = next;
    }
  }
  page.at(hole) = Slot{};
}

void NameTable::set_children(ByteView lowered_name, std::uint32_t children) {
  const std::uint32_t hash = hash_name(lowered_name);
  Page& page = own_page(hash);
  Slot& slot = page.at(slot_of(page, lowered_name, hash));
  if (nodes_shared_) {
    slot.node = slot.node.copy();
  }
  slot.node.set_children(children);
}

NameTable::Page NameTable::empty_page(std::size_t slots) {
  Page page;
  page.slots = std::make_shared<Slot[]>(slots);
  page.mask = static_cast<std::uint32_t>(slots - 1);
  return page;
}

// Where the name is, or the free slot where it would go; a page always has one.
std::size_t NameTable::slot_of(const Page& page, ByteView lowered_name, std::uint32_t hash) {
  std::size_t index = hash & page.mask;
  for (;; index = (index + 1) & page.mask) {
    const Slot& slot = page.at(index);
    if (!slot.node) {
      return index;
    }
    if (slot.hash == hash && std::ranges::equal(slot.node.name(), lowered_name)) {
      return index;
    }
  }
}

void NameTable::insert(Page& page, Slot slot) {
  std::size_t index = slot.hash & page.mask;
  while (page.at(index).node) {
    index = (index + 1) & page.mask;
  }
  page.at(index) = std::move(slot);
  ++page.used;
}

NameTable::Page NameTable::resized(const Page& page, std::size_t slots) {
  Page larger = empty_page(slots);
  for (std::size_t index = 0; index <= page.mask; ++index) {
    if (page.at(index).node) {
      insert(larger, page.at(index));
    }
  }
  return larger;
}

std::size_t NameTable::page_of(std::uint32_t hash) const {
  return static_cast<std::size_t>(std::uint64_t{hash} >> (kHashBits - page_bits_));
}

NameTable::Page& NameTable::own_page(std::uint32_t hash) {
  Page& page = pages_[page_of(hash)];
  if (page.shared) {
    page = resized(page, std::size_t{page.mask} + 1);
  }
  return page;
}

// One more bit of the hash chooses the page: page i becomes 2i and 2i + 1.
void NameTable::split_pages() {
  std::vector<Page> split(pages_.size() * 2);
  const unsigned shift = kHashBits - page_bits_ - 1;
  for (std::size_t index = 0; index < pages_.size(); ++index) {
    const Page whole = std::exchange(pages_[index], Page{});
    const std::size_t slots = std::size_t{whole.mask} + 1;
    split[2 * index] = empty_page(slots);
    split[2 * index + 1] = empty_page(slots);
    for (std::size_t at = 0; at < slots; ++at) {
      if (const Slot& slot = whole.at(at); slot.node) {
        insert(split[2 * index + ((slot.hash >> shift) & 1)], slot);
      }
    }
  }
  pages_ = std::move(split);
  ++page_bits_;
}

}  // namespace dnsd::zone
