#include "zonestore/operations/history/audit_chain.h"

#include <gmock/gmock.h>

#include "tests/support/store_fixture.h"
#include "zonestore/db/connection.h"
#include "zonestore/operations/change/audit_writer.h"

namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using zonestore::AuditCheck;
using zonestore::db::Access;
using zonestore::db::Connection;

class AuditChain : public tests::StoreFixture {
 protected:
  AuditChain() {
    add("mosa");
    add("nova");
    EXPECT_TRUE(zonestore::set_policy(*store_, context_, std::nullopt, "slack", "700s"));
    EXPECT_TRUE(zonestore::set_policy(*store_, context_, std::nullopt, "slack", "800s"));
  }

  // As somebody would who edits the file behind our back.
  void tamper(const std::string& sql) { Connection::open(dir() / "zone.db", Access::kReadWrite).execute(sql); }

  AuditCheck check() {
    auto checked = zonestore::verify_log(*store_);
    EXPECT_TRUE(checked) << checked.error().message;
    return checked ? *checked : AuditCheck{};
  }
  // The ids of the rows with faults.
  std::vector<std::int64_t> faulty() {
    std::vector<std::int64_t> ids;
    for (const zonestore::AuditFault& fault : check().faults) {
      ids.push_back(fault.id);
    }
    return ids;
  }
};

TEST_F(AuditChain, HoldsForWhatIsWrittenFromInitOn) {
  const AuditCheck checked = check();
  EXPECT_EQ(checked.rows, 5U);
  EXPECT_EQ(checked.unchained, 0U);
  EXPECT_EQ(checked.newest_id, 5);
  EXPECT_THAT(checked.newest_chain, SizeIs(64));
  EXPECT_EQ(checked.fault_count, 0U);
}

TEST_F(AuditChain, ADryRunLeavesItAsItWas) {
  const std::string before = check().newest_chain;
  zonestore::ChangeContext dry = context_;
  dry.dry_run = true;
  ASSERT_TRUE(zonestore::set_policy(*store_, dry, std::nullopt, "slack", "900s"));
  EXPECT_EQ(check().newest_chain, before);
  EXPECT_EQ(check().fault_count, 0U);
}

TEST_F(AuditChain, FindsEachAlteredColumn) {
  for (const std::string set :
       {"at_ms = at_ms + 1", "actor = 'other'", "login = 'other'", "command = 'undo'", "subject = 'nova'",
        "what = what || ' '", "override_code = 'E_FROZEN'", "override_code = NULL", "reason = 'because'",
        "reason = NULL", "before_json = '{ }'", "after_json = '{ }'"}) {
    SCOPED_TRACE(set);
    tamper("CREATE TABLE kept AS SELECT * FROM audit WHERE audit_id = 2; UPDATE audit SET " + set +
           " WHERE audit_id = 2");
    EXPECT_EQ(faulty(), std::vector<std::int64_t>{2});
    tamper("REPLACE INTO audit SELECT * FROM kept; DROP TABLE kept");
    EXPECT_THAT(faulty(), IsEmpty());
  }
}

TEST_F(AuditChain, TextMovedFromOneColumnToTheNextIsFound) {
  tamper("UPDATE audit SET actor = 'teste', login = 'rtester' WHERE audit_id = 2");
  EXPECT_EQ(faulty(), std::vector<std::int64_t>{2});
}

TEST_F(AuditChain, NamesTheAlteredRow) {
  tamper("UPDATE audit SET what = 'nothing much' WHERE audit_id = 3");
  const AuditCheck checked = check();
  ASSERT_THAT(checked.faults, SizeIs(1));
  EXPECT_EQ(checked.faults.front().id, 3);
  EXPECT_EQ(checked.faults.front().command, "add");
  EXPECT_TRUE(checked.faults.front().at);
}

TEST_F(AuditChain, FindsAnAlteredValueOfTheChain) {
  tamper("UPDATE audit SET chain = randomblob(32) WHERE audit_id = 3");
  EXPECT_EQ(faulty(), (std::vector<std::int64_t>{3, 4}));
}

TEST_F(AuditChain, FindsAMissingRow) {
  tamper("DELETE FROM audit WHERE audit_id = 3");
  const AuditCheck checked = check();
  ASSERT_THAT(checked.faults, SizeIs(3)) << "the gap, the row behind it, and the count";
  EXPECT_THAT(checked.faults.at(0).message, HasSubstr("row 3 is missing"));
  EXPECT_EQ(checked.faults.at(1).id, 4);
}

TEST_F(AuditChain, FindsAMissingRowWhoseGapWasClosed) {
  tamper(
      "DELETE FROM audit WHERE audit_id = 3; UPDATE audit SET audit_id = 3 WHERE audit_id = 4;"
      "UPDATE audit SET audit_id = 4 WHERE audit_id = 5");
  EXPECT_EQ(faulty(), (std::vector<std::int64_t>{3, 4, 5}));
}

TEST_F(AuditChain, FindsAMissingEnd) {
  tamper("DELETE FROM audit WHERE audit_id = 5");
  const AuditCheck checked = check();
  ASSERT_THAT(checked.faults, SizeIs(1));
  EXPECT_EQ(checked.faults.front().id, 5);
  EXPECT_THAT(checked.faults.front().message, HasSubstr("ends too early"));
}

TEST_F(AuditChain, FindsAMissingBeginning) {
  tamper("DELETE FROM audit WHERE audit_id = 1");
  EXPECT_EQ(faulty(), (std::vector<std::int64_t>{1, 2, 6}));
}

TEST_F(AuditChain, FindsAnEmptiedLog) {
  tamper("DELETE FROM audit");
  EXPECT_EQ(check().fault_count, 1U);
}

TEST_F(AuditChain, FindsTwoRowsInEachOthersPlace) {
  tamper(
      "UPDATE audit SET audit_id = 99 WHERE audit_id = 3; UPDATE audit SET audit_id = 3 WHERE audit_id = 4;"
      "UPDATE audit SET audit_id = 4 WHERE audit_id = 99");
  EXPECT_EQ(faulty(), (std::vector<std::int64_t>{3, 4, 5}));
}

TEST_F(AuditChain, FindsARowThatWasPutIn) {
  tamper(
      "INSERT INTO audit (at_ms, actor, login, command, subject, what, before_json, after_json) "
      "SELECT at_ms, actor, login, command, subject, what, before_json, after_json FROM audit WHERE audit_id = 3");
  EXPECT_EQ(faulty(), std::vector<std::int64_t>{6});
}

TEST_F(AuditChain, FindsAChainThatWasTakenOutOfTheBeginning) {
  tamper("UPDATE audit SET chain = NULL WHERE audit_id <= 2");
  EXPECT_EQ(faulty(), (std::vector<std::int64_t>{3, 6}));
}

TEST_F(AuditChain, BeginsWithTheFirstNewRowOfAnOlderStore) {
  tamper("UPDATE audit SET chain = NULL; UPDATE store SET audit_chain = NULL, audit_count = 0");
  EXPECT_EQ(check().unchained, 5U);
  EXPECT_EQ(check().newest_chain, "");
  ASSERT_TRUE(zonestore::set_policy(*store_, context_, std::nullopt, "slack", "900s"));
  const AuditCheck checked = check();
  EXPECT_EQ(checked.rows, 6U);
  EXPECT_EQ(checked.unchained, 5U);
  EXPECT_EQ(checked.fault_count, 0U);
}

TEST_F(AuditChain, IsAnotherInAnotherStore) {
  tamper("UPDATE store SET store_id = replace(hex(zeroblob(16)), '00', 'ab')");
  EXPECT_EQ(faulty(), std::vector<std::int64_t>{1});
}

TEST_F(AuditChain, ListsTheFirstFaultsAndCountsAll) {
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(zonestore::set_policy(*store_, context_, std::nullopt, "slack", std::to_string(1000 + i) + "s"));
  }
  tamper("UPDATE audit SET actor = 'nobody'");
  const AuditCheck checked = check();
  EXPECT_THAT(checked.faults, SizeIs(zonestore::kMostFaults));
  EXPECT_EQ(checked.fault_count, 35U);
}

TEST_F(AuditChain, FindsOneAlteredRowAmongAHundredThousand) {
  Connection connection = Connection::open(dir() / "zone.db", Access::kReadWrite);
  {
    zonestore::db::Transaction transaction(connection, zonestore::db::Transaction::Kind::kWrite);
    for (int row = 6; row <= 100'000; ++row) {
      zonestore::write_audit(connection, context_, "rotate", "mosa", {"row " + std::to_string(row)},
                             zonestore::WallTime{});
    }
    transaction.commit();
  }
  EXPECT_EQ(check().rows, 100'000U);
  EXPECT_THAT(faulty(), IsEmpty());
  connection.execute("UPDATE audit SET what = 'row 70000' WHERE audit_id = 70001");
  EXPECT_EQ(faulty(), std::vector<std::int64_t>{70'001});
}

}  // namespace
