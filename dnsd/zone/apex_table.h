// Which zone answers for a name: the one with the longest apex at or above it (RFC 1034 section 4.3.2, step 2).
//
// Asked once for each of the name's suffixes that can be an apex, the longest first. A few apexes are compared one by
// one, which costs less than to hash the suffix; more are found by their hash, and their number does not matter.
// Ownership: points to zones that the image holds. Threads: any number may read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "dnsd/wire/name.h"

namespace dnsd::zone {

struct Zone;

class ApexTable {
 public:
  ApexTable() = default;
  explicit ApexTable(std::span<const std::shared_ptr<const Zone>> zones);

  // nullptr: not ours.
  [[nodiscard]] const Zone* find(const wire::LoweredName& name) const;
  // The same for the name's parent: the zone that has the DS records at an apex (RFC 4035 section 2.4).
  [[nodiscard]] const Zone* find_above(const wire::LoweredName& name) const;

  [[nodiscard]] std::size_t memory_bytes() const { return slots_.capacity() * sizeof(Slot); }

 private:
  static constexpr std::size_t kFew = 4;

  struct Slot {
    std::uint64_t hash = 0;
    wire::ByteView apex;
    const Zone* zone = nullptr;
  };

  [[nodiscard]] const Zone* find_from(wire::ByteView suffix, unsigned labels) const;
  [[nodiscard]] const Zone* find_exactly(wire::ByteView apex) const;
  [[nodiscard]] std::size_t index_of(wire::ByteView apex, std::uint64_t hash) const;

  std::vector<Slot> slots_;  // one each for a few; else a power of two, at most half of them taken
  unsigned most_labels_ = 0;
};

}  // namespace dnsd::zone
