#include "zonestore/operations/history/store_verify.h"

#include <gmock/gmock.h>

#include "tests/support/store_fixture.h"
#include "zonestore/db/connection.h"
#include "zonestore/operations/backup/backup.h"
#include "zonestore/operations/rotation/maintain.h"
#include "zonestore/operations/views/troubles.h"

namespace zonestore {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class StoreVerify : public tests::StoreFixture {
 protected:
  StoreVerify() { add("mosa"); }

  void tamper(const std::string& sql) {
    db::Connection::open(dir() / "zone.db", db::Access::kReadWrite).execute(sql);
  }
  void tamper_with_a_record() { tamper("UPDATE record_set SET ttl = 301 WHERE type = 16 AND ttl = 300"); }
  void tamper_with_the_vault() {
    db::Connection::open(dir() / "vault" / "vault.db", db::Access::kReadWrite)
        .execute(
            "UPDATE private_key SET sealed = zeroblob(100) WHERE key_id = (SELECT min(key_id) FROM private_key)");
  }

  // "zones" and so on, of what is not whole.
  std::vector<std::string> not_whole() {
    std::vector<std::string> names;
    const auto verified = verify_store(*store_);
    EXPECT_TRUE(verified) << verified.error().message;
    for (const Verified& each : *verified) {
      EXPECT_EQ(each.not_looked, "");
      if (each.fault_count != 0) {
        names.push_back(each.what);
        message_ = each.faults.front();
      }
    }
    return names;
  }
  std::optional<LastLook> told(const std::string& what) {
    const StoreStatus status = store_status(*store_).value();
    for (const LastLook& look : status.looks) {
      if (look.what == what) {
        return look;
      }
    }
    return std::nullopt;
  }

  std::string message_;
};

TEST_F(StoreVerify, FindsNothingInASoundStore) {
  EXPECT_THAT(not_whole(), IsEmpty());
}

TEST_F(StoreVerify, FindsARecordThatWasAltered) {
  tamper_with_a_record();
  EXPECT_THAT(not_whole(), ElementsAre("zones"));
  EXPECT_EQ(message_, "zone dkim.secutix.com: its record sets do not fit its checksum");
}

TEST_F(StoreVerify, FindsARecordThatIsMissing) {
  tamper("DELETE FROM record_set WHERE type = 16 AND ttl = 300");
  EXPECT_THAT(not_whole(), ElementsAre("zones"));
  EXPECT_THAT(message_, HasSubstr("record sets, and its count says"));
}

TEST_F(StoreVerify, FindsASerialThatIsNotItsSoasOwn) {
  tamper("UPDATE zone SET serial = serial + 1");
  EXPECT_THAT(not_whole(), ElementsAre("zones"));
  EXPECT_THAT(message_, HasSubstr("its SOA record does not say so"));
}

TEST_F(StoreVerify, FindsAKeyThatDoesNotOpenAndOneThatIsMissing) {
  tamper_with_the_vault();
  EXPECT_THAT(not_whole(), ElementsAre("keys"));
  store_.reset();
  db::Connection::open(dir() / "vault" / "vault.db", db::Access::kReadWrite).execute("DELETE FROM private_key");
  open();
  EXPECT_THAT(not_whole(), ElementsAre("keys"));
  EXPECT_THAT(message_, HasSubstr("which a slot holds, is not in the vault"));
}

TEST_F(StoreVerify, FindsALogThatWasAltered) {
  tamper("UPDATE audit SET actor = 'nobody' WHERE audit_id = 1");
  EXPECT_THAT(not_whole(), ElementsAre("log"));
}

TEST_F(StoreVerify, SaysWhereTheWrappingKeyIsNotHere) {
  store_.reset();  // which has the key in memory
  std::filesystem::rename(dir() / "vault" / "wrapping.key", temp_.path() / "elsewhere");
  open();
  const auto verified = verify_store(*store_);
  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_NE(verified->at(2).not_looked, "");
  EXPECT_EQ(verified->at(2).fault_count, 0U);
}

TEST_F(StoreVerify, IsKeptForStatusUntilSomebodyFindsItMended) {
  EXPECT_EQ(told("zones"), std::nullopt);
  tamper_with_a_record();
  ASSERT_TRUE(keep_verified(*store_, verify_store(*store_).value(), "store verify"));
  EXPECT_EQ(told("zones")->command, "store verify");
  EXPECT_THAT(told("zones")->fault, HasSubstr("checksum"));
  EXPECT_EQ(told("log")->fault, "");
  EXPECT_EQ(troubles_of(store_status(*store_).value()).front().what, "content");
  tamper("UPDATE record_set SET ttl = 300 WHERE type = 16 AND ttl = 301");
  ASSERT_TRUE(keep_verified(*store_, verify_store(*store_).value(), "store verify"));
  EXPECT_FALSE(needs_attention(store_status(*store_).value()));
}

TEST_F(StoreVerify, OfWhatIsPublishedIsADutyOfMaintainOnceADay) {
  ASSERT_TRUE(maintain(*store_, context_));
  EXPECT_EQ(told("zones")->command, "maintain");
  EXPECT_EQ(store_status(*store_)->maintained, clock_.now().wall);
  tamper_with_a_record();
  clock_.advance(std::chrono::hours{23});
  EXPECT_THAT(maintain(*store_, context_)->failures, IsEmpty());
  clock_.advance(std::chrono::hours{1});
  ChangeContext dry = context_;
  dry.dry_run = true;
  EXPECT_THAT(maintain(*store_, dry)->failures, IsEmpty()) << "it looks at nothing and keeps nothing";
  EXPECT_THAT(maintain(*store_, context_)->failures, ElementsAre(HasSubstr("checksum")));
  EXPECT_THAT(told("zones")->fault, HasSubstr("checksum"));
}

TEST_F(StoreVerify, KeepsABackupFromBeingMadeOfWhatDnsdWouldRefuse) {
  ASSERT_TRUE(back_up(*store_, temp_.path() / "sound"));
  EXPECT_EQ(told("zones")->command, "backup");
  EXPECT_EQ(told("file")->fault, "");
  tamper_with_a_record();
  const auto made = back_up(*store_, temp_.path() / "damaged");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kDamaged);
  EXPECT_THAT(made.error().message, HasSubstr("no backup was made, because the store is not whole: zone dkim"));
  EXPECT_FALSE(std::filesystem::exists(temp_.path() / "damaged"));
  EXPECT_THAT(told("zones")->fault, HasSubstr("checksum"));
}

TEST_F(StoreVerify, KeepsABackupFromBeingRestoredThatDnsdWouldRefuse) {
  ASSERT_TRUE(back_up(*store_, temp_.path() / "backup"));
  db::Connection::open(temp_.path() / "backup" / "zone.db", db::Access::kReadWrite)
      .execute("UPDATE record_set SET ttl = 301 WHERE type = 16 AND ttl = 300");
  const auto read = read_backup(temp_.path() / "backup");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kDamaged);
}

}  // namespace
}  // namespace zonestore
