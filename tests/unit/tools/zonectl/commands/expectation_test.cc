// --expect and --reason: every command that changes an institution has them, and they mean the same everywhere.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "tests/unit/tools/zonectl/command_run.h"

namespace tests {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Expectation : public CommandRun {
 protected:
  Expectation() {
    init();
    add("mosa", {"--domain", "mosamuseum.com"});
    add("nova");
    ripen();
  }

  // Each of them would be done now; mosa signs with sel1.
  std::vector<std::vector<std::string>> changes() const {
    return {{"rotate", "mosa", "--no-look"},
            {"revoke", "mosa", "sel2"},
            {"freeze", "mosa", "--reason", "why not"},
            {"thaw", "mosa"},
            {"domain", "add", "mosa", "mosa.example"},
            {"domain", "remove", "mosa", "mosamuseum.com"},
            {"policy", "set", "mosa", "every", "90d"},
            {"policy", "unset", "mosa", "every"},
            {"key", "export", "mosa", "sel1", "--out", file("key.pem")},
            {"remove", "mosa"}};
  }
  static bool has_reason(const std::vector<std::string>& args) { return args.front() == "freeze"; }
};

TEST_F(Expectation, IsRefusedByEveryChangeOfAnInstitutionAlike) {
  const auto before = json_of({"list"});
  const std::size_t entries = json_of({"log"}).at("entries").size();
  for (std::vector<std::string> args : changes()) {
    args.insert(args.end(), {"--expect", "sel2"});
    const Outcome outcome = run(args);
    EXPECT_EQ(outcome.code, 3) << args.front() << ": " << outcome.err;
    EXPECT_THAT(outcome.err,
                AllOf(StartsWith("refused: E_EXPECT: mosa signs with sel1, not with sel2 as you expected"),
                      HasSubstr("instead: zonectl show mosa")))
        << args.front();
  }
  EXPECT_EQ(json_of({"list"}), before);
  EXPECT_EQ(json_of({"log"}).at("entries").size(), entries);
  EXPECT_FALSE(std::filesystem::exists(file("key.pem")));
}

TEST_F(Expectation, LetsThroughWhatIsAsExpectedAndTheLogSaysWhy) {
  for (std::vector<std::string> args : changes()) {
    args.insert(args.end(), {"--expect", args.front() == "rotate" ? "sel1" : "stxsel2"});
    if (!has_reason(args)) {
      args.insert(args.end(), {"--reason", "because of " + args.front()});
    }
    const auto changed = json_of(args);
    if (changed.at("changed") == true && !has_reason(args)) {
      EXPECT_EQ(json_of({"log", "mosa", "--last", "1"}).at("entries").at(0).at("reason"),
                "because of " + args.front());
    }
    if (args.front() == "revoke") {
      break;  // of the selector that signs by now
    }
  }
}

TEST_F(Expectation, OfPrepareAndUndo) {
  ASSERT_EQ(run({"revoke", "mosa", "sel2"}).code, 0);
  EXPECT_EQ(json_of({"prepare", "mosa", "--expect", "sel2"}, 3).at("error").at("guard"), "E_EXPECT");
  EXPECT_EQ(json_of({"prepare", "mosa", "--expect", "sel1", "--reason", "again"}).at("slot"), "sel2");
  EXPECT_EQ(json_of({"log", "mosa", "--last", "1"}).at("entries").at(0).at("reason"), "again");
  ripen();
  ASSERT_EQ(run({"rotate", "mosa", "--no-look"}).code, 0);
  EXPECT_EQ(json_of({"undo", "mosa", "--expect", "sel1"}, 3).at("error").at("guard"), "E_EXPECT");
  EXPECT_EQ(json_of({"undo", "mosa", "--expect", "sel2"}).at("to"), "sel1");
}

TEST_F(Expectation, OfSeveralIsAskedOfEach) {
  ASSERT_EQ(run({"rotate", "nova", "--no-look"}).code, 0);
  const auto rotated = json_of({"rotate", "mosa", "nova", "--no-look", "--expect", "sel1"}, 4);
  EXPECT_EQ(rotated.at("done"), 1);
  EXPECT_EQ(rotated.at("refused_by").at("E_EXPECT"), 1);
  EXPECT_EQ(
      json_of({"freeze", "--reason", "x", "mosa", "nova", "--expect", "sel1"}, 3).at("refused_by").at("E_EXPECT"), 2);
  EXPECT_EQ(json_of({"undo", "mosa", "nova", "--expect", "sel2"}).at("done"), 2);
  std::ofstream(file("list")) << "mosa\nnova\n";
  EXPECT_EQ(
      json_of({"prepare", "--file", file("list"), "sel1", "--expect", "sel2"}, 3).at("refused_by").at("E_EXPECT"), 2);
}

TEST_F(Expectation, IsForInstitutions) {
  for (const std::vector<std::string>& args :
       std::vector<std::vector<std::string>>{{"freeze", "--all", "--reason", "x"},
                                             {"thaw", "--all"},
                                             {"policy", "set", "every", "90d"},
                                             {"policy", "unset", "every"},
                                             {"import", "--keytable", file("none")}}) {
    std::vector<std::string> expecting = args;
    expecting.insert(expecting.end(), {"--expect", "sel1"});
    const Outcome outcome = run(expecting);
    EXPECT_EQ(outcome.code, 2) << args.front() << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("--expect: it is for")) << args.front();
  }
}

}  // namespace
}  // namespace tests
