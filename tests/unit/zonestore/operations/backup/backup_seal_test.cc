#include "zonestore/operations/backup/backup_seal.h"

#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/store_fixture.h"
#include "zonestore/db/connection.h"
#include "zonestore/operations/backup/restore.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/keys/vault_keys.h"

namespace zonestore {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class BackupSeal : public tests::StoreFixture {
 protected:
  BackupSeal() {
    add("mosa");
    back_up("one");
    add("nova");
    back_up("two");
  }
  [[nodiscard]] fs::path backup(const std::string& name) const { return temp_.path() / name; }
  void back_up(const std::string& name) { EXPECT_TRUE(zonestore::back_up(*store_, backup(name))); }

  Result<Restored> try_restore(const std::string& name, const ChangeContext& context,
                               std::optional<fs::path> key_file = std::nullopt) {
    store_.reset();
    Result<Restored> done = restore(dir(), {backup(name), std::move(key_file), false}, context, clock_, {});
    if (auto opened = Store::open(dir(), Store::Access::kWrite, clock_)) {
      store_.emplace(std::move(*opened));
    }
    return done;
  }
  // Why a restore by somebody who says nothing is refused; with the word for it, it is not.
  std::string refusal(const std::string& name) {
    const Result<Restored> refused = try_restore(name, context_);
    EXPECT_EQ(tests::refusal_of(refused), Guard::kForeignBackup);
    return refused ? "" : refused.error().message;
  }
  SealState state_with_word(const std::string& name, std::optional<fs::path> key_file = std::nullopt) {
    const auto done = try_restore(name, overriding(Guard::kForeignBackup), std::move(key_file));
    EXPECT_TRUE(done) << done.error().message;
    return done ? done->seal : SealState::kOurs;
  }
  static std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write_seal(const std::string& text) { std::ofstream(backup("one") / "seal", std::ios::trunc) << text; }
};

TEST_F(BackupSeal, OfThisStoreIsOurs) {
  const auto done = try_restore("one", context_);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->seal, SealState::kOurs);
  EXPECT_THAT(done->warnings, ::testing::Not(::testing::Contains(HasSubstr("not known to be"))));
}

TEST_F(BackupSeal, IsOursInAnEmptyPlaceByTheKeyThatIsThere) {
  const fs::path key = temp_.path() / "vault.key";
  fs::copy_file(dir() / "vault/wrapping.key", key);
  store_.reset();
  fs::remove_all(dir());
  const auto handed = restore(dir(), {backup("one"), key, false}, context_, clock_, {});
  EXPECT_EQ(tests::refusal_of(handed), Guard::kForeignBackup) << "a key that is handed over with it proves nothing";
  EXPECT_FALSE(fs::exists(dir()));
  const auto found = restore(dir(), {backup("one"), std::nullopt, false}, context_, clock_, {std::nullopt, key});
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->seal, SealState::kOurs);
}

TEST_F(BackupSeal, ThatIsMissingIsNoneOfOurs) {
  fs::remove(backup("one") / "seal");
  EXPECT_THAT(refusal("one"), HasSubstr("no seal"));
  EXPECT_EQ(state_with_word("one"), SealState::kNone);
}

TEST_F(BackupSeal, OfBeforeARekeySaysSo) {
  ASSERT_TRUE(fs::copy_file(dir() / "vault/wrapping.key", temp_.path() / "old.key"));
  ASSERT_TRUE(rekey_vault(*store_, context_, std::nullopt));
  EXPECT_THAT(refusal("one"), HasSubstr("which vault rekey replaced at 2026"));
  EXPECT_EQ(state_with_word("one", temp_.path() / "old.key"), SealState::kEarlierKey);
}

TEST_F(BackupSeal, CoversEveryFileAndItsLength) {
  for (const char* const name : {"zone.db", "vault.db"}) {
    const std::string good = read(backup("one") / name);
    std::ofstream(backup("one") / name, std::ios::app) << '\0';
    EXPECT_THAT(refusal("one"), HasSubstr("does not fit its files")) << name;
    std::string altered = good;
    altered.back() = static_cast<char>(altered.back() ^ 1);
    std::ofstream(backup("one") / name, std::ios::trunc | std::ios::binary) << altered;
    EXPECT_THAT(refusal("one"), HasSubstr("does not fit its files")) << name;
    std::ofstream(backup("one") / name, std::ios::trunc | std::ios::binary) << good;
  }
  EXPECT_TRUE(try_restore("one", context_));
}

TEST_F(BackupSeal, KeepsTheFilesOfTwoBackupsApart) {
  fs::copy_file(backup("two") / "zone.db", backup("one") / "zone.db", fs::copy_options::overwrite_existing);
  EXPECT_THAT(refusal("one"), HasSubstr("does not fit its files"));
  fs::copy_file(backup("two") / "seal", backup("one") / "seal", fs::copy_options::overwrite_existing);
  EXPECT_THAT(refusal("one"), HasSubstr("does not fit its files"));
  fs::copy_file(backup("two") / "vault.db", backup("one") / "vault.db", fs::copy_options::overwrite_existing);
  EXPECT_TRUE(try_restore("one", context_)) << "now it is the other, whole";
}

TEST_F(BackupSeal, ThatSomebodyElseMadeUpFitsNothing) {
  const std::string good = read(backup("one") / "seal");
  Seal seal = parse_seal(good).value();
  seal.mac.assign(64, '0');
  write_seal(sealed_text(seal) + "mac " + seal.mac + "\n");
  EXPECT_THAT(refusal("one"), HasSubstr("does not fit its files"));
  seal.key_id.assign(32, '0');
  write_seal(sealed_text(seal) + "mac " + seal.mac + "\n");
  EXPECT_THAT(refusal("one"), HasSubstr("this store's is "));
  write_seal("secret\n" + good);
  const std::string message = refusal("one");
  EXPECT_THAT(message, HasSubstr("none of ours"));
  EXPECT_EQ(message.find("secret"), std::string::npos);
}

TEST_F(BackupSeal, IsHeldAgainstTheBytesThatAreRestoredAndNoJournalBesideThem) {
  // SQLite would play it back into what it belongs to.
  std::ofstream(backup("one") / "zone.db-journal") << "a journal that came with it";
  EXPECT_TRUE(try_restore("one", context_));
}

TEST_F(BackupSeal, OfASafetyCopyIsOursToo) {
  store_.reset();
  const auto done = restore(dir(), {backup("one"), std::nullopt, true}, context_, clock_, {});
  ASSERT_TRUE(done && done->kept);
  const auto back = restore(dir(), {*done->kept, std::nullopt, false}, context_, clock_, {});
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->seal, SealState::kOurs);
}

TEST_F(BackupSeal, ADryRunTellsTheSame) {
  ChangeContext dry = context_;
  dry.dry_run = true;
  const auto done = try_restore("one", dry);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->seal, SealState::kOurs);
  fs::remove(backup("one") / "seal");
  EXPECT_EQ(tests::refusal_of(try_restore("one", dry)), Guard::kForeignBackup);
}

TEST_F(BackupSeal, ThatWasLiftedStandsInTheAudit) {
  fs::remove(backup("one") / "seal");
  (void)state_with_word("one");
  EXPECT_EQ(store_->impl().connection.integer(
                "SELECT count(*) FROM audit WHERE command = 'restore' AND override_code = 'E_FOREIGN_BACKUP'"),
            1);
}

TEST(BackupSealText, HasOneFormAlone) {
  const Seal seal{
      std::string(32, 'a'), std::string(32, 'b'), {{"zone.db", 4096, std::string(64, 'c')}}, std::string(64, 'd')};
  const std::string text = sealed_text(seal) + "mac " + seal.mac + "\n";
  ASSERT_TRUE(parse_seal(text));
  EXPECT_EQ(parse_seal(text)->files, seal.files);
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(parse_seal(text.substr(0, size))) << size;
  }
  EXPECT_FALSE(parse_seal(text + "x"));
  EXPECT_FALSE(parse_seal(text + text));
  std::string padded = text;
  padded.replace(padded.find("4096"), 4, "04096");
  EXPECT_FALSE(parse_seal(padded));
}

}  // namespace
}  // namespace zonestore
