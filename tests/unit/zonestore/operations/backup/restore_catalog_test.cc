// What a restore makes of the catalog: it comes back as a zone does, with the labels that consumers know.
#include <gtest/gtest.h>

#include "tests/unit/zonestore/operations/backup/restore_fixture.h"
#include "zonestore/operations/history/store_verify.h"
#include "zonestore/operations/zones/catalog.h"

namespace zonestore {
namespace {

class RestoredCatalog : public RestoreTest {
 protected:
  CatalogView set() {
    const auto done = set_catalog(*store_, context_, *Name::parse("catalog.secutix.invalid"));
    EXPECT_TRUE(done) << done.error().message;
    return done ? done->catalog : CatalogView{};
  }
};

TEST_F(RestoredCatalog, ComesBackWithItsLabelsAndALaterSerial) {
  const CatalogView before = set();
  back_up();
  const auto unset = unset_catalog(*store_, context_);
  ASSERT_TRUE(unset) << unset.error().message;
  const Serial last = set().serial;
  (void)restore_backup();
  const auto after = show_catalog(*store_);
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_TRUE(is_before(last, after->serial));
  ASSERT_EQ(after->members.size(), before.members.size());
  for (std::size_t index = 0; index < before.members.size(); ++index) {
    EXPECT_EQ(after->members[index].label, before.members[index].label);
  }
  EXPECT_EQ(verify_zones(*store_)->fault_count, 0U);
}

TEST_F(RestoredCatalog, IsGoneWithABackupFromBeforeItWasSet) {
  back_up();
  const Serial last = set().serial;
  (void)restore_backup();
  EXPECT_FALSE(show_catalog(*store_));
  EXPECT_TRUE(is_before(last, set().serial)) << "consumers that have it see it go on";
}

}  // namespace
}  // namespace zonestore
