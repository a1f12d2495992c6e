#include "zonestore/dkim/selector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "zonestore/dkim/customer_selectors.h"

namespace zonestore::dkim {
namespace {

using namespace std::string_view_literals;
using ::testing::HasSubstr;

Name name(std::string_view text) {
  return Name::parse(text).value();
}
Code code(std::string_view text) {
  return Code::parse(text).value();
}

TEST(Slot, HasATextThatParses) {
  for (const SlotId slot : kSlots) {
    EXPECT_EQ(parse_slot(to_text(slot)).value(), slot);
  }
  EXPECT_EQ(to_text(SlotId::kSel2), "sel2");
}

TEST(Slot, TellsAMissingSlotFromAMalformedOne) {
  EXPECT_EQ(parse_slot("sel3").error().code, ErrorCode::kNotFound);
  for (const auto text : {""sv, "sel"sv, "sel0"sv, "SEL1"sv, "sel11"sv, "1"sv, "stxsel1"sv, "sel1 "sv}) {
    EXPECT_EQ(parse_slot(text).error().code, ErrorCode::kInvalid) << text;
  }
}

TEST(Slot, OtherGoesThereAndBack) {
  EXPECT_EQ(other(SlotId::kSel1), SlotId::kSel2);
  EXPECT_EQ(other(SlotId::kSel2), SlotId::kSel1);
}

TEST(Code, TakesLettersDigitsAndInnerHyphens) {
  for (const auto text : {"mosa"sv, "a"sv, "7"sv, "opera-de-paris"sv, "x--y"sv, "museum2026"sv}) {
    EXPECT_EQ(code(text).text(), text);
  }
  EXPECT_TRUE(Code::parse(std::string(37, 'a')));
}

TEST(Code, RefusesWhatIsTooLongAndSaysWhy) {
  const auto refused = Code::parse(std::string(38, 'a'));
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(refused.error().message, HasSubstr("38 characters"));
  EXPECT_THAT(refused.error().message, HasSubstr("512 bytes"));
}

TEST(Code, RefusesMalformedOnes) {
  for (const auto text : {""sv, "-mosa"sv, "mosa-"sv, "-"sv, "mo sa"sv, "mo.sa"sv, "mo_sa"sv, "mosa\n"sv, "m\0a"sv,
                          "mus\xc3\xa9"sv, "*"sv}) {
    EXPECT_EQ(Code::parse(text).error().code, ErrorCode::kInvalid) << text;
  }
}

TEST(Code, OffersTheLowerCaseForm) {
  EXPECT_EQ(Code::parse("MOSA").error().hint, "did you mean mosa?");
}

TEST(Code, ShowsNoControlBytesOfWhatWasTyped) {
  EXPECT_EQ(Code::parse("\x1b[31m").error().message.find('\x1b'), std::string::npos);
}

TEST(SelectorName, StandsUnderTheDkimZone) {
  EXPECT_EQ(selector_name(code("mosa"), SlotId::kSel1, name("dkim.secutix.com")).value().to_text(),
            "sel1-mosa._domainkey.dkim.secutix.com.");
  EXPECT_EQ(selector_name(code("mosa"), SlotId::kSel2, name("dkim.secutix.com")).value().to_text(),
            "sel2-mosa._domainkey.dkim.secutix.com.");
}

TEST(SelectorName, RefusesMoreThan255Bytes) {
  const std::string label(60, 'z');
  const Name zone = name(label + "." + label + "." + label + "." + label);
  EXPECT_EQ(selector_name(code("mosa"), SlotId::kSel1, zone).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(CustomerSelectors().name(SlotId::kSel1, zone).error().code, ErrorCode::kInvalid);
}

TEST(Domain, IsLoweredAndAbsolute) {
  EXPECT_EQ(parse_domain("MosaMuseum.COM").value().to_text(), "mosamuseum.com.");
  EXPECT_EQ(parse_domain("mosamuseum.com.").value().to_text(), "mosamuseum.com.");
  EXPECT_EQ(parse_domain("3m.xn--p1ai").value().to_text(), "3m.xn--p1ai.");
  EXPECT_EQ(parse_domain("mail.a-b.museum").value().to_text(), "mail.a-b.museum.");
}

TEST(Domain, RefusesWhatIsNoMailDomain) {
  for (const auto text : {""sv, "."sv, "com"sv, "com."sv, ".com"sv, "a..b"sv, "a.b.."sv, "-a.com"sv, "a-.com"sv,
                          "_dmarc.a.com"sv, "a b.com"sv, "a\\046b.com"sv, "192.0.2.1"sv, "*.a.com"sv, "user@a.com"sv,
                          "m\xc3\xbcseum.com"sv, "a.com\n"sv}) {
    EXPECT_EQ(parse_domain(text).error().code, ErrorCode::kInvalid) << text;
  }
}

TEST(Domain, RefusesLongLabelsAndNames) {
  EXPECT_TRUE(parse_domain(std::string(63, 'a') + ".com"));
  EXPECT_FALSE(parse_domain(std::string(64, 'a') + ".com"));
  std::string long_name = "com";
  for (int label = 0; label < 5; ++label) {
    long_name = std::string(60, 'a') + "." + long_name;
  }
  EXPECT_FALSE(parse_domain(long_name));
}

TEST(Domain, TellsHowToWriteLettersOutsideAscii) {
  EXPECT_THAT(parse_domain("m\xc3\xbcseum.com").error().message, HasSubstr("xn--"));
}

}  // namespace
}  // namespace zonestore::dkim
