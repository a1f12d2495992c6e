// Secondaries, asked for the serial of each of their zones; what they said is kept for what waits for them. Threads:
// one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/zonectl/look/lookout.h"
#include "zonestore/operations/change/store.h"
#include "zonestore/operations/views/checking.h"

namespace zonectl::look {

// What the secondaries of one zone said, by name: `server` is the secondary's.
struct SecondariesOfZone {
  zonestore::ExpectedZone zone;  // apex and serial, as the store had it before anybody was asked
  std::vector<zonestore::ServerEvidence> seen;
};

enum class Keep : std::uint8_t { kNothing, kWhatIsSeen };
// Those of one zone alone, and how long it may take.
struct QuickLook {
  zonestore::Name zone;
  zonestore::Milliseconds budget{0};
};
// All that are enabled, or the one of that name; by zone. Errors: those of the store; kNotFound, if it is named; kIo
// if the child does not answer.
[[nodiscard]] zonestore::Result<std::vector<SecondariesOfZone>> look_at_secondaries(
    zonestore::Store& store, Lookout& lookout, const std::optional<std::string>& name, Keep keep,
    const std::optional<QuickLook>& quick = std::nullopt);

}  // namespace zonectl::look
