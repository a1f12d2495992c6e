#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "zonestore/spf/record.h"

namespace zonestore::spf {
namespace {

using ::testing::HasSubstr;

std::string canonical(std::string_view text) {
  const auto term = Term::parse(text);
  return term ? term->text() : "refused: " + term.error().message;
}

std::string refusal(std::string_view text) {
  const auto term = Term::parse(text);
  if (term) {
    return "taken as " + term->text();
  }
  EXPECT_EQ(term.error().code, ErrorCode::kInvalid);
  return term.error().message;
}

Term term_of(std::string_view text) {
  return Term::parse(text).value();
}

TEST(Term, TakesIp4AddressesAndNetworks) {
  EXPECT_EQ(canonical("ip4:192.28.148.112"), "ip4:192.28.148.112");
  EXPECT_EQ(canonical("ip4:192.0.2.0/24"), "ip4:192.0.2.0/24");
  EXPECT_EQ(canonical("ip4:128.0.0.0/1"), "ip4:128.0.0.0/1");
}

TEST(Term, WritesIp6AsRfc5952) {
  EXPECT_EQ(canonical("ip6:2001:0DB8:0:0:0:0:0:1"), "ip6:2001:db8::1");
  EXPECT_EQ(canonical("IP6:2001:DB8::/32"), "ip6:2001:db8::/32");
  EXPECT_EQ(canonical("ip6:2001:db8:0:0:1:0:0:1"), "ip6:2001:db8::1:0:0:1");
  EXPECT_EQ(canonical("ip6:2001:db8:0:1:1:1:1:1"), "ip6:2001:db8:0:1:1:1:1:1");
}

TEST(Term, DropsAPrefixThatIsOneAddress) {
  EXPECT_EQ(canonical("ip4:192.0.2.1/32"), "ip4:192.0.2.1");
  EXPECT_EQ(canonical("ip6:2001:db8::1/128"), "ip6:2001:db8::1");
  EXPECT_EQ(canonical("ip4:192.0.2.0/31"), "ip4:192.0.2.0/31");
}

TEST(Term, TakesBareAddressesAndNetworks) {
  EXPECT_EQ(canonical("192.0.2.7"), "ip4:192.0.2.7");
  EXPECT_EQ(canonical("192.0.2.0/24"), "ip4:192.0.2.0/24");
  EXPECT_EQ(canonical("2001:db8::/32"), "ip6:2001:db8::/32");
  EXPECT_EQ(canonical("a::1"), "ip6:a::1");
}

TEST(Term, HasNoOpinionOnPrivateRanges) {
  EXPECT_EQ(canonical("10.0.0.0/8"), "ip4:10.0.0.0/8");
  EXPECT_EQ(canonical("127.0.0.1"), "ip4:127.0.0.1");
}

TEST(Term, EqualTermsHaveOneText) {
  EXPECT_EQ(term_of("ip4:192.0.2.1/32"), term_of("192.0.2.1"));
  EXPECT_FALSE(term_of("192.0.2.0/24") == term_of("192.0.2.0/25"));
}

TEST(Term, RefusesWhatIsNoAddress) {
  EXPECT_EQ(refusal("ip4:300.1.1.1"), "ip4:300.1.1.1 is not an IPv4 address");
  EXPECT_EQ(refusal("ip4:300.1.1.0/24"), "ip4:300.1.1.0/24 is not an IPv4 network");
  EXPECT_EQ(refusal("ip4:192.0.2"), "ip4:192.0.2 is not an IPv4 address");
  EXPECT_EQ(refusal("ip4:192.0.02.1"), "ip4:192.0.02.1 is not an IPv4 address");
  EXPECT_EQ(refusal("ip4:"), "ip4: is not an IPv4 address");
  EXPECT_EQ(refusal("ip6:192.0.2.1"), "ip6:192.0.2.1 is not an IPv6 address");
  EXPECT_EQ(refusal("ip4:2001:db8::1"), "ip4:2001:db8::1 is not an IPv4 address");
  EXPECT_EQ(refusal("ip6:2001:db8:::1"), "ip6:2001:db8:::1 is not an IPv6 address");
  EXPECT_THAT(refusal("mail.example.com"), HasSubstr("neither an address nor a network"));
  EXPECT_THAT(refusal("/24"), HasSubstr("neither an address nor a network"));
}

TEST(Term, RefusesHostBitsAndNamesTheNetwork) {
  EXPECT_EQ(refusal("ip4:192.0.2.1/24"), "ip4:192.0.2.1/24 has host bits set; did you mean ip4:192.0.2.0/24?");
  EXPECT_EQ(refusal("192.0.2.129/25"), "192.0.2.129/25 has host bits set; did you mean ip4:192.0.2.128/25?");
  EXPECT_EQ(refusal("ip6:2001:db8::1/33"), "ip6:2001:db8::1/33 has host bits set; did you mean ip6:2001:db8::/33?");
}

TEST(Term, RefusesBadPrefixLengths) {
  EXPECT_EQ(refusal("ip4:192.0.2.0/33"), "ip4:192.0.2.0/33 has a prefix length above 32");
  EXPECT_EQ(refusal("ip6:2001:db8::/129"), "ip6:2001:db8::/129 has a prefix length above 128");
  EXPECT_EQ(refusal("ip4:192.0.2.0/99999999999"), "ip4:192.0.2.0/99999999999 has a prefix length above 32");
  for (const auto* const text : {"ip4:192.0.2.0/", "ip4:192.0.2.0/024", "ip4:192.0.2.0/-1", "ip4:192.0.2.0/+24",
                                 "ip4:192.0.2.0/24x", "ip4:192.0.2.0/24/24", "ip4:192.0.2.0//24"}) {
    EXPECT_THAT(refusal(text), HasSubstr("malformed prefix length")) << text;
  }
}

TEST(Term, RefusesTheWholeInternet) {
  EXPECT_THAT(refusal("ip4:0.0.0.0/0"), HasSubstr("would allow every address"));
  EXPECT_THAT(refusal("::/0"), HasSubstr("would allow every address"));
}

TEST(Term, RefusesMechanismsThatCostLookUps) {
  for (const auto* const text : {"a", "a:mail.example.com", "mx", "mx/24", "ptr", "include:_spf.example.com",
                                 "exists:%{i}.example.com", "redirect=example.com", "INCLUDE:example.com"}) {
    EXPECT_THAT(refusal(text), HasSubstr("one of the ten look-ups")) << text;
  }
}

TEST(Term, RefusesAllAndQualifiers) {
  EXPECT_THAT(refusal("all"), HasSubstr("always ends in ~all"));
  for (const auto* const text : {"+ip4:192.0.2.1", "-all", "~all", "?ip6:2001:db8::1"}) {
    EXPECT_THAT(refusal(text), HasSubstr("qualifier")) << text;
  }
}

TEST(Term, RefusesSpacesControlsAndNothing) {
  using namespace std::string_view_literals;
  EXPECT_EQ(refusal(""), "the term is empty");
  for (const auto text :
       {" ip4:192.0.2.1"sv, "ip4:192.0.2.1 "sv, "ip4:192.0.2.1\0x"sv, "192.0.2.1\n"sv, "ip4:\xc3\xa9"sv}) {
    EXPECT_THAT(refusal(text), HasSubstr("not printable ASCII"));
  }
}

TEST(Term, RefusesIp4InTheFormOfIp6) {
  EXPECT_THAT(refusal("ip6:::ffff:192.0.2.1"), HasSubstr("never matches"));
  EXPECT_THAT(refusal("::ffff:0:0/96"), HasSubstr("never matches"));
}

TEST(Term, CoversWhatLiesInItsNetwork) {
  EXPECT_TRUE(term_of("192.0.2.0/24").covers(term_of("192.0.2.7")));
  EXPECT_TRUE(term_of("192.0.2.0/24").covers(term_of("192.0.2.0/24")));
  EXPECT_TRUE(term_of("192.0.2.0/23").covers(term_of("192.0.3.128/25")));
  EXPECT_TRUE(term_of("2001:db8::/33").covers(term_of("2001:db8:7fff::1")));
  EXPECT_FALSE(term_of("2001:db8::/33").covers(term_of("2001:db8:8000::1")));
  EXPECT_FALSE(term_of("192.0.2.0/25").covers(term_of("192.0.2.0/24")));
  EXPECT_FALSE(term_of("192.0.2.0/24").covers(term_of("192.0.3.0/24")));
  EXPECT_FALSE(term_of("192.0.2.7").covers(term_of("192.0.2.8")));
}

TEST(Term, NeverCoversTheOtherFamily) {
  EXPECT_FALSE(term_of("32.0.0.0/3").covers(term_of("2001:db8::1")));
  EXPECT_FALSE(term_of("2000::/3").covers(term_of("32.1.13.184")));
}

Reach reach(std::string_view text) {
  return scope_of(term_of(text)).reach;
}

TEST(TermScope, IsPublicWhereMailMayComeFrom) {
  for (const char* text : {"ip4:192.28.148.112", "ip4:9.0.0.0/8", "ip4:172.15.0.0/16", "ip4:172.32.0.0/16",
                           "ip4:192.167.0.0/16", "ip4:100.128.0.0/16", "ip6:2a01:4f8::/32", "ip6:2600::/19"}) {
    EXPECT_EQ(reach(text), Reach::kPublic) << text;
  }
}

TEST(TermScope, IsNotPublicForPrivateLocalAndMulticastAddresses) {
  for (const char* text : {"ip4:10.0.0.0/8",
                           "ip4:10.1.2.3",
                           "ip4:172.16.0.0/12",
                           "ip4:172.31.255.255",
                           "ip4:192.168.10.0/24",
                           "ip4:100.64.0.1",
                           "ip4:127.0.0.1",
                           "ip4:169.254.1.1",
                           "ip4:224.0.0.1",
                           "ip4:239.0.0.0/8",
                           "ip4:255.255.255.255",
                           "ip4:0.0.0.0/8",
                           "ip4:198.19.0.0/16",
                           "ip6:::1",
                           "ip6:::",
                           "ip6:fc00::/7",
                           "ip6:fd00::1",
                           "ip6:fe80::1",
                           "ip6:fec0::/10",
                           "ip6:ff02::1",
                           "ip6:64:ff9b::1",
                           "ip6:4000::/20",
                           "ip6:2002:c000:200::/48"}) {
    EXPECT_EQ(reach(text), Reach::kNotPublic) << text;
    EXPECT_FALSE(scope_of(term_of(text)).block.empty()) << text;
  }
}

TEST(TermScope, IsVeryWideBeyondSlash8AndSlash19) {
  EXPECT_EQ(reach("ip4:128.0.0.0/1"), Reach::kVeryWide);
  EXPECT_EQ(reach("ip4:8.0.0.0/7"), Reach::kVeryWide);
  EXPECT_EQ(reach("ip4:8.0.0.0/8"), Reach::kPublic);
  EXPECT_EQ(reach("ip6:2000::/3"), Reach::kVeryWide);
  EXPECT_EQ(reach("ip6:2600::/18"), Reach::kVeryWide);
  EXPECT_EQ(reach("ip6:8000::/1"), Reach::kVeryWide);
}

TEST(TermScope, KnowsAddressesForDocumentation) {
  for (const char* text :
       {"ip4:192.0.2.1", "ip4:198.51.100.0/24", "ip4:203.0.113.7", "ip6:2001:db8::/32", "ip6:3fff:1::/32"}) {
    EXPECT_EQ(reach(text), Reach::kDocumentation) << text;
  }
}

}  // namespace
}  // namespace zonestore::spf
