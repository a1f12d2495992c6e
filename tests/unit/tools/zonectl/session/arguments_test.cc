// What is wrong with a command line, and how it is told.
#include <gmock/gmock.h>

#include "tests/unit/tools/zonectl/command_run.h"

namespace tests {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class Usage : public CommandRun {
 protected:
  void expect_usage_error(const std::vector<std::string>& args, const std::string& part) {
    const Outcome outcome = run_bare(args);
    EXPECT_EQ(outcome.code, 2) << outcome.err;
    EXPECT_THAT(outcome.out, IsEmpty());
    EXPECT_THAT(outcome.err, StartsWith("zonectl: "));
    EXPECT_THAT(outcome.err, HasSubstr(part));
    EXPECT_THAT(outcome.err, HasSubstr("\n  ")) << "a hint is missing";
  }
};

TEST_F(Usage, NeedsACommand) {
  expect_usage_error({}, "a command is missing; there are add, remove, ");
  expect_usage_error({"zone"},
                     "a command is missing; there are list, show, set, export, import, check, remove, serial\n");
  expect_usage_error({"--store"}, "--store");
}

TEST_F(Usage, TakesHelpAsACommand) {
  EXPECT_EQ(run_bare({"help"}).out, run_bare({"--help"}).out);
  const Outcome outcome = run_bare({"help", "zone", "export"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, run_bare({"zone", "export", "--help"}).out);
  EXPECT_THAT(run_bare({"help", "--help"}).out, StartsWith("zonectl help - "));
  expect_usage_error({"help", "rotat"}, "did you mean zonectl rotate?");
  expect_usage_error({"rotat", "--help"}, "did you mean zonectl rotate?");
  for (const std::vector<std::string>& args :
       std::vector<std::vector<std::string>>{{"--actor", "anna", "help", "zone", "export"},
                                             {"--actor", "help", "help", "zone", "export"},
                                             {"help", "--json", "zone", "export"},
                                             {"help", "zone", "export", "--quiet"}}) {
    EXPECT_EQ(run_bare(args).out, outcome.out);
  }
  EXPECT_THAT(run_bare({"help", "help"}).out, StartsWith("zonectl help - "));
}

TEST_F(Usage, SuggestsTheNearestCommand) {
  expect_usage_error({"rotat", "mosa"}, "did you mean zonectl rotate?");
  expect_usage_error({"zone", "lst"}, "did you mean zonectl zone list?");
}

TEST_F(Usage, SuggestsTheNearestOption) {
  expect_usage_error({"add", "mosa", "--doman", "mosamuseum.com"}, "did you mean --domain?");
  expect_usage_error({"list", "--jsn"}, "did you mean --json?");
}

TEST_F(Usage, RefusesAnArgumentTooMany) {
  expect_usage_error({"domain", "add", "mosa", "nova.org", "x"}, "\"x\"");
  expect_usage_error({"policy", "set", "mosa", "every", "90d", "x"}, "\"x\" is one argument too many");
}

TEST_F(Usage, RefusesAMissingArgument) {
  expect_usage_error({"prepare"}, "INST is required");
  expect_usage_error({"undo"}, "INST is missing\n  zonectl undo CODE");
  expect_usage_error({"rotate"}, "INST is missing\n  zonectl rotate CODE");
  expect_usage_error({"init", "--hostmaster", "hostmaster.secutix.com"}, "--ns is required");
  expect_usage_error({"init", "--ns", "ns1.secutix.com"}, "--hostmaster is required");
  expect_usage_error({"key", "export", "mosa", "sel1"}, "--out is required");
  expect_usage_error({"policy", "set"}, "KEY is required");
  expect_usage_error({"revoke", "sel1"}, "INST is required");
  expect_usage_error({"revoke", "mosa"}, "SLOT is required");
  expect_usage_error({"policy", "set", "every"}, "VALUE is required");
}

TEST_F(Usage, RefusesAMalformedCode) {
  expect_usage_error({"show", "Mosa!"}, "Mosa!");
  expect_usage_error({"show", std::string(38, 'a')}, "37");
  expect_usage_error({"show", ""}, "");
}

TEST_F(Usage, RefusesMalformedValues) {
  expect_usage_error({"add", "mosa", "--key", "dsa"}, "dsa");
  expect_usage_error({"add", "mosa", "--domain", "no_such_domain"}, "--domain: ");
  expect_usage_error({"zone", "set", "dkim.secutix.com", "--refresh", "soon"}, "--refresh: ");
  expect_usage_error({"policy", "set", "drain", "-1"}, "");
  expect_usage_error({"spf", "allow", "a:mail.example"}, "'a' is not taken");
  expect_usage_error({"log", "--last", "0"}, "--last: ");
  expect_usage_error({"log", "--last", "99999999999999999999"}, "--last: ");
}

TEST_F(Usage, AnswersSixForASlotThatDoesNotExist) {
  EXPECT_EQ(run_bare({"rotate", "mosa", "--expect", "sel3"}).code, 6);
  EXPECT_EQ(run_bare({"key", "export", "mosa", "sel9", "--out", "key.pem"}).code, 6);
}

TEST_F(Usage, RefusesAnOverrideWithoutAReason) {
  expect_usage_error({"rotate", "mosa", "--override", "E_NOT_RIPE"}, "--reason");
  expect_usage_error({"rotate", "mosa", "--override", "E_NOT_RIPE", "--reason", "  "}, "--reason: the text is empty");
}

TEST_F(Usage, RefusesToOverrideAnUnknownGuard) {
  expect_usage_error({"rotate", "mosa", "--override", "E_TYPO", "--reason", "x"}, "there is no guard \"E_TYPO\"");
}

TEST_F(Usage, RefusesToOverrideAGuardOfAnotherCommand) {
  expect_usage_error({"rotate", "mosa", "--override", "E_KEY_TYPE", "--reason", "x"}, "not a guard of this command");
}

TEST_F(Usage, RefusesAGuardThatCannotBeOverriddenWithThree) {
  for (const char* verb : {"rotate", "undo"}) {
    const Outcome outcome = run_bare({verb, "mosa", "--override", "E_KEY_MISMATCH", "--reason", "x"});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_THAT(outcome.err, StartsWith("refused: E_KEY_MISMATCH: this guard cannot be overridden"));
    EXPECT_THAT(outcome.err, ::testing::Not(HasSubstr("without --override"))) << "which would be refused too";
    EXPECT_THAT(outcome.err, HasSubstr("zonectl show"));
  }
}

TEST_F(Usage, RefusesAWeakKeyWithThree) {
  const Outcome outcome = run_bare({"add", "mosa", "--key", "rsa1024"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, StartsWith("refused: E_WEAK_KEY: "));
}

TEST_F(Usage, RefusesAPrivateKeyOnStandardOutputAndSaysWhy) {
  expect_usage_error({"key", "export", "mosa", "sel1", "--out", "-"}, "never written to standard output");
}

TEST_F(Usage, RefusesControlCharactersInWhatTheLogKeeps) {
  expect_usage_error({"--actor", "a\nb", "status"}, "control character");
  expect_usage_error({"rotate", "mosa", "--override", "E_NOT_RIPE", "--reason", "a\x1b[2J"}, "control character");
}

TEST_F(Usage, TellsErrorsAsJsonWhenAskedEvenIfTheParseFailed) {
  const Outcome outcome = run_bare({"rotat", "--json"});
  EXPECT_EQ(outcome.code, 2);
  const auto error = nlohmann::json::parse(outcome.out).at("error");
  EXPECT_EQ(error.at("code"), "invalid");
  EXPECT_EQ(error.at("exit_code"), 2);
  EXPECT_THAT(error.at("message").get<std::string>(), HasSubstr("rotat"));
}

class Help : public CommandRun {};

const std::vector<std::vector<std::string>> kCommands{{"add"},
                                                      {"remove"},
                                                      {"domain", "add"},
                                                      {"domain", "remove"},
                                                      {"list"},
                                                      {"show"},
                                                      {"instructions"},
                                                      {"rotate"},
                                                      {"undo"},
                                                      {"key", "export"},
                                                      {"init"},
                                                      {"status"},
                                                      {"maintain"},
                                                      {"spf", "allow"},
                                                      {"spf", "deny"},
                                                      {"spf", "show"},
                                                      {"zone", "list"},
                                                      {"zone", "show"},
                                                      {"zone", "set"},
                                                      {"zone", "export"},
                                                      {"zone", "serial"},
                                                      {"policy", "show"},
                                                      {"policy", "set"},
                                                      {"policy", "unset"},
                                                      {"log"},
                                                      {"store", "recover"},
                                                      {"version"}};

TEST_F(Help, OfEveryCommandHasAnExampleAndExitCodes) {
  for (std::vector<std::string> words : kCommands) {
    std::string name = "zonectl";
    for (const std::string& word : words) {
      name += " " + word;
    }
    words.emplace_back("--help");
    const Outcome outcome = run_bare(words);
    EXPECT_EQ(outcome.code, 0) << name;
    EXPECT_THAT(outcome.out, StartsWith(name + " - "));
    EXPECT_THAT(outcome.out, HasSubstr("\nExample:\n  zonectl ")) << name;
    EXPECT_THAT(outcome.out, HasSubstr("\nExit codes:\n   0  ")) << name;
    EXPECT_THAT(outcome.err, IsEmpty());
  }
}

TEST_F(Help, OfEveryChangingCommandOffersADryRun) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{{"add"},
                                                                                     {"remove"},
                                                                                     {"domain", "add"},
                                                                                     {"domain", "remove"},
                                                                                     {"rotate"},
                                                                                     {"undo"},
                                                                                     {"key", "export"},
                                                                                     {"init"},
                                                                                     {"maintain"},
                                                                                     {"spf", "allow"},
                                                                                     {"spf", "deny"},
                                                                                     {"zone", "set"},
                                                                                     {"policy", "set"},
                                                                                     {"policy", "unset"},
                                                                                     {"store", "recover"}}) {
    std::vector<std::string> args = words;
    args.emplace_back("--help");
    EXPECT_THAT(run_bare(args).out, HasSubstr("--dry-run")) << words.front();
  }
}

TEST_F(Help, ListsEveryCommand) {
  const Outcome outcome = run_bare({"--help"});
  EXPECT_EQ(outcome.code, 0);
  for (const std::vector<std::string>& words : kCommands) {
    EXPECT_THAT(outcome.out, HasSubstr("\n  " + words.front() + " "));
  }
}

TEST_F(Help, WinsOverAMissingOrMalformedArgument) {
  EXPECT_EQ(run_bare({"rotate", "--help"}).code, 0);
  EXPECT_EQ(run_bare({"rotate", "BAD!", "--help"}).code, 0);
  EXPECT_THAT(run_bare({"--help", "rotate"}).out, StartsWith("zonectl rotate - "));
}

TEST_F(Help, HasAFlagForTheVersionToo) {
  EXPECT_EQ(run_bare({"--version"}).out, run_bare({"version"}).out);
}

TEST_F(Help, DoesNotOfferAnOverrideWhereNothingCanBeLifted) {
  EXPECT_THAT(run_bare({"undo", "--help"}).out, ::testing::Not(HasSubstr("--override")));
  EXPECT_THAT(run_bare({"rotate", "--help"}).out, HasSubstr("E_NOT_RIPE"));
}

}  // namespace
}  // namespace tests
