// What a transaction says of its commit is true, whichever call of the disk fails: done, not done, or not known.
#include <gtest/gtest.h>

#include "tests/support/faulty_disk.h"
#include "tests/unit/zonestore/db/test_support.h"
#include "zonestore/db/backup.h"
#include "zonestore/db/connection.h"

namespace zonestore::db {
namespace {

using test::ScratchDirectory;
using tests::FaultyDisk;
using Kind = Transaction::Kind;

constexpr const char* kTables =
    "CREATE TABLE commit_mark (one INTEGER PRIMARY KEY CHECK (one = 1), recent BLOB NOT NULL) STRICT;"
    "CREATE TABLE item (value INTEGER)";

struct Outcomes {
  int done = 0;
  int done_after_all = 0;  // COMMIT had returned an error
  int not_done = 0;
  int unknown = 0;
};

class CommitOutcome : public testing::TestWithParam<FaultyDisk::Effect> {
 protected:
  ~CommitOutcome() override { FaultyDisk::get().heal(); }

  // The outcome that is told of one insertion.
  enum class Told : std::uint8_t { kDone, kDoneAfterAll, kNotDone, kUnknown };
  static Told insert(Connection& connection, int value) {
    try {
      Transaction transaction(connection, Kind::kWrite);
      connection.cached("INSERT INTO item (value) VALUES (?1)").bind(1, std::int64_t{value}).run();
      transaction.commit();
      return transaction.trouble().empty() ? Told::kDone : Told::kDoneAfterAll;
    } catch (const Failure& failure) {
      return failure.error().code == ErrorCode::kUnknown ? Told::kUnknown : Told::kNotDone;
    }
  }

  // Fails each call of one insertion in turn.
  Outcomes fail_everywhere(bool for_good) {
    Outcomes outcomes;
    Connection::open(file_, Access::kCreate).execute(kTables);
    for (int call = 1; call < 100; ++call) {
      Connection connection = Connection::open(file_, Access::kReadWrite);
      FaultyDisk::get().fail_at(call, GetParam(), for_good);
      const Told told = insert(connection, call);
      const bool failed = FaultyDisk::get().has_failed();
      FaultyDisk::get().heal();
      Connection reader = Connection::open(file_, Access::kReadWrite);
      const bool is_there = reader.integer("SELECT count(*) FROM item WHERE value = " + std::to_string(call)) == 1;
      outcomes.done += told == Told::kDone ? 1 : 0;
      outcomes.done_after_all += told == Told::kDoneAfterAll ? 1 : 0;
      outcomes.not_done += told == Told::kNotDone ? 1 : 0;
      outcomes.unknown += told == Told::kUnknown ? 1 : 0;
      EXPECT_TRUE(told == Told::kUnknown || is_there == (told != Told::kNotDone)) << "call " << call;
      EXPECT_EQ(insert(connection, -call), Told::kDone) << "the connection is of use again";
      if (!failed) {
        return outcomes;
      }
    }
    ADD_FAILURE() << "there is no end";
    return outcomes;
  }

  FaultyDisk& disk_ = FaultyDisk::get();  // before anything is opened
  ScratchDirectory directory_;
  std::filesystem::path file_ = directory_ / "test.db";
};

TEST_P(CommitOutcome, IsKnownWhereOneCallFails) {
  const Outcomes outcomes = fail_everywhere(false);
  EXPECT_GT(outcomes.not_done, 0);
  EXPECT_EQ(outcomes.unknown, 0);
  if (GetParam() == FaultyDisk::Effect::kWhole) {
    EXPECT_GT(outcomes.done_after_all, 0) << "the journal was cut, and only its sync failed";
  }
}

TEST_P(CommitOutcome, IsNeverToldWrongWhereTheDiskFailsFromThenOn) {
  const Outcomes outcomes = fail_everywhere(true);
  EXPECT_EQ(outcomes.done_after_all, 0) << "nothing proves that it outlives a power cut";
  if (GetParam() == FaultyDisk::Effect::kWhole) {
    EXPECT_GT(outcomes.unknown, 0);
  }
}

TEST_P(CommitOutcome, OfAWholeDatabaseThatIsCopiedOverAnotherIsKnownToo) {
  Connection::open(file_, Access::kCreate).execute(kTables);
  const std::filesystem::path other = directory_ / "other.db";
  for (int call = 1; call < 200; ++call) {
    std::filesystem::remove(other);
    Connection source = Connection::open(other, Access::kCreate);
    source.execute(kTables);
    ASSERT_EQ(insert(source, call), Told::kDone);
    Connection connection = Connection::open(file_, Access::kReadWrite);
    FaultyDisk::get().fail_at(call, GetParam(), false);
    std::optional<ErrorCode> told;
    {
      const ExclusiveHold hold(connection);
      told = test::code_of([&] { copy_database(source, connection); });
    }
    const bool failed = FaultyDisk::get().has_failed();
    FaultyDisk::get().heal();
    Connection reader = Connection::open(file_, Access::kReadWrite);
    const bool is_there = reader.integer("SELECT count(*) FROM item WHERE value = " + std::to_string(call)) == 1;
    EXPECT_NE(told, ErrorCode::kUnknown) << "call " << call;
    EXPECT_EQ(is_there, !told) << "call " << call;
    if (!failed) {
      return;
    }
  }
  FAIL() << "there is no end";
}

INSTANTIATE_TEST_SUITE_P(Calls, CommitOutcome,
                         testing::Values(FaultyDisk::Effect::kNone, FaultyDisk::Effect::kHalf,
                                         FaultyDisk::Effect::kWhole));

TEST(CommitMarks, AreNotAskedOfADatabaseWithoutAPlaceForThem) {
  FaultyDisk& disk = FaultyDisk::get();
  const ScratchDirectory directory;
  const std::filesystem::path file = directory / "test.db";
  Connection connection = Connection::open(file, Access::kCreate);
  connection.execute("CREATE TABLE item (value INTEGER)");
  int unknown = 0;
  for (int call = 1; call < 30; ++call) {
    disk.fail_at(call, FaultyDisk::Effect::kWhole, false);
    unknown += test::code_of([&] {
                 Transaction transaction(connection, Kind::kWrite);
                 connection.execute("INSERT INTO item VALUES (1)");
                 transaction.commit();
               }) == ErrorCode::kUnknown
                   ? 1
                   : 0;
    disk.heal();
  }
  EXPECT_GT(unknown, 0);
}

}  // namespace
}  // namespace zonestore::db
