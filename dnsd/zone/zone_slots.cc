#include "dnsd/zone/zone_slots.h"

#include <algorithm>

namespace dnsd::zone {

std::uint8_t ZoneSlots::of(const zonestore::Name& apex) {
  const auto place = std::ranges::find(apexes_, apex);
  if (place != apexes_.end()) {
    return static_cast<std::uint8_t>(place - apexes_.begin());
  }
  if (apexes_.size() == kOther) {
    return kOther;
  }
  apexes_.push_back(apex);
  return static_cast<std::uint8_t>(apexes_.size() - 1);
}

}  // namespace dnsd::zone
