#include "zonestore/db/connection.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/zonestore/db/test_support.h"

namespace zonestore::db {
namespace {

using namespace std::chrono_literals;
using test::code_of;
using test::error_of;
using test::ScratchDirectory;

void make_database(const std::filesystem::path& file) {
  Connection::open(file, Access::kCreate).execute("CREATE TABLE item (value INTEGER); INSERT INTO item VALUES (1)");
}

std::string text(Connection& connection, std::string_view sql) {
  Statement statement = connection.prepare(sql);
  return statement.step() ? statement.text(0) : "";
}

TEST(Connection, HasTheSettingsOfTheHouse) {
  const ScratchDirectory directory;
  Connection writer = Connection::open(directory / "test.db", Access::kCreate);
  EXPECT_EQ(text(writer, "PRAGMA journal_mode"), "truncate");
  EXPECT_EQ(writer.integer("PRAGMA synchronous"), 2) << "FULL";
  EXPECT_EQ(writer.integer("PRAGMA foreign_keys"), 1);
  EXPECT_EQ(writer.integer("PRAGMA mmap_size"), 0);
  EXPECT_EQ(writer.integer("PRAGMA trusted_schema"), 0);
  EXPECT_EQ(writer.integer("PRAGMA cell_size_check"), 1);
  EXPECT_EQ(writer.integer("PRAGMA busy_timeout"), 10'000);
}

TEST(Connection, ForReadingHasTheSettingsToo) {
  const ScratchDirectory directory;
  make_database(directory / "test.db");
  Connection reader = Connection::open(directory / "test.db", Access::kReadOnly, 250ms);
  EXPECT_TRUE(reader.is_read_only());
  EXPECT_EQ(reader.integer("PRAGMA mmap_size"), 0);
  EXPECT_EQ(reader.integer("PRAGMA trusted_schema"), 0);
  EXPECT_EQ(reader.integer("PRAGMA busy_timeout"), 250);
}

TEST(Connection, MakesTheFileWithTheModeWhateverTheUmask) {
  const ScratchDirectory directory;
  const mode_t before = ::umask(0777);
  Connection::open(directory / "public.db", Access::kCreate, kDefaultBusyTimeout, 0644).execute("CREATE TABLE t (a)");
  ::umask(0);
  Connection::open(directory / "secret.db", Access::kCreate, kDefaultBusyTimeout, 0600).execute("CREATE TABLE t (a)");
  ::umask(before);
  EXPECT_EQ(test::mode_of(directory / "public.db"), 0644U);
  EXPECT_EQ(test::mode_of(directory / "secret.db"), 0600U);
  EXPECT_EQ(test::mode_of(directory / "secret.db-journal"), 0600U) << "the journal holds the same secrets";
}

TEST(Connection, CreatesNothingOverAFileThatIsThere) {
  const ScratchDirectory directory;
  make_database(directory / "test.db");
  Connection again = Connection::open(directory / "test.db", Access::kCreate, kDefaultBusyTimeout, 0600);
  EXPECT_EQ(again.integer("SELECT value FROM item"), 1);
  EXPECT_EQ(test::mode_of(directory / "test.db"), 0644U);
}

TEST(Connection, CreatesNothingThroughASymbolicLink) {
  const ScratchDirectory directory;
  std::filesystem::create_symlink(directory / "elsewhere.db", directory / "test.db");
  EXPECT_EQ(code_of([&] { (void)Connection::open(directory / "test.db", Access::kCreate); }), ErrorCode::kMissing);
  EXPECT_FALSE(std::filesystem::exists(directory / "elsewhere.db"));
}

TEST(Connection, ReportsAMissingFileAndMakesNone) {
  const ScratchDirectory directory;
  for (const Access access : {Access::kReadOnly, Access::kReadWrite}) {
    const std::optional<Error> error = error_of([&] { (void)Connection::open(directory / "none.db", access); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::kMissing);
    EXPECT_EQ(error->message, "cannot open " + (directory / "none.db").string() + ": no such file or directory");
    EXPECT_NE(error->hint.find("init"), std::string::npos);
  }
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
  EXPECT_EQ(code_of([&] { (void)Connection::open(directory / "no/none.db", Access::kCreate); }), ErrorCode::kMissing);
}

TEST(Connection, RefusesADirectoryAPipeAndADevice) {
  const ScratchDirectory directory;
  ASSERT_EQ(::mkfifo((directory / "pipe").c_str(), 0644), 0);
  for (const std::filesystem::path& path :
       {directory.path(), directory / "pipe", std::filesystem::path("/dev/null")}) {
    EXPECT_EQ(code_of([&] {
                Connection connection = Connection::open(path, Access::kReadOnly);
                (void)connection.integer("PRAGMA user_version");
              }),
              ErrorCode::kForeign)
        << path;
  }
}

TEST(Connection, GivesSpecialNamesNoMeaning) {
  EXPECT_EQ(code_of([] { (void)Connection::open("", Access::kReadWrite); }), ErrorCode::kInvalid);
  EXPECT_EQ(code_of([] { (void)Connection::open(":memory:", Access::kReadWrite); }), ErrorCode::kMissing);
  EXPECT_EQ(code_of([] { (void)Connection::open("file:x?mode=memory", Access::kReadWrite); }), ErrorCode::kMissing);
}

TEST(Connection, KeepsAnAbsolutePath) {
  const ScratchDirectory directory;
  make_database(directory / "test.db");
  const std::filesystem::path relative = std::filesystem::relative(directory / "test.db");
  const Connection connection = Connection::open(relative, Access::kReadOnly);
  EXPECT_TRUE(connection.file().is_absolute());
  EXPECT_TRUE(std::filesystem::equivalent(connection.file(), directory / "test.db"));
}

TEST(Connection, ReportsGarbageAsDamage) {
  const ScratchDirectory directory;
  test::write_file(directory / "test.db", std::string(8192, 'x'));
  EXPECT_EQ(code_of([&] { (void)Connection::open(directory / "test.db", Access::kReadWrite); }), ErrorCode::kDamaged);
  Connection reader = Connection::open(directory / "test.db", Access::kReadOnly);
  const std::optional<Error> error = error_of([&] { (void)reader.integer("PRAGMA user_version"); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::kDamaged);
  EXPECT_NE(error->message.find("test.db is damaged: file is not a database"), std::string::npos) << error->message;
  EXPECT_NE(error->hint.find("restore"), std::string::npos);
}

TEST(Connection, ReportsATruncatedFileAsDamage) {
  const ScratchDirectory directory;
  {
    Connection connection = Connection::open(directory / "test.db", Access::kCreate);
    connection.execute(
        "CREATE TABLE item (value); INSERT INTO item SELECT randomblob(5000) FROM sqlite_schema, "
        "(VALUES (1), (2), (3), (4), (5), (6), (7), (8))");
  }
  std::filesystem::resize_file(directory / "test.db", 3 * 4096);
  Connection reader = Connection::open(directory / "test.db", Access::kReadOnly);
  EXPECT_EQ(code_of([&] { (void)reader.integer("SELECT sum(length(value)) FROM item"); }), ErrorCode::kDamaged);
}

TEST(Connection, ReportsAMissingTableAndABrokenRuleAsDamage) {
  const ScratchDirectory directory;
  make_database(directory / "test.db");
  Connection connection = Connection::open(directory / "test.db", Access::kReadWrite);
  EXPECT_EQ(code_of([&] { (void)connection.prepare("SELECT * FROM no_such_table"); }), ErrorCode::kDamaged);
  connection.execute("CREATE UNIQUE INDEX once ON item (value)");
  EXPECT_EQ(code_of([&] { connection.execute("INSERT INTO item VALUES (1)"); }), ErrorCode::kDamaged);
  EXPECT_EQ(code_of([&] { (void)connection.integer("SELECT 1 WHERE 0"); }), ErrorCode::kDamaged) << "no row";
}

TEST(Connection, DoesNotWriteWhenOpenedForReading) {
  const ScratchDirectory directory;
  make_database(directory / "test.db");
  Connection reader = Connection::open(directory / "test.db", Access::kReadOnly);
  EXPECT_EQ(code_of([&] { reader.execute("INSERT INTO item VALUES (2)"); }), ErrorCode::kReadOnly);
  EXPECT_EQ(reader.integer("SELECT count(*) FROM item"), 1);
}

TEST(Connection, ReportsALockThatIsHeldLongerThanItWaits) {
  const ScratchDirectory directory;
  make_database(directory / "test.db");
  Connection first = Connection::open(directory / "test.db", Access::kReadWrite);
  Connection second = Connection::open(directory / "test.db", Access::kReadWrite, 1ms);
  const Transaction writing(first, Transaction::Kind::kWrite);
  const std::optional<Error> error = error_of([&] { Transaction(second, Transaction::Kind::kWrite); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::kBusy);
  EXPECT_NE(error->message.find("is locked: this process itself is writing"), std::string::npos);
  EXPECT_NE(error->hint.find("try again"), std::string::npos);
}

TEST(Connection, LetsReadersReadWhileAWriterPrepares) {
  const ScratchDirectory directory;
  make_database(directory / "test.db");
  Connection writer = Connection::open(directory / "test.db", Access::kReadWrite);
  Connection reader = Connection::open(directory / "test.db", Access::kReadOnly, 0ms);
  Transaction writing(writer, Transaction::Kind::kWrite);
  writer.execute("INSERT INTO item VALUES (2)");
  EXPECT_EQ(reader.integer("SELECT count(*) FROM item"), 1);
  writing.commit();
  EXPECT_EQ(reader.integer("SELECT count(*) FROM item"), 2);
}

TEST(Connection, ReportsAnExclusiveLockToReaders) {
  const ScratchDirectory directory;
  make_database(directory / "test.db");
  Connection writer = Connection::open(directory / "test.db", Access::kReadWrite);
  writer.execute("BEGIN EXCLUSIVE");
  Connection reader = Connection::open(directory / "test.db", Access::kReadOnly, 0ms);
  EXPECT_EQ(code_of([&] { (void)reader.integer("SELECT count(*) FROM item"); }), ErrorCode::kBusy);
  writer.execute("ROLLBACK");
  EXPECT_EQ(reader.integer("SELECT count(*) FROM item"), 1);
}

TEST(Connection, CountsChangedRowsAndKnowsTheLastRow) {
  const ScratchDirectory directory;
  make_database(directory / "test.db");
  Connection connection = Connection::open(directory / "test.db", Access::kReadWrite);
  connection.execute("INSERT INTO item VALUES (2), (3)");
  EXPECT_EQ(connection.changed_rows(), 2);
  EXPECT_EQ(connection.last_insert_rowid(), 3);
}

TEST(Connection, LeavesTheWriteAheadLogOfAStrangerBehind) {
  const ScratchDirectory directory;
  make_database(directory / "test.db");
  Connection::open(directory / "test.db", Access::kReadWrite).execute("PRAGMA journal_mode=WAL");
  Connection again = Connection::open(directory / "test.db", Access::kReadWrite);
  EXPECT_EQ(text(again, "PRAGMA journal_mode"), "truncate");
}

}  // namespace
}  // namespace zonestore::db
