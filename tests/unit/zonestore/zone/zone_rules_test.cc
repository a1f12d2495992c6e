// The rules, each accepting and refusing, over small zones.
#include "zonestore/zone/zone_rules.h"

#include <fstream>

#include <gmock/gmock.h>

#include "store_fixture.h"
#include "zonestore/zone/draft_rules.h"

namespace zonestore {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class ZoneRules : public testing::Test {
 protected:
  // The zone example.com with these lines behind its head: "LINE CODE" of each fault, the first line being 1.
  std::vector<std::string> faults(const std::string& lines, const std::string& servers = "ns1.other.net.") {
    warnings_.clear();
    messages_.clear();
    const auto file = directory_.path() / "zone";
    std::ofstream(file) << "$TTL 300\n@ SOA m.other.net. h.other.net. 1 3600 600 86400 60\n@ NS " << servers << '\n'
                        << lines;
    ZoneFaults found;
    const auto draft = read_zone_draft(file, name("example.com"), found);
    EXPECT_TRUE(draft) << draft.error().message;
    judge_draft(*draft, found.empty() ? Draft::kWhole : Draft::kWithGaps, found);
    warnings_ = found.warnings();
    std::vector<std::string> codes;
    for (const ZoneFault& fault : found.first(100)) {
      messages_ += fault.message + "\n";
      codes.push_back(std::to_string(static_cast<int>(fault.line) - kHeadLines) + " " +
                      (fault.guard ? std::string(guard_code(*fault.guard)) : "malformed"));
    }
    return codes;
  }

  static constexpr int kHeadLines = 3;
  tests::TempDirectory directory_;
  std::vector<std::string> warnings_;
  std::string messages_;
};

TEST_F(ZoneRules, TakeAnOrdinaryZone) {
  EXPECT_THAT(
      faults("@ A 192.0.2.1\n@ MX 10 mail\n@ TXT \"v=spf1 -all\"\n@ TXT hello\nmail A 192.0.2.2\nwww CNAME @\n"
             "*.wild A 192.0.2.3\nsub NS ns.sub\nsub DS 1 8 5 ab\nns.sub A 192.0.2.4\nold DNAME example.net.\n"
             "_sip._tcp SRV 0 1 2 mail\nx TYPE65280 \\# 1 00\n"),
      IsEmpty());
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(ZoneRules, KeepACnameAlone) {
  EXPECT_THAT(faults("www CNAME a\nwww A 192.0.2.1\n"), ElementsAre("1 E_CNAME_ALONE"));
  EXPECT_THAT(messages_, HasSubstr("www.example.com has a CNAME and A"));
  EXPECT_THAT(faults("www CNAME a\nwww DNAME b\n"), ElementsAre("1 E_CNAME_ALONE"));
  EXPECT_THAT(faults("www CNAME a\nWWW CNAME b\n"), ElementsAre("1 E_ONE_RECORD"));
  EXPECT_THAT(faults("www CNAME a\nwww CNAME A\n"), IsEmpty());
  EXPECT_THAT(faults("@ CNAME a.other.net.\n"), ElementsAre("1 E_CNAME_ALONE"));
  EXPECT_THAT(faults("www CNAME a\nx.www A 192.0.2.1\n"), IsEmpty());
}

TEST_F(ZoneRules, LetNothingStandBelowADname) {
  EXPECT_THAT(faults("d DNAME example.net.\nd TXT beside\nd A 192.0.2.1\n"), IsEmpty());
  EXPECT_THAT(faults("d DNAME example.net.\na.b.d A 192.0.2.1\n"), ElementsAre("2 E_BELOW_DNAME"));
  EXPECT_THAT(faults("d DNAME a.net.\nd DNAME b.net.\n"), ElementsAre("1 E_ONE_RECORD"));
  EXPECT_THAT(faults("@ DNAME a.net.\n@ TXT apex\n"), IsEmpty());
  EXPECT_THAT(faults("@ DNAME a.net.\nwww A 192.0.2.1\n"), ElementsAre("2 E_BELOW_DNAME"));
}

TEST_F(ZoneRules, LetOnlyGlueStandBelowACut) {
  const std::string cut = "sub NS ns.sub\nns.sub A 192.0.2.1\n";
  EXPECT_THAT(faults(cut + "www.sub A 192.0.2.2\n"), ElementsAre("3 E_BELOW_CUT"));
  EXPECT_THAT(faults(cut + "ns.sub TXT x\n"), ElementsAre("3 E_BELOW_CUT"));
  EXPECT_THAT(faults(cut + "ns.sub AAAA 2001:db8::1\n"), IsEmpty());
  EXPECT_THAT(faults(cut + "a.sub NS ns9.other.net.\n"), ElementsAre("3 E_BELOW_CUT"));
  EXPECT_THAT(faults(cut + "*.sub A 192.0.2.1\n"), ElementsAre("3 E_BELOW_CUT"));
}

TEST_F(ZoneRules, TakeGlueOfOtherDelegationsAndOfTheZoneItself) {
  EXPECT_THAT(faults("a NS ns.b\nb NS ns9.other.net.\nns.b A 192.0.2.1\n"), IsEmpty());
  EXPECT_THAT(faults("sub NS ns9.other.net.\nns.sub A 192.0.2.1\n", "ns.sub"), IsEmpty());
}

TEST_F(ZoneRules, LetOnlyNsDsAndItsOwnGlueStandAtACut) {
  EXPECT_THAT(faults("sub NS sub\nsub A 192.0.2.1\n"), IsEmpty());
  EXPECT_THAT(faults("sub NS ns9.other.net.\nsub A 192.0.2.1\n"), ElementsAre("2 E_BELOW_CUT"));
  EXPECT_THAT(faults("sub NS ns9.other.net.\nsub TXT x\nsub MX 10 a.other.net.\n"),
              UnorderedElementsAre("2 E_BELOW_CUT", "3 E_BELOW_CUT"));
  EXPECT_THAT(faults("sub NS ns9.other.net.\nsub DNAME x.net.\n"), ElementsAre("2 E_BELOW_CUT"));
}

TEST_F(ZoneRules, AskForTheAddressThatOnlyThisZoneCanGive) {
  EXPECT_THAT(faults("sub NS ns.sub\n"), ElementsAre("1 E_NO_GLUE"));
  EXPECT_THAT(faults("", "ns"), ElementsAre("0 E_NO_GLUE"));
  EXPECT_THAT(faults("ns AAAA 2001:db8::1\n", "ns"), IsEmpty());
  EXPECT_THAT(faults("sub NS ns9.other.net.\n", "ns.sub"), IsEmpty()) << "the delegated zone answers for it";
  EXPECT_THAT(faults("a NS ns.b\nb NS ns9.other.net.\n"), IsEmpty()) << "so does that of another delegation";
}

TEST_F(ZoneRules, WarnOfTargetsWithoutAnAddress) {
  EXPECT_THAT(faults("@ MX 10 mail\nsub NS ns\n"), IsEmpty());
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("line 4: the MX of example.com leads to mail.example.com"),
                                     HasSubstr("line 5: the NS of sub.example.com leads to ns.example.com")));
  EXPECT_THAT(faults("@ MX 10 mail\n* A 192.0.2.1\n"), IsEmpty());
  EXPECT_THAT(warnings_, IsEmpty()) << "a wildcard answers";
  EXPECT_THAT(faults("@ MX 0 .\n"), IsEmpty());
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(ZoneRules, KeepTwentyWarningsAndCountTheRest) {
  std::string lines;
  for (int i = 0; i < 25; ++i) {
    lines += "m" + std::to_string(i) + " MX 10 nowhere\n";
  }
  EXPECT_THAT(faults(lines), IsEmpty());
  ASSERT_EQ(warnings_.size(), 21U);
  EXPECT_EQ(warnings_.back(), "and 5 more warnings");
}

TEST_F(ZoneRules, LeadNsAndMxToNoAlias) {
  const std::string alias = "alias CNAME a.other.net.\n";
  EXPECT_THAT(faults(alias + "@ MX 10 alias\n"), ElementsAre("2 E_ALIAS_TARGET"));
  EXPECT_THAT(faults(alias + "sub NS alias\n"), ElementsAre("2 E_ALIAS_TARGET"));
  EXPECT_THAT(faults(alias, "alias"), ElementsAre("0 E_ALIAS_TARGET"));
  EXPECT_THAT(faults("d DNAME x.net.\nsub NS ns.d\n"), ElementsAre("2 E_ALIAS_TARGET"));
  EXPECT_THAT(faults(alias + "_s._tcp SRV 0 1 2 alias\n"), IsEmpty());
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("RFC 2782")));
}

TEST_F(ZoneRules, KeepDsAtDelegations) {
  EXPECT_THAT(faults("a DS 1 8 5 ab\n"), ElementsAre("1 E_DS_WITHOUT_NS"));
  EXPECT_THAT(faults("@ DS 1 8 5 ab\n"), ElementsAre("1 E_DS_WITHOUT_NS"));
}

TEST_F(ZoneRules, KeepNsAndDnameOffWildcards) {
  EXPECT_THAT(faults("* NS ns9.other.net.\n*.a DNAME x.net.\n"), ElementsAre("1 E_WILDCARD", "2 E_WILDCARD"));
  EXPECT_THAT(faults("a.* NS ns9.other.net.\n\\**.b CNAME x.net.\n"), IsEmpty());
}

TEST_F(ZoneRules, KeepOneSpfRecordAtAName) {
  EXPECT_THAT(faults("@ TXT \"v=spf1 -all\"\n@ TXT \"V=SPF1\"\n"), ElementsAre("1 E_SECOND_SPF"));
  EXPECT_THAT(faults("@ TXT \"v=spf1 -all\"\n@ TXT \"v=spf10\"\n@ TXT v=spf1x\na TXT \"v=spf1 ~all\"\n"), IsEmpty());
  EXPECT_THAT(faults("@ TXT \"v=sp\" \"f1 -all\"\n@ TXT \"v=spf1\" \" ~all\"\n"), ElementsAre("1 E_SECOND_SPF"));
}

TEST_F(ZoneRules, BoundASetByWhatAMessageHolds) {
  const auto set_of = [](std::size_t records) {
    std::string lines;
    for (std::size_t i = 0; i < records; ++i) {
      lines += "big TXT \"" + std::string(236, 'a') + std::to_string(1'000 + i) + "\"\n";  // 241 + 12 bytes
    }
    return lines;
  };
  EXPECT_THAT(faults(set_of(256)), IsEmpty());
  EXPECT_THAT(faults(set_of(257)), ElementsAre("1 E_TOO_LARGE"));
}

TEST_F(ZoneRules, RefuseATtlOfZero) {
  EXPECT_THAT(faults("a 0 A 192.0.2.1\n"), ElementsAre("1 malformed"));
  EXPECT_THAT(faults("a 2147483647 A 192.0.2.1\n"), IsEmpty());
}

TEST_F(ZoneRules, DoNotMissWhatMayStandInAMalformedRecord) {
  EXPECT_THAT(faults("sub NS ns.sub\nns.sub A 192.0.2\nwww CNAME a\nwww TXT x\n"),
              ElementsAre("2 malformed", "3 E_CNAME_ALONE"));
}

TEST_F(ZoneRules, TellSettingsAndWhatSigningMakesApart) {
  const auto code_of = [](RecordType type, const std::string& owner) {
    Objections objections;
    judge_set(RecordSet{name(owner), type, Ttl{60}, {{0}}}, name("example.com"), objections);
    return objections.empty() ? "" : std::string(guard_code(*objections.front().guard));
  };
  EXPECT_EQ(code_of(RecordType::kSoa, "example.com"), "E_SETTING");
  EXPECT_EQ(code_of(RecordType::kNs, "example.com"), "E_SETTING");
  EXPECT_EQ(code_of(RecordType::kNs, "sub.example.com"), "");
  EXPECT_EQ(code_of(RecordType::kDnskey, "example.com"), "E_SIGNED_TYPE");
  EXPECT_EQ(code_of(RecordType::kRrsig, "a.example.com"), "E_SIGNED_TYPE");
}

TEST_F(ZoneRules, RefuseTypesThatStandInNoZone) {
  Objections objections;
  judge_set(RecordSet{name("a.example.com"), RecordType::kAny, Ttl{60}, {{0}}}, name("example.com"), objections);
  ASSERT_EQ(objections.size(), 1U);
  EXPECT_FALSE(objections.front().guard);
}

TEST_F(ZoneRules, DraftsTakeTheZoneApart) {
  const auto file = directory_.path() / "zone";
  std::ofstream(file)
      << "example.com. 60 SOA a.net. b.net. 7 3600 600 86400 60\n@ 60 NS a.net.\n@ 60 DNSKEY 256 3 8 AwEAAQ==\n"
         "a 60 NSEC b A\na 60 A 192.0.2.1\nb.example.org. 60 A 192.0.2.1\na 60 SOA a.net. b.net. 1 1 1 1 1\n";
  ZoneFaults found;
  const auto draft = read_zone_draft(file, std::nullopt, found);
  ASSERT_TRUE(draft) << draft.error().message;
  EXPECT_EQ(draft->apex, name("example.com"));
  EXPECT_EQ(draft->left_out, 2U);
  ASSERT_EQ(draft->records.size(), 1U);
  EXPECT_EQ(draft->records.front().line, 5U);
  const auto faults_found = found.first(10);
  ASSERT_EQ(faults_found.size(), 2U);
  EXPECT_THAT(faults_found[0].message, HasSubstr("b.example.org A is outside the zone example.com"));
  EXPECT_THAT(faults_found[1].message, HasSubstr("the SOA of a.example.com in a file of the zone example.com"));
}

TEST_F(ZoneRules, DraftsKnowTheirZoneByAnSoaThatIsMalformedToo) {
  const auto file = directory_.path() / "zone";
  std::ofstream(file)
      << "$ORIGIN example.com.\n@ 60 SOA a b 20171122220534 1 1 1 1\n@ 60 NS a.net.\nm 60 MX 65536 a\n";
  ZoneFaults found;
  const auto draft = read_zone_draft(file, std::nullopt, found);
  ASSERT_TRUE(draft) << draft.error().message;
  EXPECT_EQ(draft->apex, name("example.com"));
  const auto faults_found = found.first(10);
  ASSERT_EQ(faults_found.size(), 2U) << "each with its line, instead of one that says that there is no SOA";
  EXPECT_EQ(faults_found[0].line, 2U);
  EXPECT_EQ(faults_found[1].line, 4U);
}

TEST_F(ZoneRules, DraftsNeedToKnowTheirZone) {
  const auto file = directory_.path() / "zone";
  std::ofstream(file) << "$ORIGIN example.com.\na 60 A 192.0.2.1\n";
  ZoneFaults found;
  const auto draft = read_zone_draft(file, std::nullopt, found);
  ASSERT_FALSE(draft);
  EXPECT_THAT(draft.error().hint, HasSubstr("--zone"));
  std::ofstream(file)
      << "example.com. 60 SOA a.net. b.net. 7 3600 600 86400 60\n@ 60 SOA a.net. b.net. 8 3600 600 86400 60\n";
  ASSERT_TRUE(read_zone_draft(file, std::nullopt, found));
  EXPECT_THAT(found.first(1).front().message, HasSubstr("2 SOA records"));
}

}  // namespace
}  // namespace zonestore
