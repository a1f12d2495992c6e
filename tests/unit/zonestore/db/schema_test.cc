#include "zonestore/db/schema.h"

#include <array>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/zonestore/db/test_support.h"

namespace zonestore::db {
namespace {

using test::code_of;
using test::error_of;
using test::ScratchDirectory;

constexpr std::int32_t kTestId = 0x74657374;
constexpr std::array kSteps{
    Step{1, "001_first", "CREATE TABLE one (a INTEGER); INSERT INTO one VALUES (1);"},
    Step{2, "002_second", "ALTER TABLE one ADD COLUMN b INTEGER DEFAULT 7; CREATE TABLE two (a);"},
};
constexpr std::array kBrokenSteps{kSteps[0], Step{2, "002_broken", "CREATE TABLE half (a); CREATE TABLE one (a);"}};

Schema schema(std::span<const Step> steps) {
  return {kTestId, "a test store", steps};
}
const Schema kOld = schema(std::span(kSteps).first(1));
const Schema kNew = schema(kSteps);

class SchemaTest : public testing::Test {
 protected:
  Connection make(const Schema& of) {
    Connection connection = Connection::open(file_, Access::kCreate);
    migrate(connection, of);
    return connection;
  }

  ScratchDirectory directory_;
  std::filesystem::path file_ = directory_ / "test.db";
};

TEST_F(SchemaTest, FillsAnEmptyDatabaseStepByStep) {
  Connection connection = make(kNew);
  EXPECT_EQ(connection.integer("PRAGMA application_id"), kTestId);
  EXPECT_EQ(connection.integer("PRAGMA user_version"), 2);
  EXPECT_EQ(connection.integer("SELECT a + b FROM one"), 8);
  EXPECT_EQ(connection.integer("SELECT count(*) FROM two"), 0);
}

TEST_F(SchemaTest, BringsAnOlderOneUpAndKeepsItsRows) {
  Connection connection = make(kOld);
  connection.execute("UPDATE one SET a = 5");
  migrate(connection, kNew);
  EXPECT_EQ(connection.integer("PRAGMA user_version"), 2);
  EXPECT_EQ(connection.integer("SELECT a FROM one WHERE b = 7"), 5);
}

TEST_F(SchemaTest, DoesNothingToTheNewest) {
  Connection connection = make(kNew);
  Connection other = Connection::open(file_, Access::kReadWrite);
  const Transaction writing(other, Transaction::Kind::kWrite);
  migrate(connection, kNew);  // needs no write lock
  EXPECT_EQ(connection.integer("SELECT count(*) FROM one"), 1);
}

TEST_F(SchemaTest, LeavesTheVersionBeforeAStepThatFails) {
  Connection connection = make(kOld);
  EXPECT_EQ(code_of([&] { migrate(connection, schema(kBrokenSteps)); }), ErrorCode::kDamaged);
  EXPECT_EQ(connection.integer("PRAGMA user_version"), 1);
  EXPECT_EQ(connection.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'half'"), 0);
}

TEST_F(SchemaTest, GoesInWithTheCallersFirstRowsOrNotAtAll) {
  Connection connection = Connection::open(file_, Access::kCreate);
  {
    const Transaction transaction(connection, Transaction::Kind::kWrite);
    apply_steps(connection, kNew);
    connection.execute("INSERT INTO two VALUES (1)");
  }
  EXPECT_EQ(connection.integer("PRAGMA application_id"), 0);
  EXPECT_EQ(connection.integer("SELECT count(*) FROM sqlite_schema"), 0);
  Transaction transaction(connection, Transaction::Kind::kWrite);
  apply_steps(connection, kNew);
  connection.execute("INSERT INTO two VALUES (1)");
  transaction.commit();
  check_version(connection, kNew);
}

TEST_F(SchemaTest, IsNotAppliedToAnotherApplicationsDatabase) {
  Connection connection = Connection::open(file_, Access::kCreate);
  connection.execute("CREATE TABLE theirs (a); PRAGMA application_id=77");
  EXPECT_EQ(code_of([&] { migrate(connection, kNew); }), ErrorCode::kForeign);
  connection.execute("PRAGMA application_id=0");
  EXPECT_EQ(code_of([&] { migrate(connection, kNew); }), ErrorCode::kForeign) << "tables without an application";
  EXPECT_EQ(connection.integer("SELECT count(*) FROM sqlite_schema"), 1);
}

TEST_F(SchemaTest, RefusesTheFuture) {
  Connection connection = make(kNew);
  for (const auto& check : {check_version, migrate}) {
    const std::optional<Error> error = error_of([&] { check(connection, kOld); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::kFuture);
    EXPECT_NE(error->message.find("schema version 2; this program knows 1"), std::string::npos) << error->message;
  }
  EXPECT_EQ(code_of([&] { check_file(file_, kOld); }), ErrorCode::kFuture);
}

TEST_F(SchemaTest, RefusesAnOlderOneForReadingOnlyAndSaysWhatUpgradesIt) {
  Connection writer = make(kOld);
  check_version(writer, kNew);
  Connection reader = Connection::open(file_, Access::kReadOnly);
  check_version(reader, kOld);
  const std::optional<Error> error = error_of([&] { check_version(reader, kNew); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::kForeign);
  EXPECT_NE(error->hint.find("zonectl maintain"), std::string::npos);
}

TEST_F(SchemaTest, OfAnEmptyDatabaseIsNoVersion) {
  Connection connection = Connection::open(file_, Access::kCreate);
  EXPECT_EQ(code_of([&] { check_version(connection, kNew); }), ErrorCode::kEmpty);
}

TEST_F(SchemaTest, OfAZoneStoreComesFromVersionOneWithItsZones) {
  const Schema first{zone_schema().application_id, zone_schema().what, zone_schema().steps.first(1)};
  Connection connection = make(first);
  connection.execute("INSERT INTO zone (apex, serial) VALUES (x'016100', 7)");
  connection.execute("INSERT INTO record_set (zone_id, owner, type, ttl, rdata) VALUES (1, x'', 6, 60, x'000100')");
  migrate(connection, zone_schema());
  EXPECT_EQ(connection.integer("PRAGMA user_version"), zone_schema().steps.back().version);
  EXPECT_EQ(connection.integer("SELECT serial FROM zone WHERE primary_server IS NULL"), 7);
  EXPECT_EQ(connection.integer("SELECT count(*) FROM record_set"), 1);
  EXPECT_EQ(connection.integer("SELECT count(*) FROM static_record_set"), 0);
}

TEST_F(SchemaTest, OfBothDatabasesIsSound) {
  for (const Schema* each : {&zone_schema(), &vault_schema()}) {
    Connection connection = Connection::open(directory_ / std::to_string(each->application_id), Access::kCreate);
    migrate(connection, *each);
    check_version(connection, *each);
    check_file(connection.file(), *each);
    Statement check = connection.prepare("PRAGMA integrity_check");
    ASSERT_TRUE(check.step());
    EXPECT_EQ(check.text(0), "ok");
    for (std::size_t index = 0; index < each->steps.size(); ++index) {
      EXPECT_EQ(each->steps[index].version, static_cast<int>(index) + 1) << each->what;
    }
  }
  EXPECT_EQ(zone_schema().application_id, 0x7a6f6e65);
  EXPECT_EQ(vault_schema().application_id, 0x766c7421);
}

TEST_F(SchemaTest, KeepsAKeyInTheActiveSlot) {
  Connection connection = Connection::open(file_, Access::kCreate);
  migrate(connection, zone_schema());
  connection.execute(
      "BEGIN;"
      "INSERT INTO institution (institution_id, code, algorithm, phase, active_slot, added_ms)"
      "  VALUES (1, 'mosa', 'rsa2048', 'signing', 1, 0);"
      "INSERT INTO dkim_key (key_id, institution_id, slot, algorithm, public_key, published_ms, withdrawn_ms) VALUES "
      "('0123456789abcdef', 1, 1, 'rsa2048', x'00', 0, NULL);"
      "INSERT INTO slot (institution_id, slot, key_id) VALUES (1, 1, '0123456789abcdef'), (1, 2, NULL);"
      "COMMIT");
  for (const char* change : {"UPDATE slot SET key_id = NULL WHERE slot = 1", "UPDATE institution SET active_slot = 2",
                             "UPDATE institution SET active_slot = NULL", "UPDATE institution SET active_slot = 3",
                             "UPDATE institution SET phase = 'departing'", "DELETE FROM slot WHERE slot = 1"}) {
    EXPECT_EQ(code_of([&] { connection.execute(change); }), ErrorCode::kDamaged) << change;
  }
  connection.execute("UPDATE institution SET active_slot = NULL, phase = 'departing'");
}

// ---- check_file ----

class FileCheck : public SchemaTest {
 protected:
  std::optional<ErrorCode> check() {
    return code_of([&] { check_file(file_, kNew); });
  }
};

TEST_F(FileCheck, PassesAStoreOfOurs) {
  make(kNew);
  EXPECT_EQ(check(), std::nullopt);
}

TEST_F(FileCheck, PassesAnOlderStoreAndASymbolicLink) {
  make(kOld);
  std::filesystem::create_symlink(file_, directory_ / "link.db");
  check_file(directory_ / "link.db", kNew);
}

TEST_F(FileCheck, KnowsAMissingFileFromAnEmptyOne) {
  EXPECT_EQ(check(), ErrorCode::kMissing);
  (void)Connection::open(file_, Access::kCreate);
  EXPECT_EQ(std::filesystem::file_size(file_), 0U);
  EXPECT_EQ(check(), ErrorCode::kEmpty);
}

TEST_F(FileCheck, KnowsGarbageAndForeignDatabases) {
  test::write_file(file_, "hello");
  EXPECT_EQ(check(), ErrorCode::kForeign);
  test::write_file(file_, std::string(100'000, '\0'));
  EXPECT_EQ(check(), ErrorCode::kForeign);
  std::filesystem::remove(file_);
  make(vault_schema());
  const std::optional<Error> error = error_of([&] { check_file(file_, kNew); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::kForeign);
  EXPECT_NE(error->message.find("is not a test store: a database of another application"), std::string::npos);
}

TEST_F(FileCheck, RefusesAFileThatEndsInItsHeader) {
  make(kNew);
  for (const std::uintmax_t size : {99U, 68U, 16U, 15U, 1U}) {
    std::filesystem::resize_file(file_, size);
    EXPECT_EQ(check(), ErrorCode::kForeign) << size;
  }
}

TEST_F(FileCheck, RefusesWhatIsNoRegularFileWithoutHanging) {
  ASSERT_EQ(::mkfifo((directory_ / "pipe").c_str(), 0644), 0);
  EXPECT_EQ(code_of([&] { check_file(directory_.path(), kNew); }), ErrorCode::kForeign);
  EXPECT_EQ(code_of([&] { check_file(directory_ / "pipe", kNew); }), ErrorCode::kForeign);
  EXPECT_EQ(code_of([&] { check_file("/dev/zero", kNew); }), ErrorCode::kForeign);
}

// POSIX drops all locks of a process on a file when it closes any descriptor of it.
TEST_F(FileCheck, LeavesTheLocksOfThisProcessAlone) {
  Connection reader = make(kNew);
  const auto commits = [&] {  // by another process
    return std::system(("sqlite3 -cmd '.timeout 0' '" + file_.string() +
                        "' 'CREATE TABLE another (one); DROP TABLE another' >/dev/null 2>&1")
                           .c_str()) == 0;
  };
  EXPECT_TRUE(commits());
  const Transaction reading(reader, Transaction::Kind::kRead);
  (void)reader.integer("SELECT count(*) FROM sqlite_schema");
  EXPECT_FALSE(commits());
  check_file(file_, kNew);
  EXPECT_EQ(code_of([&] { check_file(file_, vault_schema()); }), ErrorCode::kForeign);
  EXPECT_FALSE(commits());
}

TEST_F(FileCheck, ChangesNothing) {
  make(kNew);
  const std::string before = test::read_file(file_);
  check_file(file_, kNew);
  EXPECT_EQ(test::read_file(file_), before);
}

}  // namespace
}  // namespace zonestore::db
