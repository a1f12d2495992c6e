#include "dnsd/zone/apex_table.h"

#include <algorithm>
#include <bit>

#include "dnsd/zone/image.h"

namespace dnsd::zone {

ApexTable::ApexTable(std::span<const std::shared_ptr<const Zone>> zones) {
  if (zones.size() > kFew) {
    slots_.resize(std::bit_ceil(2 * zones.size()));
  }
  for (const std::shared_ptr<const Zone>& zone : zones) {
    most_labels_ = std::max(most_labels_, static_cast<unsigned>(zone->apex.label_count()));
    const Slot slot{hash_name(zone->apex.wire()), zone->apex.wire(), zone.get()};
    if (zones.size() > kFew) {
      slots_[index_of(slot.apex, slot.hash)] = slot;
    } else {
      slots_.push_back(slot);
    }
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
  if (slots_.size() > kFew) {
    return slots_[index_of(apex, hash_name(apex))].zone;
  }
  for (const Slot& slot : slots_) {
    if (wire::is_same(slot.apex, apex)) {
      return slot.zone;
    }
  }
  return nullptr;
}

// Where the apex is, or the free slot where it would go.
std::size_t ApexTable::index_of(wire::ByteView apex, std::uint64_t hash) const {
  std::size_t index = hash & (slots_.size() - 1);
  while (slots_[index].zone != nullptr && !(slots_[index].hash == hash && wire::is_same(slots_[index].apex, apex))) {
    index = (index + 1) & (slots_.size() - 1);
  }
  return index;
}

}  // namespace dnsd::zone
