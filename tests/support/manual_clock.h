// A clock that a test turns: both clocks together, the wall clock alone (a step), or a reboot. It calls itself
// synchronised until a test says otherwise.
#pragma once

#include "zonestore/base/moment.h"

namespace tests {

class ManualClock final : public zonestore::Clock {
 public:
  [[nodiscard]] zonestore::Moment now() const override { return moment_; }

  void pause(zonestore::Milliseconds time) const override {
    moment_.wall += time;
    moment_.since_boot += time;
    paused_ += time;
  }
  [[nodiscard]] zonestore::Milliseconds paused() const { return paused_; }  // by what waited, all in all

  void advance(zonestore::Milliseconds by) {
    moment_.wall += by;
    moment_.since_boot += by;
  }
  void step_wall(zonestore::Milliseconds by) { moment_.wall += by; }
  void set_synchronised(bool synchronised) { moment_.synchronised = synchronised; }
  void reboot() {
    moment_.since_boot = zonestore::Milliseconds{5'000};
    moment_.boot_id += "'";
  }

 private:
  mutable zonestore::Milliseconds paused_{};
  mutable zonestore::Moment moment_{zonestore::WallTime{std::chrono::seconds{1'790'000'000}}, std::chrono::hours{100},
                                    "first boot", true};
};

}  // namespace tests
