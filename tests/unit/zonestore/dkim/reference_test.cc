#include "zonestore/dkim/reference.h"

#include <gmock/gmock.h>

namespace zonestore::dkim {
namespace {

using testing::HasSubstr;
using testing::Not;

Reference taken(std::string_view text) {
  const auto reference = Reference::parse(text);
  EXPECT_TRUE(reference) << text << ": " << (reference ? "" : reference.error().message);
  return reference.value_or(Reference{});
}

ErrorCode refused(std::string_view text) {
  const auto reference = Reference::parse(text);
  EXPECT_FALSE(reference) << text;
  return reference ? ErrorCode::kUnknown : reference.error().code;
}

TEST(Reference, IsACodeWithoutADot) {
  const Reference reference = taken("mosa");
  EXPECT_EQ(reference.code->text(), "mosa");
  EXPECT_EQ(reference.text, "mosa");
  EXPECT_FALSE(reference.domain || reference.zone || reference.slot);
  EXPECT_EQ(taken("stxsel2").code->text(), "stxsel2") << "by itself it may be a code";
}

TEST(Reference, IsADomainInAnyCaseWithOrWithoutTheFinalDot) {
  for (const char* text : {"mosamuseum.com", "MosaMuseum.COM", "mosamuseum.com.", "MOSAMUSEUM.COM."}) {
    const Reference reference = taken(text);
    EXPECT_EQ(reference.domain->to_text(), "mosamuseum.com.") << text;
    EXPECT_EQ(reference.text, text);
    EXPECT_FALSE(reference.code || reference.zone || reference.names_selector()) << text;
  }
}

TEST(Reference, IsTheSelectorInTheInstitutionsZone) {
  for (const char* text : {"stxsel2._domainkey.mosamuseum.com", "STXSEL2._DomainKey.mosamuseum.com."}) {
    const Reference reference = taken(text);
    EXPECT_EQ(reference.domain->to_text(), "mosamuseum.com.") << text;
    EXPECT_EQ(reference.selector, "stxsel2") << text;
    EXPECT_TRUE(reference.names_selector()) << text;
    EXPECT_FALSE(reference.code || reference.slot) << text;
  }
}

TEST(Reference, IsTheSelectorInOurZone) {
  for (const char* text : {"sel1-mosa._domainkey.dkim.secutix.com", "SEL1-MOSA._DOMAINKEY.DKIM.SECUTIX.COM."}) {
    const Reference reference = taken(text);
    EXPECT_EQ(reference.code->text(), "mosa") << text;
    EXPECT_EQ(reference.zone->to_text(), "dkim.secutix.com.") << text;
    EXPECT_EQ(reference.slot, SlotId::kSel1) << text;
    EXPECT_TRUE(reference.names_selector()) << text;
    EXPECT_FALSE(reference.domain) << text;
  }
  EXPECT_EQ(taken("sel1-sel2-x._domainkey.dkim.secutix.com").code->text(), "sel2-x");
}

TEST(Reference, IsNothingElse) {
  EXPECT_EQ(refused(""), ErrorCode::kInvalid);
  EXPECT_EQ(refused("."), ErrorCode::kInvalid);
  EXPECT_EQ(refused("MOSA"), ErrorCode::kInvalid);
  EXPECT_EQ(refused("mosa museum.com"), ErrorCode::kInvalid);
  EXPECT_EQ(refused("_domainkey.mosamuseum.com"), ErrorCode::kInvalid);
  EXPECT_EQ(refused("google._domainkey.mosamuseum.com"), ErrorCode::kInvalid);
  EXPECT_EQ(refused("a.b1._domainkey.mosamuseum.com"), ErrorCode::kInvalid);
  EXPECT_EQ(refused("stxsel1-mosa._domainkey.dkim.secutix.com"), ErrorCode::kInvalid);
  EXPECT_EQ(refused("sel1-._domainkey.dkim.secutix.com"), ErrorCode::kInvalid);
  EXPECT_EQ(refused("stxsel1._domainkey."), ErrorCode::kInvalid);
  EXPECT_EQ(refused("sel9-mosa._domainkey.dkim.secutix.com"), ErrorCode::kNotFound);
}

TEST(Reference, OfAFileIsNeverShownInAMessage) {
  EXPECT_EQ(reference_in_file("", "mosamuseum.com")->domain->to_text(), "mosamuseum.com.");
  EXPECT_EQ(reference_in_file("", "mosa")->code->text(), "mosa");
  for (const char* secret : {"c2VjcmV0LnNlY3JldA.x_y", "s3cr3t_", "a..b"}) {
    const auto reference = reference_in_file("word 1", secret);
    ASSERT_FALSE(reference) << secret;
    EXPECT_THAT(reference.error().message, Not(HasSubstr(secret)));
    EXPECT_THAT(reference.error().hint, Not(HasSubstr(secret)));
  }
}

}  // namespace
}  // namespace zonestore::dkim
