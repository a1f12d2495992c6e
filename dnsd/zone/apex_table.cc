#include "dnsd/zone/apex_table.h"

#include <algorithm>
#include <bit>

#include "dnsd/zone/image.h"

namespace dnsd::zone {

ApexTable::ApexTable(std::span<const std::shared_ptr<const Zone>> zones)
    : slots_(std::bit_ceil(2 * zones.size() + 1)) {
  for (const std::shared_ptr<const Zone>& zone : zones) {
    const std::uint64_t hash = hash_name(zone->apex.wire());
    std::size_t index = hash & (slots_.size() - 1);
    while (slots_[index].zone != nullptr) {
      index = (index + 1) & (slots_.size() - 1);
    }
    slots_[index] = {hash, zone.get()};
    most_labels_ = std::max(most_labels_, static_cast<unsigned>(zone->apex.label_count()));
  }
}

const Zone* ApexTable::find(const wire::LoweredName& name) const {
  return find_from(name.view(), name.labels);
}

const Zone* ApexTable::find_above(const wire::LoweredName& name) const {
  return name.labels == 0 ? nullptr : find_from(wire::parent_of(name.view()), name.labels - 1U);
}

const Zone* ApexTable::find_from(wire::ByteView suffix, unsigned labels) const {
  if (slots_.empty()) {
    return nullptr;
  }
  for (; labels > most_labels_; --labels) {
    suffix = wire::parent_of(suffix);
  }
  while (true) {
    if (const Zone* zone = find_exactly(suffix)) {
      return zone;
    }
    if (labels-- == 0) {
      return nullptr;
    }
    suffix = wire::parent_of(suffix);
  }
}

const Zone* ApexTable::find_exactly(wire::ByteView apex) const {
  const std::uint64_t hash = hash_name(apex);
  for (std::size_t index = hash & (slots_.size() - 1);; index = (index + 1) & (slots_.size() - 1)) {
    const Slot& slot = slots_[index];
    if (slot.zone == nullptr || (slot.hash == hash && std::ranges::equal(slot.zone->apex.wire(), apex))) {
      return slot.zone;
    }
  }
}

}  // namespace dnsd::zone
