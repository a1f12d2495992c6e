#include "zonestore/vault/vault.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/zonestore/db/test_support.h"
#include "zonestore/db/schema.h"

namespace zonestore {
namespace {

using crypto::Algorithm;
using crypto::PrivateKey;
using db::test::ScratchDirectory;

const std::string kStore(32, 'a');
const std::string kOtherStore(32, 'b');
const std::string kFirst = "00000000000000f1";
const std::string kSecond = "00000000000000f2";
constexpr WallTime kNow{Milliseconds{1'795'452'842'000}};

Bytes pkcs8(const PrivateKey& key) {
  const crypto::SecretBytes der = key.pkcs8().value();
  return {der.view().begin(), der.view().end()};
}

bool contains(const std::string& content, const Bytes& bytes) {
  return std::search(content.begin(), content.end(), bytes.begin(), bytes.end(), [](char left, std::uint8_t right) {
           return static_cast<std::uint8_t>(left) == right;
         }) != content.end();
}

Bytes sealed_bytes(const std::filesystem::path& file, const std::string& key_id) {
  auto connection = db::Connection::open(file, db::Access::kReadOnly);
  db::Statement row = connection.prepare("SELECT sealed FROM private_key WHERE key_id = ?1");
  if (!row.bind(1, key_id).step()) {
    return {};
  }
  return {row.blob(0).begin(), row.blob(0).end()};
}

class VaultTest : public testing::Test {
 protected:
  Result<Vault> create(const std::string& store = kStore) { return Vault::create(directory_.path(), store, kNow); }
  Result<Vault> open(const std::string& store = kStore) { return Vault::open(directory_.path(), store); }
  std::optional<ErrorCode> open_code(const std::string& store = kStore) {
    const Result<Vault> vault = open(store);
    return vault ? std::nullopt : std::optional(vault.error().code);
  }

  ScratchDirectory directory_;
  std::filesystem::path vault_ = directory_ / "vault";
  std::filesystem::path file_ = vault_ / "vault.db";
  PrivateKey key_ = PrivateKey::generate(Algorithm::kEd25519).value();
  PrivateKey other_key_ = PrivateKey::generate(Algorithm::kEd25519).value();
};

TEST_F(VaultTest, IsForItsOwnerAloneWhateverTheUmask) {
  for (const mode_t umask : {0000U, 0777U}) {
    std::filesystem::remove_all(vault_);
    const mode_t before = ::umask(umask);
    const bool made = create().has_value();
    ::umask(before);
    ASSERT_TRUE(made);
    EXPECT_EQ(db::test::mode_of(vault_), 0700U);
    EXPECT_EQ(db::test::mode_of(file_), 0600U);
    EXPECT_EQ(db::test::mode_of(file_.string() + "-journal"), 0600U);
  }
}

TEST_F(VaultTest, GivesBackTheKeysThatWerePut) {
  const PrivateKey rsa = PrivateKey::generate(Algorithm::kRsa2048).value();
  ASSERT_TRUE(create().value().put({{kFirst, &key_}, {kSecond, &rsa}}, kNow));
  Vault vault = open().value();
  EXPECT_EQ(pkcs8(vault.get(kFirst).value()), pkcs8(key_));
  EXPECT_EQ(pkcs8(vault.get(kSecond).value()), pkcs8(rsa));
}

TEST_F(VaultTest, ListsItsKeysByAge) {
  Vault vault = create().value();
  EXPECT_TRUE(vault.list().value().empty());
  ASSERT_TRUE(vault.put({{kSecond, &key_}}, kNow));
  ASSERT_TRUE(vault.put({{kFirst, &key_}}, kNow + Seconds{1}));
  const std::vector<VaultEntry> entries = vault.list().value();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].key_id, kSecond);
  EXPECT_EQ(entries[0].stored, kNow);
  EXPECT_EQ(entries[1].key_id, kFirst);
}

TEST_F(VaultTest, PutsAllOrNone) {
  Vault vault = create().value();
  ASSERT_TRUE(vault.put({{kFirst, &key_}}, kNow));
  const Result<void> again = vault.put({{kSecond, &key_}, {kFirst, &other_key_}}, kNow);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kInvalid);
  EXPECT_EQ(vault.list().value().size(), 1U);
  EXPECT_EQ(pkcs8(vault.get(kFirst).value()), pkcs8(key_)) << "the old key is not overwritten";
  EXPECT_EQ(vault.put({{"short", &key_}}, kNow).error().code, ErrorCode::kInvalid);
}

TEST_F(VaultTest, SaysWhichKeyItDoesNotHold) {
  Vault vault = create().value();
  const Result<PrivateKey> none = vault.get(kFirst);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kNotFound);
  EXPECT_NE(none.error().message.find(kFirst), std::string::npos);
}

TEST_F(VaultTest, DestroysKeysDownToTheirBytes) {
  Vault vault = create().value();
  ASSERT_TRUE(vault.put({{kFirst, &key_}, {kSecond, &other_key_}}, kNow));
  const Bytes sealed = sealed_bytes(file_, kFirst);
  ASSERT_FALSE(sealed.empty());
  ASSERT_TRUE(contains(db::test::read_file(file_), sealed));
  ASSERT_TRUE(vault.destroy({kFirst, "no such key"}));
  EXPECT_EQ(vault.get(kFirst).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(vault.get(kSecond));
  EXPECT_FALSE(contains(db::test::read_file(file_), sealed));
  EXPECT_FALSE(contains(db::test::read_file(file_.string() + "-journal"), sealed));
  EXPECT_TRUE(vault.destroy({kFirst})) << "once more is no error";
}

TEST_F(VaultTest, ReportsAKeyThatCannotBeRead) {
  ASSERT_TRUE(create().value().put({{kFirst, &key_}}, kNow));
  db::Connection::open(file_, db::Access::kReadWrite).execute("UPDATE private_key SET sealed = x'3000'");
  const Result<PrivateKey> key = open().value().get(kFirst);
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().code, ErrorCode::kDamaged);
  EXPECT_NE(key.error().message.find(kFirst), std::string::npos);
}

TEST_F(VaultTest, IsMissingBeforeItIsMade) {
  EXPECT_EQ(open_code(), ErrorCode::kMissing);
  EXPECT_EQ(Vault::recover(directory_.path()).error().code, ErrorCode::kMissing);
  EXPECT_FALSE(std::filesystem::exists(vault_));
  EXPECT_EQ(Vault::create(directory_ / "none", kStore, kNow).error().code, ErrorCode::kMissing);
}

TEST_F(VaultTest, TakesUpAnInterruptedCreation) {
  ASSERT_EQ(::mkdir(vault_.c_str(), 0700), 0);
  EXPECT_EQ(open_code(), ErrorCode::kMissing);
  { const auto empty = db::Connection::open(file_, db::Access::kCreate, db::kDefaultBusyTimeout, 0600); }
  EXPECT_EQ(open_code(), ErrorCode::kEmpty);
  EXPECT_TRUE(Vault::recover(directory_.path())) << "there is nothing to roll back";
  {
    auto unfinished = db::Connection::open(file_, db::Access::kReadWrite);
    db::migrate(unfinished, db::vault_schema());
  }
  EXPECT_EQ(open_code(), ErrorCode::kEmpty) << "tied to no store";
  EXPECT_TRUE(create());
  EXPECT_EQ(open_code(), std::nullopt);
}

TEST_F(VaultTest, StaysAsItIsWhenMadeAgain) {
  ASSERT_TRUE(create().value().put({{kFirst, &key_}}, kNow));
  ASSERT_TRUE(create());
  EXPECT_EQ(pkcs8(open().value().get(kFirst).value()), pkcs8(key_));
}

TEST_F(VaultTest, OfAnotherStoreIsRefused) {
  ASSERT_TRUE(create().value().put({{kFirst, &key_}}, kNow));
  EXPECT_EQ(open_code(kOtherStore), ErrorCode::kForeign);
  EXPECT_EQ(create(kOtherStore).error().code, ErrorCode::kForeign);
  EXPECT_TRUE(open().value().get(kFirst)) << "and nothing happened to it";
}

TEST_F(VaultTest, WithoutAKeyMayBecomeAnotherStores) {
  ASSERT_TRUE(create());
  ASSERT_TRUE(create(kOtherStore));
  EXPECT_EQ(open_code(kOtherStore), std::nullopt);
  EXPECT_EQ(open_code(kStore), ErrorCode::kForeign);
}

TEST_F(VaultTest, IsRefusedWhenOthersMayEnterOrReadIt) {
  ASSERT_TRUE(create());
  for (const unsigned mode : {0710U, 0701U, 0755U}) {
    std::filesystem::permissions(vault_, std::filesystem::perms{mode});
    const Result<Vault> vault = open();
    ASSERT_FALSE(vault);
    EXPECT_EQ(vault.error().code, ErrorCode::kPermission);
    EXPECT_EQ(vault.error().hint, "run: chmod 700 " + vault_.string());
    EXPECT_EQ(create().error().code, ErrorCode::kPermission);
  }
  std::filesystem::permissions(vault_, std::filesystem::perms{0700});
  for (const unsigned mode : {0640U, 0604U}) {
    std::filesystem::permissions(file_, std::filesystem::perms{mode});
    EXPECT_EQ(open().error().hint, "run: chmod 600 " + file_.string());
    EXPECT_EQ(create().error().code, ErrorCode::kPermission);
  }
}

TEST_F(VaultTest, IsClosedToOtherUsers) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "only root can run as somebody else";
  }
  ASSERT_TRUE(create());
  EXPECT_EQ(db::test::code_for_ordinary_user([&] { db::unwrap(open()); }), db::test::number(ErrorCode::kPermission));
}

TEST_F(VaultTest, IsNotTakenForAZoneStore) {
  ASSERT_EQ(::mkdir(vault_.c_str(), 0700), 0);
  {
    auto zone = db::Connection::open(file_, db::Access::kCreate, db::kDefaultBusyTimeout, 0600);
    db::migrate(zone, db::zone_schema());
  }
  EXPECT_EQ(open_code(), ErrorCode::kForeign);
  EXPECT_EQ(create().error().code, ErrorCode::kForeign);
}

TEST_F(VaultTest, OfTheFutureIsRefused) {
  ASSERT_TRUE(create());
  db::Connection::open(file_, db::Access::kReadWrite).execute("PRAGMA user_version=99");
  EXPECT_EQ(open_code(), ErrorCode::kFuture);
  EXPECT_EQ(create().error().code, ErrorCode::kFuture);
}

TEST_F(VaultTest, RecoversFromAWriterThatDied) {
  ASSERT_TRUE(create().value().put({{kFirst, &key_}}, kNow));
  const std::string before = db::test::read_file(file_);
  ASSERT_TRUE(
      db::test::die_in_commit(file_,
                              "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)"
                              "INSERT INTO private_key SELECT printf('%016x', i), randomblob(1000), 0 FROM n;"));
  ASSERT_TRUE(Vault::recover(directory_.path()));
  EXPECT_EQ(db::test::read_file(file_), before);
  EXPECT_EQ(open().value().list().value().size(), 1U);
}

TEST_F(VaultTest, OpensAfterAWriterThatDied) {
  ASSERT_TRUE(create().value().put({{kFirst, &key_}}, kNow));
  ASSERT_TRUE(db::test::die_in_commit(file_, "UPDATE private_key SET sealed = randomblob(100000)"));
  EXPECT_EQ(pkcs8(open().value().get(kFirst).value()), pkcs8(key_));
}

}  // namespace
}  // namespace zonestore
