#include "tools/zonectl/text/relative_name.h"

#include <gtest/gtest.h>

namespace zonectl {
namespace {

const zonestore::Name kZone = *zonestore::Name::parse("mosamuseum.com");

TEST(RelativeName, IsWhatAPanelOfTheZoneTakes) {
  EXPECT_EQ(relative_name("stxsel1._domainkey.mosamuseum.com.", kZone), "stxsel1._domainkey");
  EXPECT_EQ(relative_name("mosamuseum.com.", kZone), "@");
}

TEST(RelativeName, LeavesWhatLiesOutsideOfTheZone) {
  EXPECT_EQ(relative_name("mosamuseum.org.", kZone), "mosamuseum.org.");
  EXPECT_EQ(relative_name("notmosamuseum.com.", kZone), "notmosamuseum.com.");
}

}  // namespace
}  // namespace zonectl
