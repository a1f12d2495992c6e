#include "tools/zonectl/commands/list_filter.h"

#include <gmock/gmock.h>

#include "tools/zonectl/commands/list_columns.h"

namespace zonectl::list {
namespace {

using zonestore::ListedInstitution;
using zonestore::Name;

DomainPattern pattern(std::string_view text) {
  return parse_domain_pattern(text).value();
}

ListedInstitution louvre() {
  ListedInstitution institution;
  institution.code = "louvre";
  institution.domains = {Name::parse("louvre.fr").value(), Name::parse("news.louvre.museum").value()};
  institution.slots.resize(2);
  institution.slots[0].state = zonestore::dkim::SlotState::kActive;
  institution.slots[1].state = zonestore::dkim::SlotState::kDraining;
  return institution;
}

TEST(DomainPattern, StandsForADomainAndThoseBelowIt) {
  EXPECT_TRUE(matches(pattern("Louvre.FR."), "louvre.fr"));
  EXPECT_TRUE(matches(pattern("louvre.museum"), "news.louvre.museum"));
  EXPECT_FALSE(matches(pattern("ouvre.fr"), "louvre.fr"));
  EXPECT_FALSE(matches(pattern("news.louvre.museum"), "louvre.museum"));
}

TEST(DomainPattern, TakesStars) {
  EXPECT_TRUE(matches(pattern("*.fr"), "louvre.fr"));
  EXPECT_TRUE(matches(pattern("*"), "louvre.fr"));
  EXPECT_TRUE(matches(pattern("l*e.*"), "louvre.fr"));
  EXPECT_TRUE(matches(pattern("*uv*e.f*"), "louvre.fr"));
  EXPECT_TRUE(matches(pattern("louvre.fr*"), "louvre.fr"));
  EXPECT_FALSE(matches(pattern("*.fr"), "louvre.fr.example"));
  EXPECT_FALSE(matches(pattern("*fr*fr"), "louvre.fr"));
  EXPECT_FALSE(matches(pattern("*e.*re.fr"), "louvre.fr"));
}

TEST(DomainPattern, RefusesWhatNoNameCanMatch) {
  for (const auto* text : {"", ".", "a b", "a@b.fr", "?.fr"}) {
    EXPECT_FALSE(parse_domain_pattern(text)) << text;
  }
}

TEST(StatePattern, IsTakenInEitherCaseAndOnlyIfThereIsOne) {
  EXPECT_EQ(parse_state("draining")->name, "DRAINING");
  EXPECT_EQ(parse_state("Starting")->name, "starting");
  EXPECT_THAT(parse_state("asleep").error().hint, testing::HasSubstr("EMPTY, PUBLISHED"));
}

TEST(ListFilter, AdmitsAllWhenItIsOpen) {
  EXPECT_TRUE(Filter{}.is_open());
  EXPECT_TRUE(Filter{}.admits(louvre()));
}

TEST(ListFilter, TakesOneOfTheStates) {
  Filter filter;
  filter.states = {*parse_state("REVOKED"), *parse_state("DRAINING")};
  EXPECT_TRUE(filter.admits(louvre()));
  filter.states.pop_back();
  EXPECT_FALSE(filter.admits(louvre()));
  filter.states = {*parse_state("signing")};
  EXPECT_TRUE(filter.admits(louvre()));
  EXPECT_FALSE(filter.wants_departed());
  filter.states = {*parse_state("departed")};
  EXPECT_TRUE(filter.wants_departed());
}

TEST(ListFilter, AsksForAllOfDifferentKinds) {
  Filter filter;
  filter.attention = true;
  filter.domains = {pattern("*.fr")};
  ListedInstitution institution = louvre();
  EXPECT_FALSE(filter.admits(institution));
  institution.attention = {"evidence"};
  EXPECT_TRUE(filter.admits(institution));
  filter.domains = {pattern("*.de"), pattern("*.com")};
  EXPECT_FALSE(filter.admits(institution));
  filter.domains.clear();
  filter.due = true;
  EXPECT_FALSE(filter.admits(institution));
  institution.maintain_due = true;
  EXPECT_TRUE(filter.admits(institution));
  filter.never_seen = true;
  EXPECT_FALSE(filter.admits(institution));
  institution.never_seen = true;
  EXPECT_TRUE(filter.admits(institution));
}

TEST(ListColumns, AreTakenInTheOrderGiven) {
  const auto columns = parse_columns("domains,code").value();
  ASSERT_EQ(columns.size(), 2U);
  const Times times({}, false);
  EXPECT_EQ(columns[0].cell(louvre(), times).text, "louvre.fr news.louvre.museum");
  EXPECT_EQ(columns[1].title, "CODE");
  for (const Column& column : default_columns()) {
    EXPECT_NO_THROW((void)column.cell(louvre(), times)) << column.name;
  }
}

TEST(ListColumns, NamesThemAllForOneThatIsNot) {
  for (const auto* text : {"", "code,", "code,domain", ",code"}) {
    EXPECT_THAT(parse_columns(text).error().hint, testing::HasSubstr("code, phase")) << text;
  }
  EXPECT_THAT(parse_columns("domain").error().hint, testing::HasSubstr("did you mean domains?"));
}

}  // namespace
}  // namespace zonectl::list
