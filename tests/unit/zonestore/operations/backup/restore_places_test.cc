// Where a restore may go, and what it refuses before anything changes.
#include <fstream>

#include <gtest/gtest.h>

#include "tests/unit/zonestore/operations/backup/restore_fixture.h"
#include "tests/unit/zonestore/operations/words.h"
#include "zonestore/operations/change/moment_keeper.h"
#include "zonestore/operations/zones/init_store.h"

namespace zonestore {
namespace {

using namespace tests::words;  // NOLINT(google-build-using-namespace)
namespace fs = std::filesystem;

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
