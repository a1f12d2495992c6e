// prepare --all / --file / --resume / --give-up: whole command lines.
#include <fstream>

#include <gmock/gmock.h>

#include "tests/unit/tools/zonectl/command_run.h"

namespace {

using ::testing::HasSubstr;
using tests::Outcome;

class PrepareCommands : public tests::CommandRun {
 protected:
  void SetUp() override {
    init();
    for (const char* code : {"a", "b", "c"}) {
      add(code);
    }
  }
  std::string write(const std::string& text) {
    std::ofstream(file("list")) << text;
    return file("list");
  }
  void revoke(const std::string& slot) { expect_done({"revoke", "--all", slot, "--yes"}); }
  std::string state(const std::string& code, int slot) {
    return json_of({"show", code})["slots"][static_cast<std::size_t>(slot - 1)]["state"];
  }
};

TEST_F(PrepareCommands, AllGivesAFreshKeyToEachSlotThatIsFree) {
  revoke("sel2");
  expect_done({"prepare", "b"});
  const auto told = json_of({"prepare", "--all", "sel2"});
  EXPECT_EQ(told["command"], "prepare");
  EXPECT_EQ(told["total"], 2);
  EXPECT_EQ(told["done"], 2);
  EXPECT_EQ(told["slot"], "sel2");
  EXPECT_EQ(told["ripe_at"], json_of({"show", "c"})["slots"][1]["ripe_at"]);
  for (const char* code : {"a", "b", "c"}) {
    EXPECT_EQ(state(code, 2), "PUBLISHED");
    EXPECT_EQ(state(code, 1), "ACTIVE");
  }
  EXPECT_EQ(json_of({"prepare", "--all", "sel2"})["total"], 0);
}

TEST_F(PrepareCommands, AllWithoutASlotTakesTheOneThatNeedsAKey) {
  ripen();
  expect_done({"revoke", "a", "sel1"});
  expect_done({"revoke", "b", "sel2"});
  const auto told = json_of({"prepare", "--all"});
  EXPECT_EQ(told["done"], 2);
  EXPECT_EQ(told["slot"], nullptr);
  EXPECT_EQ(state("a", 1), "PUBLISHED");
  EXPECT_EQ(state("b", 2), "PUBLISHED");
}

TEST_F(PrepareCommands, WhatIsBeingRemovedOrDrainsIsNoneOfAll) {
  ripen();
  expect_done({"rotate", "a"});
  revoke("sel2");
  expect_done({"remove", "b"});
  const auto told = json_of({"prepare", "--all"});
  EXPECT_EQ(told["total"], 2);  // a, whose signing went back to sel1, and c
  EXPECT_EQ(state("b", 2), "REVOKED");
}

TEST_F(PrepareCommands, FileTakesThoseNamedAndCountsRefusalsByGuard) {
  revoke("sel2");
  expect_done({"prepare", "a"});
  const auto told = json_of({"prepare", "--file", write("a\nb # one\n"), "sel2"}, 4);
  EXPECT_EQ(told["done"], 1);
  EXPECT_EQ(told["refused_by"]["E_EXISTS"], 1);
  EXPECT_EQ(state("b", 2), "PUBLISHED");
  EXPECT_EQ(state("c", 2), "REVOKED");
  EXPECT_EQ(json_of({"prepare", "--file", write("a\n"), "sel2"}, 3)["refused"], 1);
  EXPECT_EQ(json_of({"prepare", "--file", write("nobody\nc\nc\n")}, 2)["fault_count"], 2);
  EXPECT_EQ(state("c", 2), "REVOKED");
}

TEST_F(PrepareCommands, ADryRunMakesNoKeyAndTellsTheSame) {
  revoke("sel2");
  const auto told = json_of({"prepare", "--all", "sel2", "--dry-run"});
  EXPECT_EQ(told["done"], 3);
  EXPECT_NE(told["ripe_at"], nullptr);
  EXPECT_EQ(told["run"], nullptr);
  EXPECT_EQ(state("a", 2), "REVOKED");
  EXPECT_THAT(run({"prepare", "--all", "--dry-run"}).out, HasSubstr("3 institutions would be given a fresh key"));
}

TEST_F(PrepareCommands, TheEndOfABulkRevocationNamesIt) {
  const Outcome told = run({"revoke", "--all", "sel2", "--yes"});
  EXPECT_THAT(told.out, HasSubstr("stays so until it is given a fresh key: zonectl prepare --all sel2"));
  EXPECT_EQ(json_of({"prepare", "--all", "sel2"})["done"], 3);
  EXPECT_EQ(json_of({"revoke", "--all", "sel2", "--yes"})["prepare"], "zonectl prepare --all sel2");
  EXPECT_EQ(json_of({"status"}, 1)["attention"][0]["run"], "zonectl prepare --all");
}

TEST_F(PrepareCommands, TheEndOfATakenSignersRevocationNamesIt) {
  for (const char* name : {"s1", "s2"}) {
    expect_done({"signer", "add", name, "--format", "files", "--dir", file(name)});
  }
  EXPECT_EQ(json_of({"revoke", "--signer", "s1", "--yes"})["prepare"], "zonectl prepare --all");
  ripen();
  expect_done({"revoke", "--resume"});
  EXPECT_EQ(state("a", 1), "REVOKED");
  EXPECT_EQ(json_of({"prepare", "--all"})["done"], 3);
  EXPECT_EQ(state("a", 1), "PUBLISHED");
}

TEST_F(PrepareCommands, TakesOneInstitutionOrManyAndNotBoth) {
  for (const std::vector<std::string>& args :
       std::vector<std::vector<std::string>>{{"prepare"},
                                             {"prepare", "a", "sel1", "--all"},
                                             {"prepare", "--all", "--file", "list"},
                                             {"prepare", "--all", "--resume"},
                                             {"prepare", "--resume", "sel1"},
                                             {"prepare", "--resume", "--rate", "1/s"},
                                             {"prepare", "--give-up", "1", "sel1"},
                                             {"prepare", "a", "--halt-on", "1"}}) {
    EXPECT_EQ(run(args).code, 2) << args.back();
  }
  EXPECT_EQ(run({"prepare", "--all", "sel3"}).code, 6);  // no such slot
  EXPECT_EQ(run({"prepare", "--resume"}).code, 6);
  EXPECT_EQ(run({"prepare", "--give-up", "7"}).code, 6);
}

}  // namespace
