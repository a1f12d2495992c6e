#include "zonestore/db/scratch_pages.h"

#include <algorithm>

namespace zonestore::db {

void ScratchPages::clear() {
  size_.reset();
  seen_bytes_ = 0;
  blocks_.clear();
}

void ScratchPages::begin(std::int64_t file_size_bytes) {
  if (empty()) {
    size_ = file_size_bytes;
    seen_bytes_ = file_size_bytes;
  }
}

bool ScratchPages::read_base(std::span<std::byte> into, std::int64_t offset, const BaseRead& base) const {
  const std::int64_t length = std::clamp<std::int64_t>(seen_bytes_ - offset, 0, std::ssize(into));
  const auto seen = static_cast<std::size_t>(length);
  std::fill(into.begin() + length, into.end(), std::byte{});
  return seen == 0 || base(into.first(seen), offset);
}

bool ScratchPages::read(std::span<std::byte> into, std::int64_t offset, const BaseRead& base) const {
  while (!into.empty()) {
    const std::int64_t number = offset / kBlockBytes;
    const std::int64_t within = offset % kBlockBytes;
    const auto part = into.first(static_cast<std::size_t>(std::min(kBlockBytes - within, std::ssize(into))));
    if (const auto found = blocks_.find(number); found != blocks_.end()) {
      std::copy_n(found->second.begin() + within, part.size(), part.begin());
    } else if (!read_base(part, offset, base)) {
      return false;
    }
    into = into.subspan(part.size());
    offset += std::ssize(part);
  }
  return true;
}

ScratchPages::Block* ScratchPages::writable(std::int64_t number, bool whole, const BaseRead& base) {
  if (const auto found = blocks_.find(number); found != blocks_.end()) {
    return &found->second;
  }
  Block block(static_cast<std::size_t>(kBlockBytes));
  if (!whole && !read_base(block, number * kBlockBytes, base)) {
    return nullptr;
  }
  return &blocks_.emplace(number, std::move(block)).first->second;
}

bool ScratchPages::write(std::span<const std::byte> from, std::int64_t offset, const BaseRead& base) {
  while (!from.empty()) {
    const std::int64_t within = offset % kBlockBytes;
    const auto part = from.first(static_cast<std::size_t>(std::min(kBlockBytes - within, std::ssize(from))));
    Block* const block = writable(offset / kBlockBytes, std::ssize(part) == kBlockBytes, base);
    if (block == nullptr) {
      return false;
    }
    std::copy(part.begin(), part.end(), block->begin() + within);
    from = from.subspan(part.size());
    offset += std::ssize(part);
    size_ = std::max(size(), offset);
  }
  return true;
}

void ScratchPages::truncate(std::int64_t size) {
  seen_bytes_ = std::min(seen_bytes_, size);
  blocks_.erase(blocks_.lower_bound((size + kBlockBytes - 1) / kBlockBytes), blocks_.end());
  if (const auto last = blocks_.find(size / kBlockBytes); last != blocks_.end()) {
    std::fill(last->second.begin() + size % kBlockBytes, last->second.end(), std::byte{});
  }
  size_ = size;
}

}  // namespace zonestore::db
