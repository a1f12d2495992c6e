// What a new state of the store changes for those who follow the zones: secondaries that are to be notified, the log.
// Pure. Threads: plain values.
#pragma once

#include <vector>

#include "zonestore/zone/name.h"
#include "zonestore/zone/published_reader.h"

namespace dnsd::follow {

struct PublishedChange {
  std::vector<zonestore::PublishedZone> published;  // new, or with another serial; by apex
  std::vector<zonestore::Name> withdrawn;           // not served any more
  bool peers_differ = false;                        // who is a secondary of what, or how it is known
};

// From one state of the store to a later one. Of another store every zone is new, whatever its serial.
[[nodiscard]] PublishedChange change_between(const zonestore::PublishedHead& before,
                                             const zonestore::PublishedHead& after);

}  // namespace dnsd::follow
