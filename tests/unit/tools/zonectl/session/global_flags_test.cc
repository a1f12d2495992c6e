// The flags that every command takes, wherever they stand.
#include <gmock/gmock.h>

#include "tests/unit/tools/zonectl/command_run.h"

namespace tests {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class GlobalFlags : public CommandRun {
 protected:
  GlobalFlags() {
    init();
    add("mosa");
    add("nova");
  }
};

TEST_F(GlobalFlags, StandAnywhere) {
  const std::string said = json_of({"zone", "serial", "dkim.secutix.com"}).dump();
  for (const std::vector<std::string>& args :
       std::vector<std::vector<std::string>>{{"--json", "--store", store(), "zone", "serial", "dkim.secutix.com"},
                                             {"--json", "zone", "--store", store(), "serial", "dkim.secutix.com"},
                                             {"zone", "--json", "serial", "--store", store(), "dkim.secutix.com"},
                                             {"zone", "serial", "dkim.secutix.com", "--store", store(), "--json"}}) {
    const Outcome outcome = run_bare(args);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(nlohmann::json::parse(outcome.out).dump(), said);
  }
}

TEST_F(GlobalFlags, QuietLeavesErrorsRefusalsAndTheExitCode) {
  for (const std::vector<std::string>& args : std::vector<std::vector<std::string>>{
           {"--quiet", "freeze", "mosa", "--reason", "x"},
           {"thaw", "mosa", "--quiet"},
           {"list", "--quiet"},
           {"show", "mosa", "--quiet"},
           {"zone", "export", "dkim.secutix.com", "--quiet"},
           {"rotate", "mosa", "--dry-run", "--override", "E_NOT_RIPE", "--reason", "x", "--quiet"}}) {
    const Outcome outcome = run(args);
    EXPECT_EQ(outcome.code, 0) << args.front();
    EXPECT_THAT(outcome.out, IsEmpty()) << args.front();
    EXPECT_THAT(outcome.err, IsEmpty()) << args.front();
  }
  const Outcome refused = run({"rotate", "mosa", "--no-look", "--quiet"});
  EXPECT_EQ(refused.code, 3);
  EXPECT_THAT(refused.out, IsEmpty());
  EXPECT_THAT(refused.err, StartsWith("refused: E_NOT_RIPE"));
  EXPECT_THAT(run({"show", "nobody", "--quiet"}).err, StartsWith("zonectl: there is no institution nobody"));
  EXPECT_EQ(run({"status", "--offline", "--quiet"}).code, run({"status", "--offline"}).code);
}

TEST_F(GlobalFlags, QuietNamesEachOfManyThatIsRefused) {
  const Outcome outcome = run({"rotate", "mosa", "nova", "--no-look", "--quiet"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(outcome.err, HasSubstr("mosa\trefused\tE_NOT_RIPE"));
  EXPECT_THAT(outcome.err, HasSubstr("nova\trefused\tE_NOT_RIPE"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("0 of 2")));
}

TEST_F(GlobalFlags, QuietLeavesJsonAndTheMonitorsLineAlone) {
  EXPECT_EQ(run({"show", "mosa", "--json", "--quiet"}).out, run({"show", "mosa", "--json"}).out);
  const Outcome line = run({"status", "--offline", "--monitor", "--quiet"});
  EXPECT_EQ(line.out, run({"status", "--offline", "--monitor"}).out);
  EXPECT_THAT(line.out, Not(IsEmpty()));
}

TEST_F(GlobalFlags, YesAnswersWhereNobodyCanBeAsked) {
  EXPECT_EQ(run({"revoke", "--all", "sel2"}).code, 3);
  EXPECT_EQ(run({"--yes", "revoke", "mosa", "nova", "sel2"}).code, 0);
  EXPECT_EQ(run({"remove", "mosa", "--yes"}).code, 0);
}

TEST_F(GlobalFlags, TellTheVersionAndTheHelp) {
  EXPECT_THAT(run_bare({"-V"}).out, StartsWith("zonectl "));
  EXPECT_EQ(run_bare({"show", "-V"}).out, run_bare({"-V"}).out);
  EXPECT_EQ(run_bare({"help", "rotate"}).out, run_bare({"rotate", "--help"}).out);
  EXPECT_THAT(run_bare({"help", "rotate"}).out, HasSubstr("--json, --quiet, --yes, --actor NAME and --color WHEN"));
}

}  // namespace
}  // namespace tests
