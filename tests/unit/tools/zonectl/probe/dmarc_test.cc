#include <array>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/zonectl/probe/dmarc/diagnosis.h"
#include "tools/zonectl/probe/dmarc/record.h"
#include "tools/zonectl/probe/organization.h"
#include "zonestore/zone/record_data.h"

namespace zonectl::probe {
namespace {

using testing::HasSubstr;
using zonestore::Name;
using zonestore::Verdict;

Name name(const std::string& text) {
  return *Name::parse(text);
}

Finding dmarc(const std::vector<std::string>& texts) {
  const Name domain = name("mosamuseum.com");
  return diagnose_dmarc({domain, {{domain, DmarcPlace::Kind::kDomain, false, texts}}});
}
// Of news.mosamuseum.com, with the texts of its own and of the organization.
Finding dmarc_below(const std::vector<std::string>& own, const std::vector<std::string>& of_organization) {
  return diagnose_dmarc({name("news.mosamuseum.com"),
                         {{name("news.mosamuseum.com"), DmarcPlace::Kind::kDomain, false, own},
                          {name("mosamuseum.com"), DmarcPlace::Kind::kOrganization, false, of_organization}}});
}
std::string line_of(const Finding& finding) {
  return finding.publish.empty() ? "" : finding.publish.front();
}
std::string line(const std::string& text) {
  return "_dmarc.mosamuseum.com. 3600 IN TXT \"" + text + "\"";
}

TEST(Dmarc, IsNeverMoreThanAWarning) {
  EXPECT_EQ(dmarc({"v=DMARC1; p=reject; rua=mailto:d@mosamuseum.com"}).verdict, Verdict::kOk);
  EXPECT_EQ(dmarc({" other", "v=DMARC1;p=none;"}).verdict, Verdict::kOk);
  for (const auto& [texts, verdict] : std::vector<std::pair<std::vector<std::string>, Verdict>>{
           {{}, Verdict::kMissing},
           {{"v=spf1 -all"}, Verdict::kMissing},
           {{"v=DMARC1; p=none", "v=DMARC1; p=reject"}, Verdict::kSeveralRecords},
           {{"v=DMARC1; sp=none"}, Verdict::kSyntax},
           {{"v=DMARC1; p=nothing"}, Verdict::kSyntax},
           {{"v=DMARC1; p=none; rua"}, Verdict::kSyntax}}) {
    const Finding finding = dmarc(texts);
    EXPECT_EQ(to_text(finding.verdict), to_text(verdict));
    EXPECT_EQ(finding.severity, Severity::kWarning);
  }
  EXPECT_EQ(dmarc({}).publish, std::vector<std::string>{R"(_dmarc.mosamuseum.com. 3600 IN TXT "v=DMARC1; p=none")"});
  EXPECT_EQ(diagnose_dmarc({name("a.com"), {{name("a.com"), DmarcPlace::Kind::kDomain, true}}}).verdict,
            Verdict::kUnreachable);
}

TEST(Dmarc, IsReadWithoutRegardToCase) {
  for (const char* const good :
       {"v=DMARC1; p=Reject; rua=mailto:d@dm1.com", "V=DMARC1;P=quarantine", "v = DMARC1 ; p = NONE ; pct = 50",
        "v=DMARC1;p=reject;SP=Quarantine;ADKIM=S;aspf=r;FO=1:d:S;rf=afrf;ri=86400",
        "v=DMARC1; p=reject; rua=mailto:a@b.com!10m, https://c.com/x; unknown=tag; np=reject; t=y"}) {
    const Finding finding = dmarc({good});
    EXPECT_EQ(to_text(finding.verdict), "ok") << good << ": " << finding.detail;
    EXPECT_EQ(finding.severity, Severity::kGood) << good;
  }
}

TEST(Dmarc, KeepsThePolicyAndEveryGoodTagWhateverStandsBehind) {
  for (const auto& [text, meant] : std::vector<std::pair<std::string, std::string>>{
           {"v=DMARC1; p=reject; fo:0; rua=mailto:d@dm3.com", "v=DMARC1; p=reject; rua=mailto:d@dm3.com"},
           {"v=DMARC1; p=reject; rua=;", "v=DMARC1; p=reject"},
           {"v=DMARC1; p=reject; sp=nothing; pct=100", "v=DMARC1; p=reject; pct=100"},
           {"v=DMARC1; p=reject; sp=x; pct=100", "v=DMARC1; p=reject; pct=100"},
           {"v=DMARC1; p=reject; pct=101; adkim=x; aspf=s", "v=DMARC1; p=reject; aspf=s"},
           {"v=DMARC1; p=none; p=reject", "v=DMARC1; p=reject"},
           {"v=DMARC1; p=reject; rua=mailto:a@b.com; rua=mailto:c@d.com",
            "v=DMARC1; p=reject; rua=mailto:a@b.com,mailto:c@d.com"},
           {"v=DMARC1; p=reject; rua=d@dm3.com", "v=DMARC1; p=reject; rua=mailto:d@dm3.com"},
           {"v=DMARC1; p=reject rua=mailto:d@dm3.com", "v=DMARC1; p=reject; rua=mailto:d@dm3.com"},
           {"v=DMARC1; p=quarantine, rua=mailto:d@dm3.com", "v=DMARC1; p=quarantine; rua=mailto:d@dm3.com"},
           {"v=DMARC1; p=rejected; unknown=1", "v=DMARC1; p=reject; unknown=1"},
           {"v=DMARC1; rua=mailto:d@dm3.com", "v=DMARC1; p=none; rua=mailto:d@dm3.com"},
           {" v=DMARC1; p=reject", "v=DMARC1; p=reject"}}) {
    const Finding finding = dmarc({text});
    EXPECT_EQ(to_text(finding.verdict), "syntax") << text;
    EXPECT_EQ(line_of(finding), line(meant)) << text;
  }
  EXPECT_THAT(dmarc({"v=DMARC1; p=reject; sp=x"}).detail, HasSubstr("receivers take the whole as p=none"));
}

TEST(Dmarc, OfWhatIsNoRecordKeepsWhatWasMeant) {
  for (const char* const text :
       {"v=dmarc1; p=reject; pct=50", "v=DMARC1 p=reject; pct=50", "v=DMARC1, p=reject, pct=50"}) {
    const Finding finding = dmarc({text});
    EXPECT_EQ(to_text(finding.verdict), "missing") << text;
    EXPECT_EQ(line_of(finding), line("v=DMARC1; p=reject; pct=50")) << text;
  }
}

TEST(Dmarc, OfSeveralRecordsIsAsStrictAsTheStrictest) {
  EXPECT_EQ(
      line_of(dmarc({"v=DMARC1; p=none; rua=mailto:a@b.com", "v=DMARC1; p=reject; sp=none; rua=mailto:c@d.com"})),
      line("v=DMARC1; p=reject; sp=none; rua=mailto:c@d.com,mailto:a@b.com"));
  EXPECT_EQ(line_of(dmarc({"v=DMARC1; p=quarantine", "v=DMARC1; p=reject; sp=none; pct=20"})),
            line("v=DMARC1; p=reject; sp=quarantine; pct=20"));
}

TEST(Dmarc, OfAPolicyThatStandsBehindOtherTagsIsANote) {
  const Finding finding = dmarc({"v=DMARC1; rua=mailto:d@dm3.com; p=reject"});
  EXPECT_EQ(to_text(finding.verdict), "ok");
  EXPECT_EQ(finding.severity, Severity::kWarning);
  EXPECT_EQ(finding.notes.size(), 1U);
}

TEST(Dmarc, OfTheOrganizationIsNotHiddenByWhatIsNoRecord) {
  const std::string above = "v=DMARC1; p=reject; sp=quarantine";
  for (const auto& own : std::vector<std::vector<std::string>>{{}, {"hello"}, {"v=spf1 -all"}}) {
    const Finding finding = dmarc_below(own, {above});
    EXPECT_EQ(to_text(finding.verdict), "ok");
    EXPECT_EQ(finding.severity, Severity::kGood);
    EXPECT_THAT(finding.detail, HasSubstr(above));
  }
  EXPECT_EQ(dmarc_below({"v=dmarc1; p=none"}, {above}).notes.size(), 1U);
  EXPECT_THAT(line_of(dmarc_below({}, {"v=DMARC1; p=reject; pct=x"})), HasSubstr("_dmarc.mosamuseum.com. "));
  EXPECT_EQ(to_text(dmarc_below({"v=DMARC1; p=none"}, {above}).verdict), "ok") << "its own counts";
}

TEST(Dmarc, IsNotWeakerThanThatOfThePublicSuffix) {
  const Finding finding =
      diagnose_dmarc({name("museum.bank"),
                      {{name("museum.bank"), DmarcPlace::Kind::kDomain, false, {}},
                       {name("bank"), DmarcPlace::Kind::kPublicSuffix, false, {"v=DMARC1; p=none; sp=reject"}}}});
  EXPECT_EQ(to_text(finding.verdict), "missing");
  EXPECT_EQ(line_of(finding), R"(_dmarc.museum.bank. 3600 IN TXT "v=DMARC1; p=reject")");
  EXPECT_EQ(finding.notes.size(), 1U);
}

TEST(Dmarc, NamesACnameBesideTheRecord) {
  DmarcPlace place{name("a.com"), DmarcPlace::Kind::kDomain, false, {"v=DMARC1; p=reject"}, true};
  EXPECT_EQ(to_text(diagnose_dmarc({name("a.com"), {place}}).verdict), "cname-beside-txt");
}

// ---- over generated records ----

class Generator {
 public:
  std::string record() {
    constexpr std::array kVersions{"v=DMARC1", "v=DMARC1", "V = DMARC1", "v=dmarc1", " v=DMARC1", "v=DMARC1 "};
    constexpr std::array kTags{"p=reject",
                               "p=Quarantine",
                               "P=none",
                               "p=",
                               "p=x",
                               "sp=reject",
                               "sp=none",
                               "sp=QUARANTINE",
                               "sp=y",
                               "pct=50",
                               "pct=100",
                               "pct=1000",
                               "rua=mailto:a@b.com",
                               "rua=a@b.com",
                               "rua=",
                               "ruf=mailto:x@y.z!5m",
                               "adkim=s",
                               "aspf=q",
                               "fo=1:d",
                               "fo:1",
                               "ri=3600",
                               "unknown=1",
                               "",
                               "np=reject",
                               "p = reject ",
                               "p=reject sp=none",
                               "rf=afrf",
                               "junk",
                               "pct=0",
                               "t=y"};
    std::string text = kVersions.at(below(kVersions.size()));
    for (std::uint32_t left = below(6); left > 0; --left) {
      text += (below(10) == 0 ? ", " : "; ") + std::string(kTags.at(below(kTags.size())));
    }
    return text;
  }
  std::uint32_t below(std::size_t end) { return static_cast<std::uint32_t>(random_() % end); }

 private:
  std::mt19937 random_{7489};
};

int strictness_of(const dmarc::Record& record, const char* tag) {
  const dmarc::Tag* found = record.find(tag);
  return dmarc::strictness(found == nullptr ? record.find("p")->value : found->value);
}
int percent_of(const dmarc::Record& record) {
  const dmarc::Tag* found = record.find("pct");
  return found == nullptr ? 100 : std::stoi(found->value);
}

TEST(Dmarc, OfGeneratedRecordsTellsALineThatIsRightAndNoWeaker) {
  Generator generate;
  const Name domain = name("mosamuseum.com");
  for (int i = 0; i < 5000 && !testing::Test::HasFailure(); ++i) {
    std::vector<std::string> texts{generate.record()};
    if (generate.below(5) == 0) {
      texts.push_back(generate.record());
    }
    const std::string what = testing::PrintToString(texts);
    const Finding finding = dmarc(texts);
    if (finding.verdict == Verdict::kOk) {
      continue;
    }
    ASSERT_EQ(finding.publish.size(), 1U) << what;
    const std::string head = "_dmarc.mosamuseum.com. 3600 IN TXT ";
    const auto rdata =
        zonestore::rdata_from_text(zonestore::RecordType::kTxt, finding.publish.front().substr(head.size()), domain);
    const std::string text = zonestore::txt_joined(*rdata).value();
    const Finding again = dmarc({text});
    EXPECT_EQ(to_text(again.verdict), "ok") << what << "\n  -> " << text << "\n  " << again.detail;
    EXPECT_EQ(again.severity, Severity::kGood) << what << "\n  -> " << text;
    const dmarc::Record line = dmarc::read(text);
    for (const std::string& each : texts) {
      if (dmarc::is_record(each)) {
        const dmarc::Record before = dmarc::read(each);
        EXPECT_GE(strictness_of(line, "p"), strictness_of(before, "p")) << what << "\n  -> " << text;
        EXPECT_GE(strictness_of(line, "sp"), strictness_of(before, "sp")) << what << "\n  -> " << text;
        EXPECT_TRUE(percent_of(line) >= percent_of(before) || before.find("pct") == nullptr || texts.size() > 1)
            << what << "\n  -> " << text;
        for (const dmarc::Tag& tag : before.tags) {
          EXPECT_NE(line.find(tag.name), nullptr) << tag.name << " is lost: " << what << "\n  -> " << text;
        }
      }
    }
  }
}

TEST(Dmarc, OrganizationIsThatOfThePublicSuffixList) {
  const PublicSuffixes suffixes;
  const auto of = [&suffixes](const char* text) { return suffixes.organization_of(name(text)).to_text_no_dot(); };
  EXPECT_EQ(of("News.Museum.co.uk"), "museum.co.uk");
  EXPECT_EQ(of("a.b.mosamuseum.com"), "mosamuseum.com");
  EXPECT_EQ(of("mosamuseum.com"), "mosamuseum.com");
  EXPECT_EQ(of("co.uk"), "co.uk");
  EXPECT_EQ(of("x.y.nobodys-top-level"), "y.nobodys-top-level");
}

}  // namespace
}  // namespace zonectl::probe
