// Ways back: undo and redo of a swap, of a removal, and what a new life remembers of the old one.
#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>

#include "tests/support/store_fixture.h"
#include "tests/unit/zonestore/operations/words.h"
#include "zonestore/operations/backup/backup.h"
#include "zonestore/operations/backup/restore.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/policy/freeze.h"
#include "zonestore/operations/rotation/maintain.h"
#include "zonestore/operations/rotation/slots.h"
#include "zonestore/operations/signers/signers.h"
#include "zonestore/operations/views/checking.h"
#include "zonestore/operations/zones/zones.h"

namespace zonestore {
namespace {

using namespace tests::words;  // NOLINT(google-build-using-namespace)
using std::chrono::seconds;

class WaysBack : public tests::StoreFixture {
 protected:
  WaysBack() {
    add("mosa");
    clock_.advance(minutes(16));
  }

  auto rotate_mosa(const SwapOptions& options = {}) { return rotate(*store_, context_, code("mosa"), options); }
  auto undo_mosa(const SwapOptions& options = {}) { return undo(*store_, context_, code("mosa"), options); }
  void remove_mosa() { ASSERT_TRUE(remove_institution(*store_, context_, code("mosa"))); }
  void let_it_leave() {
    clock_.advance(hours(24 * 8));
    ASSERT_TRUE(maintain(*store_, context_));
    ASSERT_FALSE(show_institution(*store_, code("mosa")));
  }
  std::string last_log() {
    std::string what;
    EXPECT_TRUE(read_log(*store_, {.subjects = {"mosa"}, .since = {}, .newest = 1}, [&](const AuditEntry& entry) {
      what = entry.command + ": " + entry.what;
      return true;
    }));
    return what;
  }
};

// ---- redo ----

TEST_F(WaysBack, ARotationAfterAnUndoIsTheRedoAndSaysSo) {
  ASSERT_TRUE(rotate_mosa());
  ASSERT_TRUE(undo_mosa());
  clock_.advance(minutes(5));
  const auto redone = rotate_mosa();
  ASSERT_TRUE(redone) << redone.error().message;
  EXPECT_TRUE(redone->redo);
  EXPECT_EQ(redone->to, SlotId::kSel2);
  EXPECT_EQ(last_log(), "rotate: redo: signing moved from sel1 to sel2");
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kDraining);
  EXPECT_EQ(redone->drains_until, clock_.now().wall + hours(24 * 7) + seconds(3600 + 600));
  EXPECT_EQ(refusal_of(rotate_mosa()), Guard::kDraining);  // a nervous second Enter
  EXPECT_TRUE(undo_mosa());                                // and back once more
}

TEST_F(WaysBack, ANervousSecondRotateIsToldWhoMovedSigningAndWhen) {
  const WallTime then = clock_.now().wall;
  context_.actor.name = "alice";
  ASSERT_TRUE(rotate_mosa());
  clock_.advance(minutes(1));
  const auto refused = rotate_mosa();
  ASSERT_EQ(refusal_of(refused), Guard::kDraining);
  EXPECT_THAT(refused.error().message,
              HasSubstr("signing moved from sel1 to sel2 at " + to_rfc3339(then) + ", by alice"));
}

TEST_F(WaysBack, ARedoKeepsEveryOtherGuard) {
  add("louvre");
  ASSERT_TRUE(rotate(*store_, overriding(Guard::kNotRipe), code("louvre")));
  ASSERT_TRUE(undo(*store_, context_, code("louvre")));
  EXPECT_EQ(refusal_of(rotate(*store_, context_, code("louvre"))), Guard::kNotRipe);
  clock_.advance(minutes(16));
  ASSERT_TRUE(freeze(*store_, context_, code("louvre"), "audit"));
  EXPECT_EQ(refusal_of(rotate(*store_, context_, code("louvre"))), Guard::kFrozen);
  ASSERT_TRUE(thaw(*store_, context_, code("louvre")));
  EXPECT_EQ(refusal_of(rotate(*store_, expecting(SlotId::kSel2), code("louvre"))), Guard::kExpect);
  EXPECT_TRUE(rotate(*store_, context_, code("louvre")));
}

TEST_F(WaysBack, ARedoIsOverWithTheDrain) {
  ASSERT_TRUE(rotate_mosa());
  ASSERT_TRUE(undo_mosa());
  clock_.advance(hours(24 * 8));
  EXPECT_EQ(refusal_of(rotate_mosa()), Guard::kNoStandby);
}

TEST_F(WaysBack, PolicyNeverRedoes) {
  ASSERT_TRUE(rotate_mosa());
  ASSERT_TRUE(undo_mosa());
  store_->impl().connection.execute(
      "INSERT INTO policy (institution_id, key, value_s) VALUES (0, 'every', 86400), (0, 'jitter', 0)");
  clock_.advance(hours(25));
  const auto maintained = maintain(*store_, context_);
  ASSERT_TRUE(maintained);
  EXPECT_THAT(maintained->waiting, ElementsAre(HasSubstr("E_DRAINING")));
  EXPECT_EQ(show("mosa").active, SlotId::kSel1);
  EXPECT_TRUE(rotate_mosa());  // by hand it is allowed
}

TEST_F(WaysBack, ARestoreOpensNoWayForward) {
  ASSERT_TRUE(back_up(*store_, temp_.path() / "copy"));
  ASSERT_TRUE(rotate_mosa());
  store_.reset();
  ASSERT_TRUE(restore(dir(), {temp_.path() / "copy", std::nullopt, false}, context_, clock_, {}));
  open();
  ASSERT_EQ(show("mosa").active, SlotId::kSel1);
  ASSERT_EQ(state("mosa", SlotId::kSel2), SlotState::kDraining);
  EXPECT_EQ(refusal_of(rotate_mosa()), Guard::kDraining);
  EXPECT_EQ(refusal_of(undo_mosa()), Guard::kNothingToUndo);
}

// ---- the automatic undo ----

TEST_F(WaysBack, TheAutomaticUndoLeavesAMoveThatSomebodyMadeMeanwhile) {
  const std::string script = (temp_.path() / "command").string();
  std::ofstream(script) << "test -e '" << (temp_.path() / "late").string() << "' || exit 0\n"
                        << "sqlite3 '" << (dir() / "zone.db").string()
                        << "' \"UPDATE institution SET move_count = move_count + 1, moved_by = 'bob'\"\nexit 1\n";
  SignerOptions options{"a", signer::Format::kFiles, (temp_.path() / "a").string(), "/bin/sh " + script};
  const auto enrolled = add_signer(*store_, context_, options);
  ASSERT_TRUE(enrolled) << enrolled.error().message;
  ASSERT_TRUE(set_policy(*store_, context_, std::nullopt, "signer-limit", "1s"));
  std::ofstream(temp_.path() / "late").flush();
  const auto swapped = rotate_mosa();
  ASSERT_TRUE(swapped) << swapped.error().message;
  EXPECT_THAT(swapped->undone_for, IsEmpty());
  EXPECT_THAT(swapped->unfollowed, ElementsAre(HasSubstr("a: ")));
  EXPECT_THAT(swapped->warnings,
              ElementsAre(HasSubstr("nobody has seen"), HasSubstr("its last move is not the move that was meant")));
  EXPECT_THAT(swapped->warnings.back(), HasSubstr("by bob"));
  EXPECT_EQ(show("mosa").active, SlotId::kSel2);
}

// ---- the undo of a removal ----

TEST_F(WaysBack, ARemovalIsTakenBackWholeUntilItsRecordsLeave) {
  ASSERT_TRUE(add_domain(*store_, context_, code("mosa"), *Name::parse("mosamuseum.com")));
  ASSERT_TRUE(rotate_mosa());
  const InstitutionView before = show("mosa");
  remove_mosa();
  clock_.advance(hours(24 * 3));
  const auto undone = undo_mosa();
  ASSERT_TRUE(undone) << undone.error().message;
  ASSERT_TRUE(undone->returned);
  EXPECT_EQ(undone->returned->signs_with, SlotId::kSel2);
  const InstitutionView after = show("mosa");
  EXPECT_EQ(after.phase, Phase::kSigning);
  EXPECT_EQ(after.active, SlotId::kSel2);
  EXPECT_EQ(after.domains, before.domains);
  EXPECT_EQ(after.slots[1].state, SlotState::kActive);
  EXPECT_EQ(seconds(zonestore::seconds(after.slots[1].ttl)), hours(1));
  for (std::size_t slot = 0; slot < 2; ++slot) {
    EXPECT_EQ(after.slots[slot].key_id, before.slots[slot].key_id);
    EXPECT_EQ(after.slots[slot].record_text, before.slots[slot].record_text);
  }
  EXPECT_EQ(after.slots[0].drained_at, before.slots[0].drained_at);  // what drained goes on draining
  EXPECT_EQ(last_log(), "undo: the removal was taken back: sel2 signs again");
  EXPECT_TRUE(prove_signing_key(*store_, code("mosa"), SlotId::kSel2));
}

TEST_F(WaysBack, ARemovalThatWasTakenBackLetsNoEarlierSwapBeUndone) {
  ASSERT_TRUE(rotate_mosa());
  remove_mosa();
  ASSERT_TRUE(undo_mosa());
  EXPECT_EQ(refusal_of(undo_mosa()), Guard::kNothingToUndo);
  EXPECT_EQ(refusal_of(rotate_mosa()), Guard::kDraining);
}

TEST_F(WaysBack, ARemovalIsTakenBackAtTheLastMomentAndNotAfterIt) {
  remove_mosa();
  clock_.advance(hours(24 * 8));  // its mail has arrived, but maintain was not there yet
  ASSERT_TRUE(undo_mosa());
  remove_mosa();
  let_it_leave();
  EXPECT_EQ(undo_mosa().error().code, ErrorCode::kNotFound);
}

TEST_F(WaysBack, ARemovalWhoseSlotWasRevokedComesBackWithoutSigning) {
  remove_mosa();
  ASSERT_TRUE(revoke(*store_, context_, code("mosa"), SlotId::kSel1));
  const auto undone = undo_mosa();
  ASSERT_TRUE(undone) << undone.error().message;
  EXPECT_FALSE(undone->returned->signs_with);
  EXPECT_EQ(show("mosa").phase, Phase::kStarting);
  EXPECT_EQ(show("mosa").starts_with, SlotId::kSel2);
  ASSERT_TRUE(maintain(*store_, context_));
  EXPECT_EQ(show("mosa").active, SlotId::kSel2);
}

TEST_F(WaysBack, OneThatDidNotSignDoesNotSignAfterTheUndoOfItsRemoval) {
  ASSERT_TRUE(revoke(*store_, context_, code("mosa"), SlotId::kSel2));
  ASSERT_TRUE(revoke(*store_, context_, code("mosa"), SlotId::kSel1, {.stop_signing = true}));
  remove_mosa();
  const auto undone = undo_mosa();
  ASSERT_TRUE(undone) << undone.error().message;
  EXPECT_FALSE(undone->returned->signs_with);
  EXPECT_EQ(show("mosa").phase, Phase::kStarting);
}

TEST_F(WaysBack, WhatIsMeantForOneMoveTakesNoRemovalBack) {
  const auto rotated = rotate_mosa();
  ASSERT_TRUE(rotated);
  remove_mosa();
  SwapOptions options;
  options.undoes.number = rotated->move;
  EXPECT_EQ(refusal_of(undo_mosa(options)), Guard::kNothingToUndo);
  EXPECT_EQ(show("mosa").phase, Phase::kDeparting);
}

TEST_F(WaysBack, ADryRunOfTheUndoOfARemovalChangesNothing) {
  remove_mosa();
  const std::size_t rows = audit_rows();
  context_.dry_run = true;
  ASSERT_TRUE(undo_mosa());
  EXPECT_EQ(show("mosa").phase, Phase::kDeparting);
  EXPECT_EQ(audit_rows(), rows);
}

// ---- hints ----

TEST_F(WaysBack, WhoeverMeetsARemovalIsToldHowToTakeItBack) {
  remove_mosa();
  EXPECT_THAT(rotate_mosa().error().hint, HasSubstr("zonectl undo mosa"));
  EXPECT_THAT(prepare(*store_, context_, code("mosa"), std::nullopt).error().hint, HasSubstr("zonectl undo mosa"));
  EXPECT_THAT(add_institution(*store_, context_, code("mosa"), {}).error().hint, HasSubstr("zonectl undo mosa"));
}

// ---- a new life ----

class NewLife : public WaysBack {
 protected:
  void live() {
    ASSERT_TRUE(add_domain(*store_, context_, code("mosa"), *Name::parse("mosamuseum.com")));
    ASSERT_TRUE(set_policy(*store_, context_, code("mosa"), "slack", "7200s"));
    ASSERT_TRUE(set_policy(*store_, context_, code("mosa"), "window", "Tue 09:00-11:00 UTC"));
    ASSERT_TRUE(freeze(*store_, context_, code("mosa"), "audit"));
    const Evidence missing{*Name::parse("mosamuseum.com"), "sel1", Verdict::kMissing, "not there"};
    ASSERT_TRUE(record_evidence(*store_, {{code("mosa"), {{missing}, clock_.now()}}}));
    remove_mosa();
  }
  void expect_nothing_of_the_old_life() {
    const InstitutionView view = show("mosa");
    EXPECT_THAT(view.domains, IsEmpty());
    EXPECT_THAT(view.evidence, IsEmpty());
    EXPECT_FALSE(view.frozen);
    for (const char* table : {"policy", "rotation_window", "evidence", "domain"}) {
      db::Statement rows = store_->impl().connection.prepare("SELECT count(*) FROM " + std::string(table) +
                                                             " WHERE institution_id <> 0");
      ASSERT_TRUE(rows.step());
      EXPECT_EQ(rows.integer(0), 0) << table;
    }
  }
};

TEST_F(NewLife, BeginsWithNothingOfTheOldOne) {
  live();
  let_it_leave();
  add("mosa");
  expect_nothing_of_the_old_life();
}

TEST_F(NewLife, BeginsWithNothingOfTheOldOneThoughMaintainHasNotRun) {
  live();
  clock_.advance(hours(24 * 8));
  add("mosa");
  expect_nothing_of_the_old_life();
}

TEST_F(NewLife, StillRemembersWhatItsNamesHaveServedUnderThePolicyOfThatTime) {
  live();
  let_it_leave();
  add("mosa");
  EXPECT_EQ(show("mosa").phase, Phase::kStarting);
  EXPECT_EQ(show("mosa").slots[0].ripe_at, clock_.now().wall + seconds(3600 + 7200));
}

TEST_F(NewLife, StillRemembersWhatItsNamesHaveServedThoughMaintainHasNotRun) {
  live();
  clock_.advance(hours(24 * 8));
  add("mosa");
  EXPECT_EQ(show("mosa").phase, Phase::kStarting);
  EXPECT_EQ(show("mosa").slots[0].ripe_at, clock_.now().wall + seconds(3600 + 7200));
}

TEST_F(NewLife, CountsForItsNamesAbsenceBetweenTheLivesWithThePolicyOfTheStore) {
  live();
  let_it_leave();
  clock_.advance(hours(24));
  ZoneSettings settings;
  settings.minimum = 2000;
  ASSERT_TRUE(set_zone(*store_, context_, store_->dkim_zone(), settings));
  const WallTime ended = clock_.now().wall;
  settings.minimum = 30;
  clock_.advance(seconds(10));
  ASSERT_TRUE(set_zone(*store_, context_, store_->dkim_zone(), settings));
  add("mosa");
  EXPECT_EQ(show("mosa").slots[0].ripe_at, ended + seconds(10 + 2000 + 600));
}

}  // namespace
}  // namespace zonestore
