// What `check` tells to publish is right by its own judgement, takes no protection away and shuts nobody out.
#include <cstdlib>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/tools/zonectl/probe/spf_world.h"
#include "tools/zonectl/probe/spf/diagnosis.h"
#include "zonestore/spf/policy_record.h"
#include "zonestore/zone/record_data.h"

namespace zonectl::probe {
namespace {

using testing::HasSubstr;
using zonestore::Verdict;

const zonestore::Name& domain() {
  static const zonestore::Name name = spf_name("museum.com");
  return name;
}
const zonestore::Name& ours() {
  static const zonestore::Name name = spf_name("spf.secutix.com");
  return name;
}

// The text of a line as zone files have it.
std::string text_of(const std::string& line) {
  const std::string head = "museum.com. 3600 IN TXT ";
  EXPECT_TRUE(line.starts_with(head)) << line;
  const auto rdata = zonestore::rdata_from_text(zonestore::RecordType::kTxt, line.substr(head.size()), domain());
  return rdata ? zonestore::txt_joined(*rdata).value_or("") : "";
}

Finding diagnose(const SpfWorld& world, const std::vector<std::string>& records) {
  return diagnose_spf({domain(), {records}, ours()}, world.look_up());
}

spf::Result result_of(const SpfWorld& world, const std::string& record, const std::string& address) {
  const LookUp look_up = world.look_up();
  LookUps look_ups(look_up);
  return spf::evaluate(record, domain(), {spf::Sender::Kind::kAddress, spf_address(address)}, ours(), look_ups)
      .result;
}

// The qualifier of the first "all" that is read; 0: there is none.
char all_of(const std::string& record) {
  for (const std::string& term : zonestore::spf::policy_terms(record)) {
    const auto parsed = zonestore::spf::parse_policy_term(term);
    const auto* const directive = parsed ? std::get_if<zonestore::spf::Directive>(&*parsed) : nullptr;
    if (directive != nullptr && directive->mechanism == zonestore::spf::Mechanism::kAll) {
      return directive->qualifier;
    }
  }
  return '\0';
}
bool is_strict(const std::string& record) {
  return all_of(record) == '-' || all_of(record) == '~';
}

const std::vector<std::string> kSenders{"192.28.148.112", "2001:db8:1::1", "198.51.100.7",  "198.51.100.8",
                                        "198.51.100.9",   "203.0.113.9",   "2001:db8:2::7", "192.0.2.200"};

SpfWorld listed_world() {
  SpfWorld world;
  world.texts = {{"spf.secutix.com", {"v=spf1 ip4:192.28.148.112 ip6:2001:db8:1::1 ~all"}},
                 {"one.org", {"v=spf1 ip4:198.51.100.7 -all"}},
                 {"us.org", {"v=spf1 include:spf.secutix.com ?all"}},
                 {"deep.org", {"v=spf1 include:one.org a:h1.org mx:m1.org -all"}},
                 {"loop.org", {"v=spf1 ip4:198.51.100.8 include:loop.org -all"}},
                 {"broken.org", {"v=spf1 ip4:198.51.100.8 include:gone.org -all"}},
                 {"bad.org", {"v=spf1 ipv4:198.51.100.8 -all"}},
                 {"two.org", {"v=spf1 -all", "v=spf1 ~all"}},
                 {"open.org", {"v=spf1 +all"}},
                 {"red.org", {"v=spf1 redirect=one.org"}}};
  world.addresses = {
      {"h1.org", {"198.51.100.9", "2001:db8:2::7"}}, {"h2.org", {"203.0.113.9"}}, {"museum.com", {"198.51.100.7"}}};
  world.mx = {{"m1.org", {"h1.org", "h2.org"}}, {"museum.com", {"h2.org"}}};
  world.ptr = {{"9.100.51.198.in-addr.arpa", {"h1.org"}}};
  return world;
}

// Holds for the line, or says why there is none.
void expect_good_advice(const SpfWorld& world, const std::vector<std::string>& records) {
  const std::string what = testing::PrintToString(records);
  const Finding finding = diagnose(world, records);
  if (finding.severity == Severity::kBad && finding.publish.empty()) {
    EXPECT_FALSE(finding.advice.empty()) << what << ": neither a line nor a reason";
    return;
  }
  for (const std::string& line : finding.publish) {
    const std::string text = text_of(line);
    EXPECT_EQ(diagnose(world, {text}).verdict, Verdict::kOk)
        << what << "\n  -> " << text << "\n  " << diagnose(world, {text}).detail;
    for (const std::string& record : records) {
      EXPECT_TRUE(!is_strict(record) || is_strict(text)) << what << "\n  -> " << text;
      if (records.size() > 1 && all_of(record) == '+') {
        continue;  // today nobody passes, as there are several: that everybody did is not made true
      }
      for (const std::string& sender : kSenders) {
        if (result_of(world, record, sender) == spf::Result::kPass) {
          EXPECT_EQ(to_text(result_of(world, text, sender)), "pass")
              << sender << " is shut out: " << what << "\n  -> " << text;
        }
      }
    }
  }
}

struct Expected {
  std::vector<std::string> records;
  std::string text;  // empty: no line
};

TEST(SpfLine, OfListedRecordsIsThis) {
  SpfWorld world = listed_world();
  std::string ten = "v=spf1";
  for (int i = 0; i < 10; ++i) {
    world.addresses["h" + std::to_string(i) + ".x.com"] = {"203.0.113.9"};
    ten += " a:h" + std::to_string(i) + ".x.com";
  }
  const std::vector<Expected> all{
      {{}, "v=spf1 include:spf.secutix.com ~all"},
      {{"v=spf1 include:spf.secutix.com; ~all"}, "v=spf1 include:spf.secutix.com ~all"},
      {{"v=spf1 ip4:203.0.113.9 include:spf.secutix.com~all"}, "v=spf1 ip4:203.0.113.9 include:spf.secutix.com ~all"},
      {{"v=spf1 include:gone.x.com ip4:203.0.113.9 ~all"}, "v=spf1 include:spf.secutix.com ip4:203.0.113.9 ~all"},
      {{"v=spf1 a:g1.x.com a:g2.x.com a:g3.x.com -all"}, "v=spf1 include:spf.secutix.com -all"},
      {{ten + " ~all"}, ""},
      {{"v=spf1 ipv4:203.0.113.9 -all", "v=spf1 include:spf.secutix.com -all"},
       "v=spf1 include:spf.secutix.com ip4:203.0.113.9 -all"},
      {{"v=spf1 include:spf.secutix.com exp=a.x.com ~all", "v=spf1 ip4:198.51.100.7 exp=b.x.com ~all"},
       "v=spf1 include:spf.secutix.com ip4:198.51.100.7 ~all exp=a.x.com"},
      {{"v=spf1 redirect=one.org"}, "v=spf1 include:spf.secutix.com redirect=one.org"},
      {{"v=spf1 redirect=one.org", "v=spf1 include:spf.secutix.com -all"},
       "v=spf1 include:spf.secutix.com include:one.org -all"},
      {{"v=spf1 ?include:spf.secutix.com -all"}, "v=spf1 include:spf.secutix.com -all"},
      {{"v=spf1 ?include:us.org -all"}, "v=spf1 include:spf.secutix.com ?include:us.org -all"},
      {{"v=spf1 -ip4:192.28.148.0/24 include:spf.secutix.com -all"},
       "v=spf1 include:spf.secutix.com -ip4:192.28.148.0/24 -all"},
      {{"v=spf1 mx -all include:spf.secutix.com ip4:203.0.113.9"}, "v=spf1 mx include:spf.secutix.com -all"},
      {{"v=spf1 mx +all"}, "v=spf1 include:spf.secutix.com mx +all"},
      {{"v=spf1 include:museum.com mx -all"}, "v=spf1 include:spf.secutix.com mx -all"},
      {{"v=spf1 include:broken.org include:spf.secutix.com -all"}, ""},
      {{"v=spf1 include:loop.org include:spf.secutix.com -all"}, ""},
      {{"v=spf1 -ip4:203.0.113.9 mx -all", "v=spf1 ~ip4:198.51.100.7 a -all"}, ""},
      {{"v=spf1 203.0.113.9 ip6:198.51.100.7 a:198.51.100.8 ip4:h1.org \xe2\x80\x93"
        "all"},
       "v=spf1 include:spf.secutix.com ip4:203.0.113.9 ip4:198.51.100.7 ip4:198.51.100.8 a:h1.org -all"},
  };
  for (const Expected& each : all) {
    const Finding finding = diagnose(world, each.records);
    const std::string text = finding.publish.empty() ? "" : text_of(finding.publish.front());
    EXPECT_EQ(text, each.text) << testing::PrintToString(each.records) << "\n"
                               << finding.detail << "\n"
                               << finding.advice;
    expect_good_advice(world, each.records);
  }
}

TEST(SpfLine, ThatCannotBeSaysWhatMustGo) {
  SpfWorld world = listed_world();
  const Finding many = diagnose(
      world, {"v=spf1 include:deep.org include:red.org a mx ptr exists:h1.org a:h2.org include:one.org -all"});
  EXPECT_TRUE(many.publish.empty());
  EXPECT_THAT(many.advice, HasSubstr("costs 13 look-ups; at least 3 must go"));
  EXPECT_THAT(many.advice, HasSubstr("4 for include:deep.org, 2 for include:red.org"));
  const Finding loop = diagnose(world, {"v=spf1 include:loop.org include:spf.secutix.com -all"});
  EXPECT_EQ(loop.verdict, Verdict::kTooManyLookups);
  EXPECT_THAT(loop.detail, HasSubstr("loop.org leads back to itself"));
  EXPECT_THAT(loop.advice, HasSubstr("no end for include:loop.org"));
}

// ---- over generated records and worlds ----

class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  std::string record() {
    std::string text = "v=spf1";
    const std::uint32_t terms = below(6);
    for (std::uint32_t i = 0; i < terms; ++i) {
      text += " " + term();
    }
    const std::uint32_t end = below(8);
    constexpr std::array kEnds{
        " -all", " ~all", " -all", " ~all", " ?all", "", " redirect=red.org", " redirect=one.org"};
    text += kEnds.at(end);
    return text + (below(12) == 0 ? " " + term() : "");
  }
  std::vector<std::string> records() {
    std::vector<std::string> all;
    const std::uint32_t count = below(6) == 0 ? 2 + below(2) : 1;
    for (std::uint32_t i = 0; i < count; ++i) {
      all.push_back(record());
    }
    return all;
  }

 private:
  std::uint32_t below(std::uint32_t end) { return static_cast<std::uint32_t>(random_() % end); }
  std::string term() {
    constexpr std::array kTerms{"include:one.org",
                                "include:us.org",
                                "include:deep.org",
                                "include:loop.org",
                                "include:broken.org",
                                "include:bad.org",
                                "include:two.org",
                                "include:open.org",
                                "include:red.org",
                                "include:gone.org",
                                "include:spf.secutix.com",
                                "include:spf.secutix.com",
                                "include:spf.secutix.com;",
                                "include:museum.com",
                                "a",
                                "mx",
                                "a:h1.org",
                                "a:gone.org",
                                "a:gone2.org",
                                "mx:gone3.org",
                                "mx:m1.org/28",
                                "ptr:h1.org",
                                "exists:%{i}.h1.org",
                                "exists:h2.org",
                                "exists:%{h}.h2.org",
                                "ip4:198.51.100.0/24",
                                "ip4:203.0.113.9",
                                "ip4:192.28.148.0/24",
                                "ip4:0.0.0.0/0",
                                "ip6:2001:db8:2::/48",
                                "ipv4:203.0.113.9",
                                "ip4:203.0.113.9,",
                                "203.0.113.9",
                                "foo",
                                "a:",
                                "include:spf",
                                "exp=why.org",
                                "exp=not.org",
                                "unknown=yes",
                                "include=spf.secutix.com",
                                "all",
                                "ip4:203.0.113.9-all",
                                "redirect=us.org",
                                "include:%{d}.x.org",
                                "a/33",
                                "a/24//64"};
    const std::uint32_t kind = below(10);
    const std::string qualifier = kind == 0 ? "-" : kind == 1 ? "~" : kind == 2 ? "?" : kind == 3 ? "+" : "";
    return qualifier + kTerms.at(below(kTerms.size()));
  }

  std::mt19937 random_;
};

TEST(SpfLine, OfGeneratedRecordsIsRightAndShutsNobodyOut) {
  const SpfWorld world = listed_world();
  Generator generate(7208);
  const char* const wanted = std::getenv("SPF_RECORDS");  // more of them
  const int most = wanted == nullptr ? 600 : std::atoi(wanted);
  int lines = 0;
  for (int i = 0; i < most && !testing::Test::HasFailure(); ++i) {
    const std::vector<std::string> records = generate.records();
    expect_good_advice(world, records);
    lines += diagnose(world, records).publish.empty() ? 0 : 1;
  }
  EXPECT_GT(lines, most / 2) << "most can be mended";
}

}  // namespace
}  // namespace zonectl::probe
