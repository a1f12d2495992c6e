// Times as people read and write them.
//
// In a pipe a time is RFC 3339 in UTC; on a terminal it is "2026-11-23 18:01:02 UTC, in 14 min 10 s".
#pragma once

#include <string>
#include <string_view>

#include "zonestore/base/error.h"
#include "zonestore/base/moment.h"

namespace zonectl {

// "7 d 1 h", "3 h 12 min", "14 min 10 s", "9 s": the two largest units. Not negative.
[[nodiscard]] std::string span_text(zonestore::Seconds span);

// "in 14 min 10 s", "3 h 12 min ago", "now".
[[nodiscard]] std::string distance_text(zonestore::WallTime time, zonestore::WallTime now);

// How the times of one run are written.
class Times {
 public:
  Times(zonestore::WallTime now, bool for_a_person) : now_(now), for_a_person_(for_a_person) {}

  [[nodiscard]] zonestore::WallTime now() const { return now_; }
  // With the distance from now for a person.
  [[nodiscard]] std::string text(zonestore::WallTime time) const;
  // Without it: for columns.
  [[nodiscard]] std::string plain(zonestore::WallTime time) const;

 private:
  zonestore::WallTime now_;
  bool for_a_person_;
};

// A moment in the past, as --since takes it: "2026-11-23", "2026-11-23T18:01:02Z" (a space for the T and a missing Z
// are taken too; always UTC), or a duration back from now: "2h", "7d". Errors: kInvalid.
[[nodiscard]] zonestore::Result<zonestore::WallTime> parse_since(std::string_view text, zonestore::WallTime now);

}  // namespace zonectl
