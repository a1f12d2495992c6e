#include "zonestore/operations/due.h"

#include <gmock/gmock.h>

#include "tests/support/store_fixture.h"
#include "zonestore/operations/moment_keeper.h"
#include "zonestore/operations/slots.h"
#include "zonestore/operations/store_impl.h"

namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::IsEmpty;

class Due : public tests::StoreFixture {
 protected:
  Due() {
    for (const char* const name : {"bern", "mosa", "nova"}) {
      add(name);
    }
  }
  template <class Find>
  std::vector<std::string> found(Find find) {
    std::vector<std::string> codes;
    for (const zonestore::dkim::Code& each : find(store_->impl().connection, store_->impl().now())) {
      codes.push_back(each.text());
    }
    return codes;
  }
  std::vector<std::string> maintenance() { return found(&zonestore::maintenance_candidates); }
  std::vector<std::string> rotations() { return found(&zonestore::rotation_candidates); }
  void set_policy(const std::optional<zonestore::dkim::Code>& whose, const char* key, const char* value) {
    const auto set = zonestore::set_policy_text(*store_, context_, whose, key, std::string(value));
    ASSERT_TRUE(set) << set.error().message;
  }
  void rotate(const char* name) { ASSERT_TRUE(zonestore::rotate(*store_, context_, code(name))); }
};

TEST_F(Due, NobodyWhileAllSignWithAStandby) {
  clock_.advance(hours(24 * 365));
  EXPECT_THAT(maintenance(), IsEmpty());
  EXPECT_THAT(rotations(), IsEmpty());
}

TEST_F(Due, AnInstitutionWhenItsDrainHasEnded) {
  clock_.advance(hours(2));
  rotate("mosa");
  clock_.advance(hours(24 * 7));
  EXPECT_THAT(maintenance(), IsEmpty());
  clock_.advance(hours(2));
  EXPECT_THAT(maintenance(), ElementsAre("mosa"));
  clock_.step_wall(-hours(24 * 300));
  EXPECT_THAT(maintenance(), IsEmpty()) << "set back to before the rotation, and nothing was kept meanwhile";
}

// Neither index alone has it: the wall clock is behind what it was when the drain began.
TEST_F(Due, AnInstitutionWhoseDrainHasEndedByTrustedTimeAlone) {
  clock_.advance(hours(2));
  clock_.step_wall(hours(24 * 30));
  rotate("mosa");
  clock_.step_wall(-hours(24 * 30));
  zonestore::observe_time(store_->impl());
  clock_.advance(hours(24 * 7));
  EXPECT_THAT(maintenance(), IsEmpty());
  clock_.advance(hours(2));
  EXPECT_THAT(maintenance(), ElementsAre("mosa"));
}

TEST_F(Due, RotationsByTrustedTimeAlone) {
  set_policy(std::nullopt, "every", "90d");
  set_policy(std::nullopt, "jitter", "10d");
  clock_.step_wall(-hours(24 * 365));
  zonestore::observe_time(store_->impl());
  clock_.advance(hours(24 * 79));
  EXPECT_THAT(rotations(), IsEmpty());
  clock_.advance(hours(24));
  EXPECT_THAT(rotations(), ElementsAre("bern", "mosa", "nova"));
}

TEST_F(Due, AnInstitutionThatWasRemovedUntilItHasLeft) {
  ASSERT_TRUE(zonestore::remove_institution(*store_, context_, code("nova")));
  EXPECT_THAT(maintenance(), ElementsAre("nova"));
}

TEST_F(Due, RotationsOfThoseThatMovedLongEnoughAgo) {
  set_policy(std::nullopt, "every", "90d");
  set_policy(std::nullopt, "jitter", "10d");
  clock_.advance(hours(24 * 70));
  rotate("mosa");
  clock_.advance(hours(24 * 9));
  EXPECT_THAT(rotations(), IsEmpty()) << "79 days";
  clock_.advance(hours(24));
  EXPECT_THAT(rotations(), ElementsAre("bern", "nova")) << "80 days: as early as the jitter allows";
}

TEST_F(Due, RotationsOfThoseWithAPolicyOfTheirOwn) {
  set_policy(code("bern"), "every", "30d");
  EXPECT_THAT(rotations(), ElementsAre("bern"));
}

}  // namespace
