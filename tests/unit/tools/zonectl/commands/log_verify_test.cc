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

TEST_F(LogVerify, FindsAnEndThatWasCutOffTogetherWithTheStoresRow) {
  const auto told = json_of({"log", "verify"});
  const std::string id = std::to_string(told.at("newest_id").get<int>());
  const std::string value = told.at("newest_chain").get<std::string>();
  EXPECT_EQ(run({"log", "verify", "--expect", id, value}).code, 0);
  add("nova");
  EXPECT_EQ(run({"log", "verify", "--expect", id, value}).code, 0) << "a log that was added to still has the row";
  tamper(
      "DELETE FROM audit WHERE audit_id > 1; UPDATE store SET audit_count = 1, audit_chain = (SELECT chain FROM "
      "audit)");
  EXPECT_EQ(run({"log", "verify"}).code, 0) << "nothing within the store tells";
  const tests::Outcome cut = run({"log", "verify", "--expect", id, value});
  EXPECT_EQ(cut.code, 1);
  EXPECT_THAT(cut.out, HasSubstr("row 2: it carried " + value + " once, and is not there: the log ends with row 1"));
  EXPECT_EQ(json_of({"log", "verify", "--expect", id, value}, 1).at("faults").at(0).at("id"), 2);
}

TEST_F(LogVerify, FindsAnotherRowInTheExpectedOnesPlace) {
  const tests::Outcome other = run({"log", "verify", "--expect", "2", std::string(64, 'a')});
  EXPECT_EQ(other.code, 1);
  EXPECT_THAT(other.out, HasSubstr("once; it carries "));
}

TEST_F(LogVerify, ExpectsANumberAndAValue) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"2"},
                                                {"2", "short"},
                                                {"x", std::string(64, 'a')},
                                                {"0", std::string(64, 'a')},
                                                {"2", std::string(64, 'A')}}) {
    std::vector<std::string> command{"log", "verify", "--expect"};
    command.insert(command.end(), words.begin(), words.end());
    EXPECT_EQ(run(command).code, 2);
  }
}

TEST_F(LogVerify, MaintainTellsTheNewestRowOnceADay) {
  const std::string line = "log: row 2 carries " + json_of({"log", "verify"}).at("newest_chain").get<std::string>();
  EXPECT_THAT(run({"maintain", "--dry-run"}).out, testing::Not(HasSubstr("log: row")));
  EXPECT_THAT(run({"maintain"}).out, HasSubstr(line));
  EXPECT_THAT(run({"maintain"}).out, testing::Not(HasSubstr("log: row")));
  clock_.advance(std::chrono::hours(24));
  const auto told = json_of({"maintain"}).at("log");
  EXPECT_EQ(run({"log", "verify", "--expect", std::to_string(told.at("newest_id").get<int>()),
                 told.at("newest_chain").get<std::string>()})
                .code,
            0);
  EXPECT_TRUE(json_of({"maintain"}).at("log").is_null());
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
