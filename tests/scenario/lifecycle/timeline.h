// The one true time of a test, and the two clocks that a machine derives from it: a wall clock that is stepped, and a
// clock that starts anew with each boot. Plain milliseconds; nothing of zonestore's own arithmetic.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "zonestore/base/moment.h"

namespace tests::lifecycle {

using Millis = std::int64_t;

inline constexpr Millis kSecond = 1'000;
inline constexpr Millis kMinute = 60 * kSecond;
inline constexpr Millis kHour = 60 * kMinute;
inline constexpr Millis kDay = 24 * kHour;

// A moment on the true line, and what the machine's clocks showed then.
struct Stamp {
  Millis truly = 0;
  Millis wall = 0;
  int boot = 0;
};

class Timeline {
 public:
  [[nodiscard]] Stamp now() const { return {truly_, truly_ + wall_ahead_, boot_}; }
  [[nodiscard]] Millis since_boot() const { return truly_ - booted_; }

  void run(Millis by) { truly_ += by; }
  void step_wall(Millis by) { wall_ahead_ += by; }
  void reboot(Millis off_for) {
    truly_ += off_for;
    booted_ = truly_ - 5 * kSecond;
    ++boot_;
  }

 private:
  Millis truly_ = 1'790'000'000 * kSecond;
  Millis wall_ahead_ = 0;
  Millis booted_ = truly_ - 100 * kHour;
  int boot_ = 1;
};

// What zonestore sees of it.
[[nodiscard]] inline zonestore::Moment moment_of(const Timeline& timeline) {
  const Stamp now = timeline.now();
  return {zonestore::WallTime{zonestore::Milliseconds{now.wall}}, zonestore::Milliseconds{timeline.since_boot()},
          std::to_string(now.boot)};
}

class TimelineClock final : public zonestore::Clock {
 public:
  explicit TimelineClock(const Timeline& timeline) : timeline_(timeline) {}
  [[nodiscard]] zonestore::Moment now() const override { return moment_of(timeline_); }

 private:
  const Timeline& timeline_;
};

}  // namespace tests::lifecycle
