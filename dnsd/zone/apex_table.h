// Which zone answers for a name: the one with the longest apex at or above it (RFC 1034 section 4.3.2, step 2).
//
// A hash of the apexes, asked once for each of the name's suffixes that can be one, the longest first: the number of
// zones does not matter. Ownership: points to zones that the image holds. Threads: any number may read.
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
  struct Slot {
    std::uint64_t hash = 0;
    const Zone* zone = nullptr;
  };

  [[nodiscard]] const Zone* find_from(wire::ByteView suffix, unsigned labels) const;
  [[nodiscard]] const Zone* find_exactly(wire::ByteView apex) const;

  std::vector<Slot> slots_;  // a power of two, at most half of them taken
  unsigned most_labels_ = 0;
};

}  // namespace dnsd::zone
