// revoke --all / --file / --signer / --resume, and who is asked first: whole command lines.
#include <fstream>

#include <gmock/gmock.h>

#include "tests/unit/tools/zonectl/command_run.h"

namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using tests::Outcome;

class RevokeCommands : public tests::CommandRun {
 protected:
  void SetUp() override {
    init();
    for (const char* code : {"a", "b", "c"}) {
      add(code);
    }
  }
  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(file(name)) << text;
    return file(name);
  }
  void enrol(const std::string& name) {
    expect_done({"signer", "add", name, "--format", "files", "--dir", file(name)});
  }
  std::string state(const std::string& code, int slot) {
    return json_of({"show", code})["slots"][static_cast<std::size_t>(slot - 1)]["state"];
  }
  std::string active(const std::string& code) { return json_of({"show", code})["active"]; }
  // On a terminal, where somebody answers.
  Outcome run_and_answer(std::vector<std::string> args, const std::string& answer) {
    args.insert(args.begin(), {"--store", store()});
    std::ostringstream out;
    std::ostringstream err;
    std::istringstream in(answer);
    zonectl::Terminal person;
    person.interactive = true;
    zonectl::Streams streams{out, err, person, person, &in};
    const int code = zonectl::run(args, streams, environment_, clock_);
    return {code, out.str(), err.str()};
  }
};

TEST_F(RevokeCommands, AllRevokesTheSlotOfEachAndMovesSigningFirst) {
  ripen();
  const auto told = json_of({"revoke", "--all", "sel1", "--yes"});
  EXPECT_EQ(told["command"], "revoke");
  EXPECT_EQ(told["done"], 3);
  EXPECT_EQ(told["moved"], 3);
  EXPECT_EQ(told["slot"], "sel1");
  EXPECT_NE(told["exposed_until"], nullptr);
  for (const char* code : {"a", "b", "c"}) {
    EXPECT_EQ(active(code), "sel2");
    EXPECT_EQ(state(code, 1), "REVOKED");
  }
}

TEST_F(RevokeCommands, AllCountsThoseThatHaveNothingLeftToSignWith) {
  const auto told = json_of({"revoke", "--all", "sel1", "--yes"}, 3);
  EXPECT_EQ(told["refused_by"]["E_LAST_KEY"], 3);
  EXPECT_EQ(active("a"), "sel1");
  EXPECT_EQ(json_of({"revoke", "--all", "sel1", "--yes", "--stop-signing"})["stopped"], 3);
  EXPECT_EQ(state("a", 1), "REVOKED");
}

TEST_F(RevokeCommands, FileRevokesThoseNamed) {
  expect_done({"revoke", "--file", write("list", "# one\nb\n"), "sel2", "--yes"});
  EXPECT_EQ(state("a", 2), "PUBLISHED");
  EXPECT_EQ(state("b", 2), "REVOKED");
  const auto faults = json_of({"revoke", "--file", write("list", "a\nb\nnobody\na\n"), "sel2", "--yes"}, 2);
  EXPECT_EQ(faults["fault_count"], 3);  // b holds no key there any more
  EXPECT_EQ(state("a", 2), "PUBLISHED");
}

TEST_F(RevokeCommands, WhereNobodyCanBeAskedItNeedsAYes) {
  for (const std::vector<std::string>& args :
       std::vector<std::vector<std::string>>{{"revoke", "--all", "sel2"}, {"revoke", "--signer", "s1"}}) {
    const Outcome refused = run(args);
    EXPECT_EQ(refused.code, 3);
    EXPECT_THAT(refused.err, HasSubstr("nobody can be asked here"));
    EXPECT_THAT(refused.err, HasSubstr("with --yes"));
  }
  EXPECT_EQ(state("a", 2), "PUBLISHED");
  EXPECT_EQ(json_of({"revoke", "--all", "sel2", "--dry-run"})["done"], 3);  // which asks nobody
  EXPECT_EQ(state("a", 2), "PUBLISHED");
}

TEST_F(RevokeCommands, OnATerminalOneAnswerCountsForAll) {
  EXPECT_EQ(run_and_answer({"revoke", "--all", "sel2"}, "n\n").code, 3);
  EXPECT_EQ(run_and_answer({"revoke", "--all", "sel2"}, "").code, 3);
  EXPECT_EQ(state("a", 2), "PUBLISHED");
  const Outcome done = run_and_answer({"revoke", "--all", "sel2"}, "yes\n");
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("Revoke the key in sel2 of 3 institutions? [y/N]"));
  EXPECT_EQ(state("c", 2), "REVOKED");
}

TEST_F(RevokeCommands, OnATerminalRemoveAsksFirst) {
  EXPECT_EQ(run_and_answer({"remove", "a"}, "n\n").code, 3);
  EXPECT_EQ(active("a"), "sel1");
  EXPECT_EQ(run_and_answer({"remove", "a"}, "y\n").code, 0);
  EXPECT_EQ(json_of({"show", "a"})["phase"], "departing");
  EXPECT_EQ(run_and_answer({"remove", "b", "--yes"}, "").code, 0);
  const Outcome removed = run({"remove", "c"});  // a script is not asked
  EXPECT_EQ(removed.code, 0);
  EXPECT_THAT(removed.out, HasSubstr("zonectl undo c"));
  EXPECT_THAT(run({"undo", "c"}).out, HasSubstr("the removal was taken back, signs with sel1"));
}

TEST_F(RevokeCommands, OfATakenSignerEachIdleSlotIsReplacedAndTheOtherWaits) {
  enrol("s1");
  enrol("s2");
  const auto told = json_of({"revoke", "--signer", "s1", "--yes"});
  EXPECT_EQ(told["signer"], "s1");
  EXPECT_EQ(told["done"], 3);
  EXPECT_EQ(told["phases"][0]["institutions"], 3);
  EXPECT_EQ(told["phases"][1]["waiting"], 3);
  EXPECT_NE(told["phases"][1]["ripe_at"], nullptr);
  EXPECT_NE(told["phases"][1]["exposed_until"], nullptr);
  EXPECT_EQ(json_of({"status"}, 1)["attention"][0]["what"], "to-revoke");
  const auto early = json_of({"revoke", "--resume"}, 3);
  EXPECT_EQ(early["refused_by"]["E_LAST_KEY"], 3);
  ripen();
  EXPECT_EQ(json_of({"revoke", "--resume", "--dry-run"})["done"], 3);
  const auto rest = json_of({"revoke", "--resume"});
  EXPECT_EQ(rest["done"], 3);
  EXPECT_EQ(rest["run"], nullptr);
  for (const char* code : {"a", "b", "c"}) {
    EXPECT_EQ(active(code), "sel2");
    EXPECT_EQ(state(code, 1), "REVOKED");
  }
  EXPECT_EQ(run({"revoke", "--resume"}).code, 6);
  const auto listed = json_of({"signer", "list"});
  for (const auto& signer : listed["signers"]) {
    EXPECT_EQ(signer["enabled"], signer["name"] == "s2");
    EXPECT_EQ(signer["taken"].is_null(), signer["name"] == "s2");
  }
}

TEST_F(RevokeCommands, OfATakenSignerEachPhaseIsToldToPeople) {
  enrol("s1");
  const Outcome told = run({"revoke", "--signer", "s1", "--yes"});
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_THAT(told.err, HasSubstr("signer s1 is switched off for good"));
  EXPECT_THAT(told.err, HasSubstr("no other signer is on"));
  EXPECT_THAT(told.out, HasSubstr("phase 1: 3 institutions: idle keys were revoked"));
  EXPECT_THAT(told.out, HasSubstr("phase 2: 3 keys that sign to be revoked once the fresh ones are ripe"));
  EXPECT_THAT(told.out, HasSubstr("forged mail may pass until"));
  EXPECT_EQ(run({"revoke", "--signer", "nobody", "--yes"}).code, 6);
  const Outcome off = run({"signer", "sync", "s1", "--enable"});
  EXPECT_EQ(off.code, 3);
  EXPECT_THAT(off.err, HasSubstr("it is given no key again"));
  EXPECT_THAT(run({"status"}).out, Not(HasSubstr("sync s1 --enable")));
}

TEST_F(RevokeCommands, OfATakenSignerWithStopSigningBothGoNow) {
  enrol("s1");
  const auto told = json_of({"revoke", "--signer", "s1", "--stop-signing", "--yes"});
  EXPECT_EQ(told["phases"][0]["stopped"], 3);
  EXPECT_EQ(told["phases"][1]["waiting"], 0);
  EXPECT_EQ(state("a", 1), "REVOKED");
  EXPECT_EQ(json_of({"show", "a"})["phase"], "starting");
}

TEST_F(RevokeCommands, TakesOneInstitutionOrManyAndNotBoth) {
  for (const std::vector<std::string>& args :
       std::vector<std::vector<std::string>>{{"revoke"},
                                             {"revoke", "a"},
                                             {"revoke", "a", "sel1", "--all"},
                                             {"revoke", "--all"},
                                             {"revoke", "--signer", "s1", "sel1"},
                                             {"revoke", "--signer", "s1", "--expect", "sel1"},
                                             {"revoke", "--all", "sel1", "--signer", "s1"},
                                             {"revoke", "--resume", "--reason", "x"},
                                             {"revoke", "a", "sel1", "--rate", "1/s"}}) {
    EXPECT_EQ(run(args).code, 2) << args.back();
  }
  EXPECT_EQ(run({"revoke", "--all", "sel3"}).code, 6);  // no such slot
}

}  // namespace
