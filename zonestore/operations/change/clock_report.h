// What is odd about the clocks, and which waits that makes longer: told by status and by each change.
//
// Pure: what was kept and what was read are handed in. Threads: any.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zonestore/base/clock_identity.h"
#include "zonestore/base/moment.h"

namespace zonestore {

struct ClockReport {
  bool synchronised = false;
  ClockIdentity identity = ClockIdentity::kUnknown;
  std::optional<WallTime> last_kept;  // the last moment that was kept, by its wall clock; nullopt: none yet
  // How much further the wall clock has gone since then than the clock that only runs; nullopt: not in the same boot.
  std::optional<Milliseconds> apart;
  Milliseconds trusted{0};
  std::optional<WallTime> expected;  // what the wall clock should say; nullopt: nobody can say
  std::vector<std::string> notes;    // one line each, for people; empty: nothing is odd
};

// `missing`: what cannot be read where the identity is not a boot's.
[[nodiscard]] ClockReport clock_report(const KeptTime& kept, const Moment& now, const std::string& missing);

// What is missing is looked for, if something is.
[[nodiscard]] ClockReport report_clock_of(const KeptTime& kept, const Moment& now);

}  // namespace zonestore
