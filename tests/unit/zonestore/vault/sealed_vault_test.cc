#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/zonestore/db/test_support.h"
#include "zonestore/db/schema.h"
#include "zonestore/vault/vault.h"
#include "zonestore/vault/wrapping_key.h"

namespace zonestore {
namespace {

namespace fs = std::filesystem;
using crypto::PrivateKey;
using db::test::ScratchDirectory;

const std::string kStore(32, 'a');
const std::string kFirst = "00000000000000f1";
const std::string kSecond = "00000000000000f2";
constexpr WallTime kNow{Milliseconds{1'795'452'842'000}};

Bytes pkcs8(const PrivateKey& key) {
  const crypto::SecretBytes der = key.pkcs8().value();
  return {der.view().begin(), der.view().end()};
}

bool contains(const fs::path& file, const Bytes& bytes) {
  const std::string content = db::test::read_file(file);
  return content.find(std::string(bytes.begin(), bytes.end())) != std::string::npos;
}

// A piece of its DER, 32 bytes at a time: a long row is cut over several pages of the file.
bool contains_a_part(const fs::path& file, const PrivateKey& key) {
  const Bytes der = pkcs8(key);
  for (std::size_t at = 32; at + 32 < der.size(); at += 32) {
    const auto from = der.begin() + static_cast<std::ptrdiff_t>(at);
    if (contains(file, Bytes(from, from + 32))) {
      return true;
    }
  }
  return false;
}

class SealedVaultTest : public testing::Test {
 protected:
  Result<Vault> create() { return Vault::create(directory_.path(), kStore, kNow, sources_); }
  Result<Vault> open() { return Vault::open(directory_.path(), kStore, sources_); }
  std::map<std::string, Bytes> wanted(const std::set<std::string>& ids) {
    std::map<std::string, Bytes> keys;
    for (const std::string& id : ids) {
      keys.emplace(id, (id == kFirst ? key_ : other_key_).public_spki().value());
    }
    return keys;
  }
  void fill() {
    auto vault = create();
    ASSERT_TRUE(vault) << vault.error().message;
    ASSERT_TRUE(vault->put({{kFirst, &key_}, {kSecond, &other_key_}}, kNow));
  }
  void expect_both_keys() {
    Vault vault = open().value();
    const auto first = vault.get(kFirst);
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_EQ(pkcs8(*first), pkcs8(key_));
    EXPECT_EQ(pkcs8(vault.get(kSecond).value()), pkcs8(other_key_));
  }
  fs::path write_key(const std::string& name, mode_t mode = 0600) {
    const fs::path file = directory_ / name;
    const auto text = WrappingKey::generate().value().hexadecimal();
    std::ofstream(file) << std::string(text.view().begin(), text.view().end());
    ::chmod(file.c_str(), mode);
    return file;
  }
  std::string id_in(const fs::path& file) { return WrappingKey::parse(db::test::read_file(file)).value().id(); }
  std::string id_in_use() { return open().value().status().value().wrapping_key_id; }

  ScratchDirectory directory_;
  VaultKeySources sources_;
  fs::path file_ = directory_ / "vault/vault.db";
  fs::path own_ = directory_ / "vault/wrapping.key";
  PrivateKey key_ = PrivateKey::generate(crypto::Algorithm::kRsa2048).value();
  PrivateKey other_key_ = PrivateKey::generate(crypto::Algorithm::kEd25519).value();
};

TEST_F(SealedVaultTest, HoldsNoKeyInTheClearAndMakesItsOwnWrappingKey) {
  fill();
  EXPECT_FALSE(contains(file_, pkcs8(key_)));
  EXPECT_FALSE(contains(file_, pkcs8(other_key_)));
  EXPECT_EQ(db::test::mode_of(own_), 0600U);
  EXPECT_EQ(id_in(own_), id_in_use());
  EXPECT_FALSE(fs::exists(own_.string() + ".new"));
  expect_both_keys();
}

TEST_F(SealedVaultTest, KeysCannotBeSwappedBetweenRows) {
  fill();
  db::Connection::open(file_, db::Access::kReadWrite)
      .execute("UPDATE private_key SET key_id = '00000000000000f3' WHERE key_id = '" + kFirst + "'");
  EXPECT_EQ(open().value().get("00000000000000f3").error().code, ErrorCode::kDamaged);
}

TEST_F(SealedVaultTest, SaysThatAnotherKeyIsNotTheOneItWasSealedWith) {
  fill();
  const std::string id = id_in_use();
  fs::rename(write_key("other"), own_);
  const auto key = open().value().get(kFirst);
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().code, ErrorCode::kCrypto);
  EXPECT_NE(key.error().message.find("was sealed with the wrapping key " + id), std::string::npos);
  EXPECT_NE(key.error().message.find("is another key, " + id_in(own_)), std::string::npos) << key.error().message;
  EXPECT_EQ(open().value().put({{"00000000000000f3", &key_}}, kNow).error().code, ErrorCode::kCrypto);
  const VaultStatus status = open().value().status().value();
  EXPECT_FALSE(status.source);
  EXPECT_EQ(status.problem, key.error().message);
}

TEST_F(SealedVaultTest, TheKeyItselfIsInNoError) {
  fill();
  fs::rename(write_key("other"), own_);
  const std::string digits = db::test::read_file(own_).substr(0, 64);
  const Error error = open().value().get(kFirst).error();
  EXPECT_EQ((error.message + error.hint).find(digits), std::string::npos);
}

TEST_F(SealedVaultTest, AKeyThatOthersMayReadIsRefused) {
  fill();
  ::chmod(own_.c_str(), 0640);
  const auto key = open().value().get(kFirst);
  ASSERT_FALSE(key);
  EXPECT_NE(key.error().message.find("open to others"), std::string::npos) << key.error().message;
}

TEST_F(SealedVaultTest, TakesTheKeyFromTheNamedFile) {
  sources_.key_file = write_key("named");
  fill();
  EXPECT_FALSE(fs::exists(own_));
  EXPECT_EQ(id_in_use(), id_in(*sources_.key_file));
  sources_.key_file.reset();
  EXPECT_EQ(open().value().get(kFirst).error().code, ErrorCode::kCrypto);
}

TEST_F(SealedVaultTest, ANamedFileThatIsMissingIsNotReplacedByAnother) {
  sources_.key_file = directory_ / "none";
  const auto vault = create();
  ASSERT_FALSE(vault);
  EXPECT_EQ(vault.error().code, ErrorCode::kCrypto);
  EXPECT_FALSE(fs::exists(own_));
}

TEST_F(SealedVaultTest, TakesTheSystemdCredentialFirst) {
  fs::create_directory(directory_ / "credentials");
  sources_.credentials_directory = directory_ / "credentials";
  const fs::path credential = write_key("credentials/zonestore-vault-key", 0440);
  sources_.key_file = write_key("named");
  fill();
  EXPECT_EQ(id_in_use(), id_in(credential));
  expect_both_keys();
  EXPECT_EQ(open().value().rekey(std::nullopt, kNow, false).error().code, ErrorCode::kInvalid);
}

// ---- a vault of before there was a wrapping key ----

class OldVaultTest : public SealedVaultTest {
 protected:
  OldVaultTest() {
    ::mkdir((directory_ / "vault").c_str(), 0700);
    auto old = db::Connection::open(file_, db::Access::kCreate, db::kDefaultBusyTimeout, 0600);
    db::Schema first = db::vault_schema();
    first.steps = first.steps.first(1);
    db::migrate(old, first);
    old.execute("INSERT INTO vault VALUES (1, '" + kStore + "', 0)");
    insert(old, kFirst, key_);
    insert(old, kSecond, other_key_);
  }
  static void insert(db::Connection& old, const std::string& id, const PrivateKey& key) {
    const Bytes der = pkcs8(key);
    old.prepare("INSERT INTO private_key VALUES (?1, ?2, 0)")
        .bind(1, std::string_view(id))
        .bind(2, ByteView(der))
        .run();
  }
};

TEST_F(OldVaultTest, IsSealedWhenItIsFirstOpenedWithoutAClearByteLeft) {
  ASSERT_TRUE(contains_a_part(file_, key_));
  ASSERT_TRUE(contains(file_, pkcs8(other_key_)));
  expect_both_keys();
  for (const fs::path& file : {file_, fs::path(file_.string() + "-journal")}) {
    EXPECT_FALSE(contains_a_part(file, key_)) << file;
    EXPECT_FALSE(contains(file, pkcs8(other_key_))) << file;
  }
}

TEST_F(OldVaultTest, StaysAsItIsWithoutAUsableKey) {
  sources_.key_file = directory_ / "none";
  EXPECT_EQ(open().error().code, ErrorCode::kCrypto);
  EXPECT_TRUE(contains_a_part(file_, key_));
  sources_.key_file.reset();
  expect_both_keys();
}

TEST_F(OldVaultTest, IsSealedAfterAMigrationThatDied) {
  ASSERT_TRUE(db::test::die_in_commit(file_,
                                      "ALTER TABLE private_key RENAME COLUMN pkcs8 TO sealed;"
                                      "UPDATE private_key SET sealed = randomblob(100000)"));
  expect_both_keys();
}

// ---- another wrapping key ----

TEST_F(SealedVaultTest, RekeyReplacesItsOwnKey) {
  fill();
  const std::string before = db::test::read_file(own_);
  const VaultRekeyed done = open().value().rekey(std::nullopt, kNow, false).value();
  EXPECT_TRUE(done.changed);
  EXPECT_EQ(done.keys, 2U);
  EXPECT_EQ(done.old_id, WrappingKey::parse(before).value().id());
  EXPECT_EQ(done.new_id, id_in(own_));
  EXPECT_EQ(id_in_use(), done.new_id);
  EXPECT_FALSE(fs::exists(own_.string() + ".new"));
  expect_both_keys();
}

TEST_F(SealedVaultTest, RekeyLeavesNothingThatTheOldKeyOpens) {
  fill();
  const std::string old_file = db::test::read_file(file_);
  ASSERT_TRUE(open().value().rekey(std::nullopt, kNow, false));
  const std::string new_file = db::test::read_file(file_);
  db::test::write_file(directory_ / "old.db", old_file);
  auto connection = db::Connection::open(directory_ / "old.db", db::Access::kReadOnly);
  db::Statement rows = connection.prepare("SELECT sealed FROM private_key");
  while (rows.step()) {
    const std::string tail(rows.blob(0).end() - 64, rows.blob(0).end());
    EXPECT_EQ(new_file.find(tail), std::string::npos);
  }
}

TEST_F(SealedVaultTest, RekeyMovesTheKeyOutOfTheVault) {
  fill();
  const fs::path elsewhere = directory_ / "elsewhere.key";
  const VaultRekeyed done = open().value().rekey(elsewhere, kNow, false).value();
  EXPECT_EQ(db::test::mode_of(elsewhere), 0600U);
  EXPECT_EQ(id_in(elsewhere), done.new_id);
  EXPECT_FALSE(fs::exists(own_)) << "the old key is gone";
  EXPECT_EQ(open().value().get(kFirst).error().code, ErrorCode::kCrypto);
  sources_.key_file = elsewhere;
  expect_both_keys();
  EXPECT_FALSE(open().value().rekey(elsewhere, kNow, false).value().changed) << "it is that key already";
}

TEST_F(SealedVaultTest, ANewKeyFileIsDraftedUnderANameThatNobodyCanPlant) {
  fill();
  const fs::path file = directory_ / "new.key";
  fs::create_symlink(directory_ / "elsewhere", file.string() + ".new");
  ASSERT_TRUE(open().value().rekey(file, kNow, false, {}));
  EXPECT_TRUE(fs::is_regular_file(file));
  EXPECT_FALSE(fs::exists(directory_ / "elsewhere"));
}

TEST_F(SealedVaultTest, ADraftIsNotFollowedThroughALinkNorBelievedWithASecondName) {
  fill();
  const fs::path draft = own_.string() + ".new";
  const fs::path elsewhere = write_key("elsewhere");
  const std::string planted = db::test::read_file(elsewhere);
  fs::create_symlink(elsewhere, draft);
  EXPECT_EQ(open().value().rekey(std::nullopt, kNow, false, {}).error().code, ErrorCode::kRefused);
  fs::remove(draft);
  fs::create_hard_link(elsewhere, draft);
  EXPECT_EQ(open().value().rekey(std::nullopt, kNow, false, {}).error().code, ErrorCode::kRefused);
  EXPECT_EQ(db::test::read_file(elsewhere), planted);
  expect_both_keys();
}

TEST_F(SealedVaultTest, NoDraftIsMadeWhereOthersMayWrite) {
  fs::create_directory(directory_ / "keys");
  sources_.key_file = write_key("keys/named");
  fill();
  fs::permissions(directory_ / "keys", fs::perms(01777));
  const auto refused = open().value().rekey(std::nullopt, kNow, false, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kPermission);
  EXPECT_NE(refused.error().message.find("others may write in"), std::string::npos);
  expect_both_keys();
}

TEST_F(SealedVaultTest, ADryRunOfRekeyChangesNothing) {
  fill();
  const std::string before = db::test::read_file(file_);
  const std::string key_before = db::test::read_file(own_);
  EXPECT_TRUE(open().value().rekey(std::nullopt, kNow, true).value().changed);
  EXPECT_TRUE(open().value().rekey(directory_ / "elsewhere", kNow, true).value().changed);
  EXPECT_FALSE(fs::exists(directory_ / "elsewhere"));
  EXPECT_EQ(db::test::read_file(file_), before);
  EXPECT_EQ(db::test::read_file(own_), key_before);
}

TEST_F(SealedVaultTest, WhoHasItOpenFollowsARekey) {
  fill();
  Vault reader = open().value();
  ASSERT_TRUE(reader.get(kFirst));
  ASSERT_TRUE(open().value().rekey(std::nullopt, kNow, false));
  EXPECT_EQ(pkcs8(reader.get(kFirst).value()), pkcs8(key_));
  ASSERT_TRUE(reader.put({{"00000000000000f3", &key_}}, kNow));
  EXPECT_TRUE(open().value().get("00000000000000f3"));
}

// Killed before the commit the draft is a dead letter; killed after it, the draft is the key.
TEST_F(SealedVaultTest, ARekeyThatDiedOnEitherSideOfItsCommitIsTakenUp) {
  fill();
  const std::string old_key = db::test::read_file(own_);
  fs::rename(write_key("draft"), own_.string() + ".new");
  expect_both_keys();
  ASSERT_TRUE(open().value().rekey(std::nullopt, kNow, false));
  const std::string new_key = db::test::read_file(own_);
  fs::rename(own_, own_.string() + ".new");
  db::test::write_file(own_, old_key);
  ::chmod(own_.c_str(), 0600);
  expect_both_keys();
  ASSERT_TRUE(open().value().rekey(std::nullopt, kNow, false));
  EXPECT_NE(db::test::read_file(own_), new_key);
  EXPECT_NE(db::test::read_file(own_), old_key);
  EXPECT_FALSE(fs::exists(own_.string() + ".new"));
  expect_both_keys();
}

// ---- copies ----

TEST_F(SealedVaultTest, ACopyHoldsTheKeysSealedAndComesBackIntoAnotherVault) {
  fill();
  const fs::path copy = directory_ / "copy.db";
  ASSERT_TRUE(open().value().copy_to(copy));
  EXPECT_EQ(db::test::mode_of(copy), 0600U);
  EXPECT_FALSE(fs::exists(copy.string() + "-journal"));
  EXPECT_FALSE(contains(copy, pkcs8(key_)));
  const VaultCopy read = read_vault_copy(copy).value();
  EXPECT_EQ(read.store_id, kStore);
  EXPECT_EQ(read.key_ids, (std::set<std::string>{kFirst, kSecond}));
  const fs::path key_of_copy = directory_ / "key of the copy";
  fs::copy_file(own_, key_of_copy);
  fs::remove_all(directory_ / "vault");
  ASSERT_TRUE(create());
  EXPECT_EQ(open().value().add_from(copy, std::nullopt, wanted({kFirst})).error().code, ErrorCode::kCrypto);
  EXPECT_EQ(open().value().add_from(copy, key_of_copy, {}).value().added, 0U);
  EXPECT_TRUE(open().value().list().value().empty()) << "none was wanted";
  EXPECT_EQ(open().value().add_from(copy, key_of_copy, wanted({kFirst})).value().added, 1U);
  EXPECT_EQ(open().value().get(kSecond).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(open().value().add_from(copy, key_of_copy, wanted({kFirst, kSecond})).value().present, 1U);
  expect_both_keys();
}

TEST_F(SealedVaultTest, ACopyThatIsNotWholeIsRefused) {
  fill();
  const fs::path copy = directory_ / "copy.db";
  ASSERT_TRUE(open().value().copy_to(copy));
  const std::string whole = db::test::read_file(copy);
  for (const std::size_t size : {std::size_t{0}, std::size_t{50}, std::size_t{4096}, whole.size() / 2}) {
    db::test::write_file(copy, whole.substr(0, size));
    EXPECT_FALSE(read_vault_copy(copy)) << size;
    EXPECT_FALSE(open().value().add_from(copy, std::nullopt, wanted({kFirst}))) << size;
  }
  expect_both_keys();
}

}  // namespace
}  // namespace zonestore
