#include "tools/zonectl/probe/mail_policy.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zonectl::probe {
namespace {

using zonestore::Name;
using zonestore::RecordType;
using zonestore::Verdict;

Name name(const std::string& text) {
  return *Name::parse(text);
}

Finding dmarc(const std::vector<std::string>& texts) {
  return diagnose_dmarc({name("mosamuseum.com"), name("mosamuseum.com"), false, texts});
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
  EXPECT_EQ(diagnose_dmarc({name("a.com"), name("a.com"), true, {}}).verdict, Verdict::kUnreachable);
}

}  // namespace
}  // namespace zonectl::probe
