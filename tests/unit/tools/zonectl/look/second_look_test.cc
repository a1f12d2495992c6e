#include "tools/zonectl/look/second_look.h"

#include <gtest/gtest.h>

namespace zonectl::look {
namespace {

using probe::Finding;
using probe::Report;
using probe::Severity;
using zonestore::EvidenceView;
using zonestore::Name;
using zonestore::ServerEvidence;
using zonestore::ServerEvidenceView;
using zonestore::Verdict;

Finding finding(const std::string& subject, Verdict verdict, Severity severity) {
  Finding made;
  made.domain = *Name::parse("mosamuseum.com");
  made.subject = subject;
  made.verdict = verdict;
  made.severity = severity;
  return made;
}
const Finding kGoodSpf = finding("spf", Verdict::kOk, Severity::kGood);
const Finding kBadSpf = finding("spf", Verdict::kMissing, Severity::kBad);

Report report(std::vector<Finding> findings) {
  return {*zonestore::dkim::Code::parse("mosa"), {}, std::move(findings), {}};
}
EvidenceView known(const std::string& subject, Verdict verdict) {
  EvidenceView view;
  view.domain = *Name::parse("mosamuseum.com");
  view.subject = subject;
  view.verdict = verdict;
  return view;
}
ServerEvidence server(Verdict verdict) {
  return {*Name::parse("dkim.secutix.com"), "ns1 (192.0.2.1)", verdict, std::nullopt, ""};
}

TEST(SecondLook, IsTakenOfWhatWasRightAndIsBadNow) {
  EXPECT_TRUE(has_turned_bad(report({kBadSpf}), {known("spf", Verdict::kOk)}));
  EXPECT_FALSE(has_turned_bad(report({kBadSpf}), {known("spf", Verdict::kMissing)})) << "it was bad before";
  EXPECT_FALSE(has_turned_bad(report({kBadSpf}), {})) << "nobody had looked";
  EXPECT_FALSE(has_turned_bad(report({kBadSpf}), {known("sel1", Verdict::kOk)})) << "of another thing";
  EXPECT_FALSE(has_turned_bad(report({kGoodSpf}), {known("spf", Verdict::kOk)}));
  EXPECT_FALSE(has_turned_bad(report({finding("spf", Verdict::kUnreachable, Severity::kWarning)}),
                              {known("spf", Verdict::kOk)}))
      << "not seen is not bad";
}

TEST(SecondLook, MustAgree) {
  const std::vector<EvidenceView> right{known("spf", Verdict::kOk), known("dmarc", Verdict::kOk)};
  const Finding bad_dmarc = finding("dmarc", Verdict::kMissing, Severity::kBad);
  const Finding good_dmarc = finding("dmarc", Verdict::kOk, Severity::kGood);
  EXPECT_EQ(agreed(report({kBadSpf}), report({kGoodSpf}), right).findings.front().verdict, Verdict::kOk);
  EXPECT_EQ(agreed(report({kBadSpf}), report({kBadSpf}), right).findings.front().verdict, Verdict::kMissing);
  const Report both = agreed(report({kBadSpf, good_dmarc}), report({kBadSpf, bad_dmarc}), right);
  EXPECT_EQ(both.findings.at(0).verdict, Verdict::kMissing);
  EXPECT_EQ(both.findings.at(1).verdict, Verdict::kOk) << "only the second look said so";
  EXPECT_EQ(agreed(report({good_dmarc}), report({bad_dmarc}), {}).findings.front().verdict, Verdict::kMissing)
      << "it was not known to be right";
}

TEST(SecondLook, OfOurOwnServersIsTheSame) {
  ServerEvidenceView right;
  static_cast<ServerEvidence&>(right) = server(Verdict::kOk);
  EXPECT_TRUE(has_turned_bad({server(Verdict::kUnreachable)}, {right}));
  EXPECT_FALSE(has_turned_bad({server(Verdict::kUnreachable)}, {}));
  EXPECT_EQ(agreed({server(Verdict::kOk)}, {server(Verdict::kLagging)}, {right}).front().verdict, Verdict::kOk);
  EXPECT_EQ(agreed({server(Verdict::kLagging)}, {server(Verdict::kLagging)}, {right}).front().verdict,
            Verdict::kLagging);
}

}  // namespace
}  // namespace zonectl::look
