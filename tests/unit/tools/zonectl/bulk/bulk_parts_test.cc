// The parts of bulk commands that need no store: settings, files, progress, signals.
#include <csignal>
#include <sstream>

#include <gtest/gtest.h>

#include "tools/zonectl/bulk/institution_file.h"
#include "tools/zonectl/bulk/settings.h"
#include "tools/zonectl/session/interruption.h"
#include "tools/zonectl/text/progress.h"

namespace zonectl {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(BulkSettings, AShareIsAPercentageRoundedUpOrANumber) {
  EXPECT_EQ(parse_share("1%")->of(2000), 20U);
  EXPECT_EQ(parse_share("1%")->of(3), 1U);
  EXPECT_EQ(parse_share("0.5%")->of(300), 2U);
  EXPECT_EQ(parse_share("7")->of(2000), 7U);
  EXPECT_EQ(parse_share("7")->of(5), 5U);
  for (const char* const bad : {"", "%", "0%", "101%", "-1%", "0", "x", "1e9%", "nan%"}) {
    EXPECT_FALSE(parse_share(bad)) << bad;
  }
}

TEST(BulkSettings, ARateIsANumberAUnitOfTime) {
  EXPECT_EQ(parse_rate("20/min")->interval, seconds(3));
  EXPECT_EQ(parse_rate("5/s")->interval, milliseconds(200));
  EXPECT_EQ(parse_rate("1/h")->interval, seconds(3600));
  for (const char* const bad : {"", "20", "/min", "0/min", "20/day", "20/min/s"}) {
    EXPECT_FALSE(parse_rate(bad)) << bad;
  }
}

TEST(BulkSettings, ComeBackAsTheyWereKept) {
  BulkSettings settings;
  settings.canary = *parse_share("2%");
  settings.rate = *parse_rate("20/min");
  settings.halt_on = 2;
  settings.override_guard = zonestore::Guard::kNotRipe;
  settings.reason = "a \"leak\"";
  const auto arguments = RunArguments::parse(arguments_of(settings).to_json_text());
  ASSERT_TRUE(arguments);
  const BulkSettings kept = settings_of(*arguments);
  EXPECT_EQ(kept.canary->of(100), 2U);
  EXPECT_EQ(kept.rate->interval, seconds(3));
  EXPECT_EQ(kept.failures_allowed(), 2U);
  EXPECT_EQ(kept.override_guard, zonestore::Guard::kNotRipe);
  EXPECT_EQ(kept.reason, "a \"leak\"");
  EXPECT_EQ(settings_of({}).failures_allowed(), kDefaultHaltOn);
  EXPECT_FALSE(settings_of({}).override_guard);
  EXPECT_FALSE(RunArguments::parse("no JSON"));
  EXPECT_FALSE(RunArguments::parse("[]"));
}

TEST(RunArguments, KeepTextsNumbersAndFlags) {
  RunArguments arguments;
  arguments.set("slot", std::string("sel1"));
  arguments.set("of_run", std::int64_t{7});
  arguments.set("servers", std::vector<std::string>{"192.0.2.1", "2001:db8::1"});
  arguments.set_flag("no_look", true);
  const auto kept = RunArguments::parse(arguments.to_json_text());
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->text("slot"), "sel1");
  EXPECT_EQ(kept->number("of_run"), 7);
  EXPECT_EQ(kept->texts("servers"), (std::vector<std::string>{"192.0.2.1", "2001:db8::1"}));
  EXPECT_TRUE(kept->flag("no_look"));
}

TEST(RunArguments, AFieldOfAnotherKindIsNotThere) {
  const auto kept = RunArguments::parse(R"({"halt_on": "two", "reason": {"a": 1}, "slot": 1, "servers": [1, "a"]})");
  ASSERT_TRUE(kept);
  EXPECT_FALSE(kept->number("halt_on"));
  EXPECT_FALSE(kept->text("reason"));
  EXPECT_FALSE(kept->text("slot"));
  EXPECT_FALSE(kept->flag("slot"));
  EXPECT_EQ(kept->texts("servers"), std::vector<std::string>{"a"});
}

TEST(InstitutionFile, TakesColumnsInAnyOrder) {
  const InstitutionFile file =
      parse_institution_file("domains,code,key\na.example  B.example,mosa,rsa4096\n,other,\n");
  EXPECT_TRUE(file.faults.empty());
  ASSERT_EQ(file.institutions.size(), 2U);
  EXPECT_EQ(file.institutions[0].code.text(), "mosa");
  EXPECT_EQ(file.institutions[0].options.domains.size(), 2U);
  EXPECT_EQ(file.institutions[0].options.algorithm, zonestore::crypto::Algorithm::kRsa4096);
  EXPECT_TRUE(file.institutions[1].options.domains.empty());
  const auto kept = parse_add_options(to_json_text(file.institutions[0].options));
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->domains, file.institutions[0].options.domains);
  EXPECT_EQ(kept->algorithm, zonestore::crypto::Algorithm::kRsa4096);
}

TEST(InstitutionFile, RefusesWhatIsKeptWithValuesOfOtherTypes) {
  for (const char* kept : {R"({"domains":[],"key":1})", R"({"domains":[],"key":null})",
                           R"({"domains":[1],"key":"rsa2048"})", R"({"domains":{},"key":"rsa2048"})", R"([])"}) {
    EXPECT_FALSE(parse_add_options(kept)) << kept;
  }
}

TEST(InstitutionFile, NamesEveryFaultInTheOrderOfTheLines) {
  const InstitutionFile file = parse_institution_file(
      "code,domains,key\nmosa,a.example,\nMOSA,,\nmosa,,\nb,a.example,\nc,no,\nd,,rsa1024\ne,,dsa\nf,,,x\n");
  std::vector<std::size_t> lines;
  for (const FileFault& fault : file.faults) {
    lines.push_back(fault.line);
  }
  EXPECT_EQ(lines, (std::vector<std::size_t>{3, 4, 5, 6, 7, 8, 9}));
  EXPECT_EQ(file.faults[4].error.refusal->guard, zonestore::Guard::kWeakKey);
}

TEST(InstitutionFile, IsTakenAsSpreadsheetsWriteIt) {
  const InstitutionFile file = parse_institution_file(
      "\xEF\xBB\xBF"
      "Code ;DOMAINS;Key;;\r\n Mosa;a.example, B.example;RSA4096;;\r\n;;;;\r\nclub;\"c.example;\nd.example\"\r\n");
  EXPECT_TRUE(file.faults.empty());
  ASSERT_EQ(file.institutions.size(), 2U);
  EXPECT_EQ(file.institutions[0].code.text(), "mosa");
  EXPECT_EQ(file.institutions[0].options.domains.size(), 2U);
  EXPECT_EQ(file.institutions[0].options.algorithm, zonestore::crypto::Algorithm::kRsa4096);
  EXPECT_EQ(file.institutions[1].options.domains.size(), 2U);
  EXPECT_EQ(file.institutions[1].line, 4U);
  EXPECT_EQ(parse_institution_file("code\nMOSA\nMosa2\n").institutions.size(), 2U);
  EXPECT_EQ(parse_institution_file("code\nQ874A57363E761DA345\n").faults.size(), 1U) << "it may be a key";
  const InstitutionFile unnamed = parse_institution_file("code;\nmosa;x\n");
  ASSERT_EQ(unnamed.faults.size(), 1U);
  EXPECT_EQ(unnamed.faults[0].error.message, "field 2 is of a column that has no name");
}

TEST(InstitutionFile, NeedsAHeaderThatNamesTheCode) {
  EXPECT_EQ(parse_institution_file("").faults.size(), 1U);
  EXPECT_EQ(parse_institution_file("domains\n").faults.size(), 1U);
  EXPECT_EQ(parse_institution_file("code,colour\n").faults.size(), 1U);
  EXPECT_EQ(parse_institution_file("code,domain,domains\n").faults.size(), 1U);
}

TEST(Progress, DrawsABarOnATerminalAtMostTenTimesASecond) {
  std::ostringstream out;
  const Progress::Time began{};
  Progress progress(out, {true, false, 80}, "rotating", 100, began);
  progress.show(1, 0, began + milliseconds(99));
  EXPECT_EQ(out.str(), "");
  progress.show(50, 2, began + seconds(10));
  EXPECT_EQ(out.str(), "\r\x1b[K[###############...............] rotating 50/100, 2 not done, 5.0/s, 10 s left");
  progress.finish();
  EXPECT_TRUE(out.str().ends_with("left\r\x1b[K"));
}

TEST(Progress, StaysWithinANarrowTerminal) {
  std::ostringstream out;
  const Progress::Time began{};
  Progress progress(out, {true, false, 20}, "rotating", 100, began);
  progress.show(50, 0, began + seconds(10));
  EXPECT_LE(out.str().size(), std::string("\r\x1b[K").size() + 19);
}

TEST(Progress, IsAPlainLineEveryFewSecondsInAPipe) {
  std::ostringstream out;
  const Progress::Time began{};
  Progress progress(out, {}, "adding", 2000, began);
  for (int tenths = 1; tenths <= 110; ++tenths) {
    progress.show(static_cast<std::size_t>(tenths), 0, began + milliseconds(100) * tenths);
  }
  progress.finish();
  EXPECT_EQ(out.str(), "adding 50/2000, 10/s, 3 min 15 s left\nadding 100/2000, 10/s, 3 min 10 s left\n");
}

TEST(Interruption, IsASignalThatWasAskedFor) {
  Interruption interruption;
  EXPECT_FALSE(interruption.requested());
  EXPECT_FALSE(interruption.wait(milliseconds(1)));
  ::raise(SIGTERM);
  EXPECT_TRUE(interruption.wait(seconds(3600)));
  EXPECT_TRUE(interruption.requested());
}

}  // namespace
}  // namespace zonectl
