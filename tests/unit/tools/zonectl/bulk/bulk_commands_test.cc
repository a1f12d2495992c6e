// add --file, rotate --all / --file / --resume, import: whole command lines.
#include <fstream>

#include <sys/stat.h>

#include "tests/unit/tools/zonectl/command_run.h"
#include "zonestore/crypto/key_pair.h"

namespace {

class BulkCommands : public tests::CommandRun {
 protected:
  void SetUp() override { init(); }

  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(file(name)) << text;
    return file(name);
  }
  void add_three() {
    expect_done({"add", "--file",
                 write("three.csv", "code,domains,key\na,a.example,ed25519\nb,,ed25519\nc,,ed25519\n"), "--override",
                 "E_KEY_TYPE", "--reason", "keys for a test are made fast"});
  }
  std::string active(const std::string& code) { return json_of({"show", code})["active"]; }
  std::string key_file(const std::string& name, zonestore::crypto::Algorithm algorithm) {
    const auto key = zonestore::crypto::PrivateKey::generate(algorithm);
    const auto pem = key->pem();
    const auto bytes = pem->view();
    return write(name, std::string(bytes.begin(), bytes.end()));
  }
};

constexpr auto kRsa = zonestore::crypto::Algorithm::kRsa2048;

TEST_F(BulkCommands, AddFileAddsEachAndSaysSo) {
  add_three();
  EXPECT_EQ(json_of({"list"})["institutions"].size(), 3U);
  EXPECT_EQ(json_of({"show", "a"})["domains"][0], "a.example");
}

TEST_F(BulkCommands, AddFileInADryRunAddsNobody) {
  const auto told = json_of({"add", "--file", write("f.csv", "code\na\nb\n"), "--dry-run"});
  EXPECT_EQ(told["dry_run"], true);
  EXPECT_EQ(told["done"], 2);
  EXPECT_EQ(told["run"], nullptr);
  EXPECT_TRUE(json_of({"list"})["institutions"].empty());
}

TEST_F(BulkCommands, AddFileWithAnInstitutionThatIsThereAddsNobody) {
  add("b");
  const auto told = json_of({"add", "--file", write("f.csv", "code\na\nb\n")}, 3);
  EXPECT_EQ(told["fault_count"], 1);
  EXPECT_EQ(told["faults"][0]["line"], 3);
  EXPECT_EQ(told["error"]["guard"], "E_EXISTS");
  EXPECT_EQ(json_of({"list"})["institutions"].size(), 1U);
}

TEST_F(BulkCommands, AddNeedsAnInstitutionOrAFileAndNotBoth) {
  EXPECT_EQ(run({"add"}).code, 2);
  EXPECT_EQ(run({"add", "a", "--file", "f.csv"}).code, 2);
  EXPECT_EQ(run({"add", "--file", file("no-such.csv")}).code, 1);
  EXPECT_EQ(run({"add", "--file", "f.csv", "--domain", "a.example"}).code, 2);
  EXPECT_EQ(run({"add", "--resume"}).code, 6);
}

TEST_F(BulkCommands, RotateAllRotatesWhatIsRipeAndCountsTheRest) {
  add_three();
  ripen();
  add("young");
  const auto told = json_of({"rotate", "--all", "--canary", "1%"}, 4);
  EXPECT_EQ(told["done"], 3);
  EXPECT_EQ(told["refused"], 1);
  EXPECT_EQ(told["refused_by"]["E_NOT_RIPE"], 1);
  EXPECT_EQ(told["troubles"][0]["code"], "young");
  EXPECT_EQ(told["resume"], nullptr);
  EXPECT_EQ(active("a"), "sel2");
  EXPECT_EQ(active("young"), "sel1");
}

TEST_F(BulkCommands, WhatIsRefusedAltogetherIsExit3) {
  add_three();
  const auto told = json_of({"rotate", "--all"}, 3);
  EXPECT_EQ(told["refused"], 3);
  EXPECT_EQ(told["changed"], false);
}

TEST_F(BulkCommands, NobodyToRotateIsDone) {
  EXPECT_EQ(json_of({"rotate", "--all"})["total"], 0);
}

TEST_F(BulkCommands, RotateDueTakesThoseThatPolicyMakesDue) {
  add_three();
  expect_done({"policy", "set", "b", "every", "90d"});
  expect_done({"policy", "set", "b", "jitter", "0s"});
  ripen();
  EXPECT_EQ(json_of({"rotate", "--due"})["total"], 0);
  clock_.advance(std::chrono::hours(24 * 91));
  const auto told = json_of({"rotate", "--due"});
  EXPECT_EQ(told["total"], 1);
  EXPECT_EQ(told["done"], 1);
  EXPECT_EQ(active("a"), "sel1");
  EXPECT_EQ(active("b"), "sel2");
}

TEST_F(BulkCommands, RotateFileTakesThoseNamed) {
  add_three();
  ripen();
  expect_done({"rotate", "--file", write("list", "# two\nc\n\na  # the first\n")});
  EXPECT_EQ(active("a"), "sel2");
  EXPECT_EQ(active("b"), "sel1");
  EXPECT_EQ(active("c"), "sel2");
}

TEST_F(BulkCommands, UndoRunTakesTheRotationsOfThatRunBack) {
  add_three();
  ripen();
  const auto rotated = json_of({"rotate", "--all"});
  expect_done({"undo", "c"});
  expect_done({"rotate", "c"});  // forward again: no longer that run's
  const std::string number = std::to_string(rotated["run"].get<int>());
  const auto would = json_of({"undo", "--run", number, "--dry-run"}, 4);
  EXPECT_EQ(would["done"], 2);
  EXPECT_EQ(active("a"), "sel2");
  const auto told = json_of({"undo", "--run", number, "--canary", "1", "--rate", "1000/s"}, 4);
  EXPECT_EQ(told["command"], "undo");
  EXPECT_EQ(told["done"], 2);
  EXPECT_EQ(told["refused_by"]["E_NOTHING_TO_UNDO"], 1);
  EXPECT_EQ(active("a"), "sel1");
  EXPECT_EQ(active("c"), "sel2");
  EXPECT_EQ(json_of({"rotate", "a"})["redo"], true);
}

TEST_F(BulkCommands, UndoTakesAnInstitutionOrARunAndNotBoth) {
  EXPECT_EQ(run({"undo"}).code, 2);
  EXPECT_EQ(run({"undo", "a", "--run", "1"}).code, 2);
  EXPECT_EQ(run({"undo", "a", "--canary", "1%"}).code, 2);
  EXPECT_EQ(run({"undo", "--resume", "--expect", "sel1"}).code, 2);
  EXPECT_EQ(run({"undo", "--run", "1", "--resume"}).code, 2);
  EXPECT_EQ(run({"undo", "--run", "1"}).code, 6);
  EXPECT_EQ(run({"undo", "--resume"}).code, 6);
}

TEST_F(BulkCommands, ARunThatWaitsToBeResumedIsGivenUpOnlyByItsNumber) {
  add_three();
  ripen();
  expect_done({"signer", "add", "late", "--format", "files", "--dir", file("late"), "--exec",
               "/usr/bin/test -e " + write("follows", "")});
  expect_done({"policy", "set", "signer-limit", "1s"});
  std::filesystem::remove(file("follows"));
  const auto stopped = json_of({"rotate", "--all", "--halt-on", "1"}, 1);  // the first fails its proof
  const std::string number = std::to_string(stopped["run"].get<int>());
  const tests::Outcome refused = run({"rotate", "--all"});
  EXPECT_EQ(refused.code, 3) << refused.err;
  EXPECT_NE(refused.err.find("E_EXISTS"), std::string::npos) << refused.err;
  EXPECT_NE(refused.err.find("by operator, waits to be resumed"), std::string::npos) << refused.err;
  EXPECT_NE(refused.err.find("zonectl rotate --give-up " + number), std::string::npos) << refused.err;
  EXPECT_EQ(run({"rotate", "--give-up", "99"}).code, 6);
  EXPECT_EQ(run({"rotate", "--give-up", number, "--resume"}).code, 2);
  EXPECT_EQ(json_of({"rotate", "--give-up", number, "--dry-run"})["dry_run"], true);
  EXPECT_EQ(json_of({"rotate", "--give-up", number})["run"], stopped["run"]);
  EXPECT_EQ(run({"rotate", "--resume"}).code, 6);
}

TEST_F(BulkCommands, RotateFileWithAFaultRotatesNobody) {
  add_three();
  ripen();
  const auto told = json_of({"rotate", "--file", write("list", "a\nnobody\na\nNO\n")}, 2);
  EXPECT_EQ(told["fault_count"], 3);
  EXPECT_EQ(told["faults"][0]["error"]["code"], "not-found");
  EXPECT_EQ(active("a"), "sel1");
}

TEST_F(BulkCommands, RotateAllInADryRunTellsAndRotatesNobody) {
  add_three();
  ripen();
  const auto told = json_of({"rotate", "--all", "--dry-run"});
  EXPECT_EQ(told["done"], 3);
  EXPECT_EQ(active("a"), "sel1");
  EXPECT_EQ(run({"rotate", "--resume"}).code, 6);
}

TEST_F(BulkCommands, AFailureAmongTheCanariesStopsAndResumeGoesOn) {
  add_three();
  ripen();
  std::filesystem::rename(store() + "/vault", store() + "/gone");
  const auto told = json_of({"rotate", "--all", "--canary", "1"}, 1);
  EXPECT_EQ(told["failed"], 1);
  EXPECT_EQ(told["waiting"], 2);
  EXPECT_EQ(told["resume"], "zonectl rotate --resume");
  std::filesystem::rename(store() + "/gone", store() + "/vault");
  const auto resumed = json_of({"rotate", "--resume"});
  EXPECT_EQ(resumed["done"], 3);
  EXPECT_EQ(resumed["run"], told["run"]);
  EXPECT_EQ(active("a"), "sel2");
}

TEST_F(BulkCommands, TooManyFailuresStopTheRun) {
  add_three();
  ripen();
  std::filesystem::rename(store() + "/vault", store() + "/gone");
  const auto told = json_of({"rotate", "--all", "--halt-on", "2"}, 1);
  EXPECT_EQ(told["failed"], 2);
  EXPECT_EQ(told["waiting"], 1);
}

TEST_F(BulkCommands, ResumeTakesNoNewArguments) {
  EXPECT_EQ(run({"rotate", "--resume", "--rate", "1/s"}).code, 2);
  EXPECT_EQ(run({"rotate", "--resume", "--all"}).code, 2);
  EXPECT_EQ(run({"rotate", "a", "--all"}).code, 2);
  EXPECT_EQ(run({"rotate"}).code, 2);
  EXPECT_EQ(run({"rotate", "a", "--rate", "1/s"}).code, 2);
}

TEST_F(BulkCommands, ImportMakesAnInstitutionThatSignsWithTheKey) {
  const std::string pem = key_file("mosa.pem", kRsa);
  const auto told = json_of({"import", "mosa", "--pem", pem, "--domain", "a.example"});
  EXPECT_EQ(told["is_new"], true);
  EXPECT_EQ(told["slot"], "sel1");
  EXPECT_EQ(told["institution"]["active"], "sel1");
  EXPECT_EQ(told["institution"]["slots"][1]["state"], "PUBLISHED");
  const std::string out = file("back.pem");
  expect_done({"key", "export", "mosa", "sel1", "--out", out});
  std::ifstream back(out);
  std::ifstream given(pem);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(back), {}),
            std::string(std::istreambuf_iterator<char>(given), {}));
  EXPECT_EQ(json_of({"import", "mosa", "--pem", pem})["changed"], false);
}

TEST_F(BulkCommands, ImportWithActiveSignsWithTheSlotNamed) {
  const auto told = json_of({"import", "mosa", "--pem", key_file("k", kRsa), "sel2", "--active"});
  EXPECT_EQ(told["institution"]["active"], "sel2");
}

TEST_F(BulkCommands, ImportIntoOneThatIsThereRipens) {
  add("mosa");
  EXPECT_EQ(json_of({"import", "mosa", "--pem", key_file("k", kRsa)}, 3)["error"]["guard"], "E_EXISTS");
  expect_done({"revoke", "mosa", "sel2"});
  const auto told = json_of({"import", "mosa", "--pem", key_file("k", kRsa)});
  EXPECT_EQ(told["slot"], "sel2");
  EXPECT_EQ(told["institution"]["slots"][1]["state"], "PUBLISHED");
  EXPECT_EQ(json_of({"import", "mosa", "--pem", key_file("l", kRsa), "--active"}, 3)["error"]["guard"], "E_NOT_RIPE");
}

TEST_F(BulkCommands, ImportRefusesEd25519AloneAndWarnsOfAKeyThatAnotherHas) {
  const std::string edwards = key_file("e", zonestore::crypto::Algorithm::kEd25519);
  EXPECT_EQ(json_of({"import", "mosa", "--pem", edwards}, 3)["error"]["guard"], "E_KEY_TYPE");
  const std::string rsa = key_file("r", kRsa);
  expect_done({"import", "mosa", "--pem", rsa});
  EXPECT_EQ(json_of({"import", "other", "--pem", rsa})["warnings"].size(), 1U);
}

TEST_F(BulkCommands, ImportOfWhatIsNoKeyNamesTheFile) {
  const auto outcome = run({"import", "mosa", "--pem", write("junk", "no key\n")});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.err.find("junk: there is no private key"), std::string::npos) << outcome.err;
  EXPECT_EQ(run({"import", "mosa", "--pem", file("no-such")}).code, 1);
  EXPECT_EQ(run({"import", "mosa"}).code, 2);
  EXPECT_EQ(run({"import", "--keytable", "x", "--pem", "y"}).code, 2);
}

TEST_F(BulkCommands, AddSkipsTheBadLinesOfAFileIfItIsToldTo) {
  const std::string list =
      write("list.csv", "Code;Domains\nmosa;mosa.example\nx y;\nMosa;\nclub;club.example\nx z;\n");
  const auto refused = run({"add", "--file", list});
  EXPECT_EQ(refused.code, 2);
  EXPECT_NE(refused.err.find("list.csv:3: column code: 3 bytes that are no institution's code"), std::string::npos);
  EXPECT_NE(refused.err.find("(and 1 more: line 6)"), std::string::npos) << refused.err;
  EXPECT_TRUE(json_of({"list"})["institutions"].empty());
  const auto done = run({"--json", "add", "--file", list, "--skip-bad"});
  EXPECT_EQ(done.code, 4);
  const auto told = nlohmann::json::parse(done.out);
  EXPECT_EQ(told["done"], 2);
  EXPECT_EQ(told["fault_count"], 3);
  EXPECT_EQ(told["fault_reasons"].size(), 2U);
  EXPECT_EQ(json_of({"list"})["institutions"].size(), 2U);
  EXPECT_EQ(run({"add", "other", "--skip-bad"}).code, 2);
}

TEST_F(BulkCommands, ImportKeyTableTakesAllAndASecondTimeChangesNothing) {
  key_file("one.private", kRsa);
  key_file("two.private", kRsa);
  key_file("three.private", kRsa);
  const std::string table =
      write("KeyTable",
            "mosa mosa.example:s1:./one.private\nold._domainkey.club.example club.example:a:./two.private\n"
            "new._domainkey.club.example club.example:b:./three.private\n");
  const std::string signing =
      write("SigningTable", "*@mosa.example mosa\n*@mosa.org mosa\n*@club.example new._domainkey.club.example\n");
  const auto told = json_of({"import", "--keytable", table, "--signing-table", signing});
  EXPECT_EQ(told["done"], 2);
  EXPECT_EQ(json_of({"show", "mosa"})["domains"].size(), 2U);
  EXPECT_EQ(active("mosa"), "sel1");
  EXPECT_EQ(active("club"), "sel2");
  const auto again = json_of({"import", "--keytable", table, "--signing-table", signing});
  EXPECT_EQ(again["done"], 2);
  EXPECT_EQ(again["changed"], false);
}

TEST_F(BulkCommands, ImportKeyTableWithAFaultImportsNothing) {
  key_file("one.private", kRsa);
  const auto outcome =
      run({"import", "--keytable",
           write("KeyTable", "mosa mosa.example:s:./one.private\nclub club.example:s:./none.private\n")});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.err.find("KeyTable:2: its key file cannot be read"), std::string::npos) << outcome.err;
  EXPECT_TRUE(json_of({"list"})["institutions"].empty());
}

TEST_F(BulkCommands, ImportKeyTableIsNotHeldUpByAPipeInThePlaceOfAKey) {
  const std::string table = write("KeyTable", "mosa mosa.example:s:./pipe.private\n");
  ASSERT_EQ(::mkfifo((std::filesystem::path(table).parent_path() / "pipe.private").c_str(), 0600), 0);
  const auto outcome = run({"import", "--keytable", table});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.err.find("KeyTable:1: its key file is not a regular file"), std::string::npos) << outcome.err;
}

}  // namespace
