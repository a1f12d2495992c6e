#include "zonestore/base/moment.h"

#include <regex>

#include <gtest/gtest.h>

namespace zonestore {
namespace {

using namespace std::chrono_literals;

constexpr WallTime at(Milliseconds since_1970) {
  return WallTime{since_1970};
}

Moment moment(Milliseconds wall, Milliseconds since_boot, const char* boot = "boot-a") {
  return {at(wall), since_boot, boot};
}

Now now(const Moment& moment) {
  return {moment, moment.wall};
}

TEST(Elapsed, IsWhatBothClocksSay) {
  EXPECT_EQ(elapsed(moment(1000h, 5h), now(moment(1001h, 6h))), 1h);
  EXPECT_EQ(elapsed(moment(1000h, 5h), now(moment(1000h, 5h))), 0h);
}

TEST(Elapsed, DoesNotGrowByAForwardStepOfTheWallClock) {
  EXPECT_EQ(elapsed(moment(1000h, 5h), now(moment(9000h, 6h))), 1h);
}

TEST(Elapsed, ShrinksByABackwardStepOfTheWallClock) {
  EXPECT_EQ(elapsed(moment(1000h, 5h), now(moment(1001h, 9h))), 1h);
}

TEST(Elapsed, IsNeverNegative) {
  EXPECT_EQ(elapsed(moment(1000h, 5h), now(moment(900h, 6h))), 0h);
  EXPECT_EQ(elapsed(moment(1000h, 5h), now(moment(1001h, 4h))), 0h);
  EXPECT_EQ(elapsed(moment(1000h, 5h), now(moment(900h, 6h, "boot-b"))), 0h);
}

TEST(Elapsed, IsTheWallClocksAcrossBoots) {
  EXPECT_EQ(elapsed(moment(1000h, 500h), now(moment(1002h, 1min, "boot-b"))), 2h);
  EXPECT_EQ(elapsed(moment(1000h, 1min), now(moment(1002h, 500h, "boot-b"))), 2h);
}

TEST(Elapsed, CountsAcrossBootsFromTheHighestWallTimeSeen) {
  const Now set_back{moment(900h, 1min, "boot-b"), at(1003h)};
  EXPECT_EQ(elapsed(moment(1000h, 500h), set_back), 3h);
}

TEST(Elapsed, DoesNotUseTheHighestWallTimeWithinOneBoot) {
  const Now set_back{moment(900h, 6h), at(1003h)};
  EXPECT_EQ(elapsed(moment(1000h, 5h), set_back), 0h);
}

TEST(Reaches, IsInTheFutureByWhatIsLeft) {
  const Now half{moment(1001h, 6h), at(1001h)};
  EXPECT_EQ(reaches(moment(1000h, 5h), 3h, half), at(1003h));
}

TEST(Reaches, IsNowAtTheLastMillisecond) {
  const Now there{moment(1000h + 1ms, 5h + 1ms), at(1000h + 1ms)};
  EXPECT_EQ(reaches(moment(1000h, 5h), 1ms, there), there.moment.wall);
  EXPECT_EQ(reaches(moment(1000h, 5h), 2ms, there), there.moment.wall + 1ms);
}

TEST(Reaches, IsInThePastOnceItHasPassed) {
  const Now later{moment(1010h, 15h), at(1010h)};
  EXPECT_EQ(reaches(moment(1000h, 5h), 3h, later), at(1003h));
}

TEST(Reaches, MovesWithAStepOfTheWallClock) {
  const Now stepped{moment(2000h, 6h), at(2000h)};  // one hour has passed
  EXPECT_EQ(reaches(moment(1000h, 5h), 3h, stepped), at(2002h));
}

TEST(SystemClock, RunsForwardWithinOneBoot) {
  const SystemClock clock;
  const Moment first = clock.now();
  const Moment second = clock.now();
  EXPECT_EQ(first.boot_id, second.boot_id);
  EXPECT_EQ(first.boot_id, SystemClock().now().boot_id);
  EXPECT_LE(first.since_boot, second.since_boot);
  EXPECT_GT(first.since_boot, 0ms);
  EXPECT_GT(first.wall, at(20'000 * 24h)) << "milliseconds since 1970";
  EXPECT_TRUE(std::regex_match(first.boot_id, std::regex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")))
      << first.boot_id;
}

TEST(Rfc3339, IsUtcToTheSecond) {
  EXPECT_EQ(to_rfc3339(at(0ms)), "1970-01-01T00:00:00Z");
  EXPECT_EQ(to_rfc3339(at(1'795'452'842s)), "2026-11-23T16:54:02Z");
  EXPECT_EQ(to_rfc3339(at(1'709'164'800s)), "2024-02-29T00:00:00Z");
}

TEST(Rfc3339, RoundsUpSoThatAPrintedDeadlineHasPassed) {
  EXPECT_EQ(to_rfc3339(at(1ms)), "1970-01-01T00:00:01Z");
  EXPECT_EQ(to_rfc3339(at(999ms)), "1970-01-01T00:00:01Z");
  EXPECT_EQ(to_rfc3339(at(1000ms)), "1970-01-01T00:00:01Z");
  EXPECT_EQ(to_rfc3339(at(1'798'761'599'001ms)), "2027-01-01T00:00:00Z") << "over the end of a year";
  EXPECT_EQ(to_rfc3339(at(-1ms)), "1970-01-01T00:00:00Z");
}

TEST(Rfc3339, KeepsToFourDigitYears) {
  EXPECT_EQ(to_rfc3339(WallTime::max()), "9999-12-31T23:59:59Z");
  EXPECT_EQ(to_rfc3339(WallTime::min()), "0000-01-01T00:00:00Z");
}

}  // namespace
}  // namespace zonestore
