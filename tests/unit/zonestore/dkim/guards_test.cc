// Which guard stands before rotate, undo and prepare, and when it clears.
#include "tests/unit/zonestore/dkim/guards_fixture.h"

namespace zonestore::dkim {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

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
