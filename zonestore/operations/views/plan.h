// What will happen by itself and when, over all institutions or some: see dkim/forecast.h.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "zonestore/dkim/forecast.h"
#include "zonestore/operations/change/store.h"

namespace zonestore {

struct PlannedEvent {
  std::string code;
  dkim::ForecastEvent event;
  std::optional<Guard> held_back_by{};  // of kHeldBack: the guard
};

// From now up to `until`, in time order, by code where times are equal; in one read transaction and bounded memory.
// `codes`: of these, each once; empty: of all. The visitor returns false to stop. Errors: kNotFound.
[[nodiscard]] Result<void> read_plan(Store& store, const std::vector<dkim::Code>& codes, WallTime until,
                                     const std::function<bool(const PlannedEvent&)>& visitor);

}  // namespace zonestore
