#include <gtest/gtest.h>

#include "tests/unit/zonestore/db/test_support.h"
#include "zonestore/db/connection.h"

namespace zonestore::db {
namespace {

using test::code_of;
using test::ScratchDirectory;

class StatementTest : public testing::Test {
 protected:
  StatementTest() {
    connection_.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, value ANY, size INTEGER UNIQUE) STRICT");
  }

  ScratchDirectory directory_;
  Connection connection_ = Connection::open(directory_ / "test.db", Access::kCreate);
};

TEST_F(StatementTest, GivesBackWhatWasBound) {
  const Bytes bytes{0, 1, 0xff, 0};
  connection_.prepare("INSERT INTO item (id, value) VALUES (1, ?), (2, ?), (3, ?), (4, ?)")
      .bind(1, std::int64_t{-9'000'000'000'000})
      .bind(2, std::string_view("a\0\xc3\xa4", 4))
      .bind(3, bytes)
      .bind_null(4)
      .run();
  Statement rows = connection_.prepare("SELECT value FROM item ORDER BY id");
  ASSERT_TRUE(rows.step());
  EXPECT_EQ(rows.integer(0), -9'000'000'000'000);
  ASSERT_TRUE(rows.step());
  EXPECT_EQ(rows.text(0), std::string("a\0\xc3\xa4", 4));
  ASSERT_TRUE(rows.step());
  EXPECT_EQ(Bytes(rows.blob(0).begin(), rows.blob(0).end()), bytes);
  ASSERT_TRUE(rows.step());
  EXPECT_TRUE(rows.is_null(0));
  EXPECT_FALSE(rows.step());
}

TEST_F(StatementTest, KeepsAnEmptyBlobApartFromNull) {
  Statement statement = connection_.prepare("SELECT typeof(?1), typeof(?2), ?1");
  statement.bind(1, ByteView{}).bind_null(2);
  ASSERT_TRUE(statement.step());
  EXPECT_EQ(statement.text(0), "blob");
  EXPECT_EQ(statement.text(1), "null");
  EXPECT_FALSE(statement.is_null(2));
  EXPECT_TRUE(statement.blob(2).empty());
}

TEST_F(StatementTest, KeepsAnEmptyTextApartFromNull) {
  Statement statement = connection_.prepare("SELECT typeof(?1), ?1");
  statement.bind(1, std::string_view{});
  ASSERT_TRUE(statement.step());
  EXPECT_EQ(statement.text(0), "text");
  EXPECT_EQ(statement.text(1), "");
}

TEST_F(StatementTest, BindsAnOptionalAsItsValueOrNull) {
  Statement statement = connection_.prepare("SELECT ?1, ?2, ?3");
  statement.bind(1, std::optional<std::int64_t>(7))
      .bind(2, std::optional<std::string>())
      .bind(3, std::optional<std::string>("x"));
  ASSERT_TRUE(statement.step());
  EXPECT_EQ(statement.integer(0), 7);
  EXPECT_TRUE(statement.is_null(1));
  EXPECT_EQ(statement.text(2), "x");
}

TEST_F(StatementTest, CopiesWhatItBinds) {
  Statement statement = connection_.prepare("SELECT ?1, ?2");
  {
    std::string text = "first";
    Bytes bytes{1, 2, 3};
    statement.bind(1, text).bind(2, bytes);
    text.assign("XXXXX");
    bytes.assign({9, 9, 9});
  }
  ASSERT_TRUE(statement.step());
  EXPECT_EQ(statement.text(0), "first");
  EXPECT_EQ(statement.blob(1)[2], 3);
}

TEST_F(StatementTest, RunsAgainAfterARun) {
  Statement insert = connection_.prepare("INSERT INTO item (id, value) VALUES (?1, ?2)");
  insert.bind(1, 1).bind(2, "one").run();
  insert.bind(1, 2).run();
  EXPECT_EQ(connection_.integer("SELECT count(*) FROM item"), 2);
  EXPECT_EQ(connection_.integer("SELECT count(*) FROM item WHERE id = 2 AND value IS NULL"), 1)
      << "the bindings are cleared";
}

TEST_F(StatementTest, WorksOnAfterAFailedStep) {
  Statement insert = connection_.prepare("INSERT INTO item (id, size) VALUES (?1, ?2)");
  insert.bind(1, 1).bind(2, 5).run();
  insert.bind(1, 2).bind(2, 5);
  EXPECT_EQ(code_of([&] { insert.run(); }), ErrorCode::kDamaged);
  insert.reset();
  insert.bind(1, 2).bind(2, 6).run();
  EXPECT_EQ(connection_.integer("SELECT count(*) FROM item"), 2);
}

TEST_F(StatementTest, ReportsMisuseAsAFailureAndNothingElse) {
  Statement statement = connection_.prepare("SELECT 1");
  EXPECT_EQ(code_of([&] { (void)statement.integer(0); }), ErrorCode::kIo) << "before the first step";
  ASSERT_TRUE(statement.step());
  EXPECT_EQ(code_of([&] { (void)statement.integer(1); }), ErrorCode::kIo) << "no such column";
  EXPECT_EQ(code_of([&] { (void)statement.blob(-1); }), ErrorCode::kIo);
  EXPECT_EQ(code_of([&] { statement.bind(1, 1); }), ErrorCode::kIo) << "no such parameter";
}

TEST_F(StatementTest, OutlivesItsConnection) {
  Connection other = Connection::open(directory_ / "other.db", Access::kCreate);
  Statement statement = other.prepare("SELECT 5");
  { const Connection gone = std::move(other); }
  ASSERT_TRUE(statement.step());
  EXPECT_EQ(statement.integer(0), 5);
}

TEST_F(StatementTest, IsTheSameOneWhenCached) {
  Statement& first = connection_.cached("SELECT ?1");
  first.bind(1, 4);
  ASSERT_TRUE(first.step());
  Statement& second = connection_.cached("SELECT ?1");
  EXPECT_EQ(&first, &second);
  ASSERT_TRUE(second.step());
  EXPECT_TRUE(second.is_null(0)) << "reset, and its bindings cleared";
  EXPECT_NE(&first, &connection_.cached("SELECT ?1 + 0"));
}

}  // namespace
}  // namespace zonestore::db
