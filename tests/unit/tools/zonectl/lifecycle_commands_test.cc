// prepare, revoke, freeze and thaw as operators type them.
#include <gmock/gmock.h>

#include "tests/unit/tools/zonectl/command_run.h"

namespace tests {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class LifecycleCommands : public CommandRun {
 protected:
  LifecycleCommands() { init_and_add("mosa"); }
  std::string state(std::size_t slot) { return json_of({"show", "mosa"}).at("slots").at(slot).at("state"); }
};

TEST_F(LifecycleCommands, RevokeOfTheSlotThatSignsMovesItAndTellsTheCost) {
  ripen();
  const Outcome dry = run({"revoke", "mosa", "sel1", "--dry-run"});
  EXPECT_EQ(dry.code, 0);
  EXPECT_THAT(dry.out, HasSubstr("signing would move to sel2 first"));
  EXPECT_THAT(dry.out, HasSubstr("dry run: nothing was changed"));
  EXPECT_EQ(state(0), "ACTIVE");
  const Outcome done = run({"revoke", "mosa", "sel1"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, StartsWith("mosa: the key in sel1 was revoked"));
  EXPECT_THAT(done.out, HasSubstr("accept a forged signature, until 2026-"));
  EXPECT_THAT(done.out, HasSubstr("cost: mail signed with it"));
  EXPECT_EQ(state(0), "REVOKED");
  EXPECT_EQ(state(1), "ACTIVE");
}

TEST_F(LifecycleCommands, RevokeOfTheLastKeyIsRefusedUnlessSigningShallStop) {
  const auto refused = json_of({"revoke", "mosa", "sel1"}, 3).at("error");
  EXPECT_EQ(refused.at("guard"), "E_LAST_KEY");
  const auto done = json_of({"revoke", "mosa", "sel1", "--stop-signing"});
  EXPECT_EQ(done.at("signing_stopped"), true);
  EXPECT_EQ(done.at("institution").at("phase"), "starting");
  EXPECT_EQ(done.at("institution").at("starts_with"), "sel2");
  EXPECT_THAT(run({"show", "mosa"}).out, HasSubstr("does not sign: begins with sel2 once it is ripe"));
}

TEST_F(LifecycleCommands, RevokeOfWhatIsNotThereIsNotFound) {
  EXPECT_EQ(run({"revoke", "mosa", "sel3"}).code, 6);
  EXPECT_EQ(run({"revoke", "prado", "sel1"}).code, 6);
  EXPECT_EQ(run({"revoke", "mosa"}).code, 2);
  EXPECT_EQ(run({"revoke", "mosa", "first"}).code, 2);
}

TEST_F(LifecycleCommands, RevokeTwiceSaysSo) {
  expect_done({"revoke", "mosa", "sel2"});
  const Outcome again = run({"revoke", "mosa", "sel2"});
  EXPECT_EQ(again.code, 0);
  EXPECT_THAT(again.out, StartsWith("mosa: sel2 is revoked already"));
}

TEST_F(LifecycleCommands, ExpectGuardsEveryMove) {
  ripen();
  for (const char* verb : {"rotate", "undo"}) {
    EXPECT_EQ(json_of({verb, "mosa", "--expect", "sel2"}, 3).at("error").at("guard"), "E_EXPECT");
  }
  EXPECT_EQ(json_of({"revoke", "mosa", "sel2", "--expect", "sel2"}, 3).at("error").at("guard"), "E_EXPECT");
}

TEST_F(LifecycleCommands, PrepareFillsTheSlotThatNeedsAKey) {
  const Outcome refused = run({"prepare", "mosa"});
  EXPECT_EQ(refused.code, 3);
  EXPECT_THAT(refused.err, StartsWith("refused: E_EXISTS: "));
  expect_done({"revoke", "mosa", "sel2"});
  EXPECT_EQ(json_of({"prepare", "mosa", "--dry-run"}).at("slot"), "sel2");
  EXPECT_EQ(state(1), "REVOKED");
  const Outcome done = run({"prepare", "mosa"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, StartsWith("mosa: a fresh key was published in sel2"));
  EXPECT_EQ(state(1), "PUBLISHED");
}

TEST_F(LifecycleCommands, AStoppedInstitutionWithoutKeysIsToldHowToGoOn) {
  expect_done({"revoke", "mosa", "sel2"});
  const Outcome stopped = run({"revoke", "mosa", "sel1", "--stop-signing"});
  EXPECT_THAT(stopped.out, HasSubstr("to go on: zonectl prepare mosa"));
  EXPECT_THAT(run({"show", "mosa"}).out, HasSubstr("zonectl prepare mosa"));
}

TEST_F(LifecycleCommands, FreezeRefusesRotationsUntilThawed) {
  ripen();
  EXPECT_EQ(run({"freeze", "mosa"}).code, 2) << "a reason is required";
  const Outcome frozen = run({"freeze", "mosa", "--reason", "audit week"});
  EXPECT_EQ(frozen.code, 0);
  EXPECT_EQ(frozen.out, "mosa: frozen: audit week\nrotations are refused until zonectl thaw mosa\n");
  const Outcome refused = run({"rotate", "mosa"});
  EXPECT_EQ(refused.code, 3);
  EXPECT_THAT(refused.err, StartsWith("refused: E_FROZEN: mosa is frozen since "));
  EXPECT_THAT(refused.err, HasSubstr("zonectl thaw mosa"));
  EXPECT_EQ(json_of({"show", "mosa"}).at("frozen").at("reason"), "audit week");
  EXPECT_THAT(run({"show", "mosa"}).out, HasSubstr("audit week"));
  EXPECT_EQ(run({"thaw", "mosa"}).out, "mosa: thawed\n");
  EXPECT_EQ(run({"thaw", "mosa"}).out, "mosa: was not frozen\n");
  expect_done({"rotate", "mosa"});
}

TEST_F(LifecycleCommands, FreezeTakesOneInstitutionOrAll) {
  EXPECT_EQ(run({"freeze", "--reason", "x"}).code, 2);
  EXPECT_EQ(run({"freeze", "mosa", "--all", "--reason", "x"}).code, 2);
  EXPECT_EQ(run({"freeze", "prado", "--reason", "x"}).code, 6);
  EXPECT_TRUE(json_of({"freeze", "--all", "--reason", "holidays"}).at("institution").is_null());
  ripen();
  EXPECT_EQ(json_of({"rotate", "mosa"}, 3).at("error").at("guard"), "E_FROZEN");
  expect_done({"rotate", "mosa", "--override", "E_FROZEN", "--reason", "leaked key"});
}

}  // namespace
}  // namespace tests
