// A small number for each zone, by which answers are counted: slots 0 to 62 in the order in which the zones were
// first served, and never another zone's, so that a counter that goes on counts the same; all that come later
// share 63.
//
// Images hand it on, from one to the next. Pure. Threads: plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "zonestore/zone/name.h"

namespace dnsd::zone {

class ZoneSlots {
 public:
  static constexpr std::uint8_t kOther = 63;
  static constexpr std::size_t kCount = kOther + 1;

  // The zone's slot; a new one, if it has none yet.
  [[nodiscard]] std::uint8_t of(const zonestore::Name& apex);

  // Whose each is: of those that are taken, in their order.
  [[nodiscard]] std::span<const zonestore::Name> apexes() const { return apexes_; }

 private:
  std::vector<zonestore::Name> apexes_;
};

}  // namespace dnsd::zone
