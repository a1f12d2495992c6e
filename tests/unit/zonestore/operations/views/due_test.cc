#include <algorithm>

#include <gmock/gmock.h>

#include "tests/support/store_fixture.h"
#include "zonestore/operations/change/moment_keeper.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/policy/freeze.h"
#include "zonestore/operations/rotation/slots.h"
#include "zonestore/rows/due_rows.h"

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
  std::vector<std::string> maintenance() { return found(&zonestore::rows::maintenance_candidates); }
  std::vector<std::string> rotations() { return found(&zonestore::rows::rotation_candidates); }
  void set_policy(const std::optional<zonestore::dkim::Code>& whose, const char* key, const char* value) {
    const auto set = zonestore::set_policy(*store_, context_, whose, key, std::string(value));
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
  set_policy(std::nullopt, "every", "80d");
  set_policy(std::nullopt, "jitter", "0");
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
  set_policy(std::nullopt, "every", "80d");
  set_policy(std::nullopt, "jitter", "0");
  clock_.advance(hours(24 * 70));
  rotate("mosa");
  clock_.advance(hours(24 * 9));
  EXPECT_THAT(rotations(), IsEmpty()) << "79 days";
  clock_.advance(hours(24));
  EXPECT_THAT(rotations(), ElementsAre("bern", "nova")) << "80 days";
}

// The index tells each one's jitter: nobody is read who is not due.
TEST_F(Due, RotationsNotBeforeTheirOwnJitter) {
  set_policy(std::nullopt, "every", "90d");
  set_policy(std::nullopt, "jitter", "10d");
  const auto planned = [this](const char* name) { return show(name).next_rotation.value(); };
  std::vector<std::pair<zonestore::WallTime, std::string>> due{
      {planned("bern"), "bern"}, {planned("mosa"), "mosa"}, {planned("nova"), "nova"}};
  std::sort(due.begin(), due.end());
  std::vector<std::string> expected;
  for (const auto& [when, name] : due) {
    clock_.advance(when - clock_.now().wall - zonestore::Milliseconds(1));
    EXPECT_EQ(rotations(), expected) << "just before " << name;
    clock_.advance(zonestore::Milliseconds(1));
    expected.push_back(name);
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(rotations(), expected) << name;
  }
}

TEST_F(Due, RotationsOfThoseWithAPolicyOfTheirOwn) {
  set_policy(code("bern"), "every", "30d");
  EXPECT_THAT(rotations(), IsEmpty());
  clock_.advance(hours(24 * 20));
  EXPECT_THAT(rotations(), ElementsAre("bern")) << "as early as the jitter allows";
}

TEST_F(Due, RotationsOfThoseWithAJitterOfTheirOwn) {
  set_policy(std::nullopt, "every", "90d");
  set_policy(std::nullopt, "jitter", "0");
  set_policy(code("bern"), "jitter", "30d");
  clock_.advance(hours(24 * 60));
  EXPECT_THAT(rotations(), ElementsAre("bern"));
}

// After 60 days it is a Friday, 14:13.
TEST_F(Due, RotationsOfNobodyWhileTheWindowIsClosed) {
  set_policy(std::nullopt, "every", "60d");
  set_policy(std::nullopt, "jitter", "0");
  clock_.advance(hours(24 * 60));
  const auto at = [this](const char* window) {
    set_policy(std::nullopt, "window", window);
    return rotations();
  };
  EXPECT_THAT(at("Fri 14:00-15:00 UTC"), ElementsAre("bern", "mosa", "nova"))
      << zonestore::to_rfc3339(clock_.now().wall);
  EXPECT_THAT(at("Mon 14:00-15:00 UTC"), IsEmpty());
  set_policy(code("mosa"), "window", "always");
  EXPECT_THAT(rotations(), ElementsAre("mosa")) << "its own is open under the closed one of the store";
  EXPECT_THAT(at("always"), ElementsAre("bern", "mosa", "nova"));
  set_policy(code("mosa"), "window", "Mon 14:00-15:00 UTC");
  EXPECT_THAT(rotations(), ElementsAre("bern", "nova"));
}

TEST_F(Due, RotationsOfNobodyWhileTheStoreIsFrozen) {
  set_policy(std::nullopt, "every", "60d");
  clock_.advance(hours(24 * 90));
  EXPECT_THAT(rotations(), ElementsAre("bern", "mosa", "nova"));
  ASSERT_TRUE(zonestore::freeze(*store_, context_, std::nullopt, "audit week"));
  EXPECT_THAT(rotations(), IsEmpty());
}

}  // namespace
