// The load that a start waits for: patient with a writer, but not for ever.
// Threads: the caller's.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include <tl/expected.hpp>

#include "dnsd/follow/load_report.h"
#include "dnsd/follow/store_follower.h"
#include "dnsd/util/log.h"

namespace dnsd::follow {

struct FirstLoad {
  StoreFollower follower;  // has loaded
  LoadReport report;
};

// Loads what is in the follower's store, and logs it if that cannot be. `pause` waits that long, and says false when
// the program has been told to end. Errors: the store's, or nothing: told to end.
[[nodiscard]] tl::expected<FirstLoad, std::optional<zonestore::Error>> load_first(
    StoreFollower follower, const std::function<bool(std::chrono::milliseconds)>& pause, const util::Log& log);

void log_loaded(const FirstLoad& loaded, const util::Log& log);

}  // namespace dnsd::follow
