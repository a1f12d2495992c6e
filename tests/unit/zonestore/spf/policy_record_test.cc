#include "zonestore/spf/policy_record.h"

#include <gtest/gtest.h>

namespace zonestore::spf {
namespace {

PolicyRecord parsed(std::string_view text) {
  auto record = parse_policy_record(text);
  EXPECT_TRUE(record) << text << ": " << record.error().message;
  return record ? *record : PolicyRecord{};
}

TEST(PolicyRecord, IsKnownByItsVersionInAnyCaseAndTheSpaceBehind) {
  EXPECT_TRUE(is_policy_record("v=spf1"));
  EXPECT_TRUE(is_policy_record("V=SPF1 -all"));
  EXPECT_FALSE(is_policy_record("v=spf10 -all"));
  EXPECT_FALSE(is_policy_record("v=spf2.0/pra -all"));
  EXPECT_FALSE(is_policy_record(" v=spf1 -all"));
  EXPECT_FALSE(is_policy_record(""));
}

TEST(PolicyRecord, HasItsTermsInTheirOrder) {
  const PolicyRecord record = parsed(
      "v=spf1  ip4:192.0.2.0/24 ip6:2001:db8::/32 A a/24 a:mail.example//64 MX:mx.example/24//64 "
      "?include:spf.example "
      "-exists:%{i}.list.example ptr ~all");
  ASSERT_EQ(record.directives.size(), 10U);
  EXPECT_EQ(record.directives[0].mechanism, Mechanism::kIp4);
  EXPECT_EQ(record.directives[2].mechanism, Mechanism::kA);
  EXPECT_EQ(record.directives[2].domain, "");
  EXPECT_EQ(record.directives[4].domain, "mail.example");
  EXPECT_EQ(record.directives[5].domain, "mx.example");
  EXPECT_EQ(record.directives[6].qualifier, '?');
  EXPECT_EQ(record.directives[6].domain, "spf.example");
  EXPECT_TRUE(has_macro(record.directives[7].domain));
  EXPECT_EQ(record.directives[9].qualifier, '~');
  EXPECT_FALSE(record.redirect);
}

TEST(PolicyRecord, ReadsModifiersAndIgnoresUnknownOnes) {
  const PolicyRecord record = parsed("v=spf1 mx redirect=_spf.example exp=why.example op=anything");
  EXPECT_EQ(record.directives.size(), 1U);
  EXPECT_EQ(record.redirect, "_spf.example");
}

TEST(PolicyRecord, NamesTheTermThatReceiversChokeOn) {
  for (const char* const bad : {"ipv4:192.0.2.1", "ip4:192.0.2.256", "ip4:192.0.2.0/33", "ip4", "ip6:192.0.2.1",
                                "ip6:2001:db8::/129", "include", "include:", "exists", "all:example", "-", "a/33",
                                "a:", "mx/24/64", "include=x all-", "redirect=", "spf.example"}) {
    const auto record = parse_policy_record(std::string("v=spf1 ") + bad + " -all");
    ASSERT_FALSE(record) << bad;
    EXPECT_EQ(record.error().code, ErrorCode::kInvalid);
  }
  EXPECT_EQ(parse_policy_record("v=spf1 all\x1b[2J").error().message, R"("all\027[2J": there is no such mechanism)");
  EXPECT_FALSE(parse_policy_record("v=spf1 redirect=a.example redirect=b.example"));
  EXPECT_FALSE(parse_policy_record("v=spf1 exp=a.example exp=b.example"));
}

TEST(PolicyRecord, KnowsWhatCostsALookup) {
  for (const Mechanism mechanism :
       {Mechanism::kInclude, Mechanism::kA, Mechanism::kMx, Mechanism::kPtr, Mechanism::kExists}) {
    EXPECT_TRUE(costs_lookup(mechanism));
  }
  for (const Mechanism mechanism : {Mechanism::kAll, Mechanism::kIp4, Mechanism::kIp6}) {
    EXPECT_FALSE(costs_lookup(mechanism));
  }
}

}  // namespace
}  // namespace zonestore::spf
