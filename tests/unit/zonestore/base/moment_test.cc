#include "zonestore/base/moment.h"

#include <gtest/gtest.h>

#include "zonestore/base/clock_identity.h"

namespace zonestore {
namespace {

using namespace std::chrono_literals;

constexpr WallTime at(Milliseconds since_1970) {
  return WallTime{since_1970};
}

constexpr const char* kBootA = "aaaaaaaa-0000-0000-0000-000000000000";
constexpr const char* kBootB = "bbbbbbbb-0000-0000-0000-000000000000";
constexpr const char* kMachine = "machine:cccccccc000000000000000000000000";
enum class Synchronised : bool { kNo, kYes };
using enum Synchronised;

Moment moment(Milliseconds wall, Milliseconds since_boot, const char* identity = kBootA,
              Synchronised synchronised = kYes) {
  return {at(wall), since_boot, identity, synchronised == kYes};
}

TEST(Proven, IsWhatBothClocksSay) {
  EXPECT_EQ(proven(moment(1000h, 5h), moment(1001h, 6h)), 1h);
  EXPECT_EQ(proven(moment(1000h, 5h), moment(1000h, 5h)), 0h);
}

TEST(Proven, IsWithinABootTheSmallerOfTheTwoClocksSynchronisedOrNot) {
  for (const Synchronised synchronised : {kNo, kYes}) {
    EXPECT_EQ(proven(moment(1000h, 5h), moment(9000h, 6h, kBootA, synchronised)), 1h) << "stepped forward";
    EXPECT_EQ(proven(moment(1000h, 5h), moment(1001h, 9h, kBootA, synchronised)), 1h) << "stepped back";
  }
}

TEST(Proven, IsNeverNegative) {
  EXPECT_EQ(proven(moment(1000h, 5h), moment(900h, 6h)), 0h);
  EXPECT_EQ(proven(moment(1000h, 5h), moment(1001h, 4h)), 0h);
  EXPECT_EQ(proven(moment(1000h, 5h), moment(900h, 6h, kBootB)), 0h);
}

TEST(Proven, IsAcrossBootsWhatTheWallClockSaysIfBothWereSynchronised) {
  EXPECT_EQ(proven(moment(1000h, 500h), moment(1002h, 1min, kBootB)), 2h);
  EXPECT_EQ(proven(moment(1000h, 1min), moment(1002h, 500h, kBootB)), 2h);
  EXPECT_EQ(proven(moment(1000h, 500h, kBootA, kNo), moment(1002h, 1min, kBootB)), 0h);
  EXPECT_EQ(proven(moment(1000h, 500h), moment(1002h, 1min, kBootB, kNo)), 0h);
}

TEST(Proven, IsNothingWhereNobodyKnowsWhoseClocksTheyAre) {
  EXPECT_EQ(proven(moment(1000h, 5h, "", kNo), moment(1001h, 6h, "", kNo)), 0h);
}

TEST(Proven, IsOnOneMachineWithoutABootIdTheSmallerOfTheTwoClocks) {
  EXPECT_EQ(proven(moment(1000h, 5h, kMachine, kNo), moment(1001h, 6h, kMachine, kNo)), 1h);
  EXPECT_EQ(proven(moment(1000h, 5h, kMachine, kNo), moment(1100h, 1h, kMachine, kNo)), 0h) << "booted in between";
}

TEST(Trust, BeginsAtNothingWithTheFirstMomentThatIsKept) {
  KeptTime kept;
  const Moment first = trust(kept, moment(1000h, 5h));
  EXPECT_EQ(first.trusted, 0h);
  EXPECT_EQ(trust(kept, moment(1001h, 6h)).trusted, 0h) << "nothing was kept";
  keep(kept, first);
  EXPECT_EQ(kept.last, first);
  EXPECT_EQ(trust(kept, moment(1001h, 6h)).trusted, 1h);
}

TEST(Trust, StandsStillWhereNothingIsProvenAndNeverCatchesUp) {
  KeptTime kept;
  keep(kept, trust(kept, moment(1000h, 5h)));
  keep(kept, trust(kept, moment(2000h, 6h)));  // a month ahead for one command
  EXPECT_EQ(kept.last->trusted, 1h);
  keep(kept, trust(kept, moment(1002h, 7h)));  // and right again
  EXPECT_EQ(kept.last->trusted, 1h);
  keep(kept, trust(kept, moment(1003h, 8h)));
  EXPECT_EQ(kept.last->trusted, 2h);
}

TEST(Known, IsWhatTheWallClockShouldSay) {
  KeptTime kept;
  keep(kept, trust(kept, moment(1000h, 5h, kBootA, kNo)));
  EXPECT_EQ(kept.known, 1000h) << "of the first reading, whatever the kernel says of it";
  keep(kept, trust(kept, moment(1501h, 6h, kBootA, kNo)));
  EXPECT_EQ(kept.known, 1000h) << "not synchronised";
  keep(kept, trust(kept, moment(1202h, 8h, kBootA, kYes)));
  EXPECT_EQ(kept.last->trusted + *kept.known, 1202h);
}

TEST(Elapsed, IsTheLargerOfWhatIsProvenAndWhatTrustedTimeHasGained) {
  Moment then = moment(1000h, 5h);
  then.trusted = 100h;
  Moment now = moment(1001h, 6h);
  now.trusted = 100h + 30min;
  EXPECT_EQ(elapsed(then, Now{now}), 1h);
  now.trusted = 102h;
  EXPECT_EQ(elapsed(then, Now{now}), 2h);
}

TEST(Elapsed, IsNeverNegative) {
  Moment then = moment(1000h, 5h);
  then.trusted = 100h;
  EXPECT_EQ(elapsed(then, Now{moment(900h, 1h, kBootB)}), 0h);
}

TEST(Elapsed, IsNotEndedByAClockThatWasAMonthAheadBeforeAReboot) {
  KeptTime kept;
  keep(kept, trust(kept, moment(1000h, 5h)));
  const Moment began = *kept.last;
  keep(kept, trust(kept, moment(1721h, 6h, kBootA, kNo)));  // one write
  EXPECT_EQ(elapsed(began, Now{trust(kept, moment(1002h, 1min, kBootB))}), 2h);
  EXPECT_EQ(elapsed(began, Now{trust(kept, moment(1002h, 1min, kBootB, kNo))}), 1h);
}

TEST(Reaches, IsNowAndWhatIsLeft) {
  const Now half{moment(1001h, 6h)};
  EXPECT_EQ(reaches(moment(1000h, 5h), 3h, half), at(1003h));
  const Now stepped{moment(2000h, 6h)};  // one hour has passed
  EXPECT_EQ(reaches(moment(1000h, 5h), 3h, stepped), at(2002h));
}

TEST(Reaches, IsNowAtTheLastMillisecond) {
  const Now there{moment(1000h + 1ms, 5h + 1ms)};
  EXPECT_EQ(reaches(moment(1000h, 5h), 1ms, there), there.moment.wall);
  EXPECT_EQ(reaches(moment(1000h, 5h), 2ms, there), there.moment.wall + 1ms);
}

TEST(Reaches, IsInThePastOnceItHasPassed) {
  const Now later{moment(1010h, 15h)};
  EXPECT_EQ(reaches(moment(1000h, 5h), 3h, later), at(1003h));
}

TEST(Age, IsWithinABootTheLargerOfTheTwoClocks) {
  EXPECT_EQ(age(moment(1000h, 5h), moment(1001h, 9h)), 4h);
  EXPECT_EQ(age(moment(1000h, 5h), moment(1009h, 6h, kBootA, kNo)), 9h);
}

TEST(Age, IsAcrossBootsTheWallClocksIfBothWereSynchronised) {
  EXPECT_EQ(age(moment(1000h, 5h), moment(1001h, 1min, kBootB)), 1h);
  EXPECT_EQ(age(moment(1000h, 5h), moment(1001h, 1min, kBootB, kNo)), std::nullopt);
  EXPECT_EQ(age(moment(1000h, 5h, kMachine, kNo), moment(1001h, 6h, kMachine, kNo)), std::nullopt) << "no boot's";
}

TEST(Age, IsUnknownWhereItWouldBeBelowNothing) {
  EXPECT_EQ(age(moment(1000h, 5h), moment(999h, 1min, kBootB)), std::nullopt);
  EXPECT_EQ(age(moment(1000h, 5h), moment(999h, 4h)), std::nullopt);
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
  EXPECT_EQ(kind_of(first.boot_id), ClockIdentity::kBoot) << first.boot_id;
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
