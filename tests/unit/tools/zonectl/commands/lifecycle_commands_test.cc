// prepare, revoke, freeze and thaw as operators type them.
#include <gmock/gmock.h>

#include "tests/unit/tools/zonectl/command_run.h"
#include "zonestore/operations/views/checking.h"

namespace tests {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class LifecycleCommands : public CommandRun {
 protected:
  LifecycleCommands() { init_and_add("mosa"); }
  // As zonectl-check.timer does where our name servers serve what they should.
  void look() {
    auto opened = zonestore::Store::open(store(), zonestore::Store::Access::kWrite, clock_);
    ASSERT_TRUE(opened) << opened.error().message;
    const zonestore::dkim::Code mosa = *zonestore::dkim::Code::parse("mosa");
    const auto subject = zonestore::subject_to_check(*opened, mosa);
    ASSERT_TRUE(subject) << subject.error().message;
    zonestore::Look seen{{}, clock_.now()};
    for (const zonestore::ExpectedSlot& slot : subject->slots) {
      seen.evidence.push_back(
          {std::nullopt, zonestore::dkim::to_text(slot.slot), zonestore::Verdict::kOk, "", slot.key_id});
    }
    ASSERT_TRUE(zonestore::record_evidence(*opened, {{mosa, seen}}));
  }
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

TEST_F(LifecycleCommands, AReasonStandsInTheLogWithoutAnOverrideToo) {
  expect_done({"revoke", "mosa", "sel2", "--reason", "laptop stolen"});
  const auto entries = json_of({"log", "mosa", "--last", "1"}).at("entries");
  EXPECT_EQ(entries.at(0).at("reason"), "laptop stolen");
  EXPECT_EQ(entries.at(0).at("override"), nullptr);
  EXPECT_THAT(run({"log", "mosa"}).out, HasSubstr("; because: laptop stolen"));
  EXPECT_EQ(run({"log", "verify"}).code, 0);
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

TEST_F(LifecycleCommands, PolicyTakesWindowsAndOff) {
  const Outcome done = run({"policy", "set", "window", "Tue 09:00-11:00 Europe/Zurich"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("window\tTue 09:00-11:00 Europe/Zurich\talways\tset for the store\n"));
  expect_done({"policy", "set", "every", "90d"});
  expect_done({"policy", "set", "mosa", "every", "off"});
  const auto policy = json_of({"policy", "show", "mosa"}).at("policy");
  EXPECT_EQ(policy.at(4).at("key"), "every");
  EXPECT_TRUE(policy.at(4).at("value").is_null());
  EXPECT_EQ(policy.at(4).at("from"), "institution");
  EXPECT_EQ(policy.at(6).at("value"), "Tue 09:00-11:00 Europe/Zurich");
  EXPECT_EQ(json_of({"policy", "set", "every", "3d"}, 3).at("error").at("guard"), "E_POLICY_FLOOR");
  EXPECT_EQ(run({"policy", "set", "window", "Tue 9-11"}).code, 2);
}

TEST_F(LifecycleCommands, MaintainRotatesByPolicyWhatPlanAndShowTell) {
  expect_done({"policy", "set", "every", "90d"});
  expect_done({"policy", "set", "jitter", "0"});
  const std::string at = json_of({"show", "mosa"}).at("next_rotation");
  const auto plan = json_of({"plan", "--until", "91d"}).at("plan");
  ASSERT_EQ(plan.size(), 2U);
  EXPECT_EQ(plan.at(1).at("event"), "rotates");
  EXPECT_EQ(plan.at(1).at("at"), at);
  EXPECT_THAT(run({"plan", "mosa", "--until", "91d"}).out,
              HasSubstr(at + "\t-\tmosa\trotation by policy: signing moves to sel2\n"));
  EXPECT_THAT(run({"show", "mosa"}).out, HasSubstr("rotates   " + at + ", by policy\n"));
  clock_.advance(std::chrono::hours(90 * 24));
  EXPECT_THAT(run({"maintain"}).out, StartsWith("waits: mosa: E_UNSEEN: "));
  EXPECT_THAT(run({"status"}).out,
              HasSubstr("nobody could see within 24 h that all is right (E_UNSEEN): mosa\n  run: "
                        "systemctl enable --now zonectl-check.timer"));
  EXPECT_EQ(json_of({"status"}, 1).at("unseen"), 1);
  EXPECT_EQ(json_of({"plan"}).at("plan").at(0).at("held_back_by"), "E_UNSEEN");
  EXPECT_EQ(json_of({"show", "mosa"}).at("policy_refusal").at("guard"), "E_UNSEEN");
  look();
  EXPECT_EQ(run({"maintain", "--dry-run"}).out,
            "would do: mosa: rotation by policy: signing moved from sel1 to sel2\ndry run: nothing was changed\n");
  EXPECT_EQ(run({"maintain"}).out, "mosa: rotation by policy: signing moved from sel1 to sel2\n");
  EXPECT_EQ(run({"maintain"}).out, "nothing was due\n");
}

TEST_F(LifecycleCommands, StatusNamesWhatIsStuckAndTheCommandToRun) {
  expect_done({"revoke", "mosa", "sel2"});
  expect_done({"freeze", "mosa", "--reason", "audit week"});
  const Outcome outcome = run({"status"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.out, HasSubstr("no-standby: 1 cannot rotate: their other slot was revoked: mosa\n"
                                     "  run: zonectl prepare CODE\n"));
  EXPECT_THAT(outcome.out, HasSubstr("frozen        1 by themselves\n"));
  const auto json = json_of({"status"}, 1);
  EXPECT_EQ(json.at("needs_attention"), true);
  EXPECT_EQ(json.at("attention").at(0).at("codes").at(0), "mosa");
  expect_done({"prepare", "mosa"});
  EXPECT_EQ(json_of({"status"}).at("needs_attention"), false);
}

}  // namespace
}  // namespace tests
