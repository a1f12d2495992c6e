// A signer's machine was taken: every key that it held goes, in two phases.
#include "zonestore/operations/rotation/held_keys.h"

#include <fstream>

#include <gmock/gmock.h>

#include "tests/support/store_fixture.h"
#include "tests/unit/zonestore/operations/words.h"
#include "zonestore/operations/backup/backup.h"
#include "zonestore/operations/backup/restore.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/history/key_history.h"
#include "zonestore/operations/signers/signers.h"
#include "zonestore/operations/views/attention.h"
#include "zonestore/operations/views/status.h"

namespace zonestore {
namespace {

using namespace tests::words;  // NOLINT(google-build-using-namespace)
using std::chrono::seconds;

class HeldKeys : public tests::StoreFixture {
 protected:
  HeldKeys() {
    add("mosa");
    EXPECT_TRUE(
        add_signer(*store_, context_, {"taken", signer::Format::kFiles, (temp_.path() / "taken").string(), ""}));
    EXPECT_TRUE(
        add_signer(*store_, context_, {"good", signer::Format::kFiles, (temp_.path() / "good").string(), ""}));
    clock_.advance(minutes(16));
  }
  void take() { ASSERT_TRUE(take_signer(*store_, context_, "taken")); }
  HeldRevoked revoke_held(bool stop_signing = false, const std::string& which = "mosa") {
    const auto revoked = revoke_held_keys(*store_, context_, code(which), "taken", stop_signing);
    EXPECT_TRUE(revoked) << revoked.error().message;
    return revoked ? *revoked : HeldRevoked{};
  }
  std::string key_id(SlotId slot) { return show("mosa").slots.at(slot == SlotId::kSel1 ? 0 : 1).key_id; }
  bool holds(const std::string& signer, const std::string& id) const {
    return std::filesystem::exists(temp_.path() / signer / "mosa" / (id + ".pem"));
  }
  bool is_in_vault(const std::string& id) { return store_->impl().vault().get(id).has_value(); }
};

TEST_F(HeldKeys, TheSignerIsSwitchedOffForGood) {
  const auto taken = take_signer(*store_, context_, "taken");
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_EQ(taken->other_signers, "good");
  EXPECT_FALSE(take_signer(*store_, context_, "taken")->changed);
  EXPECT_EQ(take_signer(*store_, context_, "nobody").error().code, ErrorCode::kNotFound);
  const auto refused = sync_signers(*store_, context_, "taken", true);
  EXPECT_EQ(refusal_of(refused), Guard::kSignerStale);
  EXPECT_THAT(refused.error().hint, HasSubstr("zonectl signer remove taken"));
  const std::vector<SignerView> signers = list_signers(*store_).value();
  for (const SignerView& view : signers) {
    EXPECT_EQ(view.enabled, view.name == "good");
    EXPECT_EQ(view.open, 0U);
  }
}

TEST_F(HeldKeys, TheIdleSlotGetsAFreshKeyThatTheTakenSignerIsNeverGiven) {
  take();
  const std::string idle = key_id(SlotId::kSel2);
  const HeldRevoked revoked = revoke_held();
  EXPECT_THAT(revoked.replaced, ElementsAre(SlotId::kSel2));
  EXPECT_EQ(revoked.waits, SlotId::kSel1);
  EXPECT_EQ(revoked.exposed_until, clock_.now().wall + seconds(300));
  EXPECT_EQ(revoked.ripe_at, clock_.now().wall + seconds(300 + 600));
  EXPECT_EQ(revoked.exposed_at_most, *revoked.ripe_at + hours(1));
  const std::string fresh = key_id(SlotId::kSel2);
  EXPECT_NE(fresh, idle);
  EXPECT_EQ(state("mosa", SlotId::kSel2), SlotState::kPublished);
  EXPECT_EQ(show("mosa").active, SlotId::kSel1);
  EXPECT_FALSE(is_in_vault(idle));
  EXPECT_TRUE(is_in_vault(fresh));
  EXPECT_TRUE(holds("good", fresh));
  EXPECT_FALSE(holds("taken", fresh));
  ASSERT_TRUE(maintain(*store_, context_));
  EXPECT_FALSE(holds("taken", fresh));
}

TEST_F(HeldKeys, OnceTheFreshKeyIsRipeMaintainMovesSigningAndRevokesTheOther) {
  take();
  const std::string signed_with = key_id(SlotId::kSel1);
  const HeldRevoked revoked = revoke_held();
  auto maintained = maintain(*store_, context_);
  ASSERT_TRUE(maintained);
  EXPECT_THAT(maintained->waiting, ElementsAre(HasSubstr("clears at " + to_rfc3339(*revoked.ripe_at))));
  EXPECT_EQ(revocations_to_come(*store_)->size(), 1U);
  EXPECT_EQ(revocations_to_come(*store_)->front().ripe_at, revoked.ripe_at);
  clock_.advance(minutes(15) - Milliseconds(1));
  ASSERT_TRUE(maintain(*store_, context_));
  EXPECT_EQ(show("mosa").active, SlotId::kSel1);
  clock_.advance(Milliseconds(1));
  maintained = maintain(*store_, context_);
  ASSERT_TRUE(maintained);
  EXPECT_THAT(maintained->failures, IsEmpty());
  EXPECT_EQ(maintained->steps.front().what,
            "sel1, which the taken signer taken held: key revoked; signing moved to sel2");
  EXPECT_EQ(show("mosa").active, SlotId::kSel2);
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kRevoked);
  EXPECT_FALSE(is_in_vault(signed_with));
  EXPECT_THAT(*revocations_to_come(*store_), IsEmpty());
  EXPECT_EQ(maintain(*store_, context_)->changed, false);
}

TEST_F(HeldKeys, StopSigningRevokesBothSlotsNow) {
  take();
  const std::string signed_with = key_id(SlotId::kSel1);
  const HeldRevoked revoked = revoke_held(true);
  EXPECT_TRUE(revoked.signing_stopped);
  EXPECT_FALSE(revoked.waits);
  EXPECT_EQ(show("mosa").phase, Phase::kStarting);
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kRevoked);
  EXPECT_FALSE(is_in_vault(signed_with));
  EXPECT_EQ(show("mosa").starts_with, SlotId::kSel2);
  EXPECT_THAT(*revocations_to_come(*store_), IsEmpty());
  clock_.advance(minutes(16));
  ASSERT_TRUE(maintain(*store_, context_));
  EXPECT_EQ(show("mosa").active, SlotId::kSel2);
}

TEST_F(HeldKeys, WhoeverMovesSigningHimselfHasTheOtherKeyRevokedNext) {
  take();
  const std::string signed_with = key_id(SlotId::kSel1);
  revoke_held();
  ASSERT_TRUE(rotate(*store_, overriding(Guard::kNotRipe), code("mosa")));
  ASSERT_EQ(state("mosa", SlotId::kSel1), SlotState::kDraining);
  ASSERT_TRUE(maintain(*store_, context_));
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kRevoked);
  EXPECT_FALSE(is_in_vault(signed_with));
}

TEST_F(HeldKeys, WhatLeavesItsSlotOtherwiseNeedsNoRevocation) {
  take();
  revoke_held();
  ASSERT_TRUE(revoke(*store_, context_, code("mosa"), SlotId::kSel1, {.stop_signing = true}));
  EXPECT_THAT(*revocations_to_come(*store_), IsEmpty());
}

TEST_F(HeldKeys, OfOneThatIsBeingRemovedBothAreRevokedAndNoneIsMade) {
  ASSERT_TRUE(remove_institution(*store_, context_, code("mosa")));
  take();
  const HeldRevoked revoked = revoke_held();
  EXPECT_THAT(revoked.replaced, IsEmpty());
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kRevoked);
  EXPECT_EQ(state("mosa", SlotId::kSel2), SlotState::kRevoked);
  const auto undone = undo(*store_, context_, code("mosa"));
  ASSERT_TRUE(undone) << undone.error().message;
  EXPECT_FALSE(undone->returned->signs_with);  // no key of that machine comes back to life
}

TEST_F(HeldKeys, ASignerThatHasStillToFollowHoldsTheRevocationBack) {
  const std::filesystem::path follows = temp_.path() / "follows";
  std::ofstream(follows).flush();
  ASSERT_TRUE(add_signer(
      *store_, context_,
      {"slow", signer::Format::kFiles, (temp_.path() / "slow").string(), "/usr/bin/test -e " + follows.string()}));
  take();
  std::filesystem::remove(follows);
  revoke_held();
  clock_.advance(minutes(16));
  auto maintained = maintain(*store_, context_);
  ASSERT_TRUE(maintained);
  EXPECT_THAT(maintained->waiting, Contains(HasSubstr("signer slow has still to follow a change of mosa")));
  EXPECT_EQ(show("mosa").active, SlotId::kSel1);
  std::ofstream(follows).flush();
  maintained = maintain(*store_, context_);
  ASSERT_TRUE(maintained);
  EXPECT_EQ(show("mosa").active, SlotId::kSel2);
}

TEST_F(HeldKeys, ADryRunChangesNothing) {
  const std::size_t rows = audit_rows();
  const std::string before = key_id(SlotId::kSel2);
  context_.dry_run = true;
  ASSERT_TRUE(take_signer(*store_, context_, "taken"));
  const HeldRevoked would = revoke_held();
  EXPECT_TRUE(would.dry_run);
  EXPECT_THAT(would.replaced, ElementsAre(SlotId::kSel2));
  EXPECT_EQ(would.ripe_at, clock_.now().wall + seconds(300 + 600));
  EXPECT_EQ(key_id(SlotId::kSel2), before);
  EXPECT_EQ(audit_rows(), rows);
  EXPECT_THAT(*revocations_to_come(*store_), IsEmpty());
}

TEST_F(HeldKeys, ARestoreForgetsNeitherTheTakenSignerNorWhatIsToBeRevoked) {
  ASSERT_TRUE(back_up(*store_, temp_.path() / "copy"));
  take();
  revoke_held();
  store_.reset();
  ASSERT_TRUE(restore(dir(), {temp_.path() / "copy", std::nullopt, false}, context_, clock_, {}));
  open();
  EXPECT_EQ(revocations_to_come(*store_)->size(), 1U);
  EXPECT_EQ(refusal_of(sync_signers(*store_, context_, "taken", true)), Guard::kSignerStale);
  EXPECT_EQ(state("mosa", SlotId::kSel2), SlotState::kRevoked);
}

TEST_F(HeldKeys, StatusTellsWhatIsStillToBeRevoked) {
  take();
  revoke_held();
  const auto status = store_status(*store_);
  ASSERT_TRUE(status);
  const auto found = std::find_if(status->attention.begin(), status->attention.end(),
                                  [](const Attention& each) { return each.what == "to-revoke"; });
  ASSERT_NE(found, status->attention.end());
  EXPECT_THAT(found->codes, ElementsAre("mosa"));
}

}  // namespace
}  // namespace zonestore
