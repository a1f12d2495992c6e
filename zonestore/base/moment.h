// Time as the lifecycle sees it: a wall clock that may be stepped, beside a clock that only runs.
//
// Within one boot, the time that has passed between two moments is the smaller of what the two clocks say,
// so that a step of the wall clock in either direction makes nothing happen early. Across boots only the
// wall clock is left; it never counts as earlier than the highest wall time that the store has seen.
//
// Units: milliseconds. Threads: plain values; SystemClock may be shared.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace zonestore {

using Milliseconds = std::chrono::milliseconds;
using Seconds = std::chrono::seconds;
using WallTime = std::chrono::sys_time<Milliseconds>;

struct Moment {
  WallTime wall;             // CLOCK_REALTIME
  Milliseconds since_boot;   // CLOCK_BOOTTIME: runs on while the machine sleeps
  std::string boot_id;       // /proc/sys/kernel/random/boot_id; the two moments share a boot if it is equal
  bool synchronised = true;  // whether the kernel called its clock synchronised
  Milliseconds trusted{0};   // trusted time: a sum of proofs, from 0

  friend bool operator==(const Moment&, const Moment&) = default;
};

// What "now" means to the lifecycle: the moment, and the highest wall time the store has ever recorded.
struct Now {
  Moment moment;
  WallTime highest_seen;
};

// The time that has certainly passed from `then` to `now`; never negative.
[[nodiscard]] Milliseconds elapsed(const Moment& then, const Now& now);

// The wall time at which elapsed(then, ...) reaches `wait`, if neither clock is stepped from now on.
[[nodiscard]] WallTime reaches(const Moment& then, Milliseconds wait, const Now& now);

class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  Clock(Clock&&) = delete;
  Clock& operator=(Clock&&) = delete;
  virtual ~Clock() = default;

  [[nodiscard]] virtual Moment now() const = 0;
  // Lets so much time pass: what waits and tries again waits by this. By default it sleeps.
  virtual void pause(Milliseconds time) const;
};

class SystemClock final : public Clock {
 public:
  SystemClock();
  [[nodiscard]] Moment now() const override;

 private:
  std::string boot_id_;
};

// "2026-11-23T16:54:02Z": RFC 3339 in UTC, rounded up to the second, so that a printed deadline has passed
// when the clock shows it.
[[nodiscard]] std::string to_rfc3339(WallTime time);

// "10m", "7d", "1h30m", "0s": days, hours, minutes and seconds, as parse_duration reads them.
[[nodiscard]] std::string to_duration_text(Seconds duration);

}  // namespace zonestore
