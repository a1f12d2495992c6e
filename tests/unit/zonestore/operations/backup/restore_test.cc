#include "zonestore/operations/backup/restore.h"

#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/store_fixture.h"
#include "zonestore/db/connection.h"
#include "zonestore/operations/change/moment_keeper.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/signers/signers.h"
#include "zonestore/operations/views/checking.h"
#include "zonestore/operations/zones/init_store.h"
#include "zonestore/operations/zones/zones.h"

namespace zonestore {
namespace {

namespace fs = std::filesystem;
using dkim::SlotId;
using dkim::SlotState;
using std::chrono::hours;
using std::chrono::minutes;

class RestoreTest : public tests::StoreFixture {
 protected:
  [[nodiscard]] fs::path backup_dir() const { return temp_.path() / "backup"; }

  void back_up() {
    const auto made = zonestore::back_up(*store_, backup_dir());
    ASSERT_TRUE(made) << made.error().message;
  }
  Result<Restored> try_restore(RestoreOptions options = {}, bool dry_run = false) {
    if (options.backup.empty()) {
      options.backup = backup_dir();
    }
    store_.reset();
    ChangeContext context = context_;
    context.dry_run = dry_run;
    Result<Restored> done = restore(dir(), options, context, clock_, {});
    auto opened = Store::open(dir(), Store::Access::kWrite, clock_);
    if (opened) {
      store_.emplace(std::move(*opened));
    }
    return done;
  }
  // As an admin who says that the backup may be anybody's.
  Result<Restored> try_restore_foreign(const RestoreOptions& options = {}) {
    const ChangeContext before = context_;
    context_ = overriding(Guard::kForeignBackup);
    Result<Restored> done = try_restore(options);
    context_ = before;
    return done;
  }
  Restored restore_backup() {
    Result<Restored> done = try_restore();
    EXPECT_TRUE(done) << done.error().message;
    return done ? *done : Restored{};
  }
  void rotate(const std::string& text) {
    const auto done = zonestore::rotate(*store_, context_, code(text), {});
    ASSERT_TRUE(done) << done.error().message;
  }
  void rotate_unripe(const std::string& text) {
    const auto done = zonestore::rotate(*store_, overriding(Guard::kNotRipe), code(text), {});
    ASSERT_TRUE(done) << done.error().message;
  }
  std::optional<Guard> rotate_refusal(const std::string& text) {
    return tests::refusal_of(zonestore::rotate(*store_, context_, code(text), {}));
  }
  std::uint32_t serial() { return list_zones(store_->impl().connection).front().serial.value; }
  // As `revoke` leaves the key's row; the rest of what it does is not looked at by a restore.
  void mark_revoked(const std::string& text, SlotId slot) {
    store_->impl().connection.execute(
        "UPDATE dkim_key SET revoked_ms = 1 WHERE key_id = (SELECT key_id FROM slot JOIN institution USING "
        "(institution_id) WHERE code = '" +
        text + "' AND slot = " + std::to_string(static_cast<int>(slot)) + ")");
  }
  std::string key_of(const std::string& text, SlotId slot) {
    return show(text).slots.at(slot == SlotId::kSel1 ? 0 : 1).key_id;
  }
  bool vault_has(const std::string& key_id) { return store_->impl().vault().get(key_id).has_value(); }
  bool has_note(const Restored& done, const std::string& text, const std::string& what) {
    return std::any_of(done.notes.begin(), done.notes.end(), [&](const RestoreNote& note) {
      return note.code == text && note.what.find(what) != std::string::npos;
    });
  }
  std::string served(const std::string& text, SlotId slot) {
    return show(text).slots.at(slot == SlotId::kSel1 ? 0 : 1).record_text;
  }
  // Every key in a slot is in the vault, and every active slot holds one.
  void expect_sound() {
    db::Statement keys = store_->impl().connection.prepare("SELECT key_id FROM slot WHERE key_id IS NOT NULL");
    while (keys.step()) {
      EXPECT_TRUE(vault_has(keys.text(0))) << keys.text(0);
    }
    EXPECT_EQ(store_->impl().connection.integer("SELECT count(*) FROM pragma_foreign_key_check"), 0);
  }
};

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

TEST_F(RestoreTest, IntoAnEmptyDirectoryMakesTheStoreAndSaysWhatItCannotKnow) {
  add("mosa");
  clock_.advance(hours{1});
  back_up();
  const fs::path key = temp_.path() / "wrapping.key";
  fs::copy_file(dir() / "vault/wrapping.key", key);
  store_.reset();
  fs::remove_all(dir());
  EXPECT_EQ(try_restore().error().code, ErrorCode::kCrypto) << "the wrapping key is not in the backup";
  EXPECT_FALSE(fs::exists(dir()));
  RestoreOptions options;
  options.key_file = key;
  EXPECT_EQ(tests::refusal_of(try_restore(options)), Guard::kForeignBackup)
      << "a key that came with it proves nothing";
  EXPECT_FALSE(fs::exists(dir()));
  const auto done = try_restore_foreign(options);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_FALSE(done->knew_live_store);
  ASSERT_EQ(done->warnings.size(), 2U);
  EXPECT_NE(done->warnings.back().find("not known to be a backup of this store"), std::string::npos);
  EXPECT_NE(done->warnings.front().find("revoked"), std::string::npos);
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kActive);
  EXPECT_EQ(rotate_refusal("mosa"), Guard::kNotRipe) << "what was served since is not known";
  expect_sound();
}

TEST_F(RestoreTest, OverADamagedStoreKeepsItAside) {
  add("mosa");
  back_up();
  store_.reset();
  std::ofstream(dir() / "zone.db", std::ios::trunc) << "garbage";
  const Restored done = restore_backup();
  EXPECT_FALSE(done.knew_live_store);
  ASSERT_TRUE(done.kept);
  EXPECT_TRUE(fs::exists(*done.kept / "zone.db"));
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kActive);
  expect_sound();
}

TEST_F(RestoreTest, OverADamagedVaultMakesItAnew) {
  add("mosa");
  back_up();
  store_.reset();
  std::ofstream(dir() / "vault/vault.db", std::ios::trunc) << "garbage";
  const Restored done = restore_backup();
  EXPECT_EQ(done.keys_added, 2U);
  EXPECT_EQ(done.warnings.size(), 1U);
  expect_sound();
}

TEST_F(RestoreTest, ABackupThatIsNoGoodIsRefusedBeforeAnythingChanges) {
  add("mosa");
  back_up();
  const auto refused = [&] {
    EXPECT_FALSE(try_restore());
    const auto done = try_restore_foreign();
    EXPECT_EQ(audit_rows(), 2U);
    EXPECT_FALSE(done);
    return done ? ErrorCode::kInvalid : done.error().code;
  };
  const fs::path zone = backup_dir() / "zone.db";
  const fs::path good = temp_.path() / "good.db";
  fs::copy_file(zone, good);
  fs::resize_file(zone, fs::file_size(good) / 2);
  EXPECT_EQ(refused(), ErrorCode::kDamaged) << "cut short";
  std::ofstream(zone, std::ios::trunc) << "garbage";
  EXPECT_EQ(refused(), ErrorCode::kForeign);
  const auto altered = [&](const std::string& sql) {
    fs::copy_file(good, zone, fs::copy_options::overwrite_existing);
    db::Connection::open(zone, db::Access::kReadWrite).execute(sql);
    fs::remove(zone.string() + "-journal");
    return refused();
  };
  EXPECT_EQ(altered("PRAGMA user_version=99"), ErrorCode::kFuture);
  EXPECT_EQ(altered("PRAGMA application_id=7"), ErrorCode::kForeign);
  EXPECT_EQ(altered("UPDATE store SET store_id = '00000000000000000000000000000000'"), ErrorCode::kForeign);
  EXPECT_EQ(altered("DELETE FROM record_set WHERE type = 16"), ErrorCode::kDamaged);
  fs::remove(zone);
  EXPECT_EQ(refused(), ErrorCode::kMissing);
  fs::remove_all(backup_dir());
  EXPECT_EQ(refused(), ErrorCode::kMissing);
}

TEST_F(RestoreTest, ABackupWithoutAPrivateHalfIsRefused) {
  add("mosa");
  back_up();
  db::Connection::open(backup_dir() / "vault.db", db::Access::kReadWrite)
      .execute("DELETE FROM private_key WHERE key_id = (SELECT min(key_id) FROM private_key)");
  EXPECT_EQ(tests::refusal_of(try_restore()), Guard::kForeignBackup);
  EXPECT_EQ(try_restore_foreign().error().code, ErrorCode::kDamaged);
}

TEST_F(RestoreTest, OverAnotherStoreIsRefused) {
  add("mosa");
  back_up();
  store_.reset();
  fs::remove_all(dir());
  ASSERT_TRUE(init_store(dir(), init_options(), context_, clock_));
  RestoreOptions options;
  EXPECT_EQ(try_restore(options).error().code, ErrorCode::kForeign);
  fs::remove(backup_dir() / "seal");
  EXPECT_EQ(try_restore_foreign(options).error().code, ErrorCode::kCrypto) << "it has another wrapping key too";
}

TEST_F(RestoreTest, ABackupIsNeverOverwritten) {
  back_up();
  EXPECT_EQ(tests::refusal_of(zonestore::back_up(*store_, backup_dir())), Guard::kExists);
}

TEST_F(RestoreTest, AnOlderWrappingKeyIsTakenFromAFile) {
  add("mosa");
  back_up();
  const fs::path old_key = temp_.path() / "old.key";
  fs::copy_file(dir() / "vault/wrapping.key", old_key);
  const std::string key = key_of("mosa", SlotId::kSel1);
  ASSERT_TRUE(store_->impl().vault().rekey(std::nullopt, clock_.now().wall, false));
  EXPECT_EQ(tests::refusal_of(try_restore()), Guard::kForeignBackup);
  EXPECT_EQ(try_restore_foreign().error().code, ErrorCode::kCrypto);
  ASSERT_TRUE(store_->impl().vault().destroy({key}));
  RestoreOptions options;
  options.key_file = old_key;
  EXPECT_EQ(tests::refusal_of(try_restore(options)), Guard::kForeignBackup);
  const auto done = try_restore_foreign(options);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->keys_added, 1U);
  expect_sound();
}

}  // namespace
}  // namespace zonestore
