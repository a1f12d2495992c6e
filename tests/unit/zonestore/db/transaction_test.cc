#include <gtest/gtest.h>

#include "tests/unit/zonestore/db/test_support.h"
#include "zonestore/db/connection.h"

namespace zonestore::db {
namespace {

using namespace std::chrono_literals;
using test::code_of;
using test::ScratchDirectory;
using Kind = Transaction::Kind;

class TransactionTest : public testing::Test {
 protected:
  TransactionTest() { connection_.execute("CREATE TABLE item (value INTEGER)"); }

  void insert(std::int64_t value) { connection_.cached("INSERT INTO item (value) VALUES (?1)").bind(1, value).run(); }
  std::int64_t count() { return connection_.integer("SELECT count(*) FROM item"); }

  ScratchDirectory directory_;
  std::filesystem::path file_ = directory_ / "test.db";
  Connection connection_ = Connection::open(file_, Access::kCreate);
};

TEST_F(TransactionTest, IsRolledBackAtTheEndOfItsScope) {
  {
    const Transaction transaction(connection_, Kind::kWrite);
    insert(1);
    EXPECT_EQ(count(), 1);
  }
  EXPECT_EQ(count(), 0);
}

TEST_F(TransactionTest, IsRolledBackByAnException) {
  EXPECT_THROW(
      {
        const Transaction transaction(connection_, Kind::kWrite);
        insert(1);
        throw std::runtime_error("on the way");
      },
      std::runtime_error);
  EXPECT_EQ(count(), 0);
  const Transaction next(connection_, Kind::kWrite);  // the connection is free again
}

TEST_F(TransactionTest, IsDurableOnceCommitReturned) {
  Transaction transaction(connection_, Kind::kWrite);
  insert(1);
  transaction.commit();
  EXPECT_EQ(Connection::open(file_, Access::kReadOnly).integer("SELECT count(*) FROM item"), 1);
  EXPECT_EQ(std::filesystem::file_size(file_.string() + "-journal"), 0U) << "the truncated journal ends the commit";
}

TEST_F(TransactionTest, OfAKilledWriterLeavesNothingOrEverything) {
  const auto write_and_die = [&](bool commit) {
    return test::in_child([&] {
      Connection writer = Connection::open(file_, Access::kReadWrite);
      Transaction transaction(writer, Kind::kWrite);
      writer.execute("INSERT INTO item VALUES (1), (2)");
      if (commit) {
        transaction.commit();
      }
      return ::raise(SIGKILL);
    });
  };
  ASSERT_TRUE(WIFSIGNALED(write_and_die(false)));
  EXPECT_EQ(count(), 0);
  ASSERT_TRUE(WIFSIGNALED(write_and_die(true)));
  EXPECT_EQ(count(), 2);
}

TEST_F(TransactionTest, TakesTheWriteLockAtOnce) {
  const Transaction transaction(connection_, Kind::kWrite);
  Connection other = Connection::open(file_, Access::kReadWrite, 0ms);
  EXPECT_EQ(code_of([&] { other.execute("INSERT INTO item VALUES (2)"); }), ErrorCode::kBusy);
}

TEST_F(TransactionTest, ForReadingSeesOneState) {
  Connection reader = Connection::open(file_, Access::kReadOnly);
  const Transaction reading(reader, Kind::kRead);
  EXPECT_EQ(reader.integer("SELECT count(*) FROM item"), 0);
  Connection writer = Connection::open(file_, Access::kReadWrite, 0ms);
  EXPECT_EQ(code_of([&] { writer.execute("INSERT INTO item VALUES (1)"); }), ErrorCode::kBusy)
      << "a rollback journal makes the writer wait for the reader";
  EXPECT_EQ(reader.integer("SELECT count(*) FROM item"), 0);
}

TEST_F(TransactionTest, CanCommitAgainAfterABusyCommit) {
  Connection writer = Connection::open(file_, Access::kReadWrite, 0ms);
  Connection reader = Connection::open(file_, Access::kReadOnly);
  auto reading = std::make_unique<Transaction>(reader, Kind::kRead);
  EXPECT_EQ(reader.integer("SELECT count(*) FROM item"), 0);
  Transaction transaction(writer, Kind::kWrite);
  writer.execute("INSERT INTO item VALUES (1)");
  EXPECT_EQ(code_of([&] { transaction.commit(); }), ErrorCode::kBusy);
  reading.reset();
  transaction.commit();
  EXPECT_EQ(count(), 1);
}

TEST_F(TransactionTest, IsRolledBackAfterABusyCommit) {
  Connection writer = Connection::open(file_, Access::kReadWrite, 0ms);
  {
    Connection reader = Connection::open(file_, Access::kReadOnly);
    const Transaction reading(reader, Kind::kRead);
    EXPECT_EQ(reader.integer("SELECT count(*) FROM item"), 0);
    Transaction transaction(writer, Kind::kWrite);
    writer.execute("INSERT INTO item VALUES (1)");
    EXPECT_EQ(code_of([&] { transaction.commit(); }), ErrorCode::kBusy);
  }
  EXPECT_EQ(count(), 0);
  Transaction next(connection_, Kind::kWrite);
  next.commit();
}

TEST_F(TransactionTest, LeavesNoLockBehindAnUnfinishedStatement) {
  insert(1);
  insert(2);
  Connection reader = Connection::open(file_, Access::kReadOnly);
  for (const bool commit : {true, false}) {
    Transaction reading(reader, Kind::kRead);
    ASSERT_TRUE(reader.cached("SELECT value FROM item").step());  // one of two rows, and left there
    if (commit) {
      reading.commit();
    }
  }
  Connection writer = Connection::open(file_, Access::kReadWrite, 0ms);
  writer.execute("INSERT INTO item VALUES (3)");
  EXPECT_EQ(count(), 3);
}

TEST_F(TransactionTest, DoesNotNest) {
  Transaction outer(connection_, Kind::kWrite);
  insert(1);
  EXPECT_TRUE(code_of([&] { const Transaction inner(connection_, Kind::kWrite); }));
  outer.commit();
  EXPECT_EQ(count(), 1) << "the failed inner one left the outer one alone";
}

TEST_F(TransactionTest, EndsWithoutThrowingWhenSqliteRolledBackAlready) {
  {
    const Transaction transaction(connection_, Kind::kWrite);
    insert(1);
    connection_.execute("ROLLBACK");
  }
  EXPECT_EQ(count(), 0);
}

TEST_F(TransactionTest, ChecksDeferredForeignKeysAtItsCommit) {
  connection_.execute(
      "CREATE TABLE part (item INTEGER REFERENCES whole (id) DEFERRABLE INITIALLY DEFERRED);"
      "CREATE TABLE whole (id INTEGER PRIMARY KEY)");
  {
    Transaction transaction(connection_, Kind::kWrite);
    connection_.execute("INSERT INTO part VALUES (1)");
    EXPECT_EQ(code_of([&] { transaction.commit(); }), ErrorCode::kDamaged);
  }
  EXPECT_EQ(connection_.integer("SELECT count(*) FROM part"), 0);
}

}  // namespace
}  // namespace zonestore::db
