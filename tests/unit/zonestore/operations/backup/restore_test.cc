// What a restore brings back, and which keys and revocations it goes by.
#include "zonestore/operations/backup/restore.h"

#include <gtest/gtest.h>

#include "tests/unit/zonestore/operations/backup/restore_fixture.h"
#include "tests/unit/zonestore/operations/words.h"
#include "zonestore/operations/change/moment_keeper.h"
#include "zonestore/operations/secondaries/secondaries.h"
#include "zonestore/operations/zones/zones.h"

namespace zonestore {
namespace {

using namespace tests::words;  // NOLINT(google-build-using-namespace)
namespace fs = std::filesystem;

TEST_F(RestoreTest, BringsBackWhatWasAndRaisesTheSerial) {
  add("mosa");
  clock_.advance(hours{1});
  back_up();
  const std::string key = key_of("mosa", SlotId::kSel1);
  rotate("mosa");
  const std::uint32_t last_served = serial();
  const Restored done = restore_backup();
  EXPECT_GT(serial(), last_served);
  EXPECT_TRUE(done.knew_live_store);
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kActive);
  EXPECT_EQ(key_of("mosa", SlotId::kSel1), key);
  EXPECT_TRUE(has_note(done, "mosa", "signing is back at sel1"));
  expect_sound();
}

TEST_F(RestoreTest, AKeyThatSignedUntilNowDrains) {
  add("mosa");
  clock_.advance(hours{1});
  back_up();
  rotate("mosa");
  (void)restore_backup();
  EXPECT_EQ(state("mosa", SlotId::kSel2), SlotState::kDraining);
  EXPECT_EQ(rotate_refusal("mosa"), Guard::kDraining);
  EXPECT_EQ(tests::refusal_of(undo(*store_, context_, code("mosa"), {})), Guard::kNothingToUndo);
}

TEST_F(RestoreTest, ARestoreIsLoggedAndKeepsWhatWasThere) {
  add("mosa");
  back_up();
  add("opera");
  const Restored done = restore_backup();
  ASSERT_TRUE(done.kept);
  const auto kept = read_backup(*done.kept);
  ASSERT_TRUE(kept) << kept.error().message;
  EXPECT_EQ(kept->institutions, 2U);
  std::string last;
  ASSERT_TRUE(read_log(*store_, {}, [&](const AuditEntry& entry) {
    last = entry.command + " " + entry.after_json;
    return true;
  }));
  EXPECT_EQ(last.substr(0, 8), "restore ");
  EXPECT_NE(last.find(done.kept->string()), std::string::npos);
  // And it can be restored in its turn.
  RestoreOptions back;
  back.backup = *done.kept;
  back.safety_copy = false;
  const auto again = try_restore(back);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_FALSE(again->kept);
  EXPECT_EQ(state("opera", SlotId::kSel1), SlotState::kActive);
  expect_sound();
}

TEST_F(RestoreTest, NeverBringsBackAKeyThatWasRevoked) {
  add("mosa");
  clock_.advance(hours{1});
  back_up();
  const std::string revoked = key_of("mosa", SlotId::kSel2);
  mark_revoked("mosa", SlotId::kSel2);
  const Restored done = restore_backup();
  EXPECT_EQ(done.revoked, std::vector<std::string>{"mosa sel2"});
  EXPECT_TRUE(has_note(done, "mosa", "sel2 stays revoked"));
  EXPECT_EQ(state("mosa", SlotId::kSel2), SlotState::kRevoked);
  EXPECT_EQ(served("mosa", SlotId::kSel2), "v=DKIM1; p=");
  EXPECT_FALSE(vault_has(revoked));
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kActive);
  expect_sound();
}

TEST_F(RestoreTest, SigningMovesAwayFromARevokedKey) {
  add("mosa");
  clock_.advance(hours{1});
  back_up();
  mark_revoked("mosa", SlotId::kSel1);
  const Restored done = restore_backup();
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kRevoked);
  EXPECT_EQ(state("mosa", SlotId::kSel2), SlotState::kActive);
  EXPECT_TRUE(has_note(done, "mosa", "signing moved from sel1 to sel2"));
  expect_sound();
}

TEST_F(RestoreTest, SigningStopsWhereBothKeysWereRevoked) {
  add("mosa");
  back_up();
  mark_revoked("mosa", SlotId::kSel1);
  mark_revoked("mosa", SlotId::kSel2);
  const Restored done = restore_backup();
  EXPECT_TRUE(has_note(done, "mosa", "signing has stopped"));
  EXPECT_FALSE(show("mosa").active);
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kRevoked);
  EXPECT_EQ(state("mosa", SlotId::kSel2), SlotState::kRevoked);
}

TEST_F(RestoreTest, ARevocationIsRememberedAcrossTwoRestores) {
  back_up();
  add("mosa");
  clock_.advance(hours{1});
  const fs::path second = temp_.path() / "second";
  ASSERT_TRUE(zonestore::back_up(*store_, second));
  mark_revoked("mosa", SlotId::kSel2);
  (void)restore_backup();  // of before mosa: its keys' rows are gone
  RestoreOptions options;
  options.backup = second;
  const auto done = try_restore(options);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->revoked, std::vector<std::string>{"mosa sel2"});
  EXPECT_EQ(state("mosa", SlotId::kSel2), SlotState::kRevoked);
}

// mosa: sel1 signs; sel2 gets a fresh key after the backup. The old one in sel2 comes back and is not ripe.
TEST_F(RestoreTest, ASelectorWhoseContentChangesRipensAnew) {
  add("mosa");
  clock_.advance(hours{1});
  back_up();
  EXPECT_EQ(state("mosa", SlotId::kSel2), SlotState::kStandby);
  store_->impl().connection.execute(
      "UPDATE selector_content SET key_id = '00000000000000ff' WHERE slot = 2 AND "
      "ended_wall_ms IS NULL");
  (void)restore_backup();
  EXPECT_EQ(state("mosa", SlotId::kSel2), SlotState::kPublished);
  EXPECT_EQ(rotate_refusal("mosa"), Guard::kNotRipe);
  clock_.advance(hours{2});
  EXPECT_EQ(rotate_refusal("mosa"), std::nullopt);
}

TEST_F(RestoreTest, SigningGoesToTheSlotThatIsSafeIfTheOneOfTheBackupIsNot) {
  add("mosa");
  clock_.advance(hours{1});
  back_up();
  rotate("mosa");
  // sel1 serves another key since: the backup's active key would not be ripe there, and sel2 signs anyway.
  store_->impl().connection.execute(
      "UPDATE selector_content SET key_id = '00000000000000ff' WHERE slot = 1 AND "
      "ended_wall_ms IS NULL");
  const Restored done = restore_backup();
  EXPECT_EQ(state("mosa", SlotId::kSel2), SlotState::kActive);
  EXPECT_TRUE(has_note(done, "mosa", "signing moved from sel1 to sel2"));
}

// Nothing is proven between boots while the clock is not synchronised, so that only trusted time can tell.
TEST_F(RestoreTest, TrustedTimeGoesOnFromTheLiveStoreAndNotFromTheBackup) {
  add("mosa");
  rotate_unripe("mosa");
  back_up();
  clock_.set_synchronised(false);
  clock_.reboot();
  observe_time(store_->impl());
  clock_.advance(hours{24 * 6});
  const Milliseconds before = store_->impl().now().moment.trusted;
  (void)restore_backup();
  EXPECT_EQ(store_->impl().now().moment.trusted, before);
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kDraining);
  clock_.advance(hours{24 * 7});
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kDraining) << "a moment of the backup counts from the restore";
  clock_.advance(minutes{70});
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kDrained);
}

TEST_F(RestoreTest, IntoAnEmptyPlaceTrustedTimeGoesOnFromTheBackup) {
  add("mosa");
  clock_.advance(hours{24});
  observe_time(store_->impl());
  const Milliseconds before = store_->impl().now().moment.trusted;
  back_up();
  clock_.set_synchronised(false);
  clock_.reboot();
  RestoreOptions options;
  options.backup = backup_dir();
  options.key_file = dir() / "vault" / "wrapping.key";
  const auto done = restore(temp_.path() / "elsewhere", options, overriding(Guard::kForeignBackup), clock_, {});
  ASSERT_TRUE(done) << done.error().message;
  store_.emplace(Store::open(temp_.path() / "elsewhere", Store::Access::kWrite, clock_).value());
  EXPECT_EQ(store_->impl().now().moment.trusted, before);
}

TEST_F(RestoreTest, IntoAnEmptyPlaceTheSerialIsBeyondAllThatMayHaveBeenGivenOut) {
  add("mosa");
  back_up();
  for (const char* const lost : {"nova", "opera", "prado"}) {  // a serial each, and no second between them
    add(lost);
  }
  const std::uint32_t given_out = serial();
  RestoreOptions options;
  options.backup = backup_dir();
  options.key_file = dir() / "vault" / "wrapping.key";
  const auto done = restore(temp_.path() / "elsewhere", options, overriding(Guard::kForeignBackup), clock_, {});
  ASSERT_TRUE(done) << done.error().message;
  store_.emplace(Store::open(temp_.path() / "elsewhere", Store::Access::kWrite, clock_).value());
  EXPECT_GE(serial(), given_out + 3'900'000U);
}

TEST_F(RestoreTest, SecondariesStayAndAreWaitedForWhatTheRestoreEnds) {
  SecondarySettings settings;
  settings.addresses = {*parse_secondary_address("192.0.2.53")};
  settings.key_names = {*parse_key_name("k")};
  add("mosa");
  ASSERT_TRUE(add_secondary(*store_, context_, "ns2", settings));
  clock_.advance(hours{1});
  back_up();
  clock_.advance(hours{1});
  const auto zones = secondaries_to_ask(*store_, std::nullopt);
  ASSERT_TRUE(zones);
  ASSERT_TRUE(record_sights(
      *store_, {{zones->front().apex, zones->front().secondaries.front().life, Verdict::kOk, Serial{serial()}, ""}},
      clock_.now()));
  store_->impl().connection.execute(
      "UPDATE selector_content SET key_id = '00000000000000ff' WHERE slot = 2 AND ended_wall_ms IS NULL");
  (void)restore_backup();
  ASSERT_EQ(list_secondaries(*store_)->size(), 1U);
  EXPECT_TRUE(list_secondaries(*store_)->front().enabled);
  EXPECT_TRUE(list_secondaries(*store_)->front().seen.empty()) << "its serials were of another history";
  clock_.advance(minutes{84});  // refresh and retry, the TTL, slack: 85
  EXPECT_EQ(rotate_refusal("mosa"), Guard::kNotRipe);
  clock_.advance(minutes{1});
  EXPECT_EQ(rotate_refusal("mosa"), std::nullopt);
}

TEST_F(RestoreTest, ASecondaryThatTheBackupLacksIsNamedAndStillWaitedFor) {
  SecondarySettings settings;
  settings.addresses = {*parse_secondary_address("192.0.2.53")};
  settings.key_names = {*parse_key_name("k")};
  add("mosa");
  clock_.advance(hours{1});
  back_up();
  ASSERT_TRUE(add_secondary(*store_, context_, "ns2", settings));
  clock_.advance(hours{1});
  store_->impl().connection.execute(
      "UPDATE selector_content SET key_id = '00000000000000ff' WHERE slot = 2 AND ended_wall_ms IS NULL");
  const Restored done = restore_backup();
  EXPECT_TRUE(list_secondaries(*store_)->empty());
  EXPECT_TRUE(std::any_of(done.warnings.begin(), done.warnings.end(), [](const std::string& warning) {
    return warning.find("the secondary ns2 is not in the backup") != std::string::npos;
  }));
  clock_.advance(minutes{84});  // refresh and retry, the TTL, slack: 85
  EXPECT_EQ(rotate_refusal("mosa"), Guard::kNotRipe);
  clock_.advance(minutes{1});
  EXPECT_EQ(rotate_refusal("mosa"), std::nullopt);
}

TEST_F(RestoreTest, EarlierRefreshesAreTakenOverOnce) {
  ZoneSettings settings;
  settings.refresh = 600;
  settings.retry = 60;
  ASSERT_TRUE(set_zone(*store_, context_, store_->dkim_zone(), settings));
  back_up();
  (void)restore_backup();
  EXPECT_EQ(store_->impl().connection.integer("SELECT count(*) FROM earlier_refresh"), 1);
}

TEST_F(RestoreTest, ADryRunTellsTheSameAndChangesNothing) {
  add("mosa");
  clock_.advance(hours{1});
  back_up();
  rotate("mosa");
  mark_revoked("mosa", SlotId::kSel1);
  const std::uint32_t before = serial();
  const auto rehearsed = try_restore({}, true);
  ASSERT_TRUE(rehearsed) << rehearsed.error().message;
  EXPECT_EQ(serial(), before);
  EXPECT_EQ(audit_rows(), 3U);
  EXPECT_FALSE(fs::exists(*rehearsed->kept));
  const Restored done = restore_backup();
  ASSERT_EQ(done.notes.size(), rehearsed->notes.size());
  EXPECT_TRUE(std::equal(done.notes.begin(), done.notes.end(), rehearsed->notes.begin(),
                         [](const auto& one, const auto& other) { return one.what == other.what; }));
  EXPECT_EQ(done.zones.front().serial, rehearsed->zones.front().serial);
}

}  // namespace
}  // namespace zonestore
