// Time as the lifecycle sees it. A wall clock may be wrong for one command and right again for the next, so it is
// never believed by itself: what has passed between two moments is the most that is proven, and trusted time is a sum
// of such proofs, from one kept moment to the next.
//
//   kept moment ----proven----> kept moment ----proven----> what the command at work has read
//   trusted = 0                 trusted = proven             trusted = proven + proven
//
// A proof, of two moments with the same identity: the smaller of what their two clocks say. Of two others: what the
// wall clocks say, if both were synchronised. Else there is none: trusted time stands still, and never catches up.
// So a step of the wall clock in either direction makes nothing happen early, and what waits at most longer.
//
// Here is the rule alone: readings in, durations out. What is kept is one row of the store (rows/store_row.h).
//
// Units: milliseconds. Threads: plain values; SystemClock may be shared.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace zonestore {

using Milliseconds = std::chrono::milliseconds;
using Seconds = std::chrono::seconds;
using WallTime = std::chrono::sys_time<Milliseconds>;

struct Moment {
  WallTime wall;              // CLOCK_REALTIME
  Milliseconds since_boot;    // CLOCK_BOOTTIME: runs on while the machine sleeps
  std::string boot_id;        // whose clock that is, see clock_identity.h; empty: unknown, equal to nothing
  bool synchronised = false;  // whether the kernel called its wall clock synchronised
  Milliseconds trusted{0};    // trusted time; of a mere reading 0 until trust() has set it

  friend bool operator==(const Moment&, const Moment&) = default;
};

// What the command at work has read, after trust().
struct Now {
  Moment moment;
};

// What a store keeps of time.
struct KeptTime {
  std::optional<Moment> last;         // the last moment that was kept; nullopt: trusted time begins with the next
  std::optional<Milliseconds> known;  // the wall clock should say trusted + known; nullopt: nobody can say
};

// Whether the two moments are of one boot, and known to be: then both their clocks can be compared.
[[nodiscard]] bool share_boot(const Moment& one, const Moment& another);

// The time that has certainly passed between two moments, the earlier one first; never negative.
[[nodiscard]] Milliseconds proven(const Moment& earlier, const Moment& later);

// A reading with its trusted time. `known` follows a reading that is kept and synchronised, and the very first one.
[[nodiscard]] Moment trust(const KeptTime& kept, Moment reading);
// Keeps what trust() gave.
void keep(KeptTime& kept, const Moment& moment);

// The time that has certainly passed from a stored moment to now; never negative.
[[nodiscard]] Milliseconds elapsed(const Moment& then, const Now& now);

// The wall time at which elapsed(then, ...) reaches `wait`, if neither clock is stepped from now on and the machine
// is not switched off.
[[nodiscard]] WallTime reaches(const Moment& then, Milliseconds wait, const Now& now);

// The most that may have passed since something was seen, for what is dangerous when it is old; nullopt: nobody can
// say, so that it counts as old.
[[nodiscard]] std::optional<Milliseconds> age(const Moment& seen, const Moment& now);

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

// The machine's. Synchronised is what adjtimex says; a call that is refused, and a boot id that cannot be read, count
// as not.
class SystemClock final : public Clock {
 public:
  SystemClock();
  [[nodiscard]] Moment now() const override;

 private:
  std::string identity_;
};

// "2026-11-23T16:54:02Z": RFC 3339 in UTC, rounded up to the second, so that a printed deadline has passed
// when the clock shows it.
[[nodiscard]] std::string to_rfc3339(WallTime time);

// "10m", "7d", "1h30m", "0s": days, hours, minutes and seconds, as parse_duration reads them.
[[nodiscard]] std::string to_duration_text(Seconds duration);

}  // namespace zonestore
