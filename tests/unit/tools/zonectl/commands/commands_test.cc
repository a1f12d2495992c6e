// Whole command lines against a real store, under a clock that the test turns.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "tests/unit/tools/zonectl/command_run.h"

namespace tests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

using Commands = CommandRun;

TEST_F(Commands, TellWithoutAStoreHowToMakeOne) {
  const Outcome outcome = run({"list"});
  EXPECT_EQ(outcome.code, 66);
  EXPECT_THAT(outcome.err, HasSubstr("init"));
  EXPECT_EQ(json_of({"list"}, 66).at("error").at("code"), "store-missing");
  EXPECT_EQ(json_of({"list"}, 66).at("error").at("exit_code"), 66);
}

TEST_F(Commands, TellAStoreThatCannotBeOpenedFromACommandThatFailed) {
  const auto write = [this](const std::string& content) {
    std::filesystem::remove_all(store());
    std::filesystem::create_directory(store());
    std::ofstream(store() + "/zone.db") << content;
  };
  for (const std::string& content : {std::string(), std::string("garbage"), std::string(4096, 'x')}) {
    write(content);
    for (const std::vector<std::string>& words : {std::vector<std::string>{"list"},
                                                  {"status"},
                                                  {"show", "mosa"},
                                                  {"freeze", "--all", "--reason", "a test"},
                                                  {"rotate", "--all"},
                                                  {"rotate", "mosa", "--dry-run"},
                                                  {"maintain"},
                                                  {"store", "recover"},
                                                  {"store", "recover", "--dry-run"},
                                                  {"check", "--own"},
                                                  {"log", "verify"},
                                                  {"backup", file("backup")}}) {
      const Outcome outcome = run(words);
      EXPECT_EQ(outcome.code, 66) << words.front() << ": " << outcome.err;
    }
  }
  EXPECT_EQ(json_of({"list"}, 66).at("error").at("code"), "store-foreign");
}

TEST_F(Commands, DoNotTakeAnotherFileForTheStore) {
  init_and_add("mosa");
  EXPECT_EQ(json_of({"restore", file("no-backup")}, 1).at("error").at("exit_code"), 1);
  EXPECT_EQ(run({"zone", "import", file("no-file")}).code, 1);
  EXPECT_EQ(run({"import", "--keytable", file("no-table")}).code, 1);
  EXPECT_EQ(run({"show", "nova"}).code, 6);
  EXPECT_EQ(run({"show", "No Code"}).code, 2);
}

TEST_F(Commands, RefuseASecondStoreAtTheSamePlace) {
  init();
  const Outcome outcome = run({"init", "--ns", "ns1.secutix.com", "--hostmaster", "hostmaster.secutix.com"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, StartsWith("refused: E_EXISTS: "));
}

TEST_F(Commands, TakeTheStoreFromTheEnvironmentAndLetTheFlagWin) {
  init();
  environment_.zonestore = store();
  EXPECT_EQ(run_bare({"list"}).code, 0);
  EXPECT_EQ(run_bare({"list", "--store", file("elsewhere")}).code, 66);
}

TEST_F(Commands, TakeTheGlobalFlagsBeforeAndAfter) {
  init();
  const Outcome before = run_bare({"--store", store(), "--json", "list"});
  const Outcome after = run_bare({"list", "--json", "--store", store()});
  EXPECT_EQ(before.code, 0);
  EXPECT_EQ(before.out, after.out);
}

TEST_F(Commands, AddAnInstitutionWithRsaKeysThatFitAPlainAnswer) {
  init();
  const auto added = json_of({"add", "mosa", "--domain", "MosaMuseum.com"});
  const auto& institution = added.at("institution");
  EXPECT_EQ(institution.at("active"), "sel1");
  EXPECT_EQ(institution.at("domains"), nlohmann::json({"mosamuseum.com"}));
  EXPECT_EQ(institution.at("slots").at(0).at("state"), "ACTIVE");
  EXPECT_EQ(institution.at("slots").at(1).at("state"), "PUBLISHED");
  EXPECT_EQ(institution.at("slots").at(0).at("answer_size_bytes"), 479);
  EXPECT_EQ(institution.at("slots").at(0).at("ttl"), 3600);
  EXPECT_THAT(institution.at("slots").at(0).at("record_text").get<std::string>(), StartsWith("v=DKIM1; k=rsa; p="));
}

TEST_F(Commands, AddNamesTheNextStep) {
  init();
  EXPECT_THAT(run({"add", "mosa", "--domain", "mosamuseum.com"}).out, HasSubstr("next: zonectl instructions mosa\n"));
  EXPECT_THAT(run({"add", "nova"}).out, HasSubstr("next: zonectl domain add nova DOMAIN\n"));
}

TEST_F(Commands, AddRefusesEd25519UnlessItsGuardIsLifted) {
  init();
  const Outcome refused = run({"add", "mosa", "--key", "ed25519"});
  EXPECT_EQ(refused.code, 3);
  EXPECT_THAT(refused.err, StartsWith("refused: E_KEY_TYPE: "));
  add("mosa");
}

TEST_F(Commands, WorkOnInstitutionsThatAreNamedLikeCommands) {
  init();
  for (const char* code : {"add", "list", "zone", "rotate"}) {
    add(code);
    EXPECT_EQ(json_of({"show", code}).at("code"), code);
  }
  expect_done({"domain", "add", "add", "mosamuseum.com"});
}

TEST_F(Commands, RefuseToRotateBeforeTheStandbyIsRipe) {
  init_and_add("mosa");
  const Outcome refused = run({"rotate", "mosa"});
  EXPECT_EQ(refused.code, 3);
  EXPECT_THAT(refused.out, IsEmpty());
  EXPECT_THAT(refused.err, StartsWith("refused: E_NOT_RIPE: "));
  EXPECT_THAT(refused.err, HasSubstr("\n  clears at 20"));
  EXPECT_THAT(refused.err, HasSubstr("\n  instead: "));
  const auto error = json_of({"rotate", "mosa"}, 3).at("error");
  EXPECT_EQ(error.at("guard"), "E_NOT_RIPE");
  const std::string clears_at = error.at("clears_at");
  EXPECT_EQ(json_of({"show", "mosa"}).at("slots").at(1).at("ripe_at"), clears_at);
}

TEST_F(Commands, RotateAtTheSecondThatTheRefusalNamed) {
  init_and_add("mosa");
  clock_.advance(std::chrono::seconds{899});
  EXPECT_EQ(run({"rotate", "mosa"}).code, 3);
  clock_.advance(std::chrono::seconds{1});  // negative TTL 300 and slack 600
  const Outcome done = run({"rotate", "mosa"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, StartsWith("mosa: signing moved from sel1 to sel2 (dkim.secutix.com serial "));
  EXPECT_THAT(done.out, HasSubstr("\nsel1 drains until 20"));
  EXPECT_THAT(done.out, HasSubstr(": zonectl undo mosa\n"));
}

TEST_F(Commands, RotateEarlyWithAnOverrideAndItsReasonInTheLog) {
  init_and_add("mosa");
  const auto swapped = json_of({"rotate", "mosa", "--override", "E_NOT_RIPE", "--reason", "demo"});
  EXPECT_EQ(swapped.at("from"), "sel1");
  EXPECT_EQ(swapped.at("to"), "sel2");
  EXPECT_EQ(swapped.at("undo_until"), swapped.at("drains_until"));
  EXPECT_EQ(swapped.at("institution").at("active"), "sel2");
  const auto entries = json_of({"log", "mosa", "--last", "1"}).at("entries");
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries.at(0).at("override"), "E_NOT_RIPE");
  EXPECT_EQ(entries.at(0).at("reason"), "demo");
}

TEST_F(Commands, RefuseTheSecondNervousEnter) {
  init_and_add("mosa");
  ripen();
  expect_done({"rotate", "mosa"});
  const Outcome again = run({"rotate", "mosa"});
  EXPECT_EQ(again.code, 3);
  EXPECT_THAT(again.err, StartsWith("refused: E_DRAINING: "));
  EXPECT_EQ(json_of({"show", "mosa"}).at("active"), "sel2");
}

TEST_F(Commands, RefuseAnUnexpectedActiveSelector) {
  init_and_add("mosa");
  ripen();
  EXPECT_EQ(json_of({"rotate", "mosa", "--expect", "sel2"}, 3).at("error").at("guard"), "E_EXPECT");
  expect_done({"rotate", "mosa", "--expect", "sel1"});
}

TEST_F(Commands, UndoARotationOnce) {
  init_and_add("mosa");
  ripen();
  expect_done({"rotate", "mosa"});
  const auto undone = json_of({"undo", "mosa", "--expect", "sel2"});
  EXPECT_EQ(undone.at("to"), "sel1");
  EXPECT_TRUE(undone.at("undo_until").is_null());
  EXPECT_EQ(json_of({"undo", "mosa"}, 3).at("error").at("guard"), "E_NOTHING_TO_UNDO");
}

TEST_F(Commands, ChangeNothingInADryRunAndSaySo) {
  init_and_add("mosa");
  ripen();
  const auto before = json_of({"show", "mosa"});
  const std::string serial = run({"zone", "serial", "dkim.secutix.com"}).out;
  for (const std::vector<std::string>& args :
       std::vector<std::vector<std::string>>{{"rotate", "mosa"},
                                             {"remove", "mosa"},
                                             {"domain", "add", "mosa", "mosamuseum.com"},
                                             {"spf", "allow", "192.0.2.1"},
                                             {"policy", "set", "ttl-active", "2h"},
                                             {"zone", "set", "dkim.secutix.com", "--refresh", "2h"},
                                             {"add", "nova"},
                                             {"maintain"},
                                             {"key", "export", "mosa", "sel1", "--out", file("key.pem")}}) {
    std::vector<std::string> dry = args;
    dry.emplace_back("--dry-run");
    const Outcome outcome = run(dry);
    EXPECT_EQ(outcome.code, 0) << args.front() << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("dry run: nothing was changed\n")) << args.front();
    EXPECT_EQ(json_of(dry).at("dry_run"), true) << args.front();
  }
  EXPECT_EQ(json_of({"show", "mosa"}), before);
  EXPECT_EQ(run({"zone", "serial", "dkim.secutix.com"}).out, serial);
  EXPECT_EQ(run({"show", "nova"}).code, 6);
  EXPECT_FALSE(std::filesystem::exists(file("key.pem")));
  EXPECT_EQ(json_of({"log"}).at("entries").size(), 2U) << "init and add";
}

TEST_F(Commands, TellADryRunOfInitApartFromTheRealOne) {
  const Outcome dry = run({"init", "--ns", "ns1.secutix.com", "--hostmaster", "hostmaster.secutix.com", "--dry-run"});
  EXPECT_EQ(dry.code, 0) << dry.err;
  EXPECT_THAT(dry.out, HasSubstr("would be made"));
  EXPECT_FALSE(std::filesystem::exists(store()));
}

TEST_F(Commands, AnswerSixForWhatIsNotThere) {
  init_and_add("mosa");
  for (const std::vector<std::string>& args :
       std::vector<std::vector<std::string>>{{"show", "nova"},
                                             {"rotate", "nova"},
                                             {"undo", "nova"},
                                             {"remove", "nova"},
                                             {"instructions", "nova"},
                                             {"domain", "add", "nova", "nova.com"},
                                             {"domain", "remove", "mosa", "nova.com"},
                                             {"key", "export", "nova", "sel1", "--out", file("key.pem")},
                                             {"log", "nova"},
                                             {"log", "nova.example"},
                                             {"spf", "deny", "192.0.2.1"},
                                             {"zone", "show", "nova.example"},
                                             {"zone", "serial", "nova.example"},
                                             {"zone", "export", "nova.example"},
                                             {"policy", "show", "nova"}}) {
    const Outcome outcome = run(args);
    EXPECT_EQ(outcome.code, 6) << args.front() << ": " << outcome.err;
    EXPECT_THAT(outcome.out, IsEmpty());
    EXPECT_THAT(outcome.err, StartsWith("zonectl: "));
  }
}

TEST_F(Commands, AskWhetherAnotherCodeWasMeantAndNeverSuggestToAddIt) {
  init_and_add("mosa");
  add("louvre");
  for (const char* command : {"show", "rotate", "undo", "remove", "instructions", "freeze", "prepare", "check"}) {
    std::vector<std::string> args{command, "msoa"};
    if (std::string(command) == "freeze") {
      args.insert(args.end(), {"--reason", "test"});
    }
    const Outcome outcome = run(args);
    EXPECT_EQ(outcome.code, 6) << command;
    EXPECT_THAT(outcome.err, StartsWith("zonectl: there is no institution msoa\n  did you mean mosa?")) << command;
    EXPECT_THAT(outcome.err, Not(HasSubstr("zonectl add"))) << command;
  }
  EXPECT_THAT(run({"key", "history", "mosaa"}).err, HasSubstr("did you mean mosa?"));
  const Outcome far = run({"show", "tate"});
  EXPECT_THAT(far.err, AllOf(Not(HasSubstr("did you mean")), Not(HasSubstr("zonectl add"))));
}

TEST_F(Commands, ListInstitutionsOneALineForScripts) {
  init_and_add("nova");
  add("mosa", {"--domain", "mosamuseum.com"});
  EXPECT_EQ(run({"list"}).out,
            "mosa\tsigning\tsel1\tACTIVE\tPUBLISHED\tE_NOT_RIPE\t-\tmosamuseum.com\n"
            "nova\tsigning\tsel1\tACTIVE\tPUBLISHED\tE_NOT_RIPE\t-\t-\n");
  EXPECT_EQ(json_of({"list"}).at("institutions").size(), 2U);
}

TEST_F(Commands, ListUnderAHeaderOnATerminal) {
  init();
  terminal_.interactive = true;
  EXPECT_THAT(run({"list"}).out, HasSubstr("no institution yet"));
  add("mosa");
  EXPECT_THAT(run({"list"}).out, StartsWith("CODE  PHASE "));
}

TEST_F(Commands, ShowTimesInWordsOnATerminalAndRfc3339InAPipe) {
  init_and_add("mosa");
  EXPECT_THAT(run({"show", "mosa"}).out, ::testing::ContainsRegex("ripe at +20..-..-..T..:..:..Z\n"));
  terminal_.interactive = true;
  EXPECT_THAT(run({"show", "mosa"}).out, ::testing::ContainsRegex("ripe at +20..-..-.. ..:..:.. UTC, in 15 min\n"));
}

TEST_F(Commands, UseColourOnlyWhereThereIsOne) {
  init_and_add("mosa");
  EXPECT_THAT(run({"show", "mosa"}).out, Not(HasSubstr("\x1b[")));
  terminal_ = {true, true, 80};
  EXPECT_THAT(run({"show", "mosa"}).out, HasSubstr("\x1b[32mACTIVE"));
}

TEST_F(Commands, ShowSaysWhatCanBeDoneNext) {
  init_and_add("mosa");
  EXPECT_THAT(run({"show", "mosa"}).out, HasSubstr("zonectl rotate mosa  E_NOT_RIPE until 20"));
  EXPECT_THAT(run({"show", "mosa"}).out, HasSubstr("zonectl domain add mosa DOMAIN"));
  ripen();
  EXPECT_THAT(run({"show", "mosa"}).out, HasSubstr("zonectl rotate mosa  possible now\n"));
}

TEST_F(Commands, NeverPrintPrivateKeys) {
  init_and_add("mosa");
  for (const char* verb : {"show", "instructions", "log"}) {
    const Outcome outcome = run({verb, "mosa", "--json"});
    EXPECT_THAT(outcome.out, Not(HasSubstr("PRIVATE")));
    EXPECT_THAT(outcome.out, Not(HasSubstr("MC4CAQAwBQYDK2Vw")));  // how an Ed25519 private key in PKCS #8 begins
  }
}

}  // namespace
}  // namespace tests
