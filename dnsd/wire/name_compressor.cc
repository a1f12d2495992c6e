#include "dnsd/wire/name_compressor.h"

#include <algorithm>
#include <cstring>

#include "dnsd/wire/name.h"
#include "zonestore/zone/name.h"

namespace dnsd::wire {
namespace {

constexpr std::size_t kPointerBytes = 2;
constexpr std::size_t kMostLabels = 127;

bool equal_but_for_case(const std::uint8_t* left, const std::uint8_t* right, std::size_t count) {
  return std::equal(left, left + count, right, [](std::uint8_t one, std::uint8_t other) {
    return zonestore::to_lower(one) == zonestore::to_lower(other);
  });
}

}  // namespace

void NameCompressor::know(std::size_t offset) {
  std::array<std::size_t, kMostLabels> starts;
  std::size_t count = 0;
  std::size_t end = offset;
  while (message_[end] != 0 && count < kMostLabels) {
    starts[count++] = end;
    end += message_[end] + 1U;
  }
  ++end;
  if (count > 0) {
    remember(offset, end - offset, 0);
  }
  // Then from the end: the suffixes next to the root are those that others share.
  while (count > 1) {
    --count;
    remember(starts[count], end - starts[count], 0);
  }
}

std::size_t NameCompressor::write(ByteView name, std::size_t offset, std::size_t end) {
  std::size_t own = 0;  // bytes of labels that are not there yet
  const Known* target = nullptr;
  while (name[own] != 0 && target == nullptr) {
    target = find(name.subspan(own));
    own += target == nullptr ? name[own] + 1U : 0U;
  }
  const std::size_t tail = target == nullptr ? 1 : kPointerBytes;
  if (offset > end || own + tail > end - offset) {
    return 0;
  }
  std::memcpy(message_.data() + offset, name.data(), own);
  const std::size_t tail_at = offset + own;
  std::uint8_t pointers = 0;
  if (target == nullptr) {
    message_[tail_at] = 0;
  } else {
    store_u16(message_.data() + tail_at, static_cast<std::uint16_t>(kPointer | target->offset));
    pointers = static_cast<std::uint8_t>(target->pointers + 1U);
  }
  for (std::size_t label = offset; label < tail_at; label += message_[label] + 1U) {
    remember(label, name.size() - (label - offset), pointers);
  }
  return tail_at + tail;
}

void NameCompressor::forget_from(std::size_t offset) {
  const auto kept = std::remove_if(known_.begin(), known_.begin() + static_cast<std::ptrdiff_t>(known_count_),
                                   [offset](const Known& known) { return known.offset >= offset; });
  known_count_ = static_cast<std::size_t>(kept - known_.begin());
}

const NameCompressor::Known* NameCompressor::find(ByteView suffix) const {
  for (std::size_t index = 0; index < known_count_; ++index) {
    if (known_[index].size == suffix.size() && matches(known_[index].offset, suffix)) {
      return &known_[index];
    }
  }
  return nullptr;
}

// Pointers are our own and lead backwards only, so that this ends.
bool NameCompressor::matches(std::size_t offset, ByteView suffix) const {
  std::size_t at = 0;
  while (true) {
    const std::uint8_t length = message_[offset];
    if ((length & kPointerBits) == kPointerBits) {
      offset = load_u16(message_.data() + offset) & kFarthestPointer;
      continue;
    }
    if (length != suffix[at] || !equal_but_for_case(&message_[offset], &suffix[at], length + 1U)) {
      return false;
    }
    if (length == 0) {
      return true;
    }
    offset += length + 1U;
    at += length + 1U;
  }
}

void NameCompressor::remember(std::size_t offset, std::size_t size, std::uint8_t pointers) {
  if (known_count_ < kMostKnown && offset <= kFarthestPointer && pointers < kMostPointers) {
    known_[known_count_++] = {static_cast<std::uint16_t>(offset), pointers, static_cast<std::uint8_t>(size)};
  }
}

}  // namespace dnsd::wire
