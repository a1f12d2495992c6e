#include "zonestore/dkim/customer_selectors.h"

#include <gmock/gmock.h>

namespace zonestore::dkim {
namespace {

using testing::HasSubstr;

CustomerSelectors of(std::string_view word) {
  const auto selectors = CustomerSelectors::parse(word);
  EXPECT_TRUE(selectors) << word << ": " << (selectors ? "" : selectors.error().message);
  return selectors.value_or(CustomerSelectors());
}

TEST(CustomerSelectors, AreStxsel1And2UnlessToldOtherwise) {
  EXPECT_EQ(CustomerSelectors().of(SlotId::kSel1), "stxsel1");
  EXPECT_EQ(CustomerSelectors().of(SlotId::kSel2), "stxsel2");
  EXPECT_EQ(of("stxsel"), CustomerSelectors());
}

TEST(CustomerSelectors, AreWhatTheInstitutionPublishes) {
  const Name domain = Name::parse("mosamuseum.com").value();
  EXPECT_EQ(of("ticket-").name(SlotId::kSel1, domain)->to_text(), "ticket-1._domainkey.mosamuseum.com.");
  EXPECT_EQ(of("Acme").name(SlotId::kSel2, domain)->to_text(), "acme2._domainkey.mosamuseum.com.");
}

TEST(CustomerSelectors, HaveAWordOfLettersDigitsAndHyphens) {
  for (const char* word : {"a", "1", "sel", "x-", "sel1", "sel12-", "selx-", "s2026-a"}) {
    EXPECT_EQ(of(word).word(), word);
  }
  EXPECT_TRUE(CustomerSelectors::parse(std::string(32, 'a')));
  for (const std::string& word : {std::string(), std::string(33, 'a'), std::string("-a"), std::string("a.b"),
                                  std::string("a_b"), std::string("a b"), std::string("m\xc3\xbc")}) {
    EXPECT_EQ(CustomerSelectors::parse(word).error().code, ErrorCode::kInvalid) << word;
  }
}

TEST(CustomerSelectors, AreNeverTakenForOurOwn) {
  for (const char* word : {"sel1-", "SEL2-x", "sel9-"}) {
    EXPECT_THAT(CustomerSelectors::parse(word).error().message, HasSubstr("sel1-CODE")) << word;
  }
}

TEST(CustomerSelectors, TellASlotByEitherName) {
  const CustomerSelectors acme = of("acme");
  EXPECT_EQ(acme.parse_slot("sel1"), SlotId::kSel1);
  EXPECT_EQ(acme.parse_slot("SEL2"), SlotId::kSel2);
  EXPECT_EQ(acme.parse_slot("Acme2"), SlotId::kSel2);
  EXPECT_EQ(acme.parse_slot("acme3").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(acme.parse_slot("sel3").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(acme.parse_slot("stxsel1").error().code, ErrorCode::kInvalid);
  EXPECT_THAT(acme.parse_slot("stxsel1").error().hint, HasSubstr("acme1 and acme2"));
  EXPECT_EQ(acme.slot_of("ACME1"), SlotId::kSel1);
  EXPECT_EQ(acme.slot_of("acme10"), std::nullopt);
}

TEST(CustomerSelectors, KnowWhatIsMeantForASlot) {
  const CustomerSelectors acme = of("acme");
  EXPECT_TRUE(acme.reads_as_slot("acme3"));
  EXPECT_TRUE(acme.reads_as_slot("Sel3"));
  for (const char* text : {"sel", "sela", "acme", "acmes", "acme11", "stxsel1", "mosa", ""}) {
    EXPECT_FALSE(acme.reads_as_slot(text)) << text;
  }
  EXPECT_EQ(of("sel").parse_slot("sel1"), SlotId::kSel1);
}

}  // namespace
}  // namespace zonestore::dkim
