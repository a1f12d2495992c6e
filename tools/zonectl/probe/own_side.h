// Our own side: does every name server serve what the store has, over UDP and TCP, with and without EDNS, at the
// stored serial?
#pragma once

#include <vector>

#include "tools/zonectl/probe/diagnosis.h"
#include "tools/zonectl/probe/world.h"

namespace zonectl::probe {

// Of each server, its serial and verdict for one zone.
[[nodiscard]] std::vector<zonestore::ServerEvidence> look_at_zone(const World& world,
                                                                  const zonestore::ExpectedZone& zone,
                                                                  const std::vector<NameServer>& servers);

struct OwnSlot {
  Finding finding;
  std::vector<zonestore::Bytes> seen;  // different record data that came over the wire
};
[[nodiscard]] OwnSlot look_at_own_slot(const World& world, const zonestore::ExpectedSlot& slot);
// The same in little time: each server once, as a resolver asks, all side by side.
[[nodiscard]] OwnSlot look_quickly_at_own_slot(const World& world, const zonestore::ExpectedSlot& slot);

}  // namespace zonectl::probe
