// The one place that asks the library date for time zones. For the sources of this folder only.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "zonestore/base/moment.h"

namespace zonestore::dkim {

struct LocalTime {
  std::chrono::local_days day;
  Milliseconds since_midnight;
};

[[nodiscard]] bool is_time_zone(std::string_view name);

// Precondition of the rest: is_time_zone(zone).
[[nodiscard]] LocalTime local_time(const std::string& zone, WallTime time);
// The moments at which a clock there shows this time: none in a gap, two where an hour is repeated.
[[nodiscard]] std::vector<WallTime> moments_of(const std::string& zone, const LocalTime& local);
// The next change of the zone's offset after `time`.
[[nodiscard]] WallTime next_change(const std::string& zone, WallTime time);

}  // namespace zonestore::dkim
