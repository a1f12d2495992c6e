#include "zonestore/base/moment.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <thread>

namespace zonestore {

namespace {

bool share_boot(const Moment& then, const Now& now) {
  return then.boot_id == now.moment.boot_id;
}

// Negative where the wall clock was stepped back beyond `then`.
Milliseconds passed_within_boot(const Moment& then, const Now& now) {
  return std::min<Milliseconds>(now.moment.wall - then.wall, now.moment.since_boot - then.since_boot);
}

}  // namespace

Milliseconds elapsed(const Moment& then, const Now& now) {
  const Milliseconds passed =
      share_boot(then, now) ? passed_within_boot(then, now) : std::max(now.moment.wall, now.highest_seen) - then.wall;
  return std::max(passed, Milliseconds{0});
}

WallTime reaches(const Moment& then, Milliseconds wait, const Now& now) {
  const Milliseconds passed = elapsed(then, now);
  if (passed >= wait) {
    return now.moment.wall - (passed - wait);
  }
  // Still to come: both clocks run on from here, so that what a step took away must be made up first.
  return share_boot(then, now) ? now.moment.wall + (wait - passed_within_boot(then, now)) : then.wall + wait;
}

namespace {

Milliseconds read_clock(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);  // cannot fail for these two clocks
  return std::chrono::duration_cast<Milliseconds>(Seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec});
}

}  // namespace

void Clock::pause(Milliseconds time) const {
  std::this_thread::sleep_for(time);
}

SystemClock::SystemClock() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::getline(file, boot_id_);
}

Moment SystemClock::now() const {
  return Moment{WallTime{read_clock(CLOCK_REALTIME)}, read_clock(CLOCK_BOOTTIME), boot_id_};
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
