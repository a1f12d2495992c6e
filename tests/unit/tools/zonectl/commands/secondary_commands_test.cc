#include <gmock/gmock.h>

#include "tests/unit/tools/zonectl/command_run.h"

namespace tests {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SecondaryCommands : public CommandRun {
 protected:
  void SetUp() override { init(); }
  Outcome add(const std::vector<std::string>& more) {
    std::vector<std::string> args{"secondary", "add", "ns2"};
    args.insert(args.end(), more.begin(), more.end());
    return run(args);
  }
};

TEST_F(SecondaryCommands, AddTellsWhereItIsNotifiedAndWhoMayHaveTheZones) {
  const Outcome outcome = add({"--address", "192.0.2.53", "--address", "2001:db8::53", "--key", "ns2-key"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("ns2: added (all zones)\n"));
  EXPECT_THAT(outcome.out, HasSubstr("  notify    192.0.2.53:53, [2001:db8::53]:53\n"));
  EXPECT_THAT(outcome.out, HasSubstr("  transfer  whoever signs with ns2-key\n"));
  EXPECT_THAT(outcome.out, HasSubstr("  ripening  new keys wait 1h10m longer"));
  EXPECT_THAT(outcome.out, HasSubstr("next: zonectl secondary config ns2 "));
  const auto listed = json_of({"secondary", "list"})["secondaries"];
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0]["name"], "ns2");
  EXPECT_EQ(listed[0]["addresses"], nlohmann::json({"192.0.2.53:53", "[2001:db8::53]:53"}));
  EXPECT_EQ(listed[0]["keys"], nlohmann::json({"ns2-key."}));
  EXPECT_EQ(listed[0]["zones"], nlohmann::json({"dkim.secutix.com.", "spf.secutix.com."}));
  EXPECT_EQ(listed[0]["all_zones"], true);
  EXPECT_EQ(json_of({"secondary", "show", "ns2"}), listed[0]);
}

TEST_F(SecondaryCommands, RefusalsAndMistakesHaveTheirExitCodes) {
  EXPECT_EQ(add({"--key", "k"}).code, 2) << "no address";
  EXPECT_EQ(add({"--address", "ns2.example", "--key", "k"}).code, 2);
  EXPECT_EQ(add({"--address", "192.0.2.53", "--key", "."}).code, 2);
  EXPECT_EQ(add({"--address", "192.0.2.53", "--key", "a", "--key", "b", "--key", "c"}).code, 2);
  EXPECT_EQ(add({"--address", "192.0.2.53", "--key", "k", "--no-key"}).code, 2);
  const Outcome no_key = add({"--address", "192.0.2.53"});
  EXPECT_EQ(no_key.code, 3);
  EXPECT_THAT(no_key.err, HasSubstr("E_NO_KEY"));
  EXPECT_THAT(no_key.err, HasSubstr("--no-key"));
  EXPECT_EQ(add({"--address", "192.0.2.53", "--key", "k", "--zone", "nowhere.example"}).code, 6);
  EXPECT_TRUE(json_of({"secondary", "list"})["secondaries"].empty()) << "nothing is half done";
  expect_done({"secondary", "add", "ns2", "--address", "192.0.2.53", "--no-key"});
  const Outcome again = add({"--address", "192.0.2.53", "--key", "k"});
  EXPECT_EQ(again.code, 3);
  EXPECT_THAT(again.err, HasSubstr("E_EXISTS"));
  EXPECT_EQ(run({"secondary", "show", "ns3"}).code, 6);
  EXPECT_EQ(run({"secondary", "remove", "ns3"}).code, 6);
  EXPECT_EQ(run({"secondary", "set", "ns3", "--no-ixfr"}).code, 6);
  EXPECT_EQ(run({"secondary", "set", "ns2"}).code, 2) << "nothing to change";
  EXPECT_EQ(run({"secondary", "set", "ns2", "--enable", "--disable"}).code, 2);
  EXPECT_EQ(run({"secondary", "set", "ns2", "--all-zones", "--zone", "spf.secutix.com"}).code, 2);
}

TEST_F(SecondaryCommands, SetReplacesAListAndLeavesTheRest) {
  expect_done({"secondary", "add", "ns2", "--address", "192.0.2.53", "--key", "old", "--no-ixfr"});
  expect_done({"secondary", "set", "ns2", "--key", "old", "--key", "new", "--zone", "spf.secutix.com"});
  auto shown = json_of({"secondary", "show", "ns2"});
  EXPECT_EQ(shown["keys"], nlohmann::json({"old.", "new."}));
  EXPECT_EQ(shown["zones"], nlohmann::json({"spf.secutix.com."}));
  EXPECT_EQ(shown["ixfr"], false);
  const Outcome again = run({"secondary", "set", "ns2", "--key", "old", "--key", "new"});
  EXPECT_EQ(again.code, 0);
  EXPECT_THAT(again.out, HasSubstr("nothing to do"));
  expect_done({"secondary", "set", "ns2", "--all-zones", "--ixfr", "--only-from-addresses"});
  shown = json_of({"secondary", "show", "ns2"});
  EXPECT_EQ(shown["all_zones"], true);
  EXPECT_EQ(shown["ixfr"], true);
  EXPECT_EQ(shown["from_addresses_only"], true);
}

TEST_F(SecondaryCommands, DisablingWarnsAndShowsIt) {
  expect_done({"secondary", "add", "ns2", "--address", "192.0.2.53", "--key", "k"});
  const Outcome off = run({"secondary", "set", "ns2", "--disable"});
  EXPECT_EQ(off.code, 0) << off.err;
  EXPECT_THAT(off.out, HasSubstr("disabled"));
  EXPECT_THAT(off.out + off.err, HasSubstr("may go on answering"));
  EXPECT_THAT(run({"secondary", "list"}).out, HasSubstr("disabled"));
  EXPECT_EQ(json_of({"secondary", "show", "ns2"})["enabled"], false);
  expect_done({"secondary", "set", "ns2", "--enable"});
  EXPECT_EQ(json_of({"secondary", "show", "ns2"})["enabled"], true);
}

TEST_F(SecondaryCommands, EachChangeLeavesOneAuditRowAndADryRunNone) {
  const auto rows = [this] { return json_of({"log"})["entries"].size(); };
  const std::size_t before = rows();
  const Outcome dry = add({"--address", "192.0.2.53", "--key", "k", "--dry-run"});
  EXPECT_EQ(dry.code, 0) << dry.err;
  EXPECT_THAT(dry.out, HasSubstr("would be added"));
  EXPECT_EQ(rows(), before);
  EXPECT_EQ(add({"--address", "192.0.2.53", "--key", "k"}).code, 0);
  expect_done({"secondary", "set", "ns2", "--no-ixfr"});
  expect_done({"secondary", "remove", "ns2"});
  EXPECT_EQ(rows(), before + 3);
  EXPECT_THAT(run({"secondary", "list"}).out, Not(HasSubstr("ns2")));
}

TEST_F(SecondaryCommands, OperatorsMayLookAndNoMore) {
  expect_done({"secondary", "add", "ns2", "--address", "192.0.2.53", "--key", "k"});
  environment_.zonestore = store();
  environment_.role = zonectl::Role::kOperator;
  EXPECT_EQ(run_bare({"secondary", "show", "ns2"}).code, 0);
  EXPECT_EQ(run_bare({"secondary", "list"}).code, 0);
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"add", "ns3", "--address", "192.0.2.54", "--no-key"},
        std::vector<std::string>{"set", "ns2", "--no-key"}, std::vector<std::string>{"remove", "ns2"}}) {
    std::vector<std::string> args{"secondary"};
    args.insert(args.end(), words.begin(), words.end());
    EXPECT_EQ(run_bare(args).code, 3) << words.front();
  }
  environment_.role = zonectl::Role::kAdmin;
  EXPECT_EQ(json_of({"secondary", "list"})["secondaries"].size(), 1U);
}

TEST_F(SecondaryCommands, StatusTellsOfOneThatIsSilentInEachOfItsManners) {
  expect_done({"secondary", "add", "ns2", "--address", "127.0.0.1:1", "--zone", "dkim.secutix.com", "--no-key"});
  EXPECT_EQ(run({"status", "--offline"}).code, 0);
  EXPECT_EQ(run({"secondary", "check", "--timeout", "1s"}).code, 1);
  const Outcome words = run({"status", "--offline"});
  EXPECT_EQ(words.code, 1);
  EXPECT_THAT(words.out, HasSubstr("secondary-silent: secondary ns2 does not answer for dkim.secutix.com\n"));
  EXPECT_THAT(words.out, HasSubstr("  run: zonectl secondary check ns2\n"));
  const auto trouble = json_of({"status", "--offline"}, 1)["troubles"][0];
  EXPECT_EQ(trouble["what"], "secondary-silent");
  EXPECT_EQ(trouble["severity"], "warning");
  const Outcome monitor = run({"status", "--offline", "--monitor"});
  EXPECT_EQ(monitor.code, 1);
  EXPECT_THAT(monitor.out, HasSubstr("ZONESTORE WARNING - secondary ns2 does not answer for dkim.secutix.com | "));
  EXPECT_THAT(monitor.out,
              HasSubstr(" secondaries_ahead=0;;0;0 secondaries_behind=0;0;;0 secondaries_silent=1;0;;0 "));
}

}  // namespace
}  // namespace tests
