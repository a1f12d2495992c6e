#include "zonestore/base/moment.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <thread>

#include <sys/timex.h>

#include "zonestore/base/clock_identity.h"

namespace zonestore {

namespace {

bool share_identity(const Moment& one, const Moment& another) {
  return one.boot_id == another.boot_id && kind_of(one.boot_id) != ClockIdentity::kUnknown;
}

}  // namespace

bool share_boot(const Moment& one, const Moment& another) {
  return share_identity(one, another) && kind_of(one.boot_id) == ClockIdentity::kBoot;
}

Milliseconds proven(const Moment& earlier, const Moment& later) {
  Milliseconds proof{0};
  if (share_identity(earlier, later)) {
    proof = std::min<Milliseconds>(later.wall - earlier.wall, later.since_boot - earlier.since_boot);
  } else if (earlier.synchronised && later.synchronised) {
    proof = later.wall - earlier.wall;
  }
  return std::max(proof, Milliseconds{0});
}

Moment trust(const KeptTime& kept, Moment reading) {
  reading.trusted = kept.last ? kept.last->trusted + proven(*kept.last, reading) : Milliseconds{0};
  return reading;
}

void keep(KeptTime& kept, const Moment& moment) {
  if (moment.synchronised || !kept.last) {
    kept.known = moment.wall.time_since_epoch() - moment.trusted;
  }
  kept.last = moment;
}

Milliseconds elapsed(const Moment& then, const Now& now) {
  return std::max(proven(then, now.moment), now.moment.trusted - then.trusted);
}

WallTime reaches(const Moment& then, Milliseconds wait, const Now& now) {
  return now.moment.wall + (wait - elapsed(then, now));
}

std::optional<Milliseconds> age(const Moment& seen, const Moment& now) {
  const Milliseconds by_wall = now.wall - seen.wall;
  std::optional<Milliseconds> passed;
  if (share_boot(seen, now)) {
    passed = std::max<Milliseconds>(by_wall, now.since_boot - seen.since_boot);
  } else if (seen.synchronised && now.synchronised) {
    passed = by_wall;
  }
  return passed && *passed < Milliseconds{0} ? std::nullopt : passed;
}

namespace {

Milliseconds read_clock(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);  // cannot fail for these two clocks
  return std::chrono::duration_cast<Milliseconds>(Seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec});
}

bool is_synchronised() {
  timex reading{};  // modes 0: sets nothing
  const int state = ::adjtimex(&reading);
  return state != -1 && state != TIME_ERROR;
}

}  // namespace

void Clock::pause(Milliseconds time) const {
  std::this_thread::sleep_for(time);
}

SystemClock::SystemClock() : identity_(clock_identity(read_clock_files())) {}

Moment SystemClock::now() const {
  const bool synchronised = kind_of(identity_) == ClockIdentity::kBoot && is_synchronised();
  return Moment{WallTime{read_clock(CLOCK_REALTIME)}, read_clock(CLOCK_BOOTTIME), identity_, synchronised};
}

std::string to_rfc3339(WallTime time) {
  using std::chrono::sys_days;
  constexpr WallTime kFirst = sys_days{std::chrono::year{0} / 1 / 1};
  constexpr WallTime kLast = sys_days{std::chrono::year{9999} / 12 / 31} + Seconds{86399};  // RFC 3339: four digits
  const auto second = std::chrono::ceil<Seconds>(std::clamp(time, kFirst, kLast));
  const auto day = std::chrono::floor<std::chrono::days>(second);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{second - day};
  std::array<char, 64> text{};
  const int length = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
      static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace zonestore
