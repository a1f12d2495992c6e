// Whole stretches of an institution's life, on a real store, under virtual time.
#include "tests/support/store_fixture.h"
#include "zonestore/operations/rotation/maintain.h"

namespace zonestore {
namespace {

using dkim::Phase;
using dkim::SlotId;
using dkim::SlotState;
using std::chrono::hours;
using std::chrono::minutes;
using tests::refusal_of;

class Lifecycle : public tests::StoreFixture {
 protected:
  Maintained run_maintain() {
    auto done = maintain(*store_, context_);
    EXPECT_TRUE(done) << done.error().message;
    EXPECT_TRUE(done->failures.empty());
    return *done;
  }
};

TEST_F(Lifecycle, AYearOfRotationsAlwaysHasOneActiveSlot) {
  add("mosa");
  clock_.advance(minutes(16));
  for (int month = 0; month < 12; ++month) {
    const SlotId active = *show("mosa").active;
    ASSERT_TRUE(rotate(*store_, context_, code("mosa"))) << "month " << month;
    EXPECT_EQ(*show("mosa").active, dkim::other(active));
    clock_.advance(hours(8 * 24));
    EXPECT_EQ(run_maintain().steps.size(), 1U);
    EXPECT_EQ(run_maintain().steps.size(), 0U) << "maintain must be idempotent";
    EXPECT_EQ(state("mosa", active), SlotState::kPublished);
    clock_.advance(hours(22 * 24));
    EXPECT_EQ(state("mosa", active), SlotState::kStandby);
  }
}

TEST_F(Lifecycle, AFreshKeyRipensAgainstTheTtlOfTheKeyThatItReplaced) {
  add("mosa");
  clock_.advance(minutes(16));
  ASSERT_TRUE(rotate(*store_, context_, code("mosa")));
  clock_.advance(hours(8 * 24));
  run_maintain();
  // sel1's old key was served with TTL 3600 while it was active.
  clock_.advance(minutes(69));
  EXPECT_EQ(refusal_of(rotate(*store_, context_, code("mosa"))), Guard::kNotRipe);
  clock_.advance(minutes(1));
  EXPECT_TRUE(rotate(*store_, context_, code("mosa")));
}

TEST_F(Lifecycle, StepsOfTheWallClockRipenNothingEarly) {
  add("mosa");
  clock_.step_wall(hours(1));
  EXPECT_EQ(refusal_of(rotate(*store_, context_, code("mosa"))), Guard::kNotRipe);
  clock_.step_wall(-hours(1));
  clock_.advance(minutes(14));
  clock_.step_wall(-hours(1));
  EXPECT_EQ(refusal_of(rotate(*store_, context_, code("mosa"))), Guard::kNotRipe);
  clock_.step_wall(hours(1));
  clock_.advance(minutes(1));
  EXPECT_TRUE(rotate(*store_, context_, code("mosa")));
}

TEST_F(Lifecycle, ARebootFallsBackToTheWallClock) {
  add("mosa");
  clock_.advance(minutes(14));
  clock_.reboot();
  EXPECT_EQ(refusal_of(rotate(*store_, context_, code("mosa"))), Guard::kNotRipe);
  clock_.advance(minutes(1));
  EXPECT_TRUE(rotate(*store_, context_, code("mosa")));
}

TEST_F(Lifecycle, RemoveKeepsBothRecordsUntilTheDrainHasEnded) {
  add("mosa");
  ASSERT_TRUE(remove_institution(*store_, context_, code("mosa")));
  InstitutionView view = show("mosa");
  EXPECT_EQ(view.phase, Phase::kDeparting);
  EXPECT_FALSE(view.active);
  EXPECT_FALSE(view.slots[0].record_text.empty());
  EXPECT_FALSE(view.slots[1].record_text.empty());
  EXPECT_EQ(refusal_of(rotate(*store_, context_, code("mosa"))), Guard::kDraining);
  clock_.advance(hours(7 * 24));
  EXPECT_TRUE(run_maintain().steps.empty()) << "the drain is a TTL and the slack longer than its policy";
  clock_.advance(minutes(70));
  EXPECT_EQ(run_maintain().steps.size(), 1U);
  EXPECT_EQ(show_institution(*store_, code("mosa")).error().code, ErrorCode::kNotFound);
}

TEST_F(Lifecycle, AddAfterRemoveRipensBeforeItSigns) {
  add("mosa");
  ASSERT_TRUE(remove_institution(*store_, context_, code("mosa")));
  const auto early = add_institution(*store_, context_, code("mosa"), {});
  ASSERT_EQ(refusal_of(early), Guard::kExists);
  clock_.advance(*early.error().refusal->clears_at - clock_.now().wall);
  add("mosa");
  EXPECT_EQ(show("mosa").phase, Phase::kStarting);
  EXPECT_TRUE(run_maintain().steps.empty());
  clock_.advance(minutes(69));
  EXPECT_TRUE(run_maintain().steps.empty()) << "sel1 had been served with TTL 3600";
  clock_.advance(minutes(1));
  EXPECT_EQ(run_maintain().steps.size(), 1U);
  EXPECT_EQ(show("mosa").active, SlotId::kSel1);
}

TEST_F(Lifecycle, AShorterDrainPolicyDoesNotCutADrainShort) {
  add("mosa");
  clock_.advance(minutes(16));
  ASSERT_TRUE(rotate(*store_, context_, code("mosa")));
  ASSERT_TRUE(set_policy(*store_, overriding(Guard::kPolicyFloor), std::nullopt, "drain", "1s"));
  clock_.advance(hours(7 * 24));
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kDraining);
}

TEST_F(Lifecycle, TheClockGoingBackAfterARebootRipensNothingEarly) {
  add("mosa");
  clock_.advance(minutes(10));
  add("louvre");  // keeps its moment
  clock_.reboot();
  clock_.step_wall(-hours(2));
  EXPECT_EQ(refusal_of(rotate(*store_, context_, code("mosa"))), Guard::kNotRipe);
}

}  // namespace
}  // namespace zonestore
