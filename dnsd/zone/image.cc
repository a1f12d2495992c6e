#include "dnsd/zone/image.h"

#include <algorithm>

namespace dnsd::zone {

std::shared_ptr<const Zone> Image::find(const zonestore::Name& apex) const {
  const auto place = std::lower_bound(
      zones.begin(), zones.end(), apex,
      [](const std::shared_ptr<const Zone>& zone, const zonestore::Name& sought) { return zone->apex < sought; });
  return place != zones.end() && (*place)->apex == apex ? *place : nullptr;
}

std::size_t Image::memory_bytes() const {
  std::size_t bytes = sizeof *this + apexes.memory_bytes();
  for (const std::shared_ptr<const Zone>& zone : zones) {
    bytes += sizeof *zone + zone->names.memory_bytes() + zone->negative_soa.capacity();
  }
  return bytes;
}

}  // namespace dnsd::zone
