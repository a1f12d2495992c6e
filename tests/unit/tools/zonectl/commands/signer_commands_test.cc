#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>

#include "tests/unit/tools/zonectl/command_run.h"

namespace tests {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class SignerCommands : public CommandRun {
 protected:
  void SetUp() override {
    init();
    add("mosa", {"--domain", "mosamuseum.com"});
  }
  [[nodiscard]] std::vector<std::string> add_signer(const std::string& command) const {
    return {"signer",
            "add",
            "od",
            "--format",
            "opendkim",
            "--dir",
            file("od"),
            "--exec",
            command,
            "--override",
            "E_SIGNER_KIND",
            "--reason",
            "the keys of tests are made fast"};
  }
  // One that follows only while there is a file "obedient".
  [[nodiscard]] std::string obedience() const { return "/usr/bin/test -e " + file("obedient"); }
  void obey() const { std::ofstream(file("obedient")) << "yes"; }
  void disobey() const { std::filesystem::remove(file("obedient")); }
};

TEST_F(SignerCommands, AddTellsWhatWasWritten) {
  const Outcome outcome = run(add_signer("/bin/true"));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out,
            "od: enrolled, opendkim in " + file("od") + "\nod: follows 1 institution; keys written 2, removed 0\n");
  EXPECT_TRUE(std::filesystem::exists(file("od") + "/SigningTable"));
}

TEST_F(SignerCommands, AddInADryRunMakesNothing) {
  std::vector<std::string> args = add_signer("/bin/true");
  args.emplace_back("--dry-run");
  const Outcome outcome = run(args);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("would be enrolled"));
  EXPECT_FALSE(std::filesystem::exists(file("od")));
  EXPECT_TRUE(json_of({"signer", "list"})["signers"].empty());
}

TEST_F(SignerCommands, AddWithAFailingCommandIsDoneInPart) {
  const Outcome outcome = run(add_signer("/bin/false"));
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.out, HasSubstr("/bin/false ended with 1"));
  EXPECT_EQ(run({"status"}).code, 1);
}

TEST_F(SignerCommands, AddRefusesWhatItCannotTakeSafely) {
  EXPECT_EQ(run(add_signer("systemctl reload opendkim")).code, 2);
  EXPECT_EQ(run({"signer", "add", "od", "--format", "postfix", "--dir", file("od")}).code, 2);
  EXPECT_EQ(run({"signer", "add", "od", "--format", "files", "--dir", "relative"}).code, 2);
  expect_done(add_signer("/bin/true"));
  const Outcome twice = run(add_signer("/bin/true"));
  EXPECT_EQ(twice.code, 3);
  EXPECT_THAT(twice.err, HasSubstr("E_EXISTS"));
}

TEST_F(SignerCommands, AddRefusesADirectoryOfOthersAndKeysThatItCannotSignWith) {
  const Outcome kind = run({"signer", "add", "od", "--format", "opendkim", "--dir", file("od")});
  EXPECT_EQ(kind.code, 3);
  EXPECT_THAT(kind.err, AllOf(HasSubstr("E_SIGNER_KIND"), HasSubstr("mosa")));
  std::filesystem::create_directory(file("od"));
  std::ofstream(file("od") + "/KeyTable") << "theirs";
  const Outcome foreign = run(add_signer("/bin/true"));
  EXPECT_EQ(foreign.code, 3);
  EXPECT_THAT(foreign.err, AllOf(HasSubstr("E_FOREIGN"), HasSubstr("KeyTable")));
  std::vector<std::string> lifted = add_signer("/bin/true");
  lifted.at(lifted.size() - 3) = "E_FOREIGN";
  EXPECT_EQ(run(lifted).code, 3) << "nothing lifts it";
}

// A batch of one, so that a signer that does not follow is found by one institution; then each is twice the last.
TEST_F(SignerCommands, ManyRotationsAreFollowedAFewAtATime) {
  for (int number = 0; number < 9; ++number) {
    add("many" + std::to_string(number));
  }
  std::ofstream(file("follow")) << "#!/bin/sh\necho >>" << file("followed") << '\n';
  std::filesystem::permissions(file("follow"), std::filesystem::perms(0755));
  expect_done(add_signer(file("follow")));
  std::filesystem::remove(file("followed"));
  expect_done({"rotate", "--all", "--override", "E_NOT_RIPE", "--reason", "test"});
  std::ifstream followed(file("followed"));
  EXPECT_EQ(std::count(std::istreambuf_iterator<char>(followed), {}, '\n'), 4) << "1, 2, 4 and 3 of 10";
  EXPECT_EQ(json_of({"status"})["signers"][0]["open"], 0);
}

TEST_F(SignerCommands, ManyRotationsThatAreNotFollowedAreUndoneAndStopTheRun) {
  add("nova");
  obey();
  expect_done(add_signer(obedience()));
  expect_done({"policy", "set", "signer-limit", "1s"});
  disobey();
  const Outcome outcome = run({"rotate", "--all", "--halt-on", "1", "--override", "E_NOT_RIPE", "--reason", "test"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("signers had not followed"),
                                 HasSubstr("; undone: signing is back on sel1"), HasSubstr("stopped:")));
  EXPECT_EQ(json_of({"show", "mosa"})["active"], "sel1");
  EXPECT_EQ(json_of({"show", "nova"})["active"], "sel1");
}

TEST_F(SignerCommands, SyncAndStatusTellWhatWasFoundAltered) {
  expect_done(add_signer("/bin/true"));
  std::ofstream(file("od") + "/SigningTable") << "";
  std::ofstream(file("od") + "/notes") << "theirs";
  EXPECT_THAT(run({"signer", "sync", "od"}).out, AllOf(HasSubstr("made good: SigningTable has another content"),
                                                       HasSubstr("not ours, left alone: notes")));
  EXPECT_THAT(run({"status"}).out, HasSubstr("notes is not ours"));
  const nlohmann::json signer = json_of({"signer", "list"})["signers"][0];
  EXPECT_EQ(signer["findings"][0]["path"], "notes");
  EXPECT_FALSE(signer["needs_attention"]);
}

TEST_F(SignerCommands, ListAndStatusTellWhoHasNotFollowed) {
  obey();
  expect_done(add_signer(obedience()));
  EXPECT_THAT(run({"signer", "list"}).out, HasSubstr("has followed"));
  EXPECT_EQ(run({"status"}).code, 0);
  disobey();
  expect_done({"domain", "add", "mosa", "mosa.org"});
  const nlohmann::json signer = json_of({"signer", "list"})["signers"][0];
  EXPECT_EQ(signer["name"], "od");
  EXPECT_EQ(signer["open"], 1);
  EXPECT_EQ(signer["attempts"], 1);
  EXPECT_TRUE(signer["needs_attention"]);
  const Outcome status = run({"status"});
  EXPECT_EQ(status.code, 1);
  EXPECT_THAT(status.out, AllOf(HasSubstr("/usr/bin/test ended with 1"), Not(HasSubstr("nothing needs attention"))));
  obey();
  const Outcome maintained = run({"maintain"});
  EXPECT_EQ(maintained.code, 0);
  EXPECT_THAT(maintained.out, HasSubstr("signer od follows: 1 institution\n"));
  EXPECT_EQ(run({"status"}).code, 0);
}

TEST_F(SignerCommands, RotateIsUndoneWithItsOwnExitCodeWhenSignersDoNotFollow) {
  obey();
  expect_done(add_signer(obedience()));
  expect_done({"policy", "set", "signer-limit", "1s"});
  ripen();
  disobey();
  const Outcome outcome = run({"rotate", "mosa"});
  EXPECT_EQ(outcome.code, 5);
  EXPECT_THAT(outcome.out, HasSubstr("undone: signers had not followed"));
  EXPECT_THAT(outcome.out, HasSubstr("  signing is back on sel1\n"));
  EXPECT_THAT(outcome.out, HasSubstr("mosa: signing moved from sel2 to sel1"));
  EXPECT_EQ(json_of({"show", "mosa"})["active"], "sel1");
}

TEST_F(SignerCommands, ShowTellsOfADrainThatWaitsForThem) {
  obey();
  expect_done(add_signer(obedience()));
  ripen();
  expect_done({"rotate", "mosa"});
  EXPECT_FALSE(json_of({"show", "mosa"})["slots"][0]["waits_for_signers"]);
  disobey();
  expect_done({"undo", "mosa"});
  EXPECT_TRUE(json_of({"show", "mosa"})["slots"][1]["waits_for_signers"]);
  EXPECT_THAT(run({"show", "mosa"}).out, HasSubstr("signers have still to follow"));
}

TEST_F(SignerCommands, SyncWantsOneNameOrAll) {
  EXPECT_EQ(run({"signer", "sync"}).code, 2);
  EXPECT_EQ(run({"signer", "sync", "od", "--all"}).code, 2);
  EXPECT_EQ(run({"signer", "sync", "od"}).code, 6);
  EXPECT_EQ(run({"signer", "sync", "--all"}).code, 0);
  expect_done(add_signer("/bin/true"));
  std::filesystem::remove_all(file("od") + "/keys");
  EXPECT_EQ(json_of({"signer", "sync", "--all"})["results"][0]["keys_written"], 2);
}

TEST_F(SignerCommands, RemoveKeepsTheFilesUnlessTheyArePurged) {
  expect_done(add_signer("/bin/true"));
  const Outcome kept = run({"signer", "remove", "od"});
  EXPECT_EQ(kept.code, 0);
  EXPECT_THAT(kept.out, HasSubstr("private keys in " + file("od") + " stay"));
  expect_done(add_signer("/bin/true"));
  EXPECT_EQ(json_of({"signer", "remove", "od", "--purge"})["keys_removed"], 2);
  EXPECT_TRUE(std::filesystem::is_empty(file("od")));
}

}  // namespace
}  // namespace tests
