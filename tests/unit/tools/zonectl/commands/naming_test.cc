// What institutions and slots may be called by on a command line, and several of them in one.
#include <fstream>

#include <gmock/gmock.h>

#include "tests/unit/tools/zonectl/command_run.h"

namespace tests {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Naming : public CommandRun {
 protected:
  Naming() {
    init();
    add("mosa", {"--domain", "mosamuseum.com", "--domain", "mosa.example"});
    add("nova", {"--domain", "nova.example"});
  }
  std::string active(const std::string& code) { return json_of({"show", code}).at("active").get<std::string>(); }
  void expect_refused(const std::vector<std::string>& args, int code, const std::string& part) {
    const auto before = json_of({"list"});
    const Outcome outcome = run(args);
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_THAT(outcome.err, AllOf(StartsWith("zonectl: "), HasSubstr(part), HasSubstr("\n  ")));
    EXPECT_EQ(json_of({"list"}), before);
  }
};

TEST_F(Naming, FindsAnInstitutionByWhatATicketHas) {
  for (const char* name : {"mosa", "mosamuseum.com", "MosaMuseum.COM.", "mosa.example",
                           "stxsel2._domainkey.mosamuseum.com", "STXSEL1._DOMAINKEY.MOSA.EXAMPLE.",
                           "sel2-mosa._domainkey.dkim.secutix.com", "Sel1-Mosa._domainkey.DKIM.secutix.com."}) {
    EXPECT_EQ(json_of({"show", name}).at("code"), "mosa") << name;
    EXPECT_THAT(run({"instructions", name}).out, HasSubstr("on behalf of mosa,")) << name;
    EXPECT_EQ(json_of({"rotate", name, "--dry-run", "--override", "E_NOT_RIPE", "--reason", "x"})
                  .at("institution")
                  .at("code"),
              "mosa")
        << name;
    EXPECT_EQ(json_of({"policy", "show", name}).at("institution"), "mosa") << name;
    EXPECT_EQ(json_of({"key", "history", name}).at("code"), "mosa") << name;
    EXPECT_EQ(json_of({"log", name}).at("entries").at(0).at("subject"), "mosa") << name;
  }
}

TEST_F(Naming, SaysWhatWasNotFoundAndWhatMayHaveBeenMeant) {
  expect_refused({"rotate", "mosamuseun.com"}, 6,
                 "no institution has the mail domain mosamuseun.com\n  did you mean "
                 "mosamuseum.com?");
  expect_refused({"rotate", "mail.nova.example"}, 6, "did you mean nova.example, which nova has?");
  expect_refused({"rotate", "sel1-msoa._domainkey.dkim.secutix.com"}, 6, "did you mean mosa?");
  expect_refused({"rotate", "sel1-mosa._domainkey.dkim.example.org"}, 6, "lies in the zone dkim.example.org");
  expect_refused({"rotate", "google._domainkey.mosamuseum.com"}, 2, "is no selector of ours");
  expect_refused({"rotate", "stxsel3._domainkey.mosamuseum.com"}, 6, "there is no slot sel3");
}

TEST_F(Naming, TakesTheSlotThatASelectorsNameTells) {
  const std::vector<std::vector<std::string>> ways{{"mosa", "sel2"},
                                                   {"mosa", "stxsel2"},
                                                   {"mosamuseum.com", "STXSEL2"},
                                                   {"sel2-mosa._domainkey.dkim.secutix.com"},
                                                   {"stxsel2._domainkey.mosamuseum.com"},
                                                   {"stxsel2._domainkey.mosamuseum.com", "sel2"},
                                                   {"mosa", "stxsel2._domainkey.mosamuseum.com"}};
  for (std::vector<std::string> args : ways) {
    args.insert(args.begin(), "revoke");
    args.emplace_back("--dry-run");
    const auto revoked = json_of(args);
    EXPECT_EQ(revoked.at("institution").at("code"), "mosa");
    EXPECT_EQ(revoked.at("slot"), "sel2");
  }
  for (std::vector<std::string> args : ways) {
    args.insert(args.begin(), {"key", "export-public"});
    EXPECT_EQ(json_of(args).at("keys").at(0).at("slot"), "sel2");
  }
}

TEST_F(Naming, RefusesNamesThatContradictEachOther) {
  expect_refused({"revoke", "sel2-mosa._domainkey.dkim.secutix.com", "sel1"}, 2, "is sel2 of mosa, not sel1");
  expect_refused({"revoke", "sel2-mosa._domainkey.dkim.secutix.com", "stxsel1._domainkey.mosamuseum.com"}, 2,
                 "is sel2, and stxsel1._domainkey.mosamuseum.com is sel1");
  expect_refused({"revoke", "nova", "stxsel2._domainkey.mosamuseum.com"}, 2, "and none of nova");
  expect_refused({"key", "export-public", "nova", "stxsel2._domainkey.mosamuseum.com"}, 2, "is of mosa, not of nova");
  expect_refused({"key", "export-public", "nova", "nova.example"}, 2, "is a domain, and SLOT is sel1 or sel2");
  expect_refused({"rotate", "mosa", "mosamuseum.com"}, 2,
                 "mosa is named twice: mosa and mosamuseum.com are the same");
  expect_refused({"rotate", "mosa", "mosa"}, 2, "mosa is named twice");
  expect_refused({"revoke", "mosa", "nova"}, 2, "SLOT last: zonectl revoke INST... SLOT");
  EXPECT_THAT(run({"revoke", "sel1", "mosa"}).err, ::testing::Not(::testing::HasSubstr("--all")))
      << "nobody who meant one is told how to withdraw every key";
}

TEST_F(Naming, DoesNotTakeAWholeInstitutionForOneOfItsSelectors) {
  expect_refused({"remove", "sel2-mosa._domainkey.dkim.secutix.com", "--yes"}, 2,
                 "zonectl revoke sel2-mosa._domainkey");
}

TEST_F(Naming, AListMayNameThemSoToo) {
  std::ofstream(file("list")) << "mosamuseum.com.\nstxsel1._domainkey.nova.example  # of a ticket\n";
  EXPECT_EQ(json_of({"revoke", "--file", file("list"), "sel2", "--dry-run"}).at("done"), 2);
  std::ofstream(file("list")) << "mosa\nmosamuseum.com\nmosamuseun.com\n";
  const Outcome outcome = run({"revoke", "--file", file("list"), "sel2", "--dry-run"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("list:2: mosa is named twice"), HasSubstr("list:3: no institution has")));
}

TEST_F(Naming, SeveralAreARunOfMany) {
  ripen();
  const auto rotated = json_of({"rotate", "mosa", "nova.example", "--no-look"});
  EXPECT_EQ(rotated.at("total"), 2);
  EXPECT_EQ(rotated.at("done"), 2);
  EXPECT_EQ(active("mosa") + active("nova"), "sel2sel2");
  EXPECT_EQ(run({"rotate", "mosa", "nova"}).code, 3) << "both drain";
  EXPECT_EQ(json_of({"undo", "nova", "mosa"}).at("done"), 2);
  EXPECT_EQ(active("mosa") + active("nova"), "sel1sel1");
  EXPECT_EQ(json_of({"rotate", "nova", "--no-look"}).at("to"), "sel2");
  EXPECT_EQ(json_of({"rotate", "mosa", "nova", "--no-look"}, 4).at("refused_by").at("E_DRAINING"), 1);
}

TEST_F(Naming, SeveralOfWhichOneIsNotThereAreLeftAlone) {
  ripen();
  for (const char* verb : {"rotate", "undo", "remove", "thaw", "show", "check", "prepare"}) {
    expect_refused({verb, "mosa", "nvoa"}, 6, "there is no institution nvoa\n  did you mean nova?");
  }
  expect_refused({"revoke", "mosa", "nvoa", "sel2", "--yes"}, 6, "did you mean nova?");
}

TEST_F(Naming, SeveralAreFrozenThawedRemovedAndTakenBack) {
  EXPECT_EQ(json_of({"freeze", "mosa", "nova", "--reason", "audit week", "--dry-run"}).at("dry_run"), true);
  EXPECT_EQ(json_of({"show", "mosa"}).at("frozen"), nullptr);
  EXPECT_EQ(json_of({"freeze", "mosa", "nova", "--reason", "audit week"}).at("done"), 2);
  EXPECT_NE(json_of({"show", "nova"}).at("frozen"), nullptr);
  EXPECT_THAT(run({"thaw", "mosa", "nova"}).out, HasSubstr("2 of 2 institutions thawed"));
  EXPECT_EQ(json_of({"show", "nova"}).at("frozen"), nullptr);
  const Outcome removed = run({"remove", "mosa", "nova"});
  EXPECT_EQ(removed.code, 0) << removed.err;
  EXPECT_THAT(removed.out, AllOf(HasSubstr("2 of 2 institutions removed in"),
                                 HasSubstr("zonectl undo takes each back"), Not(HasSubstr("--resume"))));
  EXPECT_EQ(json_of({"undo", "mosa", "nova"}).at("done"), 2);
  EXPECT_EQ(active("mosa") + active("nova"), "sel1sel1");
}

TEST_F(Naming, SeveralAreRevokedAndPrepared) {
  const Outcome unasked = run({"revoke", "mosa", "nova", "sel2"});
  EXPECT_EQ(unasked.code, 3) << "nobody can be asked";
  const auto revoked = json_of({"revoke", "mosa", "nova", "sel2", "--yes"});
  EXPECT_EQ(revoked.at("done"), 2);
  EXPECT_EQ(revoked.at("prepare"), "zonectl prepare mosa nova sel2");
  EXPECT_EQ(json_of({"prepare", "mosa", "nova", "stxsel2"}).at("done"), 2);
}

TEST_F(Naming, SeveralAreShownOneAfterTheOther) {
  const auto shown = json_of({"show", "nova", "mosa"}).at("institutions");
  ASSERT_EQ(shown.size(), 2U);
  EXPECT_EQ(shown.at(0).at("code"), "nova");
  EXPECT_THAT(run({"show", "nova", "mosa"}).out, AllOf(StartsWith("nova  signs"), HasSubstr("\n\nmosa  signs")));
}

TEST_F(Naming, SeveralAreNoWayBesideAnother) {
  expect_refused({"rotate", "mosa", "nova", "--all"}, 2, "INST excludes --all");
  expect_refused({"undo", "mosa", "nova", "--run", "1"}, 2, "INST excludes --run");
  expect_refused({"freeze", "mosa", "nova", "--all", "--reason", "x"}, 2, "name institutions, or --all");
  expect_refused({"check", "mosa", "--own"}, 2, "one of: institutions, --all, --own");
}

}  // namespace
}  // namespace tests
