#include "zonestore/zone/journal.h"

#include <gmock/gmock.h>

#include "store_fixture.h"

namespace zonestore {
namespace {

class JournalTest : public StoreTest {
 protected:
  JournalTest() { put(dkim_, {soa("dkim.example")}); }

  std::int64_t changes() { return connection_.integer("SELECT count(*) FROM journal_change"); }
  std::int64_t rows() { return connection_.integer("SELECT count(*) FROM journal_record_set"); }
  std::int64_t void_changes() {
    return connection_.integer("SELECT count(*) FROM journal_change WHERE row_count = 0");
  }

  // `count` record sets in one change, all different from those of another `text`.
  void put_many(std::size_t count, const std::string& text, WallTime now = kStart) {
    std::vector<RecordSet> sets;
    for (std::size_t i = 0; i < count; ++i) {
      sets.push_back(txt("k" + std::to_string(i) + ".dkim.example", text));
    }
    put(dkim_, sets, now);
  }

  // Many small changes within one transaction, for they are many.
  void make_changes(int count, WallTime now) {
    db::Transaction transaction(connection_, db::Transaction::Kind::kWrite);
    for (int i = 0; i < count; ++i) {
      ZoneChange zone_change(connection_, dkim_);
      zone_change.put(soa("dkim.example", 1000U + (++turn_ % 2U)));
      ASSERT_TRUE(zone_change.commit(now).changed);
    }
    transaction.commit();
  }

  std::uint32_t turn_ = 0;
};

TEST_F(JournalTest, HoldsWhatWasRemovedAndAddedWithTheSoa) {
  put(dkim_, {txt("a.dkim.example", "one")});
  put(dkim_, {txt("a.dkim.example", "two"), txt("b.dkim.example", "three")}, kStart + Seconds(60));
  EXPECT_EQ(changes(), 3);
  const auto count = [&](const std::string& where) {
    return connection_.integer("SELECT count(*) FROM journal_record_set WHERE " + where);
  };
  EXPECT_EQ(count("change_id = 1"), 1);                    // the first SOA
  EXPECT_EQ(count("change_id = 2 AND operation = 0"), 1);  // the SOA
  EXPECT_EQ(count("change_id = 2 AND operation = 1"), 2);  // the SOA and a
  EXPECT_EQ(count("change_id = 3 AND operation = 0"), 2);  // the SOA and a
  EXPECT_EQ(count("change_id = 3 AND operation = 1"), 3);  // the SOA, a and b
  EXPECT_EQ(connection_.integer("SELECT serial_before FROM journal_change WHERE change_id = 3"), 1'800'000'001);
  EXPECT_EQ(connection_.integer("SELECT serial_after FROM journal_change WHERE change_id = 3"), 1'800'000'060);
  EXPECT_EQ(connection_.integer("SELECT at_ms FROM journal_change WHERE change_id = 3"), 1'800'000'060'000);
  EXPECT_EQ(connection_.integer("SELECT row_count FROM journal_change WHERE change_id = 3"), 5);
  expect_sums_match();
}

TEST_F(JournalTest, KeepsChangesForSevenDaysAndTheNewestTenThousandForever) {
  put_many(20'500, "room for many rows");
  make_changes(10, kStart);
  make_changes(1, kStart + std::chrono::days(30));
  EXPECT_EQ(changes(), 13);  // old, but few
  make_changes(10'000, kStart + std::chrono::days(30));
  EXPECT_EQ(changes(), 10'001);
  EXPECT_EQ(connection_.integer("SELECT min(change_id) FROM journal_change"), 13);
  make_changes(50, kStart + std::chrono::days(37));
  EXPECT_EQ(changes(), 10'051);  // many, but not old
  make_changes(1, kStart + std::chrono::days(37) + Seconds(1));
  EXPECT_EQ(changes(), 10'000);
  expect_sums_match();
}

TEST_F(JournalTest, HasAtMostTenThousandRowsInASmallZone) {
  make_changes(6'000, kStart);  // two rows each
  EXPECT_EQ(rows(), 10'000);
  EXPECT_EQ(changes(), 5'000);
  expect_sums_match();
}

TEST_F(JournalTest, DoesNotKeepAChangeOfMoreRowsThanTheZoneHasRecordSets) {
  put_many(12'000, "one");  // 12,002 rows with both SOAs, for 12,001 record sets
  EXPECT_EQ(changes(), 2);
  EXPECT_EQ(void_changes(), 1);
  EXPECT_EQ(rows(), 1);
  expect_sums_match();
}

TEST_F(JournalTest, HasAtMostAsManyRowsAsTheZoneHasRecordSets) {
  put_many(12'000, "one");
  for (const char* text : {"two", "three", "four"}) {
    put_many(5'000, text);
    EXPECT_GE(rows(), 10'002);  // the newest change
    EXPECT_LE(rows(), 12'001);
    expect_sums_match();
  }
}

TEST_F(JournalTest, CutsABigOldChangeABitWithEachNewOne) {
  put_many(20'000, "one");
  put_many(9'990, "two");
  make_changes(9, kStart);
  EXPECT_EQ(rows(), 1 + 19'982 + 18);  // as many as the zone has record sets
  EXPECT_EQ(void_changes(), 1);        // the first 20,000

  make_changes(1, kStart);  // 2 rows, and cuts up to 1,002: the first change, the void one, 1,000 of the big one
  EXPECT_EQ(rows(), 20'001 + 2 - 1'001);
  EXPECT_EQ(void_changes(), 1);
  EXPECT_EQ(changes(), 1 + 10);
  expect_sums_match();

  make_changes(1, kStart);
  EXPECT_EQ(rows(), 20'001 + 2 - 1'001 + 2 - 1'002);
  make_changes(20, kStart);
  EXPECT_EQ(void_changes(), 0);
  EXPECT_EQ(rows(), 31 * 2);
  expect_sums_match();
}

TEST_F(JournalTest, CutsEachZoneByItself) {
  put(spf_, {soa("spf.example"), txt("spf.example", "v=spf1 ~all")});
  make_changes(6'000, kStart);
  EXPECT_EQ(connection_.integer("SELECT count(*) FROM journal_change WHERE zone_id = " +
                                std::to_string(static_cast<std::int64_t>(spf_))),
            1);
  expect_sums_match();
}

}  // namespace
}  // namespace zonestore
