#include "zonestore/zone/record_data.h"

#include <gmock/gmock.h>

#include "store_fixture.h"

namespace zonestore {
namespace {

using testing::HasSubstr;

constexpr auto kUnknown = static_cast<RecordType>(65280);

// What the text means, written again; or the error.
std::string read(RecordType type, const std::string& text) {
  const auto rdata = rdata_from_text(type, text, name("example.com"));
  if (!rdata) {
    EXPECT_EQ(rdata.error().code, ErrorCode::kInvalid);
    return "error: " + rdata.error().message;
  }
  return rdata_to_text(type, *rdata).value_or("unreadable");
}

RecordType type(const std::string& text) {
  return parse_record_type(text).value();
}

TEST(RdataFromText, TakesEveryOrdinaryType) {
  EXPECT_EQ(read(RecordType::kA, "192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(read(RecordType::kAaaa, "2001:DB8::1"), "2001:db8::1");
  EXPECT_EQ(read(RecordType::kSrv, "0 5 443 www"), "0 5 443 www.example.com.");
  EXPECT_EQ(read(type("TLSA"), "3 1 0 ab cd"), "3 1 0 abcd");
  EXPECT_EQ(read(type("SSHFP"), "1 1 dd465c09cfa51fb45020cc83316fff21b9ec74ac"),
            "1 1 dd465c09cfa51fb45020cc83316fff21b9ec74ac");
  EXPECT_EQ(read(type("NAPTR"), R"(100 10 "u" "" "!^a!b!" .)"), R"(100 10 "u" "" "!^a!b!" .)");
  EXPECT_EQ(read(type("NAPTR"), R"(100 10 "u" "" "I^(a)I\\1Ii" .)"), R"(100 10 "u" "" "I^(a)I\\1Ii" .)");
  EXPECT_EQ(read(type("HTTPS"), "1 . alpn=h2"), "1 . alpn=h2");
  EXPECT_EQ(read(RecordType::kDs, "60485 8 5 ABCD"), "60485 8 5 abcd");
}

TEST(RdataFromText, CompletesRelativeNamesWithTheOrigin) {
  EXPECT_EQ(read(RecordType::kMx, "10 mail"), "10 mail.example.com.");
  EXPECT_EQ(read(RecordType::kMx, "10 mail."), "10 mail.");
  EXPECT_EQ(read(RecordType::kCname, "@"), "example.com.");
  EXPECT_EQ(read(RecordType::kNs, R"(a\.b\000\255)"), R"(a\.b\000\255.example.com.)");
}

TEST(RdataFromText, TakesTheValueOfCaaWithAndWithoutQuotes) {
  EXPECT_EQ(read(RecordType::kCaa, "0 issue ca.example.net"), R"(0 issue "ca.example.net")");
  EXPECT_EQ(read(RecordType::kCaa, R"(0 issue "ca.example.net; a=b")"), R"(0 issue "ca.example.net; a=b")");
  EXPECT_THAT(read(RecordType::kCaa, "0 issue"), HasSubstr("error"));
}

TEST(RdataFromText, CutsNoTextIntoStringsThatWasNotWrittenSo) {
  EXPECT_EQ(read(RecordType::kTxt, R"(one "two three" "" "\"\\\233")"), R"("one" "two three" "" "\"\\\233")");
  EXPECT_EQ(read(RecordType::kTxt, R"(a"b")"), R"("a" "b")");
  EXPECT_EQ(read(RecordType::kTxt, std::string(255, 'a')).size(), 257U);
  EXPECT_THAT(read(RecordType::kTxt, std::string(256, 'a')), HasSubstr("256 bytes; write it as several"));
  EXPECT_THAT(read(RecordType::kTxt, "\"a"), HasSubstr("a quoted string does not end"));
  EXPECT_THAT(read(RecordType::kTxt, "\\256"), HasSubstr("three digits up to 255"));
  EXPECT_THAT(read(RecordType::kTxt, "\\25"), HasSubstr("three digits up to 255"));
  EXPECT_THAT(read(RecordType::kTxt, "a\\"), HasSubstr("three digits up to 255"));
}

TEST(RdataFromText, TakesAnyTypeAsBytes) {
  EXPECT_EQ(read(kUnknown, "\\# 3 0102 aB"), "\\# 3 0102ab");
  EXPECT_EQ(read(kUnknown, "\\# 0"), "\\# 0");
  EXPECT_EQ(read(RecordType::kA, "\\# 4 C0000201"), "192.0.2.1");
  EXPECT_THAT(read(RecordType::kA, "\\# 3 C00002"), HasSubstr("error"));
  EXPECT_THAT(read(kUnknown, "\\# 3 0102"), HasSubstr("the length 3 does not match the 4 hexadecimal digits"));
  EXPECT_THAT(read(kUnknown, "\\# 1 0"), HasSubstr("does not match"));
  EXPECT_THAT(read(kUnknown, "\\# x"), HasSubstr("a length from 0 to 65535"));
  EXPECT_THAT(read(kUnknown, "\\# 65536"), HasSubstr("a length from 0 to 65535"));
  EXPECT_THAT(read(kUnknown, "\\# 1 0g"), HasSubstr("hexadecimal digits alone"));
  EXPECT_THAT(read(kUnknown, "0102"), HasSubstr("error"));
}

TEST(RdataFromText, SaysWhatTheTypeTakes) {
  const auto wrong = rdata_from_text(RecordType::kMx, "mail", name("example.com"));
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().message,
              HasSubstr("this is no data of type MX: field 1, the preference: a number from 0 to 65535 is expected"));
  EXPECT_EQ(wrong.error().hint, "MX takes: 10 mail.example.com.");
  EXPECT_THAT(read(RecordType::kA, "192.0.2.1 x"), HasSubstr("error"));
  EXPECT_THAT(read(RecordType::kA, " "), HasSubstr("there is none"));
  EXPECT_THAT(read(RecordType::kNs, std::string(64, 'a') + "."), HasSubstr("error"));
}

TEST(RdataFromText, BoundsNamesThatTheOriginMakesTooLong) {
  const std::string label(63, 'a');
  const std::string fits = std::string(49, 'b') + "." + label + "." + label + "." + label;
  EXPECT_EQ(read(RecordType::kNs, fits), fits + ".example.com.");
  EXPECT_THAT(read(RecordType::kNs, "b" + fits), HasSubstr("error"));
}

TEST(NameFromText, IsRelativeUnlessItEndsInAPlainDot) {
  const Name origin = name("example.com");
  EXPECT_EQ(name_from_text("www", origin)->to_text(), "www.example.com.");
  EXPECT_EQ(name_from_text("www.", origin)->to_text(), "www.");
  EXPECT_EQ(name_from_text("@", origin), origin);
  EXPECT_EQ(name_from_text("a\\.", origin)->to_text(), "a\\..example.com.");
  EXPECT_EQ(name_from_text("a\\\\.", origin)->to_text(), "a\\\\.");
  EXPECT_EQ(name_from_text("a", Name())->to_text(), "a.");
  EXPECT_FALSE(name_from_text("", origin));
  EXPECT_FALSE(name_from_text("a..b", origin));
}

TEST(TargetOf, IsTheNameThatARecordLeadsTo) {
  const auto target = [](RecordType of, const std::string& text) {
    const auto found = target_of(of, *rdata_from_text(of, text, Name()));
    return found ? found->to_text() : "none";
  };
  EXPECT_EQ(target(RecordType::kNs, "a.b."), "a.b.");
  EXPECT_EQ(target(RecordType::kMx, "10 a.b."), "a.b.");
  EXPECT_EQ(target(RecordType::kSrv, "1 2 3 a.b."), "a.b.");
  EXPECT_EQ(target(RecordType::kA, "192.0.2.1"), "none");
  EXPECT_FALSE(target_of(RecordType::kMx, Bytes{1}));
  EXPECT_FALSE(target_of(RecordType::kNs, Bytes{1}));
}

TEST(RdataFromText, RefusesWhatWouldBeTakenForAComment) {
  EXPECT_FALSE(rdata_from_text(RecordType::kMx, "10 mail;backup.example.", Name()));
  EXPECT_FALSE(rdata_from_text(RecordType::kMx, "10 (mail.example.)", Name()));
  EXPECT_TRUE(rdata_from_text(RecordType::kMx, "10 mail\\;backup.example.", Name()));
  EXPECT_TRUE(rdata_from_text(RecordType::kCaa, "0 issue \"ca.example; a=b\"", Name()));
}

TEST(Twins, DifferInTheCaseOfTheirTargetAlone) {
  std::vector<Bytes> servers;
  for (const char* text : {"NS1.example.", "ns1.example.", "ns2.example."}) {
    servers.push_back(*rdata_from_text(RecordType::kNs, text, Name()));
  }
  put_in_order_without_twins(RecordType::kNs, servers);
  ASSERT_EQ(servers.size(), 2U);
  EXPECT_EQ(rdata_to_text(RecordType::kNs, servers.front()), "NS1.example.");
  std::vector<Bytes> texts = {txt_rdata("A"), txt_rdata("a")};
  put_in_order_without_twins(RecordType::kTxt, texts);
  EXPECT_EQ(texts.size(), 2U);
}

TEST(Types, ThatStandInNoZone) {
  for (const int number : {0, 41, 128, 249, 250, 251, 252, 255}) {
    EXPECT_TRUE(is_meta_type(static_cast<RecordType>(number))) << number;
  }
  for (const int number : {1, 40, 42, 127, 256, 65280, 65535}) {
    EXPECT_FALSE(is_meta_type(static_cast<RecordType>(number))) << number;
  }
  EXPECT_TRUE(is_made_by_signing(RecordType::kZonemd));
  EXPECT_FALSE(is_made_by_signing(RecordType::kDs));
}

}  // namespace
}  // namespace zonestore
