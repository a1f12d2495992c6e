// What is answered: RFC 1034 section 4.3.2, RFC 2308, RFC 8020, RFC 8482.
#include <gtest/gtest.h>

#include "tests/unit/dnsd/answer/responder_fixture.h"

namespace dnsd::test {
namespace {

constexpr std::string_view kSelector = "sel1-mosa._domainkey.dkim.secutix.com";
constexpr unsigned kSoa = 6;
constexpr unsigned kNxDomain = 3;
constexpr unsigned kRefused = 5;

using Answer = ResponderTest;

// The authority section as a negative answer to `asked` must have it.
Bytes negative_soa(std::string_view asked, std::string_view apex, std::uint32_t ttl) {
  Bytes owner;
  append_u16(owner, static_cast<unsigned>(0xC000 + 12 + name(asked).size() - name(apex).size()));
  return record(owner, kSoa, kIn, ttl, soa_data(apex, 2026112301, 300));
}

void expect_negative(const Seen& seen, std::string_view asked, unsigned type, unsigned rcode,
                     std::string_view apex = "dkim.secutix.com") {
  EXPECT_EQ(seen.rcode(), rcode);
  EXPECT_TRUE(seen.aa());
  EXPECT_EQ(seen.answers(), 0U);
  EXPECT_EQ(seen.authorities(), 1U);
  EXPECT_EQ(seen.additionals(), 0U);
  Bytes expected = question(name(asked), type);
  append(expected, negative_soa(asked, apex, 300));
  EXPECT_EQ(seen.from(12), expected);
}

TEST_F(Answer, ExactNameGivesTheRecordSetAndNothingElseRfc1034) {
  const Seen seen = ask(query(kSelector));
  Bytes expected = message(0x8400, {1, 1, 0, 0}, {question(name(kSelector))});
  append(expected,
         record(Bytes{0xC0, 0x0C}, kTxt, kIn, 3600, zonestore::txt_rdata(std::string(kRsa2048TextBytes, 'k'))));
  EXPECT_EQ(seen.bytes, expected);
}

TEST_F(Answer, Rsa2048KeyOfMosaIs479BytesWithoutEdns) {
  EXPECT_EQ(ask(query(kSelector)).bytes.size(), 479U);
}

TEST_F(Answer, Rsa2048KeyOfTheLongestCodeFits512BytesWithoutEdns) {
  const std::string owner = "sel1-" + std::string(37, 'm') + "._domainkey.dkim.secutix.com";
  const Seen mosa = ask(query(kSelector));
  EXPECT_EQ(mosa.bytes.size() + owner.size() - kSelector.size(), 512U);
}

TEST_F(Answer, NameIsFoundInAnyCaseAndTheQuestionComesBackAsItWasRfc4343) {
  constexpr std::string_view kMixed = "SEL1-mosa._DomainKey.dkim.SECUTIX.com";
  const Seen seen = ask(query(kMixed));
  EXPECT_EQ(seen.answers(), 1U);
  const Bytes asked = question(name(kMixed));
  EXPECT_EQ(Bytes(seen.bytes.begin() + 12, seen.bytes.begin() + 12 + static_cast<std::ptrdiff_t>(asked.size())),
            asked);
}

TEST_F(Answer, AllRecordsOfASetAreGiven) {
  const Seen seen = ask(query("dkim.secutix.com", 2));
  EXPECT_EQ(seen.answers(), 2U);
  EXPECT_EQ(seen.authorities(), 0U);
  EXPECT_TRUE(seen.aa());
}

TEST_F(Answer, SoaAtTheApexHasItsOwnTtl) {
  const Seen seen = ask(query("dkim.secutix.com", kSoa));
  Bytes expected = question(name("dkim.secutix.com"), kSoa);
  Bytes data{3, 'n', 's', '1', 0xC0, 0x0C, 10, 'h', 'o', 's', 't', 'm', 'a', 's', 't', 'e', 'r', 0xC0, 0x0C};
  for (const unsigned number : {2026112301U, 3600U, 600U, 1209600U, 300U}) {
    append_u32(data, number);
  }
  append(expected, record(Bytes{0xC0, 0x0C}, kSoa, kIn, 3600, data));
  EXPECT_EQ(seen.from(12), expected);
}

TEST_F(Answer, UnknownTypesAreOrdinaryRfc3597) {
  EXPECT_EQ(ask(query("deep.empty.dkim.secutix.com", 65280)).answers(), 1U);
  expect_negative(ask(query(kSelector, 65281)), kSelector, 65281, 0);
}

TEST_F(Answer, AbsentTypeIsNoDataWithTheSoaRfc2308) {
  expect_negative(ask(query(kSelector, 1)), kSelector, 1, 0);
}

TEST_F(Answer, EmptyNonTerminalIsNoDataRfc8020) {
  for (const std::string_view asked : {"_domainkey.dkim.secutix.com", "empty.dkim.secutix.com"}) {
    expect_negative(ask(query(asked)), asked, kTxt, 0);
  }
}

TEST_F(Answer, AbsentNameIsNxDomainWithTheSoaRfc2308) {
  expect_negative(ask(query("sel3-mosa._domainkey.dkim.secutix.com")), "sel3-mosa._domainkey.dkim.secutix.com", kTxt,
                  kNxDomain);
}

TEST_F(Answer, NxDomainForSoaCarriesTheOrdinaryNegativeTtl) {
  expect_negative(ask(query("no.dkim.secutix.com", kSoa)), "no.dkim.secutix.com", kSoa, kNxDomain);
}

TEST_F(Answer, NameBelowALeafIsNxDomainRfc8020) {
  const std::string asked = "below." + std::string(kSelector);
  expect_negative(ask(query(asked)), asked, kTxt, kNxDomain);
}

TEST_F(Answer, NegativeSoaOwnerKeepsTheCaseOfTheQuestion) {
  constexpr std::string_view kMixed = "No.DKIM.Secutix.COM";
  expect_negative(ask(query(kMixed)), kMixed, kTxt, kNxDomain);
}

TEST_F(Answer, EachZoneAnswersWithItsOwnSoa) {
  EXPECT_EQ(ask(query("spf.secutix.com")).answers(), 1U);
  expect_negative(ask(query("x.spf.secutix.com")), "x.spf.secutix.com", kTxt, kNxDomain, "spf.secutix.com");
}

TEST_F(Answer, OutsideOurZonesIsRefusedWithoutAa) {
  for (const std::string_view asked : {"example.org", "secutix.com", "com", "", "xdkim.secutix.com"}) {
    const Seen seen = ask(query(asked));
    EXPECT_EQ(seen.bytes, message(0x8005, {}, {question(name(asked))})) << asked;
  }
}

// The apex's bytes stand at the end of this name, but inside a label.
TEST_F(Answer, ApexInsideALabelIsNotOurs) {
  Bytes trap{18, 'x'};
  const Bytes apex = name("dkim.secutix.com");
  append(trap, ByteView(apex).first(17));
  trap.push_back(0);
  EXPECT_EQ(ask(message(0, {}, {question(trap)})).rcode(), kRefused);
}

TEST_F(Answer, AnyGivesOneRecordSetRfc8482) {
  const Seen seen = ask(query("spf.secutix.com", 255));
  EXPECT_EQ(seen.rcode(), 0U);
  EXPECT_TRUE(seen.aa());
  EXPECT_EQ(seen.answers(), 2U);
  EXPECT_EQ(u16_at(seen.bytes, 12 + question(name("spf.secutix.com")).size() + 2), 2U);
  expect_negative(ask(query("_domainkey.dkim.secutix.com", 255)), "_domainkey.dkim.secutix.com", 255, 0);
}

TEST_F(Answer, MetaTypesAreNoData) {
  const std::initializer_list<std::pair<unsigned, unsigned>> rules{{0, 1},   {41, 1},  {249, 1},
                                                                   {250, 1}, {253, 4}, {254, 4}};
  for (const auto& [type, rcode] : rules) {
    EXPECT_EQ(ask(query(kSelector, type)).bytes, message(0x8000 | rcode, {}, {question(name(kSelector), type)}));
  }
}

TEST_F(Answer, TransferOfAZoneIsRefusedRfc5936) {
  for (const unsigned type : {251U, 252U}) {
    const Bytes asked = question(name("dkim.secutix.com"), type);
    EXPECT_EQ(ask(message(0, {}, {asked})).bytes, message(0x8005, {}, {asked}));
  }
}

TEST_F(Answer, TransferOfWhatIsNoZoneIsNotAuthRfc5936) {
  for (const std::string_view owner : {kSelector, std::string_view("secutix.com"), std::string_view("x.test")}) {
    const Bytes asked = question(name(owner), 252);
    EXPECT_EQ(ask(message(0, {}, {asked})).bytes, message(0x8009, {}, {asked}));
  }
}

TEST_F(Answer, OtherClassesAreRefused) {
  for (const unsigned question_class : {0U, 3U, 4U, 254U, 255U}) {
    const Bytes asked = question(name(kSelector), kTxt, question_class);
    EXPECT_EQ(ask(message(0, {}, {asked})).bytes, message(0x8005, {}, {asked}));
  }
}

TEST_F(Answer, NamesAreBytesRfc2181) {
  zone::ImageBuilder builder(*image_);
  const Bytes owner_wire = [] {
    Bytes wire{5, 0, '.', 0xFF, '\\', ' '};
    append(wire, name("dkim.secutix.com"));
    return wire;
  }();
  const auto owner = zonestore::Name::from_wire(owner_wire).value();
  ASSERT_TRUE(builder.put(zone::ZoneIndex{0}, owner, zonestore::RecordType::kTxt, zonestore::Ttl{60},
                          zonestore::pack_rdata({zonestore::txt_rdata("bytes")})));
  image_ = builder.finish().value();
  EXPECT_EQ(ask(message(0, {}, {question(owner_wire)})).answers(), 1U);
}

TEST_F(Answer, LongestNameIsLookedUpLikeAnyOther) {
  Bytes longest;
  for (int label = 0; label < 3; ++label) {
    longest.push_back(63);
    longest.insert(longest.end(), 63, 'a');
  }
  longest.push_back(44);
  longest.insert(longest.end(), 44, 'a');
  append(longest, name("dkim.secutix.com"));
  ASSERT_EQ(longest.size(), 255U);
  const Seen seen = ask(message(0, {}, {question(longest)}));
  EXPECT_EQ(seen.rcode(), kNxDomain);
  EXPECT_EQ(seen.authorities(), 1U);
}

}  // namespace
}  // namespace dnsd::test
