#include "dnsd/zone/image.h"

#include <algorithm>

namespace dnsd::zone {
namespace {

// `name` and `ancestor` are both lower-cased; the bytes must agree from a label's beginning on.
bool is_at_or_below(ByteView name, ByteView ancestor) {
  if (ancestor.size() > name.size()) {
    return false;
  }
  const std::size_t begin = name.size() - ancestor.size();
  if (!std::equal(ancestor.begin(), ancestor.end(), name.begin() + static_cast<std::ptrdiff_t>(begin))) {
    return false;
  }
  std::size_t label = 0;
  while (label < begin) {
    label += name[label] + 1U;
  }
  return label == begin;
}

}  // namespace

const Zone* Image::find_zone(ByteView lowered_name) const {
  const Zone* closest = nullptr;
  for (const std::shared_ptr<const Zone>& zone : zones) {
    const bool longer = closest == nullptr || zone->apex.size_bytes() > closest->apex.size_bytes();
    if (longer && is_at_or_below(lowered_name, zone->apex.wire())) {
      closest = zone.get();
    }
  }
  return closest;
}

std::size_t Image::memory_bytes() const {
  std::size_t bytes = sizeof *this;
  for (const std::shared_ptr<const Zone>& zone : zones) {
    bytes += sizeof *zone + zone->names.memory_bytes() + zone->negative_soa.capacity();
  }
  return bytes;
}

}  // namespace dnsd::zone
