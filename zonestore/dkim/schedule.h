// When policy rotates an institution by itself: pure, time is handed in.
//
// The rotation is due `every` after signing last moved, give or take a jitter that depends on nothing but the code
// and the moment of that move, so that two machines, and `plan` and `maintain`, see the same time:
//
//   wait = every + offset,  offset = hash mod (2 j + 1) - j  seconds,  j = min(jitter, every - rotation_length), >= 0
//   hash = FNV-1a of 64 bits over "CODE@MILLISECONDS" (of the move's wall clock since 1970, decimal), then mixed by
//          MurmurHash3's finalizer
//
// The wait is measured by both clocks (base/moment.h): a step of the wall clock makes nothing early. Once it is over
// the rotation is done at the first moment at which the window is open; if maintain comes late, in the next window.
#pragma once

#include <optional>

#include "zonestore/dkim/lifecycle.h"

namespace zonestore::dkim {

// The time that one rotation takes until the next could be done: the drain, and the ripening of the key after it.
[[nodiscard]] Seconds rotation_length(const LifecyclePolicy& policy);

// What policy has in store for an institution; nullopt: nothing (`every` is off, or it does not sign).
struct Schedule {
  WallTime due;                     // when the wait is or was over
  std::optional<WallTime> opening;  // of the window, from `due` on; nullopt: it does not open within a year
  std::optional<WallTime>
      planned;          // when it will be done: `opening`, or if that has passed the window's next opening
  bool is_due = false;  // now: the wait is over and the window is open
};
[[nodiscard]] std::optional<Schedule> schedule_of(const InstitutionFacts& institution, std::string_view code,
                                                  const LifecyclePolicy& policy, const Now& now);

// How long after a move at this wall time policy waits, jitter and all. `every` is not off.
[[nodiscard]] Milliseconds rotation_wait(std::string_view code, WallTime moved, const LifecyclePolicy& policy);

// More than a day past the end of the window in which it was due, and still not done.
[[nodiscard]] bool is_overdue(const Schedule& schedule, const LifecyclePolicy& policy, const Now& now);

// How far this rotation is moved by jitter; between -jitter and +jitter.
[[nodiscard]] Seconds jitter_offset(std::string_view code, WallTime moved, Seconds jitter);

}  // namespace zonestore::dkim
