#include "dnsd/zone/image.h"

namespace dnsd::zone {

std::size_t Image::memory_bytes() const {
  std::size_t bytes = sizeof *this + apexes.memory_bytes();
  for (const std::shared_ptr<const Zone>& zone : zones) {
    bytes += sizeof *zone + zone->names.memory_bytes() + zone->negative_soa.capacity();
  }
  return bytes;
}

}  // namespace dnsd::zone
