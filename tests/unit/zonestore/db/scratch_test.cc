// Connections that write in memory alone.
#include "zonestore/db/scratch.h"

#include <array>
#include <thread>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/zonestore/db/test_support.h"
#include "zonestore/db/schema.h"

namespace zonestore::db {
namespace {

using namespace std::chrono_literals;
using test::code_of;
using test::ScratchDirectory;

constexpr std::string_view kCount = "SELECT count(*) FROM item";
// More than the cache holds, so that pages are written long before the commit.
constexpr std::string_view kMuch =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)"
    "INSERT INTO item SELECT randomblob(1000) FROM n";

std::int64_t count(Connection& connection) {
  return connection.integer(kCount);
}

bool is_sound(Connection& connection) {
  Statement check = connection.prepare("PRAGMA integrity_check");
  return check.step() && check.text(0) == "ok";
}

void commit(Connection& connection, std::string_view sql) {
  Transaction transaction(connection, Transaction::Kind::kWrite);
  connection.execute(sql);
  transaction.commit();
}

class ScratchTest : public testing::Test {
 protected:
  void SetUp() override {
    Connection connection = Connection::open(file_, Access::kCreate);
    connection.execute(
        "CREATE TABLE item (value BLOB);"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)"
        "INSERT INTO item SELECT randomblob(1000) FROM n");
  }

  // Everything that a change of the file or its journal would alter.
  [[nodiscard]] std::string state() const {
    std::string state = test::read_file(file_);
    for (const std::filesystem::path& path : {file_, std::filesystem::path(file_.string() + "-journal")}) {
      struct stat status {};
      EXPECT_EQ(::stat(path.c_str(), &status), 0);
      state += std::to_string(status.st_size) + " " + std::to_string(status.st_mtim.tv_sec) + "." +
               std::to_string(status.st_mtim.tv_nsec) + " " + std::to_string(status.st_ino) + "\n";
    }
    return state;
  }
  [[nodiscard]] Connection scratch(Milliseconds busy_timeout = kDefaultBusyTimeout) const {
    return Connection::open(file_, Access::kScratch, busy_timeout);
  }
  [[nodiscard]] Connection writer() const { return Connection::open(file_, Access::kReadWrite, 0ms); }

  ScratchDirectory directory_;
  std::filesystem::path file_ = directory_ / "test.db";
};

TEST_F(ScratchTest, CommitsInMemoryAndLeavesTheFileAsItWas) {
  const std::string before = state();
  {
    Connection connection = scratch();
    EXPECT_FALSE(connection.is_read_only());
    commit(connection, kMuch);
    EXPECT_EQ(count(connection), 6100);
    commit(connection,
           "DELETE FROM item WHERE rowid % 2 = 0; CREATE TABLE other (a); CREATE INDEX by_value ON item (value)");
    EXPECT_EQ(count(connection), 3050);
    EXPECT_TRUE(is_sound(connection));
    connection.execute("VACUUM");
    EXPECT_EQ(count(connection), 3050);
    EXPECT_TRUE(is_sound(connection));
  }
  EXPECT_EQ(state(), before);
  Connection again = scratch();
  EXPECT_EQ(count(again), 100) << "gone with the connection";
}

TEST_F(ScratchTest, WorksUnderAHeldWriteLock) {
  Connection holder = writer();
  Transaction held(holder, Transaction::Kind::kWrite);
  holder.execute("DELETE FROM item");
  const std::string before = state();
  Connection connection = scratch(0ms);
  commit(connection, "INSERT INTO item VALUES (x'00')");
  EXPECT_EQ(count(connection), 101);
  EXPECT_EQ(state(), before);
  held.commit();
  EXPECT_EQ(count(connection), 0);
}

TEST_F(ScratchTest, ForgetsWhatIsRolledBackHoweverMuchItWas) {
  Connection connection = scratch();
  {
    Transaction transaction(connection, Transaction::Kind::kWrite);
    connection.execute(kMuch);
    connection.execute("DELETE FROM item WHERE rowid < 50");
  }
  EXPECT_EQ(count(connection), 100);
  EXPECT_TRUE(is_sound(connection));
  commit(connection, "INSERT INTO item VALUES (x'00')");
  {
    Transaction transaction(connection, Transaction::Kind::kWrite);
    connection.execute(kMuch);
  }
  EXPECT_EQ(count(connection), 101) << "what was committed before stays";
  EXPECT_TRUE(is_sound(connection));
}

TEST_F(ScratchTest, KeepsNoWriterWaitingBetweenItsTransactionsAndSeesWhatThatWrote) {
  Connection connection = scratch(0ms);
  Connection other = writer();
  for (int turn = 1; turn <= 3; ++turn) {
    {
      Transaction transaction(connection, Transaction::Kind::kWrite);
      connection.execute(kMuch);
      EXPECT_EQ(count(connection), 6100 + turn - 1);
    }
    commit(other, "INSERT INTO item VALUES (x'00')");
    EXPECT_EQ(count(connection), 100 + turn);
  }
}

TEST_F(ScratchTest, DropsWhatItHadCommittedWhenTheFileChanges) {
  Connection connection = scratch();
  Connection other = writer();
  const ScratchHold hold(other);  // of what is no scratch connection: nothing
  commit(connection, "INSERT INTO item VALUES (x'00')");
  EXPECT_EQ(count(connection), 101);
  commit(other, "DELETE FROM item WHERE rowid <= 40");  // as many commits as the other, so that both count the same
  EXPECT_EQ(count(connection), 60);
  EXPECT_TRUE(is_sound(connection));
  commit(connection, kMuch);
  EXPECT_EQ(count(connection), 6060);
  EXPECT_FALSE(hold.broken());
}

TEST_F(ScratchTest, HeldTogetherTheFileStaysForASecondAtMost) {
  Connection connection = scratch();
  Connection other = writer();
  const ScratchHold hold(connection);
  commit(connection, "INSERT INTO item VALUES (x'00')");
  EXPECT_EQ(code_of([&] { commit(other, "DELETE FROM item"); }), ErrorCode::kBusy);
  EXPECT_EQ(count(connection), 101);
  EXPECT_FALSE(hold.broken());
  std::thread patient([this] {
    Connection waiting = Connection::open(file_, Access::kReadWrite, 60s);
    commit(waiting, "DELETE FROM item");
  });
  // However long we go on asking, the writer comes through: what we ask for next waits for it.
  while (count(connection) != 0) {
  }
  patient.join();
  EXPECT_TRUE(hold.broken());
}

TEST_F(ScratchTest, HeldTogetherItLetsGoAtTheEnd) {
  Connection connection = scratch();
  Connection other = writer();
  {
    const ScratchHold hold(connection);
    commit(connection, "INSERT INTO item VALUES (x'00')");
  }
  EXPECT_EQ(code_of([&] { commit(other, "DELETE FROM item"); }), std::nullopt);
}

TEST_F(ScratchTest, DoesNotRollAHotJournalBack) {
  ASSERT_TRUE(test::die_in_commit(file_, "UPDATE item SET value = randomblob(1000)"));
  const std::string before = state();
  EXPECT_EQ(code_of([&] {
              Connection connection = scratch();
              (void)count(connection);
            }),
            ErrorCode::kHotJournal);
  EXPECT_EQ(state(), before);
}

TEST_F(ScratchTest, NeedsTheRightToReadAlone) {
  std::filesystem::permissions(directory_ / ".", std::filesystem::perms(0755));
  ::chmod(file_.c_str(), 0444);
  EXPECT_EQ(test::code_for_ordinary_user([&] {
              Connection connection = scratch();
              commit(connection, kMuch);
              if (count(connection) != 6100) {
                throw Failure(Error{ErrorCode::kDamaged, "rows are missing", "", std::nullopt});
              }
            }),
            test::kNoFailure);
  EXPECT_EQ(test::code_for_ordinary_user([&] { (void)writer(); }), test::number(ErrorCode::kPermission));
}

TEST_F(ScratchTest, IsOpenedThroughASymbolicLinkToo) {
  std::filesystem::create_symlink(file_, directory_ / "link.db");
  Connection connection = Connection::open(directory_ / "link.db", Access::kScratch);
  commit(connection, kMuch);
  EXPECT_EQ(count(connection), 6100);
}

TEST_F(ScratchTest, ClosingItDropsNoLockOfAnotherConnectionOfThisProcess) {
  Connection holder = writer();
  Transaction held(holder, Transaction::Kind::kWrite);
  holder.execute("DELETE FROM item");
  {
    Connection connection = scratch();
    commit(connection, kMuch);
  }
  const int code = test::exit_code_of_child([&] {  // a child has none of its parent's locks
    const auto busy = code_of([&] { commit(*std::make_unique<Connection>(writer()), "DELETE FROM item"); });
    return busy == ErrorCode::kBusy ? 0 : 1;
  });
  EXPECT_EQ(code, 0);
}

constexpr std::array kSteps{
    Step{1, "001_first", "CREATE TABLE one (a INTEGER); INSERT INTO one VALUES (1);"},
    Step{2, "002_second", "ALTER TABLE one ADD COLUMN b INTEGER DEFAULT 7"},
};
const Schema kOld{0x74657374, "a test store", std::span(kSteps).first(1)};
const Schema kNew{0x74657374, "a test store", kSteps};

class ScratchOfAnOlderSchema : public testing::Test {
 protected:
  void SetUp() override {
    Connection connection = Connection::open(file_, Access::kCreate);
    migrate(connection, kOld);
  }

  ScratchDirectory directory_;
  std::filesystem::path file_ = directory_ / "test.db";
};

TEST_F(ScratchOfAnOlderSchema, IsBroughtUpInMemoryAlone) {
  const std::string before = test::read_file(file_);
  Connection connection = Connection::open(file_, Access::kScratch);
  check_version(connection, kNew);
  EXPECT_EQ(older_version(connection, kNew), 1);
  migrate(connection, kNew);
  EXPECT_EQ(older_version(connection, kNew), std::nullopt);
  EXPECT_EQ(connection.integer("SELECT a + b FROM one"), 8);
  EXPECT_EQ(test::read_file(file_), before);
}

TEST_F(ScratchOfAnOlderSchema, IsBroughtUpAgainAfterAnotherProgramsChange) {
  Connection connection = Connection::open(file_, Access::kScratch);
  migrate(connection, kNew);
  Connection older_program = Connection::open(file_, Access::kReadWrite);
  commit(older_program, "UPDATE one SET a = 5");
  {
    const Transaction reading(connection, Transaction::Kind::kRead);
    EXPECT_EQ(connection.integer("SELECT a + b FROM one"), 12);
  }
  commit(older_program, "UPDATE one SET a = 6");
  commit(connection, "UPDATE one SET b = 1");
  EXPECT_EQ(connection.integer("SELECT a + b FROM one"), 7);
  migrate(older_program, kNew);
  const Transaction reading(connection, Transaction::Kind::kRead);
  EXPECT_EQ(connection.integer("SELECT a + b FROM one"), 13);
}

}  // namespace
}  // namespace zonestore::db
