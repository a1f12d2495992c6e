// What a restore does to drains, and that signers and what was seen in the DNS come through it.
#include <gtest/gtest.h>

#include "tests/unit/zonestore/operations/backup/restore_fixture.h"
#include "tests/unit/zonestore/operations/words.h"
#include "zonestore/operations/signers/signers.h"
#include "zonestore/operations/views/checking.h"

namespace zonestore {
namespace {

using namespace tests::words;  // NOLINT(google-build-using-namespace)
namespace fs = std::filesystem;

// The live store's drain of the same key began two days later, by a wall clock that was twenty days behind.
TEST_F(RestoreTest, OfTwoDrainsOfOneKeyTheOneStaysThatHasLongerToGo) {
  add("mosa");
  rotate_unripe("mosa");
  back_up();
  store_->impl().connection.execute(
      "UPDATE slot SET drain_wall_ms = drain_wall_ms - 18 * 86400000, drain_boot_ms = drain_boot_ms + 2 * 86400000, "
      "drain_trusted_ms = drain_trusted_ms + 2 * 86400000 WHERE drain_wall_ms IS NOT NULL");
  clock_.advance(hours{24 * 8});
  (void)restore_backup();
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kDraining);
  clock_.advance(hours{24 + 2});
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kDrained);
}

// A signer that is switched off signs on with what it has: no drain may end before it has followed.
TEST_F(RestoreTest, DrainsWaitForTheSignersThatAreSwitchedOff) {
  const std::string folder = (temp_.path() / "signer").string();
  add("mosa");
  ASSERT_TRUE(add_signer(*store_, context_, {"mx1", signer::Format::kFiles, folder, ""}));
  back_up();
  clock_.advance(hours(1));
  rotate("mosa");  // mx1 signs with sel2 from now on, and the restored store with sel1
  restore_backup();
  EXPECT_EQ(show("mosa").active, SlotId::kSel1);
  EXPECT_TRUE(show("mosa").slots[1].waits_for_signers);
  clock_.advance(hours(24 * 30));
  EXPECT_EQ(state("mosa", SlotId::kSel2), SlotState::kDraining);
  ASSERT_TRUE(sync_signers(*store_, context_, "mx1", true));
  EXPECT_FALSE(show("mosa").slots[1].waits_for_signers);
  EXPECT_EQ(state("mosa", SlotId::kSel2), SlotState::kDraining) << "its time begins when the last has followed";
  clock_.advance(hours(24 * 8));
  EXPECT_EQ(state("mosa", SlotId::kSel2), SlotState::kDrained);
}

// On another machine nobody knows which of both keys the signers of the first were at.
TEST_F(RestoreTest, DrainsOfTheBackupWaitToo) {
  const std::string folder = (temp_.path() / "signer").string();
  add("mosa");
  ASSERT_TRUE(add_signer(*store_, context_, {"mx1", signer::Format::kFiles, folder, ""}));
  clock_.advance(hours(1));
  rotate("mosa");
  back_up();
  store_.reset();
  RestoreOptions options;
  options.key_file = temp_.path() / "wrapping.key";
  fs::copy_file(dir() / "vault" / "wrapping.key", *options.key_file);
  fs::remove_all(dir());
  ASSERT_TRUE(try_restore_foreign(options));
  EXPECT_TRUE(show("mosa").slots[0].waits_for_signers);
  clock_.advance(hours(24 * 30));
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kDraining);
}

TEST_F(RestoreTest, DrainsWaitForASignerThatTheBackupDoesNotKnow) {
  const std::string folder = (temp_.path() / "signer").string();
  add("mosa");
  back_up();
  clock_.advance(hours(1));
  ASSERT_TRUE(add_signer(*store_, context_, {"mx1", signer::Format::kFiles, folder, ""}));
  rotate("mosa");
  EXPECT_EQ(restore_backup().signers, std::vector<std::string>{"mx1"});
  EXPECT_TRUE(show("mosa").slots[1].waits_for_signers);
}

TEST_F(RestoreTest, SignersComeBackSwitchedOff) {
  add("mosa");
  store_->impl().connection.execute(
      "INSERT INTO signer (name, format, directory, command, added_ms) VALUES ('mx1', 'files', '/x', 'rm -rf /', 0)");
  back_up();
  const Restored done = restore_backup();
  EXPECT_EQ(done.signers, std::vector<std::string>{"mx1"});
  EXPECT_EQ(store_->impl().connection.integer("SELECT enabled FROM signer"), 0);
  EXPECT_EQ(store_->impl().connection.integer("SELECT count(*) FROM signer_task"), 1);
}

TEST_F(RestoreTest, WhatWasSeenInTheDnsStands) {
  AddOptions options;
  options.algorithm = crypto::Algorithm::kEd25519;
  options.domains = {*Name::parse("mosamuseum.com"), *Name::parse("mosa.art")};
  ASSERT_TRUE(add_institution(*store_, overriding(Guard::kKeyType), code("mosa"), options));
  const auto saw = [&](const std::string& domain, Verdict verdict) {
    const Evidence own{std::nullopt, "sel2", Verdict::kOk, "", key_of("mosa", SlotId::kSel2)};
    const Evidence cname{*Name::parse(domain), "sel2", verdict, "as it was seen", own.key_id};
    ASSERT_TRUE(record_evidence(*store_, {{code("mosa"), {{own, cname}, clock_.now()}}}));
    clock_.advance(hours(1));
  };
  saw("mosamuseum.com", Verdict::kMissing);  // known to the backup and to the live store
  saw("mosa.art", Verdict::kLoop);           // known to the backup, and mended since
  back_up();
  saw("mosa.art", Verdict::kOk);
  clock_.advance(hours(24 * 7));
  restore_backup();
  EXPECT_EQ(rotate_refusal("mosa"), Guard::kCnameMissing);
  saw("mosamuseum.com", Verdict::kOk);
  EXPECT_EQ(rotate_refusal("mosa"), std::nullopt) << "the later look counts";
}

TEST_F(RestoreTest, WhatWasSeenAfterTheBackupStandsToo) {
  AddOptions options;
  options.algorithm = crypto::Algorithm::kEd25519;
  options.domains = {*Name::parse("mosamuseum.com")};
  ASSERT_TRUE(add_institution(*store_, overriding(Guard::kKeyType), code("mosa"), options));
  clock_.advance(hours(1));
  back_up();
  const Evidence own{std::nullopt, "sel2", Verdict::kOk, "", key_of("mosa", SlotId::kSel2)};
  const Evidence cname{*Name::parse("mosamuseum.com"), "sel2", Verdict::kLoop, "as it was seen", own.key_id};
  ASSERT_TRUE(record_evidence(*store_, {{code("mosa"), {{own, cname}, clock_.now()}}}));
  restore_backup();
  EXPECT_EQ(rotate_refusal("mosa"), Guard::kCnameWrong);
}

TEST_F(RestoreTest, WhoIsFrozenStaysFrozen) {
  add("mosa");
  clock_.advance(hours{1});
  back_up();
  store_->impl().connection.execute("UPDATE institution SET frozen_ms = 1, frozen_reason = 'audit'");
  const Restored done = restore_backup();
  EXPECT_TRUE(has_note(done, "mosa", "stays frozen"));
  EXPECT_EQ(rotate_refusal("mosa"), Guard::kFrozen);
}

}  // namespace
}  // namespace zonestore
