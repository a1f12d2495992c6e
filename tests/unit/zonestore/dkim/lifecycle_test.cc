#include "zonestore/dkim/lifecycle.h"

#include <array>
#include <random>

#include <gtest/gtest.h>

#include "tests/unit/zonestore/dkim/facts.h"

namespace zonestore::dkim {
namespace {

using namespace std::chrono_literals;
using test::SteppedClock;

constexpr SlotId kSel1 = SlotId::kSel1;
constexpr SlotId kSel2 = SlotId::kSel2;
constexpr Milliseconds kDrainLength = 7 * 24h + 3600s + 600s;

class Lifecycle : public ::testing::Test {
 protected:
  [[nodiscard]] SlotState state(SlotId slot) const { return state_of(institution, slot, policy, clock.now()); }
  [[nodiscard]] const SlotFacts& facts(SlotId slot) const { return facts_of(institution, slot); }
  void swap_to(SlotId slot, Swap how = Swap::kRotate) {
    institution = swapped(institution, slot, how, policy, clock.moment());
  }

  SteppedClock clock;
  LifecyclePolicy policy;
  InstitutionFacts institution = test::added(clock.moment());
};

TEST_F(Lifecycle, StatesAndPhasesHaveTheirNames) {
  EXPECT_EQ(to_text(SlotState::kEmpty), "EMPTY");
  EXPECT_EQ(to_text(SlotState::kPublished), "PUBLISHED");
  EXPECT_EQ(to_text(SlotState::kStandby), "STANDBY");
  EXPECT_EQ(to_text(SlotState::kActive), "ACTIVE");
  EXPECT_EQ(to_text(SlotState::kDraining), "DRAINING");
  EXPECT_EQ(to_text(SlotState::kDrained), "DRAINED");
  EXPECT_EQ(to_text(SlotState::kRevoked), "REVOKED");
  for (const Phase phase : {Phase::kStarting, Phase::kSigning, Phase::kDeparting, Phase::kDeparted}) {
    EXPECT_EQ(parse_phase(to_text(phase)), phase);
  }
  EXPECT_EQ(parse_phase("SIGNING"), std::nullopt);
  EXPECT_EQ(parse_phase(""), std::nullopt);
}

TEST_F(Lifecycle, OfANewInstitutionRipensInFifteenMinutes) {
  EXPECT_EQ(state(kSel1), SlotState::kActive);
  EXPECT_EQ(state(kSel2), SlotState::kPublished);
  clock.pass(15min - 1ms);
  EXPECT_EQ(state(kSel2), SlotState::kPublished);
  clock.pass(1ms);
  EXPECT_EQ(state(kSel2), SlotState::kStandby);
  EXPECT_EQ(state(kSel1), SlotState::kActive);
}

TEST_F(Lifecycle, ASlotWithoutAKeyIsEmptyHoweverLongItWaits) {
  institution.slots[1] = SlotFacts{kSel2, false, false, std::nullopt, {}};
  EXPECT_EQ(state(kSel2), SlotState::kEmpty);
  clock.pass(24h * 365);
  EXPECT_EQ(state(kSel2), SlotState::kEmpty);
}

TEST_F(Lifecycle, ARevokedSlotStaysRevoked) {
  test::revoke(institution, kSel2, Ttl{300}, clock.moment());
  EXPECT_EQ(state(kSel2), SlotState::kRevoked);
  clock.pass(24h * 365);
  EXPECT_EQ(state(kSel2), SlotState::kRevoked);
}

TEST_F(Lifecycle, ANameThatServedNothingBeforeIsRipeAtOnce) {
  institution.slots[1].earlier.clear();
  EXPECT_EQ(state(kSel2), SlotState::kStandby);
  EXPECT_EQ(ripe_at(facts(kSel2), policy, clock.now()), clock.now().moment.wall);
}

// The example of the lifecycle: the p= between the keys had TTL 300, and yet the older key's 3600 counts.
TEST_F(Lifecycle, AKeyRevokedWhileActiveKeepsItsSlotUnripeForAnHourAndSlack) {
  clock.pass(30 * 24h);
  swap_to(kSel2);
  test::revoke(institution, kSel1, policy.ttl_active, clock.moment());
  clock.pass(5s);
  test::put_fresh_key(institution, kSel1, policy.ttl_other, clock.moment());
  EXPECT_EQ(ripe_at(facts(kSel1), policy, clock.now()), clock.now().moment.wall - 5s + 3600s + 600s);
  clock.pass(3600s + 600s - 5s - 1ms);
  EXPECT_EQ(state(kSel1), SlotState::kPublished);
  clock.pass(1ms);
  EXPECT_EQ(state(kSel1), SlotState::kStandby);
}

TEST_F(Lifecycle, RipensByTheLatestOfAllEarlierContents) {
  institution.slots[1].earlier.clear();
  const std::array<std::pair<Milliseconds, std::uint32_t>, 3> contents{{{0ms, 3600}, {3000s, 300}, {100s, 1800}}};
  for (const auto& [delay, ttl] : contents) {
    clock.pass(delay);
    institution.slots[1].earlier.push_back({Ttl{ttl}, clock.moment()});
  }
  // Ends: 0 + 3600, 3000 + 300, 3100 + 1800; now is 3100.
  EXPECT_EQ(ripe_at(facts(kSel2), policy, clock.now()), clock.now().moment.wall + 1800s + 600s);
  clock.pass(2400s - 1ms);
  EXPECT_FALSE(is_ripe(facts(kSel2), policy, clock.now()));
  clock.pass(1ms);
  EXPECT_TRUE(is_ripe(facts(kSel2), policy, clock.now()));
}

TEST_F(Lifecycle, ALongerSlackRipensLater) {
  policy.slack = 2h;
  clock.pass(2h + 300s - 1ms);
  EXPECT_EQ(state(kSel2), SlotState::kPublished);
  clock.pass(1ms);
  EXPECT_EQ(state(kSel2), SlotState::kStandby);
}

TEST_F(Lifecycle, ASwapMovesSigningAndDrainsTheOldSlot) {
  clock.pass(1h);
  swap_to(kSel2);
  EXPECT_EQ(institution.active, kSel2);
  EXPECT_EQ(institution.last_swap, Swap::kRotate);
  EXPECT_EQ(state(kSel2), SlotState::kActive);
  EXPECT_EQ(state(kSel1), SlotState::kDraining);
  EXPECT_EQ(drain_length(policy), kDrainLength);
  EXPECT_EQ(drained_at(facts(kSel1), clock.now()), clock.now().moment.wall + kDrainLength);
  EXPECT_EQ(drained_at(facts(kSel2), clock.now()), std::nullopt);
  clock.pass(kDrainLength - 1ms);
  EXPECT_EQ(state(kSel1), SlotState::kDraining);
  clock.pass(1ms);
  EXPECT_EQ(state(kSel1), SlotState::kDrained);
}

TEST_F(Lifecycle, AnUndoEndsOneDrainAndBeginsTheOtherInFull) {
  clock.pass(1h);
  swap_to(kSel2);
  clock.pass(3h);
  swap_to(kSel1, Swap::kUndo);
  EXPECT_EQ(institution.last_swap, Swap::kUndo);
  EXPECT_EQ(facts(kSel1).drain, std::nullopt);
  EXPECT_EQ(state(kSel1), SlotState::kActive);
  EXPECT_EQ(drained_at(facts(kSel2), clock.now()), clock.now().moment.wall + kDrainLength);
}

TEST_F(Lifecycle, ADrainIsFixedWhenItBegins) {
  clock.pass(1h);
  swap_to(kSel2);
  policy.drain = kDrainFloor;
  clock.pass(kDrainLength - 1ms);
  EXPECT_EQ(state(kSel1), SlotState::kDraining);
}

TEST_F(Lifecycle, OnlyTheActiveSlotHasTheLongTtl) {
  EXPECT_EQ(ttl_of(institution, kSel1, policy), Ttl{3600});
  EXPECT_EQ(ttl_of(institution, kSel2, policy), Ttl{300});
  swap_to(kSel2);
  EXPECT_EQ(ttl_of(institution, kSel1, policy), Ttl{300});
  EXPECT_EQ(ttl_of(institution, kSel2, policy), Ttl{3600});
  institution = departing(institution, policy, clock.moment());
  EXPECT_EQ(ttl_of(institution, kSel2, policy), Ttl{300});
}

TEST_F(Lifecycle, DepartingStopsSigningAndDrainsWhatSigned) {
  clock.pass(1h);
  institution = departing(institution, policy, clock.moment());
  EXPECT_EQ(institution.phase, Phase::kDeparting);
  EXPECT_EQ(institution.active, std::nullopt);
  EXPECT_EQ(institution.last_swap, std::nullopt);
  EXPECT_EQ(state(kSel1), SlotState::kDraining);
  EXPECT_EQ(facts(kSel2).drain, std::nullopt);  // it never signed
  EXPECT_EQ(state(kSel2), SlotState::kStandby);
  EXPECT_EQ(leaves_at(institution, clock.now()), clock.now().moment.wall + kDrainLength);
}

TEST_F(Lifecycle, DepartingKeepsADrainUnderWayAndLeavesWithTheLast) {
  clock.pass(1h);
  swap_to(kSel2);
  const auto first = facts(kSel1).drain->began;
  clock.pass(2h);
  institution = departing(institution, policy, clock.moment());
  EXPECT_EQ(facts(kSel1).drain->began, first);
  EXPECT_EQ(drained_at(facts(kSel1), clock.now()), clock.now().moment.wall - 2h + kDrainLength);
  EXPECT_EQ(leaves_at(institution, clock.now()), clock.now().moment.wall + kDrainLength);
}

TEST_F(Lifecycle, WithoutADrainNothingHoldsTheRecords) {
  EXPECT_EQ(leaves_at(institution, clock.now()), clock.now().moment.wall);
}

TEST_F(Lifecycle, AForwardStepRipensAndRetiresNothingEarly) {
  clock.step(1h);
  EXPECT_EQ(state(kSel2), SlotState::kPublished);
  clock.pass(15min - 1ms);
  EXPECT_EQ(state(kSel2), SlotState::kPublished);
  clock.pass(1ms);
  EXPECT_EQ(state(kSel2), SlotState::kStandby);
  swap_to(kSel2);
  clock.step(24h * 30);
  clock.pass(kDrainLength - 1ms);
  EXPECT_EQ(state(kSel1), SlotState::kDraining);
  clock.pass(1ms);
  EXPECT_EQ(state(kSel1), SlotState::kDrained);
}

TEST_F(Lifecycle, ABackwardStepOnlyDelays) {
  clock.step(-1h);
  clock.pass(15min);
  EXPECT_EQ(state(kSel2), SlotState::kPublished);
  clock.pass(1h - 1ms);
  EXPECT_EQ(state(kSel2), SlotState::kPublished);
  clock.pass(1ms);
  EXPECT_EQ(state(kSel2), SlotState::kStandby);
}

TEST_F(Lifecycle, ABackwardStepDelaysNoLongerOnceAMomentIsKept) {
  clock.step(-1h);
  (void)clock.moment();
  clock.pass(15min - 1ms);
  EXPECT_EQ(state(kSel2), SlotState::kPublished);
  clock.pass(1ms);
  EXPECT_EQ(state(kSel2), SlotState::kStandby);
}

TEST_F(Lifecycle, ARebootRipensByTheWallClock) {
  clock.pass(10min);
  clock.reboot();
  EXPECT_EQ(state(kSel2), SlotState::kPublished);
  clock.pass(5min - 1ms);
  EXPECT_EQ(state(kSel2), SlotState::kPublished);
  clock.pass(1ms);
  EXPECT_EQ(state(kSel2), SlotState::kStandby);
}

TEST_F(Lifecycle, ARebootIntoThePastMakesNothingUnripe) {
  clock.pass(15min);
  EXPECT_EQ(state(kSel2), SlotState::kStandby);
  (void)clock.moment();  // whatever was done or refused then has kept it
  clock.reboot(-1h);
  EXPECT_EQ(state(kSel2), SlotState::kStandby);
}

// Whatever the clock does within a boot, nothing is ripe before its time has truly passed, and the deadline
// that a command shows is exact if the clock is left alone from then on.
TEST_F(Lifecycle, NeverRipensEarlyUnderRandomSteps) {
  std::mt19937 random(20261123);  // NOLINT(cert-msc51-cpp): the same walk in each run
  std::uniform_int_distribution<int> action(0, 3);
  std::uniform_int_distribution<std::int64_t> length(0, 4'000'000);
  for (int walk = 0; walk < 300; ++walk) {
    SteppedClock walker;
    const auto facts = SlotFacts{kSel2, true, false, std::nullopt, {{Ttl{3600}, walker.moment()}}};
    Milliseconds truly_passed{0};
    for (int move = 0; move < 12; ++move) {
      const Milliseconds by{length(random)};
      switch (action(random)) {
        case 0:
          walker.step(by);
          break;
        case 1:
          walker.step(-by);
          break;
        default:
          walker.pass(by / 4);
          truly_passed += by / 4;
      }
      (void)walker.moment();
      const bool ripe = is_ripe(facts, policy, walker.now());
      ASSERT_TRUE(!ripe || truly_passed >= 4200s);
      const WallTime deadline = ripe_at(facts, policy, walker.now());
      ASSERT_EQ(ripe, deadline <= walker.now().moment.wall);
      if (!ripe) {
        SteppedClock undisturbed = walker;
        undisturbed.pass(deadline - walker.now().moment.wall - 1ms);
        ASSERT_FALSE(is_ripe(facts, policy, undisturbed.now())) << "walk " << walk << " move " << move;
        undisturbed.pass(1ms);
        ASSERT_TRUE(is_ripe(facts, policy, undisturbed.now())) << "walk " << walk << " move " << move;
      }
    }
  }
}

TEST_F(Lifecycle, WhatIsAddedAgainBeginsWithSel1ThoughAnEarlierContentEndedUnderAClockThatWasAhead) {
  clock.step(1h);
  test::put_fresh_key(institution, kSel1, Ttl{300}, clock.moment());
  clock.step(-1h);
  institution.phase = Phase::kStarting;
  institution.active = std::nullopt;
  test::put_fresh_key(institution, kSel1, Ttl{300}, clock.moment());
  test::put_fresh_key(institution, kSel2, Ttl{300}, clock.moment());
  EXPECT_EQ(starts_with(institution), kSel1);
}

TEST_F(Lifecycle, AStepBackDoesNotMakeTheYoungerOfTwoKeysTheOneToBeginWith) {
  institution.phase = Phase::kStarting;
  institution.active = std::nullopt;
  clock.pass(1min);
  test::put_fresh_key(institution, kSel2, Ttl{300}, clock.moment());
  clock.pass(1min);
  clock.step(-1h);
  test::put_fresh_key(institution, kSel1, Ttl{300}, clock.moment());
  EXPECT_EQ(starts_with(institution), kSel2);
}

}  // namespace
}  // namespace zonestore::dkim
