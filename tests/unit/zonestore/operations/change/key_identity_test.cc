// A key is its public key, whatever row, slot, institution or backup it stands in.
#include "zonestore/operations/change/key_identity.h"

#include <gmock/gmock.h>

#include "tests/support/store_fixture.h"
#include "zonestore/operations/backup/restore.h"
#include "zonestore/operations/institutions/key_import.h"
#include "zonestore/operations/rotation/maintain.h"
#include "zonestore/operations/rotation/slots.h"

namespace zonestore {
namespace {

using dkim::SlotId;
using dkim::SlotState;
using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tests::refusal_of;

class KeyIdentity : public tests::StoreFixture {
 protected:
  static crypto::PrivateKey new_key() { return crypto::PrivateKey::generate(crypto::Algorithm::kEd25519).value(); }
  static crypto::PrivateKey copy_of(const crypto::PrivateKey& key) {
    return crypto::PrivateKey::from_pkcs8(key.pkcs8()->view()).value();
  }
  Result<KeysImported> import(const std::string& text, const crypto::PrivateKey& key,
                              std::optional<SlotId> slot = std::nullopt) {
    std::vector<SuppliedKey> keys;
    keys.push_back({slot, copy_of(key)});
    return import_keys(*store_, overriding(Guard::kKeyType), code(text), std::move(keys), {});
  }
  bool vault_has(const crypto::PrivateKey& key) {
    Vault& vault = store_->impl().vault();
    const std::vector<VaultEntry> entries = vault.list().value();
    for (const VaultEntry& entry : entries) {
      if (vault.get(entry.key_id)->public_spki().value() == key.public_spki().value()) {
        return true;
      }
    }
    return false;
  }
};

TEST_F(KeyIdentity, ARevokedKeyIsNotImportedAgainAnywhere) {
  const crypto::PrivateKey key = new_key();
  ASSERT_TRUE(import("mosa", key));
  ASSERT_TRUE(revoke(*store_, context_, code("mosa"), SlotId::kSel1, {true, {}}));
  EXPECT_FALSE(vault_has(key));
  for (const char* who : {"mosa", "louvre"}) {
    const auto again = import(who, key);
    EXPECT_EQ(refusal_of(again), Guard::kRevoked) << who;
    EXPECT_FALSE(vault_has(key));
  }
  EXPECT_FALSE(can_override(Guard::kRevoked));
  EXPECT_FALSE(show_institution(*store_, code("louvre"))) << "nothing was changed";
}

TEST_F(KeyIdentity, OneKeyInBothSlotsIsRefused) {
  const crypto::PrivateKey key = new_key();
  std::vector<SuppliedKey> keys;
  keys.push_back({SlotId::kSel1, copy_of(key)});
  keys.push_back({SlotId::kSel2, copy_of(key)});
  const auto both = import_keys(*store_, overriding(Guard::kKeyType), code("mosa"), std::move(keys), {});
  ASSERT_FALSE(both);
  EXPECT_EQ(both.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(both.error().message, HasSubstr("the same key"));
  EXPECT_FALSE(show_institution(*store_, code("mosa")));
  EXPECT_FALSE(vault_has(key));
}

TEST_F(KeyIdentity, TheOthersWhoHoldAKeyAreNamedWhenItIsRevokedAndItsPrivateHalfStaysForThem) {
  const crypto::PrivateKey key = new_key();
  ASSERT_TRUE(import("louvre", key));
  const auto second = import("mosa", key);
  ASSERT_TRUE(second);
  EXPECT_THAT(second->warnings, ElementsAre(HasSubstr("louvre sel1 holds the same private key")));
  clock_.advance(hours(1));
  const auto revoked = revoke(*store_, context_, code("mosa"), SlotId::kSel1);
  ASSERT_TRUE(revoked) << revoked.error().message;
  EXPECT_THAT(revoked->also_in, ElementsAre("louvre sel1"));
  EXPECT_FALSE(revoked->private_half_destroyed);
  EXPECT_TRUE(vault_has(key));
  const auto last = revoke(*store_, context_, code("louvre"), SlotId::kSel1);
  ASSERT_TRUE(last) << last.error().message;
  EXPECT_THAT(last->also_in, IsEmpty());
  EXPECT_TRUE(last->private_half_destroyed);
  EXPECT_FALSE(vault_has(key));
}

TEST_F(KeyIdentity, SigningDoesNotMoveToAKeyThatWasRevokedElsewhere) {
  const crypto::PrivateKey key = new_key();
  add("louvre");
  ASSERT_TRUE(revoke(*store_, context_, code("louvre"), SlotId::kSel2));
  ASSERT_TRUE(import("louvre", key, SlotId::kSel2));
  ASSERT_TRUE(import("mosa", key));
  clock_.advance(hours(2));
  ASSERT_TRUE(revoke(*store_, context_, code("mosa"), SlotId::kSel1));
  EXPECT_EQ(refusal_of(rotate(*store_, context_, code("louvre"))), Guard::kRevoked);
}

TEST_F(KeyIdentity, OfAStoreThatHasOneKeyInBothSlotsSigningDoesNotMoveToItsTwin) {
  add("mosa");
  clock_.advance(hours(1));
  store_->impl().connection.execute(
      "UPDATE dkim_key SET public_key = (SELECT public_key FROM dkim_key WHERE slot = 1) WHERE slot = 2");
  EXPECT_EQ(refusal_of(revoke(*store_, context_, code("mosa"), SlotId::kSel1)), Guard::kLastKey);
  const auto stopped = revoke(*store_, context_, code("mosa"), SlotId::kSel1, {true, {}});
  ASSERT_TRUE(stopped) << stopped.error().message;
  EXPECT_TRUE(stopped->signing_stopped);
  EXPECT_THAT(stopped->also_in, ElementsAre("mosa sel2"));
}

TEST_F(KeyIdentity, WhatADeadCommandLeftOfARevokedKeyGoesWithIt) {
  const crypto::PrivateKey key = new_key();
  ASSERT_TRUE(store_->impl().vault().put({{"00112233445566aa", &key}}, clock_.now().wall));
  ASSERT_TRUE(import("mosa", key));
  ASSERT_TRUE(revoke(*store_, context_, code("mosa"), SlotId::kSel1, {true, {}})->private_half_destroyed);
  EXPECT_FALSE(vault_has(key));
}

class KeyIdentityRestore : public KeyIdentity {
 protected:
  void back_up_store() { ASSERT_TRUE(back_up(*store_, temp_.path() / "backup")); }
  Restored restore_store() {
    store_.reset();
    RestoreOptions options;
    options.backup = temp_.path() / "backup";
    auto restored = restore(dir(), options, context_, clock_, {});
    EXPECT_TRUE(restored) << restored.error().message;
    open();
    return restored ? *restored : Restored{};
  }
};

TEST_F(KeyIdentityRestore, LeavesASlotRevokedWhosePublicKeyWasRevokedUnderAnotherRow) {
  const crypto::PrivateKey key = new_key();
  ASSERT_TRUE(import("mosa", key));
  back_up_store();
  ASSERT_TRUE(import("louvre", key));
  clock_.advance(hours(1));
  ASSERT_TRUE(revoke(*store_, context_, code("louvre"), SlotId::kSel1));
  const Restored restored = restore_store();
  EXPECT_THAT(restored.revoked, ElementsAre("mosa sel1"));
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kRevoked);
  EXPECT_FALSE(vault_has(key));
  EXPECT_EQ(refusal_of(import("prado", key)), Guard::kRevoked) << "the row that was revoked is not in the backup";
}

TEST_F(KeyIdentityRestore, RefusesAPrivateKeyThatIsNoneOfItsPublicKey) {
  add("mosa");
  const std::string id = show("mosa").slots.at(1).key_id;
  const crypto::PrivateKey other = new_key();
  Vault& vault = store_->impl().vault();
  ASSERT_TRUE(vault.destroy({id}));
  ASSERT_TRUE(vault.put({{id, &other}}, clock_.now().wall));
  back_up_store();
  store_.reset();
  RestoreOptions options;
  options.backup = temp_.path() / "backup";
  const auto restored = restore(temp_.path() / "elsewhere", options, context_, clock_,
                                {std::nullopt, dir() / "vault" / "wrapping.key"});
  ASSERT_FALSE(restored);
  EXPECT_EQ(restored.error().code, ErrorCode::kDamaged);
  EXPECT_THAT(restored.error().message, HasSubstr(id));
  open();
}

TEST_F(KeyIdentity, IsFoundByAnIndex) {
  db::Statement plan = store_->impl().connection.prepare(
      "EXPLAIN QUERY PLAN SELECT 1 FROM dkim_key WHERE substr(public_key, -37, 16) = substr(x'00', -37, 16) "
      "AND public_key = x'00'");
  ASSERT_TRUE(plan.step());
  EXPECT_THAT(plan.text(3), HasSubstr("dkim_key_by_public_key"));
}

}  // namespace
}  // namespace zonestore
