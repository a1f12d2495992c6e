// A writer that died in the middle of a commit, seen by those who come after it.
#include <gtest/gtest.h>

#include "tests/unit/zonestore/db/test_support.h"
#include "zonestore/db/connection.h"
#include "zonestore/db/schema.h"

namespace zonestore::db {
namespace {

using namespace std::chrono_literals;
using test::error_of;
using test::ScratchDirectory;

class HotJournal : public testing::Test {
 protected:
  void SetUp() override {
    {
      Connection connection = Connection::open(file_, Access::kCreate);
      connection.execute(
          "CREATE TABLE item (value BLOB); PRAGMA application_id=7;"
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)"
          "INSERT INTO item SELECT zeroblob(1000) FROM n");
    }
    before_ = test::read_file(file_);
    ASSERT_TRUE(test::die_in_commit(file_, "UPDATE item SET value = randomblob(1000)"));
    ASSERT_NE(test::read_file(file_), before_) << "part of the change is in the file";
  }

  ScratchDirectory directory_;
  std::filesystem::path file_ = directory_ / "test.db";
  std::string before_;
};

TEST_F(HotJournal, IsReportedToAReaderWhoCannotRollBack) {
  Connection reader = Connection::open(file_, Access::kReadOnly, 0ms);
  const std::optional<Error> error = error_of([&] { (void)reader.integer("SELECT count(*) FROM item"); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::kHotJournal) << error->message;
  EXPECT_EQ(error->hint, "run: zonectl store recover (as the store's owner)");
  EXPECT_EQ(test::error_of([&] {
              check_version(reader, Schema{7, "a test store", {}});
            })->code,
            ErrorCode::kHotJournal);
}

TEST_F(HotJournal, IsReportedToAReaderWhoMayNotEvenReadTheJournal) {
  std::filesystem::permissions(file_.string() + "-journal", std::filesystem::perms::none);
  EXPECT_EQ(test::code_for_ordinary_user([&] {
              Connection reader = Connection::open(file_, Access::kReadOnly, 0ms);
              (void)reader.integer("SELECT count(*) FROM item");
            }),
            test::number(ErrorCode::kHotJournal));
}

TEST_F(HotJournal, IsRolledBackByTheNextWriter) {
  Connection writer = Connection::open(file_, Access::kReadWrite);
  EXPECT_EQ(writer.integer("SELECT count(*) FROM item WHERE value = zeroblob(1000)"), 200);
  EXPECT_EQ(test::read_file(file_), before_);
  EXPECT_FALSE(std::filesystem::exists(file_.string() + "-journal"));
}

TEST_F(HotJournal, IsNoMoreInTheWayOfAReaderThatWaitsForIt) {
  Connection reader = Connection::open(file_, Access::kReadOnly, 0ms);
  EXPECT_TRUE(error_of([&] { (void)reader.integer("SELECT count(*) FROM item"); }));
  { const Connection writer = Connection::open(file_, Access::kReadWrite); }
  EXPECT_EQ(reader.integer("SELECT count(*) FROM item WHERE value = zeroblob(1000)"), 200);
}

TEST_F(HotJournal, IsNotHotWhileItsWriterLives) {
  { const Connection recovered = Connection::open(file_, Access::kReadWrite); }
  Connection writer = Connection::open(file_, Access::kReadWrite);
  const Transaction transaction(writer, Transaction::Kind::kWrite);
  writer.execute("UPDATE item SET value = x'00' WHERE rowid = 1");
  EXPECT_GT(std::filesystem::file_size(file_.string() + "-journal"), 0U);
  Connection reader = Connection::open(file_, Access::kReadOnly, 0ms);
  EXPECT_EQ(reader.integer("SELECT count(*) FROM item WHERE value = zeroblob(1000)"), 200);
}

}  // namespace
}  // namespace zonestore::db
