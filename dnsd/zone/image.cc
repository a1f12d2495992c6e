#include "dnsd/zone/image.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace dnsd::zone {
namespace {

using Zones = std::vector<std::shared_ptr<const Zone>>;

ApexTable table_of(const Zones& zones, bool private_ones) {
  Zones some;
  std::ranges::copy_if(zones, std::back_inserter(some), [private_ones](const std::shared_ptr<const Zone>& zone) {
    return zone->is_private == private_ones;
  });
  return ApexTable(some);
}

}  // namespace

Image::Image(Zones all, ZoneSlots all_slots)
    : zones(std::move(all)),
      apexes(table_of(zones, false)),
      private_apexes(table_of(zones, true)),
      slots(std::move(all_slots)) {}

std::shared_ptr<const Zone> Image::find(const zonestore::Name& apex) const {
  const auto place = std::lower_bound(
      zones.begin(), zones.end(), apex,
      [](const std::shared_ptr<const Zone>& zone, const zonestore::Name& sought) { return zone->apex < sought; });
  return place != zones.end() && (*place)->apex == apex ? *place : nullptr;
}

std::size_t Image::memory_bytes() const {
  std::size_t bytes = sizeof *this + apexes.memory_bytes() + private_apexes.memory_bytes();
  for (const std::shared_ptr<const Zone>& zone : zones) {
    bytes += sizeof *zone + zone->names.memory_bytes() + zone->negative_soa.capacity();
  }
  return bytes;
}

}  // namespace dnsd::zone
