#include "zonestore/dkim/schedule.h"

#include <set>

#include <gtest/gtest.h>

#include "tests/unit/zonestore/dkim/facts.h"

namespace zonestore::dkim {
namespace {

using namespace std::chrono_literals;
using test::SteppedClock;

constexpr Seconds kDay{86400};

class Scheduling : public ::testing::Test {
 protected:
  Scheduling() {
    policy.every = 30 * kDay;
    policy.jitter = Seconds(0);
    institution.moved = clock.moment();
  }
  [[nodiscard]] std::optional<Schedule> schedule() const {
    return schedule_of(institution, "mosa", policy, clock.now());
  }
  void set_window(const char* text) { policy.window = RotationWindow::parse(text).value(); }

  SteppedClock clock;
  LifecyclePolicy policy;
  InstitutionFacts institution = test::added(clock.moment());
};

TEST_F(Scheduling, NothingIsPlannedWhileItIsOff) {
  policy.every = Seconds(0);
  EXPECT_FALSE(schedule());
}

TEST_F(Scheduling, NothingIsPlannedForWhatDoesNotSign) {
  institution = departing(institution, policy, clock.moment());
  EXPECT_FALSE(schedule());
}

TEST_F(Scheduling, IsDueAfterItsTimeToTheMillisecond) {
  EXPECT_EQ(schedule()->due, clock.now().moment.wall + 30 * kDay);
  EXPECT_EQ(schedule()->planned, schedule()->due);
  clock.pass(30 * kDay - 1ms);
  EXPECT_FALSE(schedule()->is_due);
  clock.pass(1ms);
  EXPECT_TRUE(schedule()->is_due);
  EXPECT_EQ(schedule()->planned, clock.now().moment.wall);
}

TEST_F(Scheduling, CountsFromTheLastMove) {
  clock.pass(20 * kDay);
  institution = swapped(institution, SlotId::kSel2, Swap::kRotate, policy, clock.moment());
  EXPECT_EQ(schedule()->due, clock.now().moment.wall + 30 * kDay);
}

TEST_F(Scheduling, AStepOfTheClockMakesNothingEarly) {
  clock.pass(30 * kDay - 30min);
  clock.step(1h);
  EXPECT_FALSE(schedule()->is_due);
  clock.step(-2h);
  EXPECT_FALSE(schedule()->is_due);
  clock.step(1h);
  clock.pass(30min - 1ms);
  EXPECT_FALSE(schedule()->is_due);
  clock.pass(1ms);
  EXPECT_TRUE(schedule()->is_due);
}

TEST_F(Scheduling, JitterIsTheSameEachTimeAndStaysInItsBounds) {
  policy.jitter = 10 * kDay;
  std::set<Seconds> offsets;
  Seconds least{0};
  Seconds most{0};
  for (int number = 0; number < 1000; ++number) {
    const std::string code = "museum-" + std::to_string(number);
    const auto planned = schedule_of(institution, code, policy, clock.now());
    EXPECT_EQ(planned->due, schedule_of(institution, code, policy, clock.now())->due);
    const Seconds offset = jitter_offset(code, institution.moved->wall, policy.jitter);
    EXPECT_EQ(planned->due, institution.moved->wall + policy.every + offset);
    offsets.insert(offset);
    least = std::min(least, offset);
    most = std::max(most, offset);
  }
  EXPECT_GE(least, -10 * kDay);
  EXPECT_LE(most, 10 * kDay);
  EXPECT_LT(least, -9 * kDay);
  EXPECT_GT(most, 9 * kDay);
  EXPECT_GT(offsets.size(), 990U) << "spread over the whole of it";
}

// The documented formula, so that nobody changes it unseen: stores in service would all move their rotations.
TEST_F(Scheduling, TheFormulaOfTheJitterIsFixed) {
  const WallTime moved{1'795'000'000'250ms};
  EXPECT_EQ(jitter_offset("mosa", moved, Seconds(0)), Seconds(0));
  EXPECT_EQ(jitter_offset("mosa", moved, 10 * kDay).count(), 570524);
  EXPECT_EQ(jitter_offset("louvre", moved, 10 * kDay).count(), -562685);
}

TEST_F(Scheduling, JitterPlansNoRotationBeforeTheOneBeforeIsOver) {
  policy.every = rotation_length(policy);
  policy.jitter = 10 * kDay;
  EXPECT_EQ(schedule()->due, clock.now().moment.wall + policy.every);
  policy.every += Seconds(60);
  for (int number = 0; number < 100; ++number) {
    const auto planned = schedule_of(institution, "museum-" + std::to_string(number), policy, clock.now());
    EXPECT_GE(planned->due, clock.now().moment.wall + rotation_length(policy));
  }
}

TEST_F(Scheduling, WaitsForTheWindow) {
  set_window("Tue 09:00-11:00 Europe/Zurich");
  const auto planned = schedule();
  ASSERT_TRUE(planned->planned);
  EXPECT_GE(*planned->planned, planned->due);
  EXPECT_TRUE(policy.window.is_open(*planned->planned));
  clock.pass(*planned->planned - clock.now().moment.wall - 1ms);
  EXPECT_FALSE(schedule()->is_due);
  clock.pass(1ms);
  EXPECT_TRUE(schedule()->is_due);
}

TEST_F(Scheduling, WaitsForTheNextWindowIfItComesLate) {
  set_window("Tue 09:00-11:00 Europe/Zurich");
  const WallTime opening = *schedule()->planned;
  clock.pass(opening + 2h - clock.now().moment.wall);  // just closed
  EXPECT_FALSE(schedule()->is_due);
  EXPECT_EQ(schedule()->opening, opening);
  EXPECT_EQ(schedule()->planned, opening + 7 * kDay);
}

TEST_F(Scheduling, IsOverdueADayAfterItsWindow) {
  set_window("Tue 09:00-11:00 Europe/Zurich");
  const WallTime opening = *schedule()->planned;
  clock.pass(opening + 2h + kDay - clock.now().moment.wall);
  EXPECT_FALSE(is_overdue(*schedule(), policy, clock.now()));
  clock.pass(1ms);
  EXPECT_TRUE(is_overdue(*schedule(), policy, clock.now()));
}

TEST_F(Scheduling, WithoutAWindowIsOverdueAfterADay) {
  clock.pass(31 * kDay);
  EXPECT_FALSE(is_overdue(*schedule(), policy, clock.now()));
  clock.pass(1ms);
  EXPECT_TRUE(is_overdue(*schedule(), policy, clock.now()));
}

TEST_F(Scheduling, AWindowThatNeverOpensPlansNothingAndIsFound) {
  policy.window = RotationWindow::never("gone");
  clock.pass(32 * kDay);
  EXPECT_FALSE(schedule()->is_due);
  EXPECT_FALSE(schedule()->planned);
  EXPECT_TRUE(is_overdue(*schedule(), policy, clock.now()));
}

}  // namespace
}  // namespace zonestore::dkim
