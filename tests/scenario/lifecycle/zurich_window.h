// Weekly windows in the time of Zurich, worked out from the rule of the European Union alone: summer time runs from
// the last Sunday of March to the last of October, 01:00 UTC each. No time zone library: this is what one is held to.
#pragma once

#include <array>
#include <chrono>
#include <string>
#include <vector>

#include "tests/scenario/lifecycle/timeline.h"

namespace tests::lifecycle {

struct ZurichWindow {
  std::string text;          // as `zonectl policy` takes it
  std::array<bool, 7> days;  // Sunday first
  int from_minute = 0;       // of the day, inclusive
  int to_minute = 0;         // exclusive
};

[[nodiscard]] inline bool is_summer_time(std::chrono::sys_seconds time) {
  using namespace std::chrono;
  const year of = year_month_day{floor<std::chrono::days>(time)}.year();
  const auto begins = sys_days{of / March / Sunday[last]} + hours{1};
  const auto ends = sys_days{of / October / Sunday[last]} + hours{1};
  return time >= begins && time < ends;
}

[[nodiscard]] inline bool is_open(const ZurichWindow& window, Millis wall) {
  using namespace std::chrono;
  const auto time = floor<seconds>(sys_time<milliseconds>{milliseconds{wall}});
  const auto local = time + hours{is_summer_time(time) ? 2 : 1};
  const auto day = floor<days>(local);
  const auto minute = floor<minutes>(local - day).count();
  return window.days.at(weekday{day}.c_encoding()) && minute >= window.from_minute && minute < window.to_minute;
}

[[nodiscard]] inline std::vector<ZurichWindow> zurich_windows() {
  return {
      {"Tue 09:00-11:00 Europe/Zurich", {false, false, true, false, false, false, false}, 9 * 60, 11 * 60},
      {"Mon-Thu 09:00-16:00 Europe/Zurich", {false, true, true, true, true, false, false}, 9 * 60, 16 * 60},
      {"Sun 01:00-05:00 Europe/Zurich", {true, false, false, false, false, false, false}, 60, 5 * 60},
  };
}

}  // namespace tests::lifecycle
