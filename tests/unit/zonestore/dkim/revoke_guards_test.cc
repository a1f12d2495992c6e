// Which guard stands before revoke, and what an institution that signs no more may do.
#include "tests/unit/zonestore/dkim/guards_fixture.h"

namespace zonestore::dkim {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

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

}  // namespace
}  // namespace zonestore::dkim
