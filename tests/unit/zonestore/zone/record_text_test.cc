// Every field of every type: what is out of its range or form is refused, and what is taken is written and read back
// the same.
#include <gmock/gmock.h>

#include "store_fixture.h"
#include "zonestore/zone/record_data.h"

namespace zonestore {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kSha256(64, 'a');

// What the text means, written again, and that read as the same bytes; or the error.
std::string told(const std::string& type, const std::string& text) {
  const RecordType number = parse_record_type(type).value();
  const auto rdata = rdata_from_text(number, text, name("p.test"));
  if (!rdata) {
    EXPECT_EQ(rdata.error().code, ErrorCode::kInvalid);
    return "refused: " + rdata.error().message;
  }
  const std::string written = rdata_to_text(number, *rdata).value_or("unwritten");
  EXPECT_EQ(rdata_from_text(number, written, Name()).value_or(Bytes()), *rdata) << written;
  EXPECT_EQ(rdata_from_text(number, rdata_to_bytes_text(*rdata), Name()).value_or(Bytes()), *rdata);
  return written;
}

void expect_refused(const std::string& type, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    EXPECT_THAT(told(type, text), HasSubstr("refused: this is no data of type " + type)) << text;
  }
}

TEST(RecordText, RefusesNumbersOutsideTheirField) {
  expect_refused("SRV", {"0 0 70000 www", "65536 0 1 www", "0 -1 1 www", "0 +1 1 www", "0 1x 1 www", "0 0x1 1 www"});
  expect_refused("MX", {"65536 mail", "-1 mail", "\"10\" mail", "\\049 mail"});
  expect_refused("TLSA", {"259 1 1 " + kSha256, "3 256 1 " + kSha256, "3 1 257 " + kSha256});
  expect_refused("CAA", {"256 issue \"ca.example\"", "-1 issue ca.example"});
  expect_refused("SOA", {"a. b. 20171122220534 1 1 1 1", "a. b. 1 4294967296 1 1 1", "a. b. 1h 1 1 1 1"});
  expect_refused("NAPTR", {"65536 1 a b c .", "1 65536 a b c ."});
  expect_refused("HTTPS", {"65536 .", "1 . port=65536", "1 . port=-1"});
  expect_refused("NSEC3PARAM", {"256 0 1 -", "1 0 65536 -"});
  expect_refused("URI", {"65536 1 \"a:b\"", "1 65536 \"a:b\""});
  EXPECT_EQ(told("SOA", "a b 4294967295 1h 10m 2w 5m"), "a.p.test. b.p.test. 4294967295 3600 600 1209600 300");
  EXPECT_EQ(told("SRV", "065535 0 00 ."), "65535 0 0 .");
}

TEST(RecordText, RefusesHalfBytesAndWordsBehindTheEnd) {
  expect_refused("DS", {"1 8 2 " + kSha256.substr(1), "1 8 2", "1 8 9 a", "1 8 9 ag"});
  expect_refused("SSHFP", {"4 2 " + kSha256.substr(1), "4 2"});
  expect_refused("TLSA", {"3 1 1 " + kSha256.substr(1), "3 1 0 abc"});
  expect_refused("DNSKEY", {"256 3 8 AwE", "256 3 8 AwF=", "256 3 8 A=wE", "256 3 8"});
  expect_refused("OPENPGPKEY", {"AAA", "A"});
  expect_refused("A", {"192.0.2.1 192.0.2.2", "192.0.2", "192.0.2.256", "192.0.2.01", "\"192.0.2.1\""});
  expect_refused("MX", {"10 mail extra", "10", "10 mail \"\""});
  expect_refused("CAA", {"0 issue \"a\" \"b\"", "0 \"issue\" a", "0 is-sue a", "0 issue"});
  expect_refused("EUI48", {"00-00-5e-00-53", "00-00-5e-00-53-2a-00", "0-00-5e-00-53-2a"});
  expect_refused("HINFO", {"one", "one two three"});
}

TEST(RecordText, RefusesDigestsThatAreNotAsLongAsTheirKind) {
  expect_refused("DS", {"1 8 1 " + kSha256, "1 8 2 aabb", "1 8 4 " + kSha256, "1 8 0 " + kSha256});
  expect_refused("CDS", {"1 8 2 aabb", "1 0 0 00", "0 0 0 01"});
  expect_refused("SSHFP", {"1 1 " + kSha256, "1 2 aabb"});
  expect_refused("TLSA", {"3 1 1 aabb", "3 1 2 " + kSha256});
  expect_refused("SMIMEA", {"3 1 1 aabb"});
  expect_refused("ZONEMD", {"1 1 1 " + kSha256, "1 1 240 aabb", "1 0 1 " + kSha256});
  // In bytes, they are the same record, and held to the same (RFC 3597 section 4).
  expect_refused("TLSA", {"\\# 5 030101aabb"});
  EXPECT_EQ(told("CDS", "0 0 0 0"), "0 0 0 00") << "as RFC 8078 writes it";
  EXPECT_EQ(told("CDNSKEY", "0 3 0 0"), "0 3 0 AA==");
}

TEST(RecordText, RefusesPlacesAndPrefixesBeyondTheirRange) {
  expect_refused("LOC", {"1 N 2 E 0M", "91 N 0 E 0", "90 0 0.001 N 0 E 0", "0 N 181 E 0", "0 60 N 0 E 0",
                         "0 0 60 N 0 E 0", "0 0 0.0001 N 0 E 0", "0 N 0 E -100000.01", "0 N 0 E 42849672.96",
                         "0 N 0 E 0 90000000.01", "0 N 0 E 0 -1", "0 N 0 E 0 1 1 1 1", "0 E 0 N 0", "0 N 0 E"});
  EXPECT_EQ(told("LOC", "42 21 28.764 N 71 00 51.617 W -44m 2000m 10m 2m"),
            "42 21 28.764 N 71 0 51.617 W -44.00m 2000.00m 10.00m 2.00m");
  EXPECT_EQ(told("LOC", "1 N 2 E 0"), "1 0 0.000 N 2 0 0.000 E 0.00m 1.00m 10000.00m 10.00m");
  expect_refused("APL",
                 {"1:192.0.2.0/33", "2:2001:db8::/129", "3:192.0.2.0/24", "1:2001:db8::/32", "1:192.0.2.0", "0:a/1"});
  EXPECT_EQ(told("APL", "!1:192.0.2.0/24 2:2001:db8::/32"), "!1:192.0.2.0/24 2:2001:db8::/32");
}

TEST(RecordText, CompletesEveryRelativeName) {
  EXPECT_EQ(told("NAPTR", R"(1 2 "" "" "" host)"), R"(1 2 "" "" "" host.p.test.)");
  EXPECT_EQ(told("HTTPS", "1 cdn"), "1 cdn.p.test.");
  EXPECT_EQ(told("IPSECKEY", "10 3 2 gw AQ=="), "10 3 2 gw.p.test. AQ==");
  EXPECT_EQ(told("AMTRELAY", "10 1 3 amt"), "10 1 3 amt.p.test.");
  EXPECT_EQ(told("HIP", "2 2001 AQ== rvs @"), "2 2001 AQ== rvs.p.test. p.test.");
  EXPECT_EQ(told("RP", "admin text"), "admin.p.test. text.p.test.");
  EXPECT_EQ(told("NSEC", "next A"), "next.p.test. A");
  EXPECT_EQ(told("LP", "10 sub"), "10 sub.p.test.");
}

TEST(RecordText, TakesNoQuotationMarksForAPartOfAName) {
  expect_refused("CNAME", {"\"www\"", "\"www.other.test.\""});
  expect_refused("MX", {"10 \"mail.other.test.\""});
  expect_refused("NAPTR", {"100 10 \"\" \"\" \"\" \".\""});
  EXPECT_EQ(told("CNAME", R"(\"www\")"), R"(\"www\".p.test.)");
}

TEST(RecordText, TakesParametersAsRfc9460WritesThem) {
  EXPECT_EQ(told("HTTPS", R"(1 . alpn="h2,h3" port="8443")"), "1 . alpn=h2,h3 port=8443");
  EXPECT_EQ(told("SVCB", R"(16 foo alpn="f\\\\oo\\,bar,h2")"), R"(16 foo.p.test. alpn="f\\\\oo\\,bar,h2")");
  EXPECT_EQ(told("SVCB", "1 foo key667=\"hello\\210qoo\""), "1 foo.p.test. key667=\"hello\\210qoo\"");
  EXPECT_EQ(told("SVCB", "1 foo key667=\"a b;c\""), "1 foo.p.test. key667=\"a b;c\"");
  EXPECT_EQ(told("SVCB", "1 foo port=1 mandatory=port,alpn alpn=h2"),
            "1 foo.p.test. mandatory=alpn,port alpn=h2 port=1");
  expect_refused("SVCB", {"1 foo alpn=h2 alpn=h3", "1 foo mandatory=port", "1 foo mandatory=mandatory",
                          "1 foo mandatory=port,port port=1", "1 foo no-default-alpn",
                          "1 foo alpn=h2 no-default-alpn=x", "1 foo key65535=x", "1 foo key0667=x", "1 foo alpn=",
                          "1 foo alpn=h2,,h3", "1 foo port", "1 foo ipv4hint=192.0.2.256", "1 foo ipv6hint=1",
                          "1 foo ech=AAA", "1 foo alpn = h2", "1 foo ALPN=h2", "1 foo alpn=\"h2\"port=1"});
}

TEST(RecordText, TakesWhatMayBeEmpty) {
  EXPECT_EQ(told("CAA", "0 issue \"\""), "0 issue \"\"");
  EXPECT_EQ(told("TXT", "\"\""), "\"\"");
  EXPECT_EQ(told("NSEC3PARAM", "1 0 0 -"), "1 0 0 -");
  EXPECT_EQ(told("IPSECKEY", "10 0 0 ."), "10 0 0 .");
  EXPECT_EQ(told("APL", "\\# 0"), "\\# 0");
}

TEST(RecordText, TakesAKnownTypeInBytesForTheSameRecord) {
  EXPECT_EQ(told("A", "\\# 4 c0000201"), "192.0.2.1");
  EXPECT_EQ(told("TYPE15", "\\# 8 000a 046d61696c 00"), "10 mail.");
  EXPECT_EQ(told("TYPE1", "192.0.2.1"), "192.0.2.1");
  expect_refused("MX", {"\\# 2 000a", "\\# 3 000ac0", "\\# 9 000a046d61696c0000"});
  expect_refused("NSEC", {"\\# 3 000000", "\\# 4 00000100"});
}

TEST(RecordText, WritesBytesWhereNoTextWouldComeBackAsThem) {
  const auto written = [](const std::string& type, const Bytes& rdata) {
    return rdata_to_text(parse_record_type(type).value(), rdata).value_or("unwritten");
  };
  EXPECT_EQ(written("APL", {0, 1, 24, 4, 192, 0, 2, 0}), "\\# 8 00011804c0000200") << "a zero at the end";
  EXPECT_EQ(written("SVCB", {0, 1, 0, 0, 3, 0, 2, 0, 1, 0, 3, 0, 2, 0, 1}), "\\# 15 000100000300020001000300020001");
  EXPECT_EQ(written("MX", {0, 1}), "unwritten");
}

TEST(RecordText, SaysNothingOfTheTextInItsErrors) {
  const std::string secret = "MC4CAQAwBQYDK2VwBCIEIN";
  for (const char* type :
       {"A", "MX", "TXT", "DS", "LOC", "HTTPS", "CERT", "NSEC", "CAA", "TYPE65280", "NAPTR", "WKS"}) {
    for (const std::string& text :
         {secret, "1 " + secret + "..", "\"" + secret, "1 2 3 " + secret + ";", "\\# 2 " + secret}) {
      const auto rdata = rdata_from_text(parse_record_type(type).value(), text, name("p.test"));
      if (!rdata) {
        EXPECT_THAT(rdata.error().message + rdata.error().hint, Not(HasSubstr(secret.substr(0, 6)))) << type;
      }
    }
  }
}

TEST(RecordText, IsInDoubtOfWhatNsdKnotAndBindLoad) {
  for (const auto& [type, text] : std::vector<std::pair<std::string, std::string>>{
           {"TLSA", "3 1 1 abcd"}, {"SMIMEA", "3 1 2 abcd"}, {"CDS", "60485 8 0 00"}, {"CDS", "0 0 0 0000"}}) {
    const RecordType number = parse_record_type(type).value();
    EXPECT_FALSE(rdata_from_text(number, text, name("p.test"))) << type;
    TextRemarks remarks;
    EXPECT_TRUE(rdata_from_text(number, text, name("p.test"), &remarks, Strictness::kLenient)) << type;
    EXPECT_NE(remarks.doubt, "") << type;
  }
  TextRemarks remarks;
  for (const char* text : {"60485 8 2 abcd", "60485 8 0 00"}) {  // of DS not all do
    EXPECT_FALSE(rdata_from_text(RecordType::kDs, text, name("p.test"), &remarks, Strictness::kLenient)) << text;
  }
  EXPECT_TRUE(rdata_from_text(RecordType::kTlsa, "3 1 0 abcd", name("p.test"), &remarks, Strictness::kLenient));
  EXPECT_EQ(remarks.doubt, "");
}

TEST(RecordText, KnowsANameThatRepeatsItsOrigin) {
  TextRemarks remarks;
  ASSERT_TRUE(rdata_from_text(RecordType::kMx, "10 mail.P.test", name("p.test"), &remarks));
  EXPECT_THAT(remarks.repeating, testing::ElementsAre(name("mail.p.test.p.test")));
  ASSERT_TRUE(rdata_from_text(RecordType::kMx, "10 mail.p.test.", name("p.test"), &remarks));
  EXPECT_TRUE(remarks.repeating.empty());
  EXPECT_FALSE(is_repeating("mail", name("p.test")));
  EXPECT_TRUE(is_repeating("p.test", name("p.test")));
  EXPECT_FALSE(is_repeating("test", Name()));
}

}  // namespace
}  // namespace zonestore
