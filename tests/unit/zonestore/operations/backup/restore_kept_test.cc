#include "zonestore/operations/backup/restore_kept.h"

#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/store_fixture.h"
#include "tests/unit/zonestore/operations/words.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/rotation/maintain.h"
#include "zonestore/operations/rotation/slots.h"
#include "zonestore/operations/signers/signers.h"

namespace zonestore {
namespace {

using namespace tests::words;  // NOLINT(google-build-using-namespace)
namespace fs = std::filesystem;

// mosa is in the backup with sel1 signing, and what else happens comes after it.
class RestoreKept : public tests::StoreFixture {
 protected:
  void back_up() { ASSERT_TRUE(zonestore::back_up(*store_, temp_.path() / "backup")); }
  Restored restore_backup(bool dry_run = false) {
    store_.reset();
    RestoreOptions options;
    options.backup = temp_.path() / "backup";
    ChangeContext context = context_;
    context.dry_run = dry_run;
    const Result<Restored> done = restore(dir(), options, context, clock_, {});
    EXPECT_TRUE(done) << done.error().message;
    store_.emplace(Store::open(dir(), Store::Access::kWrite, clock_).value());
    expect_sound();
    return done ? *done : Restored{};
  }
  // Every published key has its private half, and exactly one slot signs where signing is not stopped.
  void expect_sound() {
    db::Statement keys = store_->impl().connection.prepare("SELECT key_id FROM slot WHERE key_id IS NOT NULL");
    while (keys.step()) {
      EXPECT_TRUE(store_->impl().vault().get(keys.text(0))) << keys.text(0);
    }
    EXPECT_EQ(store_->impl().connection.integer("SELECT count(*) FROM pragma_foreign_key_check"), 0);
    EXPECT_EQ(store_->impl().connection.integer("SELECT count(*) FROM institution WHERE phase = 'signing' AND NOT "
                                                "EXISTS (SELECT 1 FROM slot WHERE slot.institution_id = "
                                                "institution.institution_id AND slot.slot = active_slot AND key_id "
                                                "IS NOT NULL AND drain_wall_ms IS NULL)"),
              0);
    EXPECT_EQ(store_->impl().connection.integer("SELECT count(*) FROM institution JOIN slot USING (institution_id) "
                                                "WHERE phase = 'departed' AND key_id IS NOT NULL"),
              0);
  }
  void rotate(const std::string& text) {
    const auto done = zonestore::rotate(*store_, context_, code(text), {});
    ASSERT_TRUE(done) << done.error().message;
  }
  // A fresh key into that slot, once its mail has arrived; then signing moves to it.
  void rotate_to_fresh_key(const std::string& text, SlotId slot) {
    clock_.advance(hours(24 * 9));
    const auto prepared = prepare(*store_, context_, code(text), slot);
    ASSERT_TRUE(prepared) << prepared.error().message;
    clock_.advance(hours(2));
    rotate(text);
  }
  void start() {
    add("mosa");
    clock_.advance(hours(2));
    back_up();
  }
  const SlotView& slot(const std::string& text, SlotId id) {
    view_ = show(text);
    return view_.slots.at(id == SlotId::kSel1 ? 0 : 1);
  }
  std::string key_of(const std::string& text, SlotId id) { return slot(text, id).key_id; }
  static bool has_note(const Restored& done, const std::string& text, const std::string& what) {
    return std::any_of(done.notes.begin(), done.notes.end(), [&](const RestoreNote& note) {
      return note.code == text && note.what.find(what) != std::string::npos;
    });
  }
  static bool has_warning(const Restored& done, const std::string& what) {
    return std::any_of(done.warnings.begin(), done.warnings.end(),
                       [&](const std::string& line) { return line.find(what) != std::string::npos; });
  }
  void add_signer_far() {
    const std::string folder = (temp_.path() / "signer").string();
    ASSERT_TRUE(add_signer(*store_, context_, {"far", signer::Format::kFiles, folder, ""}));
  }

  InstitutionView view_;
};

TEST_F(RestoreKept, AKeyThatSignsInTheSlotThatDidNotSignThenDrainsWhileSigningGoesBack) {
  start();
  ASSERT_TRUE(revoke(*store_, context_, code("mosa"), SlotId::kSel2));
  rotate_to_fresh_key("mosa", SlotId::kSel2);
  const std::string signs = key_of("mosa", SlotId::kSel2);
  const Restored done = restore_backup();
  EXPECT_EQ(show("mosa").active, SlotId::kSel1);
  EXPECT_EQ(key_of("mosa", SlotId::kSel2), signs);
  EXPECT_EQ(state("mosa", SlotId::kSel2), SlotState::kDraining);
  EXPECT_TRUE(has_note(done, "mosa", "sel2 keeps its key"));
  EXPECT_TRUE(has_note(done, "mosa", "signing is back at sel1"));
  EXPECT_TRUE(has_warning(done, "1 institution: mosa"));
}

TEST_F(RestoreKept, AKeyThatSignsInTheSlotThatSignedThenGoesOnSigning) {
  start();
  rotate("mosa");
  rotate_to_fresh_key("mosa", SlotId::kSel1);
  const std::string signs = key_of("mosa", SlotId::kSel1);
  const Restored done = restore_backup();
  EXPECT_EQ(show("mosa").active, SlotId::kSel1);
  EXPECT_EQ(key_of("mosa", SlotId::kSel1), signs);
  EXPECT_EQ(state("mosa", SlotId::kSel2), SlotState::kDraining);
  EXPECT_TRUE(has_note(done, "mosa", "sel1 keeps its key"));
}

TEST_F(RestoreKept, AKeyThatDrainsWhereTheBackupSignsKeepsItsDrainAndSigningStays) {
  start();
  rotate("mosa");
  rotate_to_fresh_key("mosa", SlotId::kSel1);
  rotate_to_fresh_key("mosa", SlotId::kSel2);
  const std::string drains = key_of("mosa", SlotId::kSel1);
  const std::string signs = key_of("mosa", SlotId::kSel2);
  clock_.advance(hours(24));
  const auto until = slot("mosa", SlotId::kSel1).drained_at;
  ASSERT_TRUE(until);
  (void)restore_backup();
  EXPECT_EQ(show("mosa").active, SlotId::kSel2);
  EXPECT_EQ(key_of("mosa", SlotId::kSel2), signs);
  EXPECT_EQ(key_of("mosa", SlotId::kSel1), drains);
  EXPECT_EQ(slot("mosa", SlotId::kSel1).drained_at, until);
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kDraining);
}

TEST_F(RestoreKept, AKeyWhoseMailHasArrivedGivesWayToTheBackups) {
  start();
  const std::string before = key_of("mosa", SlotId::kSel1);
  rotate("mosa");
  rotate_to_fresh_key("mosa", SlotId::kSel1);
  rotate_to_fresh_key("mosa", SlotId::kSel2);
  clock_.advance(hours(24 * 9));
  (void)restore_backup();
  EXPECT_EQ(key_of("mosa", SlotId::kSel1), before);
  EXPECT_EQ(show("mosa").active, SlotId::kSel2) << "the backup's key has to ripen first";
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kDraining) << "it signed when the backup was made";
}

// A name that has just answered that there is nothing is remembered so, whatever the backup says that it served.
TEST_F(RestoreKept, AnInstitutionThatTheLiveStoreNeverHeardOfHasToRipen) {
  const std::filesystem::path elsewhere = temp_.path() / "elsewhere";
  RestoreOptions options;
  options.backup = temp_.path() / "without";
  ASSERT_TRUE(zonestore::back_up(*store_, options.backup));
  options.key_file = dir() / "vault/wrapping.key";
  ASSERT_TRUE(restore(elsewhere, options, overriding(Guard::kForeignBackup), clock_, {}));
  start();
  ASSERT_EQ(state("mosa", SlotId::kSel2), SlotState::kStandby);
  options.backup = temp_.path() / "backup";
  const Result<Restored> done = restore(elsewhere, options, overriding(Guard::kForeignBackup), clock_, {});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_TRUE(has_note(*done, "mosa", "sel1 signs, but until ")) << "there was no record of it until now";
  store_.emplace(Store::open(elsewhere, Store::Access::kWrite, clock_).value());
  EXPECT_EQ(state("mosa", SlotId::kSel2), SlotState::kPublished);
  EXPECT_EQ(refusal_of(zonestore::rotate(*store_, context_, code("mosa"), {})), Guard::kNotRipe);
  clock_.advance(std::chrono::minutes(15));
  EXPECT_EQ(state("mosa", SlotId::kSel2), SlotState::kStandby);
}

TEST_F(RestoreKept, ARemovalIsTakenBackWithTheKeyThatItLeftDraining) {
  start();
  rotate("mosa");
  rotate_to_fresh_key("mosa", SlotId::kSel1);
  const std::string signed_with = key_of("mosa", SlotId::kSel1);
  ASSERT_TRUE(remove_institution(*store_, context_, code("mosa")));
  (void)restore_backup();
  EXPECT_EQ(show("mosa").active, SlotId::kSel1);
  EXPECT_EQ(key_of("mosa", SlotId::kSel1), signed_with);
}

TEST_F(RestoreKept, WhatBeganToSignAfterTheBackupGoesOnSigning) {
  add("mosa");
  ASSERT_TRUE(revoke(*store_, context_, code("mosa"), SlotId::kSel2));
  ASSERT_TRUE(revoke(*store_, context_, code("mosa"), SlotId::kSel1, {true, {}}));
  back_up();
  ASSERT_TRUE(prepare(*store_, context_, code("mosa"), SlotId::kSel1));
  clock_.advance(hours(2));
  ASSERT_TRUE(maintain(*store_, context_));
  ASSERT_EQ(show("mosa").active, SlotId::kSel1);
  (void)restore_backup();
  EXPECT_EQ(show("mosa").active, SlotId::kSel1);
}

TEST_F(RestoreKept, WhereTheBackupRemovesItTheKeyThatSignsDrains) {
  add("mosa");
  ASSERT_TRUE(remove_institution(*store_, context_, code("mosa")));
  back_up();
  ASSERT_TRUE(undo(*store_, context_, code("mosa"), {}));
  clock_.advance(hours(2));
  rotate("mosa");
  rotate_to_fresh_key("mosa", SlotId::kSel1);
  const std::string signs = key_of("mosa", SlotId::kSel1);
  (void)restore_backup();
  EXPECT_FALSE(show("mosa").active);
  EXPECT_EQ(key_of("mosa", SlotId::kSel1), signs);
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kDraining);
  EXPECT_EQ(state("mosa", SlotId::kSel2), SlotState::kDraining);
}

TEST_F(RestoreKept, AnInstitutionThatTheBackupLacksDepartsAndUndoTakesThatBack) {
  back_up();
  AddOptions options;
  options.domains = {*Name::parse("mosa.example")};
  options.algorithm = crypto::Algorithm::kEd25519;
  ASSERT_TRUE(add_institution(*store_, overriding(Guard::kKeyType), code("mosa"), options));
  const std::string first = key_of("mosa", SlotId::kSel1);
  const std::string second = key_of("mosa", SlotId::kSel2);
  const Restored done = restore_backup();
  EXPECT_TRUE(has_note(done, "mosa", "zonectl undo mosa"));
  EXPECT_TRUE(has_warning(done, "1 institution: mosa"));
  EXPECT_FALSE(show("mosa").active);
  EXPECT_EQ(key_of("mosa", SlotId::kSel2), second);
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kDraining);
  clock_.advance(hours(24 * 7));
  ASSERT_TRUE(maintain(*store_, context_));
  EXPECT_EQ(key_of("mosa", SlotId::kSel1), first);
  const auto undone = undo(*store_, context_, code("mosa"), {});
  ASSERT_TRUE(undone) << undone.error().message;
  EXPECT_EQ(show("mosa").active, SlotId::kSel1);
  EXPECT_EQ(show("mosa").domains, options.domains);
  expect_sound();
}

TEST_F(RestoreKept, AnInstitutionThatTheBackupLacksLeavesWhenItsDrainIsOver) {
  back_up();
  add("mosa");
  (void)restore_backup();
  clock_.advance(hours(24 * 9));
  ASSERT_TRUE(maintain(*store_, context_));
  EXPECT_FALSE(show_institution(*store_, code("mosa")));
  add("mosa");
  EXPECT_FALSE(show("mosa").active) << "resolvers may still hold the key that was served until then";
}

TEST_F(RestoreKept, AnInstitutionThatTheBackupKnowsAsDepartedDepartsAnew) {
  add("mosa");
  ASSERT_TRUE(remove_institution(*store_, context_, code("mosa")));
  clock_.advance(hours(24 * 9));
  ASSERT_TRUE(maintain(*store_, context_));
  back_up();
  add("mosa");
  clock_.advance(hours(2));
  ASSERT_TRUE(maintain(*store_, context_));
  const std::string signs = key_of("mosa", SlotId::kSel1);
  ASSERT_EQ(show("mosa").active, SlotId::kSel1);
  (void)restore_backup();
  EXPECT_EQ(key_of("mosa", SlotId::kSel1), signs);
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kDraining);
}

TEST_F(RestoreKept, AnInstitutionWithoutMailUnderWayLeavesAtOnce) {
  back_up();
  add("mosa");
  ASSERT_TRUE(remove_institution(*store_, context_, code("mosa")));
  clock_.advance(hours(24 * 9));
  const Restored done = restore_backup();
  EXPECT_TRUE(has_note(done, "mosa", "its records leave"));
  EXPECT_FALSE(show_institution(*store_, code("mosa")));
}

TEST_F(RestoreKept, DrainsOfWhatIsKeptWaitForTheSignersThatAreSwitchedOff) {
  start();
  add_signer_far();
  ASSERT_TRUE(revoke(*store_, context_, code("mosa"), SlotId::kSel2));
  rotate_to_fresh_key("mosa", SlotId::kSel2);
  add("opera");
  const std::string signs = key_of("mosa", SlotId::kSel2);
  const std::string departs = key_of("opera", SlotId::kSel1);
  (void)restore_backup();
  clock_.advance(hours(24 * 90));
  (void)maintain(*store_, context_);
  EXPECT_EQ(key_of("mosa", SlotId::kSel2), signs);
  EXPECT_EQ(state("mosa", SlotId::kSel2), SlotState::kDraining);
  EXPECT_TRUE(slot("mosa", SlotId::kSel2).waits_for_signers);
  EXPECT_EQ(key_of("opera", SlotId::kSel1), departs);
  EXPECT_TRUE(slot("opera", SlotId::kSel1).waits_for_signers);
}

TEST_F(RestoreKept, AKeyThatWasRevokedIsNotKept) {
  start();
  rotate("mosa");
  rotate_to_fresh_key("mosa", SlotId::kSel1);
  add("opera");
  store_->impl().connection.execute(
      "UPDATE dkim_key SET revoked_ms = 1 WHERE key_id IN (SELECT key_id FROM slot WHERE slot = 1)");
  const std::string revoked = key_of("mosa", SlotId::kSel1);
  (void)restore_backup();
  EXPECT_NE(key_of("mosa", SlotId::kSel1), revoked);
  EXPECT_FALSE(show_institution(*store_, code("opera")));
}

TEST_F(RestoreKept, AKeyWhosePrivateHalfIsLostIsNotKept) {
  start();
  rotate("mosa");
  rotate_to_fresh_key("mosa", SlotId::kSel1);
  add("opera");
  const std::string lost = key_of("mosa", SlotId::kSel1);
  store_.reset();
  std::ofstream(dir() / "vault/vault.db", std::ios::trunc) << "garbage";
  const Restored done = restore_backup();
  EXPECT_NE(key_of("mosa", SlotId::kSel1), lost);
  EXPECT_TRUE(has_note(done, "mosa", "its private half is lost"));
  EXPECT_TRUE(has_note(done, "opera", "its private half is lost"));
}

TEST_F(RestoreKept, ManyAreCountedAndTheFirstAreNamedAndADryRunSaysTheSame) {
  back_up();
  for (const char* each : {"a1", "b1", "c1", "d1"}) {
    add(each);
  }
  const std::string line = "4 institutions: a1, b1, c1 and 1 more";
  EXPECT_TRUE(has_warning(restore_backup(true), line));
  EXPECT_TRUE(show("a1").active);
  EXPECT_TRUE(has_warning(restore_backup(), line));
  EXPECT_FALSE(show("d1").active);
}

}  // namespace
}  // namespace zonestore
