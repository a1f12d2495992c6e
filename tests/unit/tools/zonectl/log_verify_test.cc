#include <gmock/gmock.h>

#include "tests/unit/tools/zonectl/command_run.h"
#include "zonestore/db/connection.h"

namespace {

using testing::HasSubstr;

class LogVerify : public tests::CommandRun {
 protected:
  LogVerify() { init_and_add("mosa"); }
  void tamper(const std::string& sql) {
    zonestore::db::Connection::open(store() + "/zone.db", zonestore::db::Access::kReadWrite).execute(sql);
  }
};

TEST_F(LogVerify, SaysThatTheChainHolds) {
  const tests::Outcome outcome = run({"log", "verify"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("2 rows: the chain holds\nrow 2 carries "));
  const auto document = json_of({"log", "verify"});
  EXPECT_EQ(document.at("good"), true);
  EXPECT_EQ(document.at("rows"), 2);
  EXPECT_EQ(document.at("newest_chain").get<std::string>().size(), 64U);
}

TEST_F(LogVerify, NamesTheAlteredRowAndExitsWithOne) {
  tamper("UPDATE audit SET actor = 'nobody' WHERE audit_id = 2");
  const tests::Outcome outcome = run({"log", "verify"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.out, HasSubstr("row 2 ("));
  EXPECT_THAT(outcome.out, HasSubstr(", add): "));
  EXPECT_THAT(outcome.out, HasSubstr("2 rows: 1 fault\n"));
  const auto document = json_of({"log", "verify"}, 1);
  EXPECT_EQ(document.at("good"), false);
  EXPECT_EQ(document.at("fault_count"), 1);
  EXPECT_EQ(document.at("faults").at(0).at("id"), 2);
  EXPECT_EQ(document.at("faults").at(0).at("command"), "add");
}

TEST_F(LogVerify, AnInstitutionOfThatNameStandsBehindTwoHyphens) {
  EXPECT_EQ(run({"log", "--", "verify"}).code, 6);
  add("verify");
  const tests::Outcome outcome = run({"log", "--", "verify"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("\tadd\tverify\t"));
}

TEST_F(LogVerify, TheLogOfOthersIsAsItWas) {
  EXPECT_EQ(json_of({"log", "mosa"}).at("entries").size(), 1U);
  EXPECT_EQ(json_of({"log", "--last", "1"}).at("entries").size(), 1U);
  EXPECT_THAT(run({"log", "verify", "--help"}).out, HasSubstr("zonectl log verify - "));
  EXPECT_THAT(run({"log", "--help"}).out, HasSubstr("zonectl log -- verify"));
}

TEST_F(LogVerify, TakesNothingMore) {
  for (const char* more : {"mosa", "--last=3"}) {
    const tests::Outcome outcome = run({"log", "verify", more});
    EXPECT_EQ(outcome.code, 2) << outcome.out;
    EXPECT_THAT(outcome.err, HasSubstr("is for zonectl log, not for zonectl log verify"));
  }
}

}  // namespace
