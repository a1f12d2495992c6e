#include "dnsd/zone/zone_slots.h"

#include <gtest/gtest.h>

namespace dnsd::zone {
namespace {

zonestore::Name apex(int number) {
  return zonestore::Name::parse("zone" + std::to_string(number) + ".example").value();
}

TEST(ZoneSlots, AreGivenInTheOrderOfFirstAppearanceAndKept) {
  ZoneSlots slots;
  EXPECT_EQ(slots.of(apex(7)), 0U);
  EXPECT_EQ(slots.of(apex(3)), 1U);
  EXPECT_EQ(slots.of(apex(7)), 0U);
  EXPECT_EQ(slots.apexes().size(), 2U);
}

TEST(ZoneSlots, AreSharedByAllThatComeAfterThe63rd) {
  ZoneSlots slots;
  for (int number = 0; number < 63; ++number) {
    EXPECT_EQ(slots.of(apex(number)), number);
  }
  EXPECT_EQ(slots.of(apex(100)), ZoneSlots::kOther);
  EXPECT_EQ(slots.of(apex(101)), ZoneSlots::kOther);
  EXPECT_EQ(slots.of(apex(62)), 62U);
  EXPECT_EQ(slots.apexes().size(), 63U);
}

}  // namespace
}  // namespace dnsd::zone
