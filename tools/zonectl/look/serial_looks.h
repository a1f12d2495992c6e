// Our own name servers as `status` sees them: begun before the store is walked, taken when that is done, half a
// second in all. What is not answered in time is not seen. Threads: one.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "tools/zonectl/look/lookout.h"
#include "zonestore/operations/views/checking.h"
#include "zonestore/operations/views/own_servers_seen.h"

namespace zonectl::look {

// The serials of the name servers of one zone. `known`: as the store knows them.
[[nodiscard]] Task task_of_serials(const zonestore::Store& store, const zonestore::ExpectedZone& zone,
                                   const std::vector<zonestore::ServerEvidenceView>& known,
                                   zonestore::Milliseconds budget);

class SerialLooks {
 public:
  explicit SerialLooks(Lookout& lookout) : lookout_(lookout) {}

  // Errors: those of the store.
  [[nodiscard]] zonestore::Result<void> begin(zonestore::Store& store);
  // Held against the serials that the store has once all have answered. Errors: those of the store.
  [[nodiscard]] zonestore::Result<zonestore::OwnServersSeen> take(zonestore::Store& store);

 private:
  Lookout& lookout_;
  SteadyTime until_;
  std::vector<std::pair<std::uint32_t, zonestore::ExpectedZone>> begun_;
  std::vector<zonestore::ServerEvidenceView> before_;
};

}  // namespace zonectl::look
