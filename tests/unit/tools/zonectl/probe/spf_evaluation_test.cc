#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/tools/zonectl/probe/spf_world.h"
#include "tools/zonectl/probe/spf/evaluation.h"

namespace zonectl::probe::spf {
namespace {

using testing::HasSubstr;

class SpfEvaluation : public ::testing::Test {
 protected:
  Evaluation of(const std::string& record, const Sender& sender) {
    const LookUp look_up = world_.look_up();
    LookUps look_ups(look_up);
    return evaluate(record, spf_name("museum.com"), sender, spf_name("spf.secutix.com"), look_ups);
  }
  Evaluation from(const std::string& address, const std::string& record) {
    return of(record, {Sender::Kind::kAddress, spf_address(address)});
  }
  std::string result(const std::string& address, const std::string& record) {
    return std::string(to_text(from(address, record).result));
  }

  SpfWorld world_{{{"spf.secutix.com", {"v=spf1 ip4:192.28.148.112 ip6:2001:db8:1::1 ~all"}}}, {}, {}, {}, {}};
};

TEST_F(SpfEvaluation, GivesTheResultOfTheFirstTermThatMatches) {
  EXPECT_EQ(result("192.0.2.1", "v=spf1 ip4:192.0.2.0/24 -all"), "pass");
  EXPECT_EQ(result("192.0.2.1", "v=spf1 ?ip4:192.0.2.1 -all"), "neutral");
  EXPECT_EQ(result("192.0.2.1", "v=spf1 -ip4:192.0.2.0/28 ip4:192.0.2.0/24 -all"), "fail");
  EXPECT_EQ(result("192.0.3.1", "v=spf1 ip4:192.0.2.0/24 ~all"), "softfail");
  EXPECT_EQ(result("192.0.3.1", "v=spf1 ip4:192.0.2.0/24"), "neutral");
  EXPECT_EQ(result("2001:db8::1", "v=spf1 ip4:0.0.0.0/0 ip6:2001:db8::/33 -all"), "pass");
  EXPECT_EQ(result("2001:db8:8000::1", "v=spf1 ip6:2001:db8::/33 -all"), "fail");
}

TEST_F(SpfEvaluation, AsksForHostsInTheSendersFamily) {
  world_.addresses["mail.museum.com"] = {"192.0.2.9", "2001:db8::9"};
  world_.addresses["museum.com"] = {"192.0.2.8"};
  world_.mx["museum.com"] = {"mail.museum.com"};
  EXPECT_EQ(result("192.0.2.9", "v=spf1 a:mail.museum.com -all"), "pass");
  EXPECT_EQ(result("2001:db8::7", "v=spf1 a:mail.museum.com//120 -all"), "pass");
  EXPECT_EQ(result("192.0.2.77", "v=spf1 a/24 -all"), "pass");
  EXPECT_EQ(result("192.0.2.9", "v=spf1 mx -all"), "pass");
  EXPECT_EQ(result("192.0.2.10", "v=spf1 mx -all"), "fail");
}

TEST_F(SpfEvaluation, FollowsIncludesAndRedirectsWithTheirMacros) {
  world_.texts["a.museum.com"] = {"v=spf1 include:spf.secutix.com -all"};
  world_.texts["192.28.148.112.museum.com"] = {"v=spf1 include:spf.secutix.com -all"};
  EXPECT_TRUE(from("192.28.148.112", "v=spf1 include:a.%{d} -all").is_by_our_include);
  EXPECT_TRUE(from("192.28.148.112", "v=spf1 redirect=a.%{o2}").is_by_our_include);
  EXPECT_TRUE(from("192.28.148.112", "v=spf1 include:%{i}.%{d} -all").is_by_our_include);
  EXPECT_TRUE(of("v=spf1 include:a.%{d} -all", {Sender::Kind::kIncluded}).is_by_our_include);
}

TEST_F(SpfEvaluation, ExpandsMacrosAsTheRfcSays) {  // RFC 7208 section 7.4
  const Message message{spf_address("192.0.2.3"), spf_name("strong-bad.email.example.com")};
  const Message message6{spf_address("2001:db8::cb01"), spf_name("strong-bad.email.example.com")};
  const auto of = [&](const Message& known, const std::string& text) {
    return expand(text, known, spf_name("email.example.com"), "mx.example.org").value_or("untold");
  };
  EXPECT_EQ(of(message, "%{o}"), "strong-bad.email.example.com");
  EXPECT_EQ(of(message, "%{d4}"), "email.example.com");
  EXPECT_EQ(of(message, "%{d1}"), "com");
  EXPECT_EQ(of(message, "%{dr}"), "com.example.email");
  EXPECT_EQ(of(message, "%{d2r}"), "example.email");
  EXPECT_EQ(of(message, "%{or-}"), "bad.email.example.com.strong");
  EXPECT_EQ(of(message, "%{ir}.%{v}._spf.%{d2}"), "3.2.0.192.in-addr._spf.example.com");
  EXPECT_EQ(of(message, "%{l}.%{p}"), "postmaster.mx.example.org");
  EXPECT_EQ(of(message, "%{S}"), "postmaster%40strong-bad.email.example.com");
  EXPECT_EQ(of(message6, "%{ir}.%{v}._spf.%{d2}"),
            "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com");
  EXPECT_EQ(of(message, "%{h}.example.com"), "untold");
  EXPECT_EQ(of({std::nullopt, spf_name("a.com")}, "%{i}.example.com"), "untold");
}

TEST_F(SpfEvaluation, ShortensNamesFromTheLeft) {
  const std::string label(60, 'a');
  const auto name = name_of(label + "." + label + "." + label + "." + label + "." + label + ".com");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->label_count(), 5U);
  EXPECT_FALSE(name_of("a..com"));
  EXPECT_FALSE(name_of(std::string(64, 'a') + ".com"));
}

TEST_F(SpfEvaluation, SaysWhenOnlyAMessageTells) {
  const Evaluation untold = from("192.28.148.112", "v=spf1 -exists:%{h}.bad.com include:spf.secutix.com -all");
  EXPECT_FALSE(untold.is_told);
  EXPECT_EQ(untold.untold, "-exists:%{h}.bad.com");
  EXPECT_TRUE(from("192.28.148.112", "v=spf1 exists:%{h}.good.com include:spf.secutix.com -all").is_told)
      << "it passes in any case";
  EXPECT_TRUE(from("192.0.2.1", "v=spf1 ~exists:%{h}.bad.com -all").is_told) << "it passes in no case";
  EXPECT_FALSE(from("192.28.148.112", "v=spf1 redirect=%{h}.museum.com").is_told);
}

TEST_F(SpfEvaluation, EndsAtTheLimits) {
  std::string many = "v=spf1";
  for (int i = 0; i < 10; ++i) {
    world_.addresses["h" + std::to_string(i) + ".com"] = {"192.0.2.1"};
    many += " a:h" + std::to_string(i) + ".com";
  }
  EXPECT_EQ(result("192.0.2.9", many + " -all"), "fail");
  const Evaluation beyond = from("192.28.148.112", many + " include:spf.secutix.com -all");
  EXPECT_EQ(beyond.result, Result::kPermError);
  EXPECT_EQ(beyond.trouble, Trouble::kTooManyLookups);
  EXPECT_EQ(result("192.28.148.112", "v=spf1 include:spf.secutix.com" + many.substr(6) + " -all"), "pass");
  EXPECT_EQ(of(many + " include:spf.secutix.com -all", {}).lookups, 11U) << "nobody is told all of it";
  EXPECT_EQ(result("192.0.2.9", "v=spf1 a:gone.com a:gone.org -all"), "fail");
  EXPECT_EQ(from("192.0.2.9", "v=spf1 a:gone.com a:gone.org mx:gone.net -all").trouble, Trouble::kTooManyVoids);
}

TEST_F(SpfEvaluation, LooksAtTenHostsOfAnMxAndOfAPtr) {
  for (int i = 0; i < 11; ++i) {
    const std::string host = "m" + std::to_string(i) + ".museum.com";
    world_.addresses[host] = {"192.0.2." + std::to_string(i)};
    world_.mx[i < 10 ? "ten.com" : "eleven.com"].push_back(host);
    world_.mx["eleven.com"].push_back(host);
    world_.ptr["10.2.0.192.in-addr.arpa"].push_back(host);
  }
  EXPECT_EQ(result("192.0.2.9", "v=spf1 mx:ten.com -all"), "pass");
  EXPECT_EQ(from("192.0.2.9", "v=spf1 mx:eleven.com -all").trouble, Trouble::kTooManyHosts);
  EXPECT_EQ(result("192.0.2.10", "v=spf1 ptr -all"), "fail") << "the eleventh name is not looked at";
  world_.ptr["10.2.0.192.in-addr.arpa"].erase(world_.ptr["10.2.0.192.in-addr.arpa"].begin());
  EXPECT_EQ(result("192.0.2.10", "v=spf1 ptr -all"), "pass");
}

TEST_F(SpfEvaluation, NamesWhatReceiversGiveUpAt) {
  world_.texts["two.com"] = {"v=spf1 -all", "v=spf1 ~all"};
  world_.texts["bad.com"] = {"v=spf1 foo -all"};
  EXPECT_THAT(from("192.0.2.9", "v=spf1 include:gone.com -all").what, HasSubstr("leads to no SPF record"));
  EXPECT_THAT(from("192.0.2.9", "v=spf1 include:two.com -all").what, HasSubstr("several"));
  EXPECT_THAT(from("192.0.2.9", "v=spf1 redirect=bad.com").what, HasSubstr("malformed"));
  world_.silent.insert("slow.com");
  EXPECT_EQ(result("192.0.2.9", "v=spf1 a:slow.com -all"), "temperror");
}

TEST_F(SpfEvaluation, SeesACircle) {
  world_.texts["a.com"] = {"v=spf1 include:b.com -all"};
  world_.texts["b.com"] = {"v=spf1 include:a.com -all"};
  const Evaluation survey = of("v=spf1 include:a.com include:spf.secutix.com -all", {});
  EXPECT_EQ(survey.circle, "a.com");
  EXPECT_EQ(survey.trouble, Trouble::kTooManyLookups);
  EXPECT_TRUE(survey.reaches_ours) << "although it stands behind the circle";
  EXPECT_EQ(result("192.28.148.112", "v=spf1 include:a.com include:spf.secutix.com -all"), "permerror");
}

}  // namespace
}  // namespace zonectl::probe::spf
