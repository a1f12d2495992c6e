#include "zonestore/dkim/rotation_window.h"

#include <gmock/gmock.h>

namespace zonestore::dkim {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

WallTime utc(int year, unsigned month, unsigned day, int hour = 0, int minute = 0) {
  const std::chrono::sys_days date = std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day};
  return WallTime{date} + std::chrono::hours(hour) + std::chrono::minutes(minute);
}

RotationWindow window(std::string_view text) {
  const auto parsed = RotationWindow::parse(text);
  EXPECT_TRUE(parsed) << parsed.error().message;
  return *parsed;
}

TEST(Window, AlwaysIsAlwaysOpen) {
  const RotationWindow always = window("always");
  EXPECT_EQ(always.text(), "always");
  EXPECT_TRUE(always.is_open(utc(2026, 11, 25)));
  EXPECT_EQ(always.next_opening(utc(2026, 11, 25)), utc(2026, 11, 25));
  EXPECT_EQ(always.next_closing(utc(2026, 11, 25)), std::nullopt);
  EXPECT_EQ(RotationWindow().text(), "always");
}

TEST(Window, NeverIsNeverOpen) {
  const RotationWindow never = RotationWindow::never("Tue 09:00-11:00 Atlantis/Capital");
  EXPECT_FALSE(never.is_open(utc(2026, 11, 25)));
  EXPECT_EQ(never.next_opening(utc(2026, 11, 25)), std::nullopt);
  EXPECT_EQ(never.next_closing(utc(2026, 11, 25)), utc(2026, 11, 25));
}

TEST(Window, OpensOnItsDayInItsZoneToTheMillisecond) {
  const RotationWindow tuesday = window("Tue 09:00-11:00 Europe/Zurich");  // UTC+1 in winter
  const WallTime opens = utc(2026, 11, 24, 8);
  EXPECT_FALSE(tuesday.is_open(opens - 1ms));
  EXPECT_TRUE(tuesday.is_open(opens));
  EXPECT_TRUE(tuesday.is_open(opens + 2h - 1ms));
  EXPECT_FALSE(tuesday.is_open(opens + 2h));
  EXPECT_FALSE(tuesday.is_open(opens + 24h));
  EXPECT_EQ(tuesday.next_opening(opens - 3h), opens);
  EXPECT_EQ(tuesday.next_opening(opens + 1h), opens + 1h);
  EXPECT_EQ(tuesday.next_opening(opens + 2h), utc(2026, 12, 1, 8));
  EXPECT_EQ(tuesday.next_closing(opens), opens + 2h);
}

TEST(Window, FollowsSummerTime) {
  const RotationWindow tuesday = window("Tue 09:00-11:00 Europe/Zurich");
  EXPECT_EQ(tuesday.next_opening(utc(2026, 3, 25)), utc(2026, 3, 31, 7));
  EXPECT_EQ(tuesday.next_opening(utc(2026, 10, 21)), utc(2026, 10, 27, 8));
}

TEST(Window, TakesRangesAndListsOfDays) {
  const RotationWindow week = window("Mon-Thu 09:00-16:00 Europe/Zurich");
  EXPECT_TRUE(week.is_open(utc(2026, 11, 23, 10)));   // Monday
  EXPECT_TRUE(week.is_open(utc(2026, 11, 26, 10)));   // Thursday
  EXPECT_FALSE(week.is_open(utc(2026, 11, 27, 10)));  // Friday
  EXPECT_EQ(week.next_opening(utc(2026, 11, 26, 15)), utc(2026, 11, 30, 8));
  const RotationWindow some = window("Fri-Sun,Wed 10:00-11:00 UTC");
  for (const unsigned day : {25U, 27U, 28U, 29U}) {
    EXPECT_TRUE(some.is_open(utc(2026, 11, day, 10, 30))) << day;
  }
  for (const unsigned day : {23U, 24U, 26U}) {
    EXPECT_FALSE(some.is_open(utc(2026, 11, day, 10, 30))) << day;
  }
  EXPECT_TRUE(window("Sat-Mon 10:00-11:00 UTC").is_open(utc(2026, 11, 29, 10)));
}

TEST(Window, MayRunOverMidnight) {
  const RotationWindow night = window("Sat 22:00-02:00 UTC");
  EXPECT_FALSE(night.is_open(utc(2026, 11, 28, 1)));
  EXPECT_TRUE(night.is_open(utc(2026, 11, 28, 22)));
  EXPECT_TRUE(night.is_open(utc(2026, 11, 29, 1, 59)));
  EXPECT_FALSE(night.is_open(utc(2026, 11, 29, 2)));
  EXPECT_FALSE(night.is_open(utc(2026, 11, 29, 22)));
  EXPECT_EQ(night.next_closing(utc(2026, 11, 28, 23)), utc(2026, 11, 29, 2));
  const RotationWindow whole = window("Sat 00:00-24:00 UTC");
  EXPECT_TRUE(whole.is_open(utc(2026, 11, 28)));
  EXPECT_EQ(whole.next_closing(utc(2026, 11, 28)), utc(2026, 11, 29));
}

// On 2026-03-29 a clock in Zurich goes from 02:00 to 03:00, at 01:00 UTC.
TEST(Window, AnHourThatIsLeftOutOpensNothing) {
  const RotationWindow gap = window("Sun 02:00-03:00 Europe/Zurich");
  EXPECT_EQ(gap.next_opening(utc(2026, 3, 23)), utc(2026, 4, 5, 0));
  const RotationWindow begins_in_it = window("Sun 02:30-04:00 Europe/Zurich");
  EXPECT_EQ(begins_in_it.next_opening(utc(2026, 3, 28)), utc(2026, 3, 29, 1));
  EXPECT_EQ(begins_in_it.next_closing(utc(2026, 3, 29, 1)), utc(2026, 3, 29, 2));
  const RotationWindow ends_in_it = window("Sun 01:00-02:30 Europe/Zurich");
  EXPECT_EQ(ends_in_it.next_opening(utc(2026, 3, 28)), utc(2026, 3, 29, 0));
  EXPECT_EQ(ends_in_it.next_closing(utc(2026, 3, 29, 0)), utc(2026, 3, 29, 1));
}

// On 2026-10-25 it goes from 03:00 back to 02:00, at 01:00 UTC.
TEST(Window, AnHourThatIsRepeatedOpensTwice) {
  const RotationWindow twice = window("Sun 02:15-02:45 Europe/Zurich");
  const WallTime first = utc(2026, 10, 25, 0, 15);
  EXPECT_EQ(twice.next_opening(utc(2026, 10, 24)), first);
  EXPECT_EQ(twice.next_closing(first), first + 30min);
  EXPECT_EQ(twice.next_opening(first + 30min), first + 1h);
  EXPECT_EQ(twice.next_closing(first + 1h), first + 90min);
  const RotationWindow ends_in_it = window("Sun 01:00-02:30 Europe/Zurich");
  EXPECT_EQ(ends_in_it.next_opening(utc(2026, 10, 25, 0, 30)), utc(2026, 10, 25, 1)) << "at the change back";
}

// What is_open says, minute by minute, is what next_opening and next_closing say.
TEST(Window, TurnsWhereItsStateTurns) {
  for (const char* text : {"Sun 02:15-02:45 Europe/Zurich", "Sat-Sun 23:30-02:30 America/New_York",
                           "Sun,Mon 00:00-01:00 Atlantic/Azores", "Sun 01:45-02:15 Australia/Lord_Howe",
                           "Sat 20:00-24:00 Pacific/Kiritimati", "Sun 00:30-03:00 Etc/GMT+12"}) {
    const RotationWindow turning = window(text);
    for (const WallTime start : {utc(2026, 3, 27), utc(2026, 10, 2), utc(2026, 10, 23), utc(2026, 4, 3)}) {
      std::vector<WallTime> turns;
      for (WallTime time = start; time < start + 4 * 24h; time += 1min) {
        if (turning.is_open(time) != turning.is_open(time - 1min)) {
          turns.push_back(time);
        }
      }
      WallTime at = start;
      for (const WallTime turn : turns) {
        const auto next = turning.is_open(at) ? turning.next_closing(at) : turning.next_opening(at);
        ASSERT_EQ(next, turn) << text;
        at = turn;
      }
    }
  }
}

TEST(Window, TellsItsForm) {
  for (const char* text :
       {"", "sometimes", "Tue 09:00-11:00", "Tuesday 09:00-11:00 UTC", "Tue 9:00-11:00 UTC", "Tue 09:00-25:00 UTC",
        "Tue 24:00-25:00 UTC", "Tue 09:60-11:00 UTC", "Tue 09:00 UTC", "Tue 09:00-09:00 UTC", "Tue- 09:00-11:00 UTC",
        "Tue,,Wed 09:00-11:00 UTC", "Tue 09:00-11:00 UTC please", "Tue 09:00-11:00 Atlantis/Capital",
        "Tue 09:00-11:00 ../../etc/passwd"}) {
    const auto parsed = RotationWindow::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(parsed.error().hint, HasSubstr("Tue 09:00-11:00 Europe/Zurich"));
  }
  EXPECT_THAT(RotationWindow::parse("Tue 09:00-11:00 Atlantis/Capital").error().message,
              HasSubstr("no time zone Atlantis/Capital"));
}

TEST(Window, KeepsItsTextWithSingleSpaces) {
  EXPECT_EQ(window("  Mon-Thu  09:00-16:00   UTC ").text(), "Mon-Thu 09:00-16:00 UTC");
}

}  // namespace
}  // namespace zonestore::dkim
