// The one true time of a test, and the two clocks that a machine derives from it: a wall clock that is stepped, and a
// clock that starts anew with each boot. The machine calls its wall clock synchronised only while it is right. Plain
// milliseconds; nothing of zonestore's own arithmetic.
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
  bool synchronised = true;
  Millis trusted = 0;  // what a model makes of it
  Millis lost = 0;     // the most of what has truly passed that nobody can prove
};

class Timeline {
 public:
  [[nodiscard]] Stamp now() const { return {truly_, truly_ + wall_ahead_, boot_, synchronised_, 0, lost_}; }
  [[nodiscard]] Millis since_boot() const { return truly_ - booted_; }

  void run(Millis by) { truly_ += by; }
  void step_wall(Millis by) {
    wall_ahead_ += by;
    synchronised_ = false;
  }
  void synchronise() {
    wall_ahead_ = 0;
    synchronised_ = true;
  }
  // The clock is as right as it was, and the kernel does not vouch for it any more.
  void lose(Millis time) { lost_ += time; }
  void lose_synchronisation() { synchronised_ = false; }
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
  bool synchronised_ = true;
  Millis lost_ = 0;
};

// What zonestore sees of it.
[[nodiscard]] inline zonestore::Moment moment_of(const Timeline& timeline) {
  const Stamp now = timeline.now();
  return {zonestore::WallTime{zonestore::Milliseconds{now.wall}}, zonestore::Milliseconds{timeline.since_boot()},
          std::to_string(now.boot), now.synchronised};
}

class TimelineClock final : public zonestore::Clock {
 public:
  explicit TimelineClock(const Timeline& timeline) : timeline_(timeline) {}
  [[nodiscard]] zonestore::Moment now() const override { return moment_of(timeline_); }

 private:
  const Timeline& timeline_;
};

}  // namespace tests::lifecycle
