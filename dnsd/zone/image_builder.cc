#include "dnsd/zone/image_builder.h"

#include <utility>

#include "dnsd/wire/name.h"

namespace dnsd::zone {

ImageBuilder::ImageBuilder(const Image& base) : slots_(base.slots) {
  zones_.reserve(base.zones.size());
  for (const std::shared_ptr<const Zone>& zone : base.zones) {
    zones_.emplace_back(zone);
  }
}

ZoneIndex ImageBuilder::add_zone(const zonestore::Name& apex, std::size_t expected_names,
                                 std::shared_ptr<const Zone> served, bool is_private) {
  zones_.emplace_back(apex, expected_names, slots_.of(apex.lowered()), is_private);
  zones_.back().share_with(std::move(served));
  return static_cast<ZoneIndex>(zones_.size() - 1);
}

zonestore::Result<void> ImageBuilder::put(ZoneIndex zone, const zonestore::Name& owner, RecordType type,
                                          zonestore::Ttl ttl, ByteView packed_rdata) {
  wire::LoweredName lowered;
  wire::lower_name(owner.wire(), lowered);
  return put(zone, lowered.view(), type, ttl, packed_rdata);
}

zonestore::Result<void> ImageBuilder::put(ZoneIndex zone, ByteView lowered_owner, RecordType type, zonestore::Ttl ttl,
                                          ByteView packed_rdata) {
  // First: a set that cannot be laid out has changed nothing.
  if (auto laid_out = lay_out(type, ttl, packed_rdata, laid_out_); !laid_out) {
    return laid_out;
  }
  zones_[static_cast<std::size_t>(zone)].put(lowered_owner, {type, laid_out_.count, laid_out_.answer});
  return {};
}

bool ImageBuilder::remove(ZoneIndex zone, const zonestore::Name& owner, RecordType type) {
  wire::LoweredName lowered;
  wire::lower_name(owner.wire(), lowered);
  return remove(zone, lowered.view(), type);
}

bool ImageBuilder::remove(ZoneIndex zone, ByteView lowered_owner, RecordType type) {
  return zones_[static_cast<std::size_t>(zone)].remove(lowered_owner, type);
}

zonestore::Result<std::shared_ptr<const Image>> ImageBuilder::finish() {
  std::vector<std::shared_ptr<const Zone>> zones;
  zones.reserve(zones_.size());
  for (ZoneBuilder& builder : zones_) {
    auto zone = builder.finish();
    if (!zone) {
      return tl::unexpected(zone.error());
    }
    zones.push_back(std::move(*zone));
  }
  zones_.clear();
  return std::make_shared<const Image>(std::move(zones), std::move(slots_));
}

}  // namespace dnsd::zone
