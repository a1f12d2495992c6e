// Another wrapping key, and the audit row that goes with it whatever happens in between.
#include "zonestore/operations/keys/vault_keys.h"

#include <gmock/gmock.h>

#include "tests/support/store_fixture.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/rotation/maintain.h"

namespace zonestore {
namespace {

using ::testing::HasSubstr;

class Rekey : public tests::StoreFixture {
 protected:
  Rekey() { add("mosa"); }
  std::vector<AuditEntry> rows() {
    std::vector<AuditEntry> found;
    EXPECT_TRUE(read_log(*store_, {}, [&](const AuditEntry& entry) {
      if (entry.command == "vault rekey") {
        found.push_back(entry);
      }
      return true;
    }));
    return found;
  }
};

TEST_F(Rekey, LeavesOneRowInTheLog) {
  ASSERT_TRUE(rekey_vault(*store_, context_, std::nullopt));
  ASSERT_TRUE(maintain(*store_, context_));
  ASSERT_EQ(rows().size(), 1U);
  EXPECT_THAT(rows().at(0).what, HasSubstr("2 private keys sealed"));
  EXPECT_FALSE(store_->impl().vault().rekey_note().value()) << "there is nothing left to say";
}

TEST_F(Rekey, ThatWasKilledBetweenItsTwoCommitsIsInTheLogAfterTheNextMaintain) {
  const WallTime then = clock_.now().wall;
  ASSERT_TRUE(
      store_->impl().vault().rekey(std::nullopt, then, false, {"ana", "root", "a copy went astray", "", "", 0, {}}));
  EXPECT_TRUE(rows().empty());
  open();
  clock_.advance(std::chrono::hours(1));
  ASSERT_TRUE(maintain(*store_, context_));
  ASSERT_TRUE(maintain(*store_, context_));
  ASSERT_EQ(rows().size(), 1U);
  EXPECT_EQ(rows().at(0).actor, "ana");
  EXPECT_EQ(rows().at(0).login, "root");
  EXPECT_EQ(rows().at(0).reason, "a copy went astray");
  EXPECT_THAT(rows().at(0).what, HasSubstr(to_rfc3339(then)));
}

TEST_F(Rekey, ThatWasKilledBeforeItsNoteWasTakenAwayIsInTheLogOnce) {
  ASSERT_TRUE(rekey_vault(*store_, context_, std::nullopt));
  const std::string id = vault_status(*store_)->wrapping_key_id;
  db::Connection::open(dir() / "vault" / "vault.db", db::Access::kReadWrite)
      .execute("UPDATE vault SET rekey_note = '{\"new_id\":\"" + id + "\",\"keys\":2}'");
  ASSERT_TRUE(maintain(*store_, context_));
  EXPECT_EQ(rows().size(), 1U);
  EXPECT_FALSE(store_->impl().vault().rekey_note().value());
}

TEST_F(Rekey, ANoteThatNobodyUnderstandsKeepsNobodyFromTheVault) {
  for (const std::string note :
       {"no JSON", "[]", R"({"new_id":7})", R"({"actor":[],"keys":2})", R"({"keys":"two"})"}) {
    db::Connection::open(dir() / "vault" / "vault.db", db::Access::kReadWrite)
        .prepare("UPDATE vault SET rekey_note = ?1")
        .bind(1, std::string_view(note))
        .run();
    EXPECT_FALSE(store_->impl().vault().rekey_note().value()) << note;
    EXPECT_TRUE(maintain(*store_, context_)) << note;
  }
  EXPECT_TRUE(rows().empty());
}

TEST_F(Rekey, ADryRunLeavesNoRowAndNoNote) {
  ChangeContext dry = context_;
  dry.dry_run = true;
  ASSERT_TRUE(rekey_vault(*store_, dry, std::nullopt));
  ASSERT_TRUE(maintain(*store_, context_));
  EXPECT_TRUE(rows().empty());
}

}  // namespace
}  // namespace zonestore
