#include "dnsd/follow/published_change.h"

#include <algorithm>

namespace dnsd::follow {
namespace {

const zonestore::PublishedZone* find(const zonestore::PublishedHead& head, const zonestore::Name& apex) {
  const auto place = std::ranges::find(head.zones, apex, &zonestore::PublishedZone::apex);
  return place == head.zones.end() ? nullptr : &*place;
}

}  // namespace

PublishedChange change_between(const zonestore::PublishedHead& before, const zonestore::PublishedHead& after) {
  PublishedChange change;
  const bool same_store = before.store_id == after.store_id;
  for (const zonestore::PublishedZone& zone : after.zones) {
    const zonestore::PublishedZone* const earlier = find(before, zone.apex);
    if (earlier == nullptr || !same_store || earlier->serial != zone.serial) {
      change.published.push_back(zone);
    }
  }
  for (const zonestore::PublishedZone& zone : before.zones) {
    if (find(after, zone.apex) == nullptr) {
      change.withdrawn.push_back(zone.apex);
    }
  }
  change.peers_differ = before.peers != after.peers;
  return change;
}

}  // namespace dnsd::follow
