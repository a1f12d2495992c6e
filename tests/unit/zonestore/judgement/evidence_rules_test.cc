#include "zonestore/judgement/evidence_rules.h"

#include <gmock/gmock.h>

namespace zonestore {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kKey = "0123456789abcdef";
const std::string kFirst = "ns1.secutix.com (192.0.2.1)";
const std::string kSecond = "ns2.secutix.com (192.0.2.2)";

Moment at(Milliseconds since_start) {
  return {WallTime{Milliseconds{1'790'000'000'000}} + since_start, Milliseconds{1'000'000} + since_start, "boot",
          true};
}

std::vector<Name> named() {
  return {*Name::parse("ns1.secutix.com"), *Name::parse("ns2.secutix.com")};
}

EvidenceView known(Verdict verdict, std::vector<std::string> behind = {}) {
  return {std::nullopt, "sel2", verdict, "as it was", at(Milliseconds{0}), kKey, std::move(behind)};
}

Evidence seen(Verdict verdict) {
  return {.domain = std::nullopt, .subject = "sel2", .verdict = verdict, .detail = "as it is", .key_id = kKey};
}

std::optional<EvidenceView> after(const std::optional<EvidenceView>& before, const Evidence& evidence) {
  return known_after(before, evidence, at(Milliseconds{60'000}), named());
}

TEST(EvidenceRules, WhatSomebodyAnsweredReplacesWhatWasKnown) {
  const std::optional<EvidenceView> now = after(known(Verdict::kMissing), seen(Verdict::kOk));
  ASSERT_TRUE(now);
  EXPECT_EQ(now->verdict, Verdict::kOk);
  EXPECT_EQ(now->detail, "as it is");
  EXPECT_EQ(now->seen.wall, at(Milliseconds{60'000}).wall);
}

TEST(EvidenceRules, ALookThatNobodyAnsweredChangesNothingThatIsKnown) {
  EXPECT_FALSE(after(known(Verdict::kOk), seen(Verdict::kUnreachable)));
  EXPECT_FALSE(after(known(Verdict::kMissing), seen(Verdict::kLame)));
  EXPECT_TRUE(after(std::nullopt, seen(Verdict::kUnreachable)));
  EXPECT_TRUE(after(known(Verdict::kUnreachable), seen(Verdict::kLame)));
}

TEST(EvidenceRules, AServerThatWasBehindStaysSoUntilItFollows) {
  Evidence other = seen(Verdict::kOk);
  other.asked = {kFirst};
  other.served = {kFirst};
  const std::optional<EvidenceView> still = after(known(Verdict::kLagging, {kSecond}), other);
  ASSERT_TRUE(still);
  EXPECT_EQ(still->verdict, Verdict::kLagging);
  EXPECT_THAT(still->behind, ElementsAre(kSecond));

  Evidence both = other;
  both.asked = both.served = {kFirst, kSecond};
  EXPECT_EQ(after(known(Verdict::kLagging, {kSecond}), both)->verdict, Verdict::kOk);
}

TEST(EvidenceRules, AServerIsForgottenOnceTheZoneNamesItNoMoreOrItHasMoved) {
  Evidence look = seen(Verdict::kOk);
  look.asked = look.served = {kFirst};
  EXPECT_THAT(after(known(Verdict::kLagging, {"ns9.secutix.com (192.0.2.9)"}), look)->behind, IsEmpty());
  EXPECT_THAT(after(known(Verdict::kLagging, {"ns1.secutix.com (198.51.100.1)"}), look)->behind, IsEmpty());
}

TEST(EvidenceRules, WhatAnotherKeyWasSeenToLagSaysNothingOfThisOne) {
  EvidenceView before = known(Verdict::kLagging, {kSecond});
  before.key_id = "fedcba9876543210";
  EXPECT_EQ(after(before, seen(Verdict::kOk))->verdict, Verdict::kOk);
}

ServerEvidenceView server(const std::string& name, Verdict verdict) {
  return {{*Name::parse("dkim.secutix.com"), name, verdict, Serial{7}, ""}, at(Milliseconds{0})};
}

TEST(EvidenceRules, AServerThatDoesNotAnswerKeepsWhatItWasSeenToServe) {
  EXPECT_FALSE(replaces(server(kFirst, Verdict::kUnreachable), server(kFirst, Verdict::kLagging)));
  EXPECT_TRUE(replaces(server(kFirst, Verdict::kOk), server(kFirst, Verdict::kLagging)));
  EXPECT_TRUE(replaces(server(kFirst, Verdict::kUnreachable), std::nullopt));
  EXPECT_TRUE(replaces(server(kFirst, Verdict::kUnreachable), server(kFirst, Verdict::kLame)));
}

TEST(EvidenceRules, ServersThatAreOursNoMoreAreGone) {
  const std::vector<ServerEvidenceView> before{server(kFirst, Verdict::kOk), server(kSecond, Verdict::kLagging),
                                               server("ns9.secutix.com (192.0.2.9)", Verdict::kOk)};
  EXPECT_THAT(servers_gone(before, {server(kFirst, Verdict::kOk)}, named()),
              ElementsAre("ns9.secutix.com (192.0.2.9)"));
}

TEST(EvidenceRules, OnlyAnAnswerOfOurOwnServersShowsThatTheZoneIsDelegated) {
  EXPECT_TRUE(shows_delegation(seen(Verdict::kOk)));
  EXPECT_TRUE(shows_delegation(seen(Verdict::kLagging)));
  EXPECT_FALSE(shows_delegation(seen(Verdict::kUnreachable)));
  Evidence of_domain = seen(Verdict::kOk);
  of_domain.domain = *Name::parse("mosamuseum.com");
  EXPECT_FALSE(shows_delegation(of_domain));
}

}  // namespace
}  // namespace zonestore
