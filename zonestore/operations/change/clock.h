// The store's clock, as operators see it and speak of it.
//
// Errors: as in base/error.h.
#pragma once

#include "zonestore/operations/change/clock_report.h"
#include "zonestore/operations/change/store.h"

namespace zonestore {

// Keeps nothing.
[[nodiscard]] Result<ClockReport> report_clock(Store& store);

struct ClockAccepted : Changed {
  WallTime wall;                   // what the clock says, and is right
  std::optional<WallTime> before;  // what it should have said as far as the store knew; nullopt: nobody could say
};
// An operator's word (context.reason) that the wall clock is right now. It shortens no wait: what is judged by it is
// whether the clock is far from what it should say.
[[nodiscard]] Result<ClockAccepted> accept_clock(Store& store, const ChangeContext& context);

}  // namespace zonestore
