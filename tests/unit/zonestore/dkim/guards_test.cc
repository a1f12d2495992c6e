#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/zonestore/dkim/facts.h"
#include "zonestore/dkim/lifecycle.h"

namespace zonestore::dkim {
namespace {

using namespace std::chrono_literals;
using test::SteppedClock;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr SlotId kSel1 = SlotId::kSel1;
constexpr SlotId kSel2 = SlotId::kSel2;

class Guards : public ::testing::Test {
 protected:
  [[nodiscard]] Result<SlotId> rotate() const { return may_rotate(institution, policy, clock.now(), request); }
  [[nodiscard]] Result<SlotId> undo() const { return may_undo(institution, policy, clock.now(), request); }
  [[nodiscard]] Result<void> prepare(SlotId slot) const {
    return may_prepare(institution, slot, policy, clock.now(), request);
  }
  void swap_to(SlotId slot, Swap how = Swap::kRotate) {
    institution = swapped(institution, slot, how, policy, clock.moment());
  }
  void depart() { institution = departing(institution, policy, clock.moment()); }
  [[nodiscard]] Result<Revocation> may_revoke_slot(SlotId slot, bool stop_signing = false) const {
    return may_revoke(institution, slot, stop_signing, policy, clock.now(), request);
  }
  void revoke_slot(SlotId slot, bool stop_signing = false) {
    const Revocation revocation = may_revoke_slot(slot, stop_signing).value();
    const Ttl largest = institution.active == slot ? policy.ttl_active : policy.ttl_other;
    institution = revoked(institution, slot, revocation, policy, clock.moment());
    institution.slots.at(static_cast<std::size_t>(slot) - 1).earlier.push_back({largest, clock.moment()});
  }
  // Allowed at the printed second, refused a millisecond before the exact time. What was refused has kept its moment.
  template <class Ask>
  void expect_exact(WallTime clears_at, const Ask& ask) {
    (void)clock.moment();
    SteppedClock before = clock;
    const SteppedClock start = clock;
    before.pass(clears_at - clock.now().moment.wall - 1ms);
    clock = before;
    EXPECT_FALSE(ask());
    clock = start;
    clock.pass(test::until_printed(clears_at, clock));
    EXPECT_TRUE(ask());
  }

  SteppedClock clock;
  LifecyclePolicy policy;
  InstitutionFacts institution = test::added(clock.moment());
  Request request{"mosa", std::nullopt, std::nullopt};
};

template <class T>
Guard guard_of(const Result<T>& result) {
  EXPECT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kRefused);
  EXPECT_FALSE(result.error().hint.empty());
  EXPECT_THAT(result.error().message, HasSubstr("mosa"));
  EXPECT_THAT(result.error().message, Not(::testing::EndsWith(".")));
  return result.error().refusal.value().guard;
}

template <class T>
std::optional<WallTime> clears_at(const Result<T>& result) {
  return result.error().refusal.value().clears_at;
}

TEST_F(Guards, RotateMovesToTheRipeStandby) {
  clock.pass(15min);
  EXPECT_EQ(rotate().value(), kSel2);
}

TEST_F(Guards, RotateAtOnceIsRefusedAsNotRipe) {
  const auto refused = rotate();
  EXPECT_EQ(guard_of(refused), Guard::kNotRipe);
  EXPECT_EQ(clears_at(refused), clock.now().moment.wall + 15min);
  EXPECT_THAT(refused.error().message, HasSubstr("sel2 of mosa"));
  EXPECT_THAT(refused.error().hint, HasSubstr("zonectl rotate mosa --override E_NOT_RIPE --reason"));
  expect_exact(*clears_at(refused), [&] { return rotate().has_value(); });
}

TEST_F(Guards, TheRipeTimeStaysExactAfterStepsAndReboots) {
  clock.pass(1min);
  clock.step(1h);
  EXPECT_EQ(clears_at(rotate()), clock.now().moment.wall + 14min);
  expect_exact(*clears_at(rotate()), [&] { return rotate().has_value(); });

  clock = SteppedClock();
  clock.step(-1h);
  EXPECT_EQ(clears_at(rotate()), clock.now().moment.wall + 15min);
  expect_exact(*clears_at(rotate()), [&] { return rotate().has_value(); });

  clock = SteppedClock();
  clock.pass(2min);
  clock.reboot(30s);
  expect_exact(*clears_at(rotate()), [&] { return rotate().has_value(); });

  clock = SteppedClock();
  clock.pass(2min);
  clock.reboot(-1h);
  expect_exact(*clears_at(rotate()), [&] { return rotate().has_value(); });
}

TEST_F(Guards, OnlyItsOwnOverrideLiftsNotRipe) {
  request.override_guard = Guard::kNotRipe;
  EXPECT_EQ(rotate().value(), kSel2);
  request.override_guard = Guard::kDraining;
  EXPECT_EQ(guard_of(rotate()), Guard::kNotRipe);
}

TEST_F(Guards, ASecondRotateIsRefusedAsDraining) {
  clock.pass(1h);
  swap_to(rotate().value());
  const auto refused = rotate();
  EXPECT_EQ(guard_of(refused), Guard::kDraining);
  EXPECT_EQ(clears_at(refused), clock.now().moment.wall + drain_length(policy));
  EXPECT_THAT(refused.error().message, HasSubstr("sel1 of mosa"));
  EXPECT_THAT(refused.error().hint, StartsWith("zonectl undo mosa"));
  for (const Guard guard : {Guard::kDraining, Guard::kNotRipe, Guard::kNoStandby}) {
    request.override_guard = guard;
    EXPECT_EQ(guard_of(rotate()), Guard::kDraining);
  }
}

TEST_F(Guards, AfterAnUndoRotateIsARedo) {
  clock.pass(1h);
  swap_to(kSel2);
  EXPECT_FALSE(is_redo(institution, policy, clock.now()));
  swap_to(undo().value(), Swap::kUndo);
  EXPECT_TRUE(is_redo(institution, policy, clock.now()));
  EXPECT_EQ(rotate().value(), kSel2);
}

TEST_F(Guards, PolicyNeverRedoesAndNamesNoUndo) {
  clock.pass(1h);
  swap_to(kSel2);
  swap_to(undo().value(), Swap::kUndo);
  request.by_policy = true;
  const auto refused = rotate();
  EXPECT_EQ(guard_of(refused), Guard::kDraining);
  EXPECT_THAT(refused.error().hint, Not(HasSubstr("undo")));
  EXPECT_THAT(refused.error().hint, StartsWith("zonectl rotate mosa"));
}

TEST_F(Guards, ARedoMustBeRipe) {
  swap_to(kSel2);  // by an override
  swap_to(undo().value(), Swap::kUndo);
  EXPECT_EQ(guard_of(rotate()), Guard::kNotRipe);
  expect_exact(*clears_at(rotate()), [&] { return rotate().has_value(); });
}

// One guard is lifted at a time: a command that would meet the next one is no help.
TEST_F(Guards, NoHintNamesACommandThatIsRefusedToo) {
  institution.frozen = Freeze{false, clock.now().moment.wall, "audit"};
  EXPECT_THAT(rotate().error().hint, Not(HasSubstr("--override")));  // not ripe either
  request.override_guard = Guard::kFrozen;
  EXPECT_EQ(guard_of(rotate()), Guard::kNotRipe);
  EXPECT_THAT(rotate().error().hint, StartsWith("zonectl thaw mosa, and zonectl rotate mosa, after that time"));
  EXPECT_THAT(rotate().error().hint, Not(HasSubstr("--override")));
  request.override_guard.reset();
  clock.pass(1h);
  EXPECT_THAT(rotate().error().hint, HasSubstr("--override E_FROZEN"));
  institution.frozen.reset();
  EXPECT_THAT(prepare(kSel1).error().hint, StartsWith("zonectl rotate mosa"));
  swap_to(kSel2);
  EXPECT_THAT(prepare(kSel2).error().hint, StartsWith("zonectl show mosa"));  // a rotation would be refused now
}

TEST_F(Guards, TheDrainGuardClearsExactly) {
  clock.pass(1h);
  swap_to(kSel2);
  const auto refused = prepare(kSel1);
  EXPECT_EQ(guard_of(refused), Guard::kDraining);
  expect_exact(*clears_at(refused), [&] { return prepare(kSel1).has_value(); });
}

TEST_F(Guards, RotateNeverUsesAKeyThatHasServedItsTime) {
  clock.pass(1h);
  swap_to(kSel2);
  clock.pass(drain_length(policy));
  request.override_guard = Guard::kNotRipe;
  const auto refused = rotate();
  EXPECT_EQ(guard_of(refused), Guard::kNoStandby);
  EXPECT_EQ(clears_at(refused), std::nullopt);
  EXPECT_EQ(refused.error().hint, "zonectl maintain");
}

TEST_F(Guards, RotateNeedsAKeyInTheOtherSlot) {
  clock.pass(1h);
  request.override_guard = Guard::kNoStandby;
  test::revoke(institution, kSel2, Ttl{300}, clock.moment());
  EXPECT_EQ(guard_of(rotate()), Guard::kNoStandby);
  EXPECT_THAT(rotate().error().message, HasSubstr("revoked"));
  EXPECT_EQ(rotate().error().hint, "zonectl prepare mosa");
  institution.slots[1].revoked = false;
  EXPECT_EQ(guard_of(rotate()), Guard::kNoStandby);
  EXPECT_THAT(rotate().error().message, HasSubstr("sel2 of mosa holds no key"));
}

TEST_F(Guards, ExpectNamesTheSlotThatSigns) {
  clock.pass(1h);
  request.expect = kSel1;
  EXPECT_EQ(rotate().value(), kSel2);
  request.expect = kSel2;
  const auto refused = rotate();
  EXPECT_EQ(guard_of(refused), Guard::kExpect);
  EXPECT_THAT(refused.error().message, HasSubstr("mosa signs with sel1"));
  EXPECT_EQ(guard_of(undo()), Guard::kExpect);
}

TEST_F(Guards, ExpectIsAskedBeforeAnythingElse) {
  request.expect = kSel2;  // not ripe either
  EXPECT_EQ(guard_of(rotate()), Guard::kExpect);
  depart();
  EXPECT_EQ(guard_of(rotate()), Guard::kExpect);
  EXPECT_THAT(rotate().error().message, HasSubstr("does not sign"));
}

TEST_F(Guards, UndoGoesBackWhileTheOldSlotDrains) {
  clock.pass(1h);
  swap_to(kSel2);
  EXPECT_EQ(undo().value(), kSel1);
  clock.pass(drain_length(policy) - 1ms);
  EXPECT_EQ(undo().value(), kSel1);
  clock.pass(1ms);
  EXPECT_EQ(guard_of(undo()), Guard::kNothingToUndo);
  EXPECT_THAT(undo().error().message, HasSubstr("served its time"));
}

TEST_F(Guards, ASecondUndoIsRefusedWhateverIsOverridden) {
  clock.pass(1h);
  swap_to(kSel2);
  swap_to(kSel1, Swap::kUndo);
  request.override_guard = Guard::kNothingToUndo;
  EXPECT_EQ(guard_of(undo()), Guard::kNothingToUndo);
}

TEST_F(Guards, UndoNeedsASwap) {
  clock.pass(1h);
  EXPECT_EQ(guard_of(undo()), Guard::kNothingToUndo);
  depart();
  EXPECT_EQ(guard_of(undo()), Guard::kNothingToUndo);
}

TEST_F(Guards, UndoNeedsTheOldKey) {
  clock.pass(1h);
  swap_to(kSel2);
  test::revoke(institution, kSel1, Ttl{3600}, clock.moment());
  EXPECT_EQ(guard_of(undo()), Guard::kNothingToUndo);
  test::put_fresh_key(institution, kSel1, Ttl{300}, clock.moment());
  EXPECT_EQ(guard_of(undo()), Guard::kNothingToUndo);
  clock.pass(2h);  // STANDBY: a new key, to which an undo must not move
  EXPECT_EQ(guard_of(undo()), Guard::kNothingToUndo);
}

TEST_F(Guards, PrepareFillsOnlySlotsThatAreFree) {
  EXPECT_EQ(guard_of(prepare(kSel1)), Guard::kExists);
  EXPECT_EQ(guard_of(prepare(kSel2)), Guard::kExists);
  clock.pass(1h);
  EXPECT_EQ(guard_of(prepare(kSel2)), Guard::kExists);
  request.override_guard = Guard::kExists;
  EXPECT_EQ(guard_of(prepare(kSel2)), Guard::kExists);
  test::revoke(institution, kSel2, Ttl{300}, clock.moment());
  EXPECT_TRUE(prepare(kSel2));
  institution.slots[1].revoked = false;
  EXPECT_TRUE(prepare(kSel2));
}

TEST_F(Guards, PrepareTakesADrainedSlotAndStartsItsLifeAnew) {
  clock.pass(1h);
  swap_to(kSel2);
  clock.pass(drain_length(policy));
  ASSERT_TRUE(prepare(kSel1));
  test::put_fresh_key(institution, kSel1, Ttl{3600}, clock.moment());
  EXPECT_EQ(guard_of(rotate()), Guard::kNotRipe);
  EXPECT_EQ(clears_at(rotate()), clock.now().moment.wall + 70min);
  clock.pass(70min);
  EXPECT_EQ(rotate().value(), kSel1);
}

TEST_F(Guards, ADepartingInstitutionIsLeftAlone) {
  clock.pass(1h);
  depart();
  request.override_guard = Guard::kDraining;
  for (const auto& refused : {rotate().map([](SlotId) {}), prepare(kSel1), prepare(kSel2)}) {
    EXPECT_EQ(guard_of(refused), Guard::kDraining);
    EXPECT_EQ(clears_at(refused), clock.now().moment.wall + drain_length(policy));
    EXPECT_THAT(refused.error().message, StartsWith("mosa is being removed; "));
  }
}

TEST_F(Guards, ADepartedInstitutionIsNotFound) {
  institution.phase = Phase::kDeparted;
  institution.active = std::nullopt;
  EXPECT_EQ(rotate().error().code, ErrorCode::kNotFound);
  EXPECT_EQ(prepare(kSel1).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(guard_of(undo()), Guard::kNothingToUndo);
}

TEST_F(Guards, AStartingInstitutionWaitsForSel1) {
  institution.phase = Phase::kStarting;
  institution.active = std::nullopt;
  request.override_guard = Guard::kNotRipe;
  const auto refused = rotate();
  EXPECT_EQ(guard_of(refused), Guard::kNotRipe);
  EXPECT_EQ(clears_at(refused), clock.now().moment.wall + 15min);
  EXPECT_THAT(refused.error().hint, Not(HasSubstr("--override")));
  clock.pass(15min);
  EXPECT_EQ(guard_of(rotate()), Guard::kNoStandby);
  EXPECT_EQ(rotate().error().hint, "zonectl maintain");
  EXPECT_EQ(guard_of(prepare(kSel1)), Guard::kExists);
}

TEST_F(Guards, AFrozenInstitutionDoesNotRotateUntilItIsThawed) {
  clock.pass(1h);
  institution.frozen = Freeze{false, clock.now().moment.wall, "audit week"};
  const auto refused = rotate();
  EXPECT_EQ(guard_of(refused), Guard::kFrozen);
  EXPECT_EQ(clears_at(refused), std::nullopt);
  EXPECT_THAT(refused.error().message, HasSubstr("audit week"));
  EXPECT_THAT(refused.error().hint, StartsWith("zonectl thaw mosa"));
  request.override_guard = Guard::kNotRipe;
  EXPECT_EQ(guard_of(rotate()), Guard::kFrozen);
  request.override_guard = Guard::kFrozen;
  EXPECT_EQ(rotate().value(), kSel2);
  institution.frozen.reset();
  request.override_guard.reset();
  EXPECT_EQ(rotate().value(), kSel2);
}

TEST_F(Guards, AFrozenStoreNamesItselfAndLiftingItLiftsNoOtherGuard) {
  institution.frozen = Freeze{true, clock.now().moment.wall, "a holiday"};
  const auto refused = rotate();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, StartsWith("the whole store is frozen"));
  EXPECT_THAT(refused.error().hint, StartsWith("zonectl thaw --all"));
  request.override_guard = Guard::kFrozen;
  EXPECT_EQ(guard_of(rotate()), Guard::kNotRipe);
}

TEST_F(Guards, EmergenciesGoOnWhileFrozen) {
  clock.pass(1h);
  swap_to(kSel2);
  institution.frozen = Freeze{false, clock.now().moment.wall, "audit week"};
  EXPECT_EQ(undo().value(), kSel1);
  EXPECT_EQ(may_revoke_slot(kSel2).value().swaps_to, kSel1);
  revoke_slot(kSel2);
  EXPECT_TRUE(prepare(kSel2));
}

TEST_F(Guards, RevokeOfTheOtherSlotMovesNothing) {
  const Revocation revocation = may_revoke_slot(kSel2).value();
  EXPECT_EQ(revocation.swaps_to, std::nullopt);
  EXPECT_FALSE(revocation.stops_signing);
  revoke_slot(kSel2);
  EXPECT_EQ(institution.active, kSel1);
  EXPECT_EQ(state_of(institution, kSel2, policy, clock.now()), SlotState::kRevoked);
}

TEST_F(Guards, RevokeOfTheActiveSlotMovesToTheRipeStandby) {
  clock.pass(15min);
  EXPECT_EQ(may_revoke_slot(kSel1).value().swaps_to, kSel2);
  revoke_slot(kSel1);
  EXPECT_EQ(institution.active, kSel2);
  EXPECT_EQ(state_of(institution, kSel1, policy, clock.now()), SlotState::kRevoked);
  EXPECT_EQ(facts_of(institution, kSel1).drain, std::nullopt);
  EXPECT_EQ(guard_of(undo()), Guard::kNothingToUndo);
  EXPECT_EQ(guard_of(rotate()), Guard::kNoStandby);
}

TEST_F(Guards, RevokeOfTheActiveSlotGoesBackToTheOneThatDrains) {
  clock.pass(1h);
  swap_to(kSel2);
  EXPECT_EQ(may_revoke_slot(kSel2).value().swaps_to, kSel1);
  revoke_slot(kSel2, true);
  EXPECT_EQ(institution.active, kSel1);
  EXPECT_EQ(facts_of(institution, kSel1).drain, std::nullopt);
  EXPECT_EQ(institution.phase, Phase::kSigning);
}

TEST_F(Guards, TheLastKeyIsKeptUntilTheStandbyIsRipe) {
  const auto refused = may_revoke_slot(kSel1);
  EXPECT_EQ(guard_of(refused), Guard::kLastKey);
  EXPECT_EQ(clears_at(refused), clock.now().moment.wall + 15min);
  EXPECT_THAT(refused.error().hint, HasSubstr("zonectl revoke mosa sel1 --stop-signing"));
  request.override_guard = Guard::kLastKey;
  EXPECT_EQ(guard_of(may_revoke_slot(kSel1)), Guard::kLastKey);
  expect_exact(*clears_at(refused), [&] { return may_revoke_slot(kSel1).has_value(); });
}

TEST_F(Guards, TheLastKeyIsKeptWhileTheOtherSlotIsOfNoUse) {
  clock.pass(1h);
  swap_to(kSel2);
  clock.pass(drain_length(policy));
  EXPECT_EQ(guard_of(may_revoke_slot(kSel2)), Guard::kLastKey) << "sel1 has served its time";
  revoke_slot(kSel1);
  const auto refused = may_revoke_slot(kSel2);
  EXPECT_EQ(guard_of(refused), Guard::kLastKey);
  EXPECT_EQ(clears_at(refused), std::nullopt);
  EXPECT_THAT(refused.error().hint, StartsWith("zonectl prepare mosa"));
}

TEST_F(Guards, RevokeAsksForTheExpectedSlotAndForAKey) {
  request.expect = kSel2;
  EXPECT_EQ(guard_of(may_revoke_slot(kSel2)), Guard::kExpect);
  request.expect = kSel1;
  revoke_slot(kSel2);
  EXPECT_EQ(may_revoke_slot(kSel2).error().code, ErrorCode::kNotFound);
}

TEST_F(Guards, AStoppedInstitutionBeginsWithTheStandbyThatItHas) {
  revoke_slot(kSel1, true);
  EXPECT_EQ(institution.phase, Phase::kStarting);
  EXPECT_EQ(institution.active, std::nullopt);
  EXPECT_EQ(institution.moved, std::nullopt);
  EXPECT_EQ(starts_with(institution), kSel2);
  const auto refused = rotate();
  EXPECT_EQ(guard_of(refused), Guard::kNotRipe);
  EXPECT_EQ(clears_at(refused), clock.now().moment.wall + 15min);
  EXPECT_THAT(refused.error().message, HasSubstr("it starts with sel2"));
  // A younger key in sel1 does not make it wait for sel1.
  clock.pass(1min);
  EXPECT_EQ(slot_to_prepare(institution, clock.now()), kSel1);
  test::put_fresh_key(institution, kSel1, Ttl{300}, clock.moment());
  EXPECT_EQ(starts_with(institution), kSel2);
  clock.pass(14min);
  EXPECT_THAT(rotate().error().message, HasSubstr("sel2 is ready to start"));
  institution = begun(institution, kSel2, clock.moment());
  EXPECT_EQ(institution.phase, Phase::kSigning);
  EXPECT_EQ(institution.moved, clock.moment());
  EXPECT_EQ(guard_of(undo()), Guard::kNothingToUndo);
}

TEST_F(Guards, AStoppedInstitutionWithoutAnyKeyNamesPrepare) {
  revoke_slot(kSel2);
  revoke_slot(kSel1, true);
  EXPECT_EQ(starts_with(institution), std::nullopt);
  const auto refused = rotate();
  EXPECT_EQ(guard_of(refused), Guard::kNoStandby);
  EXPECT_THAT(refused.error().hint, StartsWith("zonectl prepare mosa"));
  EXPECT_EQ(slot_to_prepare(institution, clock.now()), kSel1);
  ASSERT_TRUE(prepare(kSel1));
  test::put_fresh_key(institution, kSel1, Ttl{300}, clock.moment());
  EXPECT_EQ(clears_at(rotate()), clock.now().moment.wall + 70min) << "sel1 had signed with TTL 3600";
  EXPECT_EQ(slot_to_prepare(institution, clock.now()), kSel2);
}

TEST_F(Guards, AStoppedInstitutionDoesNotGoBackToAKeyThatHasServedItsTime) {
  clock.pass(1h);
  swap_to(kSel2);
  clock.pass(drain_length(policy));
  revoke_slot(kSel2, true);
  EXPECT_EQ(starts_with(institution), std::nullopt);
  EXPECT_EQ(slot_to_prepare(institution, clock.now()), kSel1);
  EXPECT_TRUE(prepare(kSel1));
}

TEST_F(Guards, ARemovedInstitutionsKeysMayStillBeRevoked) {
  clock.pass(1h);
  depart();
  EXPECT_TRUE(may_revoke_slot(kSel1));
  revoke_slot(kSel1);
  EXPECT_EQ(institution.phase, Phase::kDeparting);
  EXPECT_EQ(leaves_at(institution, clock.now()), clock.now().moment.wall);
}

// Any order of commands and waiting: an institution that signs has one active slot, with a key, and no guard
// lets signing move to a key that was not public long enough.
TEST_F(Guards, KeepOneActiveSlotThroughAnyOrderOfCommands) {
  for (unsigned seed = 0; seed < 4096; ++seed) {
    clock = SteppedClock();
    institution = test::added(clock.moment());
    unsigned commands = seed;
    for (int step = 0; step < 6; ++step, commands /= 4) {
      const SlotId left = institution.active.value();
      switch (commands % 4) {
        case 0:
          clock.pass(step % 2 == 0 ? 20min : 24h * 8);
          break;
        case 1:
          if (const auto to = rotate()) {
            ASSERT_TRUE(state_of(institution, *to, policy, clock.now()) == SlotState::kStandby ||
                        is_redo(institution, policy, clock.now()));
            ASSERT_TRUE(is_ripe(facts_of(institution, *to), policy, clock.now()));
            swap_to(*to);
          }
          break;
        case 2:
          if (const auto to = undo()) {
            ASSERT_EQ(state_of(institution, *to, policy, clock.now()), SlotState::kDraining);
            swap_to(*to, Swap::kUndo);
          }
          break;
        default:
          if (prepare(other(left))) {
            test::put_fresh_key(institution, other(left), Ttl{3600}, clock.moment());
          }
      }
      ASSERT_TRUE(institution.active.has_value());
      ASSERT_TRUE(facts_of(institution, *institution.active).has_key);
      ASSERT_EQ(facts_of(institution, *institution.active).drain.has_value(), false);
      ASSERT_FALSE(rotate() && undo()) << "a second Enter must not swap back";
    }
  }
}

}  // namespace
}  // namespace zonestore::dkim
