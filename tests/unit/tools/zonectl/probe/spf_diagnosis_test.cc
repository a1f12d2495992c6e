#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/zonectl/probe/spf/diagnosis.h"

namespace zonectl::probe {
namespace {

using zonestore::Name;
using zonestore::RecordType;
using zonestore::Verdict;

Name name(const std::string& text) {
  return *Name::parse(text);
}

// A DNS of TXT records, and of names that have addresses.
class Spf : public ::testing::Test {
 protected:
  Finding diagnose(const std::vector<std::string>& texts) { return diagnose_servers_with({texts}); }
  Finding diagnose_servers_with(const std::vector<std::vector<std::string>>& texts) {
    return diagnose_spf({name("mosamuseum.com"), texts, name("spf.secutix.com")},
                        [this](const Name& asked, RecordType type) { return find(asked, type); });
  }
  Found find(const Name& asked, RecordType type) {
    Found found;
    const std::string text = asked.lowered().to_text_no_dot();
    found.failed = text == silent_;
    if (type == RecordType::kTxt && texts_.count(text) > 0) {
      found.texts = texts_[text];
    }
    found.count = type == RecordType::kTxt ? found.texts.size() : hosts_.count(text);
    return found;
  }
  void expect(const std::vector<std::string>& texts, Verdict verdict) {
    const Finding finding = diagnose(texts);
    EXPECT_EQ(to_text(finding.verdict), to_text(verdict)) << finding.detail;
    EXPECT_EQ(finding.subject, "spf");
  }

  std::map<std::string, std::vector<std::string>> texts_{{"spf.secutix.com", {"v=spf1 ip4:192.28.148.112 ~all"}}};
  std::map<std::string, int> hosts_{{"mosamuseum.com", 1}, {"mail.mosamuseum.com", 1}};
  std::string silent_;
};

std::string repeated(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) {
    out += text;
  }
  return out;
}

TEST_F(Spf, OfTheInstructionsIsOkAndCostsOneLookup) {
  const Finding finding = diagnose({"some other text", "v=spf1 include:spf.secutix.com ~all"});
  EXPECT_EQ(finding.verdict, Verdict::kOk);
  EXPECT_EQ(finding.detail, "1 of 10 look-ups, 0 of 2 that find nothing");
}

TEST_F(Spf, ReachesUsThroughAnotherIncludeAndThroughARedirect) {
  texts_["_spf.mosamuseum.com"] = {"v=spf1 include:SPF.secutix.com a:mail.mosamuseum.com -all"};
  expect({"v=spf1 include:_spf.mosamuseum.com ~all"}, Verdict::kOk);
  expect({"v=spf1 redirect=_spf.mosamuseum.com"}, Verdict::kOk);
  expect({"v=spf1 redirect=spf.secutix.com"}, Verdict::kOk);
  expect({"v=spf1 -all redirect=spf.secutix.com"}, Verdict::kNoInclude);
}

TEST_F(Spf, ThatIsNoneByALetterKeepsTheSendersThatItMeant) {
  for (const char* text :
       {"\"v=spf1 ip4:203.0.113.9 -all\"", " v=spf1 ip4:203.0.113.9 -all", "\\\"V=SPF1 ip4:203.0.113.9 -all\\\"",
        "v=spf1ip4:203.0.113.9 -all", "v=spf1; ip4:203.0.113.9 -all"}) {
    const Finding finding = diagnose({text});
    EXPECT_EQ(finding.verdict, Verdict::kMissing) << text;
    EXPECT_THAT(finding.detail, testing::HasSubstr("what it has is none, as that begins with v=spf1 and a space"))
        << text;
    EXPECT_THAT(
        finding.publish,
        testing::ElementsAre("mosamuseum.com. 3600 IN TXT \"v=spf1 include:spf.secutix.com ip4:203.0.113.9 -all\""))
        << text;
  }
  for (const char* text : {"v=spf10 ip4:203.0.113.9 -all", "v=spf2 -all", "\"", ""}) {
    EXPECT_THAT(diagnose({text}).publish,
                testing::ElementsAre("mosamuseum.com. 3600 IN TXT \"v=spf1 include:spf.secutix.com ~all\""))
        << text;
  }
}

TEST_F(Spf, SaysThatAnIncludeIsWrittenAsAModifier) {
  EXPECT_THAT(diagnose({"v=spf1 Include=spf.secutix.com ~all"}).detail,
              testing::HasSubstr("has include=spf.secutix.com, which nobody reads"));
}

TEST_F(Spf, MissingOrWithoutUsComesWithTheLineToPublish) {
  Finding finding = diagnose({});
  EXPECT_EQ(finding.verdict, Verdict::kMissing);
  EXPECT_EQ(finding.publish,
            std::vector<std::string>{R"(mosamuseum.com. 3600 IN TXT "v=spf1 include:spf.secutix.com ~all")"});
  finding = diagnose({"v=spf1 mx -all"});
  EXPECT_EQ(finding.verdict, Verdict::kNoInclude);
  EXPECT_EQ(finding.publish,
            std::vector<std::string>{R"(mosamuseum.com. 3600 IN TXT "v=spf1 include:spf.secutix.com mx -all")"});
}

TEST_F(Spf, BehindAllOrNotPassingDoesNotCount) {
  const Finding finding = diagnose({"v=spf1 mx -all include:spf.secutix.com"});
  EXPECT_EQ(finding.verdict, Verdict::kNoInclude);
  EXPECT_THAT(finding.detail, testing::HasSubstr("behind \"all\""));
  EXPECT_EQ(finding.publish,
            std::vector<std::string>{R"(mosamuseum.com. 3600 IN TXT "v=spf1 mx include:spf.secutix.com -all")"});
  expect({"v=spf1 ?include:spf.secutix.com -all"}, Verdict::kNoInclude);
}

TEST_F(Spf, SeveralRecordsAreMergedIntoOne) {
  const Finding finding = diagnose({"v=spf1 mx -all", "v=spf1 include:spf.secutix.com mx ~all"});
  EXPECT_EQ(finding.verdict, Verdict::kSeveralRecords);
  EXPECT_EQ(finding.publish,
            std::vector<std::string>{R"(mosamuseum.com. 3600 IN TXT "v=spf1 include:spf.secutix.com mx ~all")"});
}

TEST_F(Spf, CountsTenLookupsOverAllIncludes) {
  texts_["_spf.example.org"] = {"v=spf1 " + repeated("a:mail.mosamuseum.com ", 8) + "-all"};
  expect({"v=spf1 include:_spf.example.org include:spf.secutix.com ~all"}, Verdict::kOk);  // 1 + 8 + 1
  const Finding finding = diagnose({"v=spf1 a include:_spf.example.org include:spf.secutix.com ~all"});
  EXPECT_EQ(finding.verdict, Verdict::kTooManyLookups);
  EXPECT_THAT(finding.detail, testing::HasSubstr("11 of 10 look-ups"));
}

TEST_F(Spf, EndsWithIncludesInACircle) {
  texts_["_spf.example.org"] = {"v=spf1 include:_spf.example.org -all"};
  expect({"v=spf1 include:spf.secutix.com include:_spf.example.org ~all"}, Verdict::kTooManyLookups);
}

TEST_F(Spf, CountsTwoLookupsThatFindNothing) {
  expect({"v=spf1 a:gone1.org mx:gone2.org include:spf.secutix.com ~all"}, Verdict::kOk);
  expect({"v=spf1 a:gone1.org mx:gone2.org exists:gone3.org include:spf.secutix.com ~all"}, Verdict::kTooManyVoids);
  // Of our own sender what a macro makes is known; what only a message tells is counted as a look-up, and not asked.
  expect({"v=spf1 exists:%{i}.gone.org exists:a.%{i}.gone.org exists:b.%{i}.gone.org include:spf.secutix.com ~all"},
         Verdict::kTooManyVoids);
  expect({"v=spf1 exists:%{h}.gone.org exists:%{h}.gone.org exists:%{h}.gone.org include:spf.secutix.com ~all"},
         Verdict::kOk);
}

TEST_F(Spf, NamesAnIncludeWithoutARecordAndAMalformedTerm) {
  const Finding finding = diagnose({"v=spf1 include:spf.secutix.com include:gone.org ~all"});
  EXPECT_EQ(finding.verdict, Verdict::kBrokenInclude);
  EXPECT_THAT(finding.detail, testing::HasSubstr("include:gone.org"));
  expect({"v=spf1 include:spf.secutix.com ipv4:192.0.2.1 ~all"}, Verdict::kSyntax);
}

TEST_F(Spf, OnlyWarnsOfWhatDoesNotAnswer) {
  silent_ = "slow.org";
  const Finding finding = diagnose({"v=spf1 include:slow.org include:spf.secutix.com ~all"});
  EXPECT_EQ(finding.verdict, Verdict::kUnreachable);
  EXPECT_EQ(finding.severity, Severity::kWarning);
  EXPECT_EQ(diagnose_servers_with({}).severity, Severity::kWarning);
}

TEST_F(Spf, NamesServersThatDisagree) {
  const std::string good = "v=spf1 include:spf.secutix.com ~all";
  EXPECT_EQ(diagnose_servers_with({{good}, {good, "another text"}}).verdict, Verdict::kOk);
  EXPECT_EQ(diagnose_servers_with({{good}, {}}).verdict, Verdict::kDisagree);
}

}  // namespace
}  // namespace zonectl::probe
