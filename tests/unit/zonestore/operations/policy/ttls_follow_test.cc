// Published TTLs that follow the store's policy in slices.
#include "zonestore/operations/policy/ttls_follow.h"

#include <gmock/gmock.h>

#include "tests/support/store_fixture.h"
#include "zonestore/dkim/selector.h"
#include "zonestore/operations/rotation/maintain.h"
#include "zonestore/operations/rotation/slots.h"
#include "zonestore/rows/policy_rows.h"
#include "zonestore/rows/ttl_rows.h"

namespace zonestore {
namespace {

using dkim::SlotId;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr SliceLimit kThree{.institutions = 3};

class TtlsFollow : public tests::StoreFixture {
 protected:
  TtlsFollow() {
    for (const char* const each : {"a", "b", "c", "d", "e", "f", "g"}) {
      add(each);
    }
  }

  // The first slice, as `policy set ttl-active` does it that is killed then.
  void set_and_die(std::int64_t ttl) {
    ChangeScope change(*store_, context_, "policy set", "");
    rows::store_policy_value(change.connection(), rows::kWholeStore, rows::PolicyKey::kTtlActive, Seconds(ttl));
    const Slice slice = begin_to_follow(change, kThree);
    EXPECT_EQ(slice.institutions, 3U);
    EXPECT_EQ(slice.behind, 4U);
    Changed changed;
    change.finish({"ttl-active set"}, changed);
  }
  // Of what sel1 of each serves.
  std::vector<std::uint32_t> served() {
    Store::Impl& impl = store_->impl();
    const PublishedZone zone = impl.published(impl.dkim_zone);
    std::vector<std::uint32_t> ttls;
    for (const char* const each : {"a", "b", "c", "d", "e", "f", "g"}) {
      const Name owner = *dkim::selector_name(code(each), SlotId::kSel1, zone.apex);
      ttls.push_back(zonestore::seconds(find_record_set(impl.connection, zone, owner, RecordType::kTxt)->ttl));
    }
    return ttls;
  }
  bool are_behind() { return rows::read_ttls_behind(store_->impl().connection).has_value(); }
  Maintained run(bool dry = false) {
    ChangeContext context = context_;
    context.dry_run = dry;
    auto done = maintain(*store_, context);
    EXPECT_TRUE(done) << done.error().message;
    return *done;
  }
};

TEST_F(TtlsFollow, OfAFewInstitutionsInTheChangeItself) {
  const std::size_t rows = audit_rows();
  const auto done = set_policy(*store_, context_, std::nullopt, "ttl-active", "2h");
  ASSERT_TRUE(done);
  EXPECT_EQ(done->behind, 0U);
  EXPECT_THAT(served(), ElementsAre(7200, 7200, 7200, 7200, 7200, 7200, 7200));
  EXPECT_EQ(audit_rows(), rows + 1);
  EXPECT_FALSE(are_behind());
}

TEST_F(TtlsFollow, InSlicesEachAChangeWithASerialAndAnAuditRow) {
  set_and_die(7200);
  EXPECT_THAT(served(), ElementsAre(7200, 7200, 7200, 3600, 3600, 3600, 3600));
  const std::size_t rows = audit_rows();
  std::vector<std::uint64_t> told;
  Changed outcome;
  EXPECT_EQ(
      follow_policy_ttls(
          *store_, context_, "policy set", outcome, [&](std::uint64_t behind) { told.push_back(behind); }, kThree),
      4U);
  EXPECT_THAT(told, ElementsAre(1, 0));
  EXPECT_EQ(audit_rows(), rows + 2);
  ASSERT_EQ(outcome.zones.size(), 1U);
  EXPECT_EQ(outcome.zones[0].serial, store_->impl().published(store_->dkim_zone()).serial);
  EXPECT_THAT(served(), ElementsAre(7200, 7200, 7200, 7200, 7200, 7200, 7200));
  EXPECT_FALSE(are_behind());
}

TEST_F(TtlsFollow, KilledHalfWayMaintainGoesOn) {
  set_and_die(7200);
  const Maintained would = run(true);
  ASSERT_EQ(would.steps.size(), 1U);
  EXPECT_EQ(would.steps[0].what, "the published TTLs of 4 institutions follow the policy");
  EXPECT_TRUE(are_behind());
  const Maintained done = run();
  ASSERT_EQ(done.steps.size(), 1U);
  EXPECT_EQ(done.steps[0].what, would.steps[0].what);
  EXPECT_THAT(served(), ElementsAre(7200, 7200, 7200, 7200, 7200, 7200, 7200));
  EXPECT_THAT(run().steps, IsEmpty());
}

TEST_F(TtlsFollow, KilledHalfWayTheSameCommandGoesOn) {
  set_and_die(7200);
  const auto again = set_policy(*store_, context_, std::nullopt, "ttl-active", "2h");
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->changed);
  EXPECT_THAT(served(), ElementsAre(7200, 7200, 7200, 7200, 7200, 7200, 7200));
}

TEST_F(TtlsFollow, AnotherValueBeginsAnew) {
  set_and_die(7200);
  ASSERT_TRUE(set_policy(*store_, context_, std::nullopt, "ttl-active", "3h"));
  EXPECT_THAT(served(), ElementsAre(10800, 10800, 10800, 10800, 10800, 10800, 10800));
  EXPECT_FALSE(are_behind());
}

TEST_F(TtlsFollow, AnInstitutionThatIsChangedMeanwhileFollowsThen) {
  set_and_die(7200);
  ASSERT_TRUE(remove_institution(*store_, context_, code("g")));
  ASSERT_TRUE(rotate(*store_, overriding(Guard::kNotRipe), code("f")));
  EXPECT_EQ(show("f").slots.at(1).ttl, Ttl{7200});
  run();
  EXPECT_FALSE(are_behind());
}

TEST_F(TtlsFollow, NothingRipensBeforeTheLongerTtlOfBeforeIsForgotten) {
  ASSERT_TRUE(set_policy(*store_, context_, std::nullopt, "ttl-active", "1d"));
  clock_.advance(Seconds(60));
  set_and_die(60);
  // "g" still serves its active key for a day, "a" has served it for one until now.
  for (const char* const each : {"a", "g"}) {
    ASSERT_TRUE(revoke(*store_, overriding(Guard::kNotRipe), code(each), SlotId::kSel1, {.stop_signing = true}))
        << each;
    ASSERT_TRUE(prepare(*store_, context_, code(each), SlotId::kSel1));
    const WallTime ripe = show(each).slots.at(0).ripe_at.value();
    EXPECT_GE(ripe, clock_.now().wall + Seconds(86'400 + 600)) << each;
  }
}

TEST(TtlSlices, AreAsLargeAsTheLockWasShort) {
  const SliceLimit limit{.institutions = 1000, .time = Milliseconds(250)};
  EXPECT_EQ(next_slice(128, Milliseconds(125), limit), 256U);
  EXPECT_EQ(next_slice(400, Milliseconds(500), limit), 200U) << "its commit took long";
  EXPECT_EQ(next_slice(128, Milliseconds(10), limit), 256U) << "at most twice as many";
  EXPECT_EQ(next_slice(900, Milliseconds(10), limit), 1000U);
  EXPECT_EQ(next_slice(100, Milliseconds(0), limit), 200U);
  EXPECT_EQ(next_slice(16, Milliseconds(10'000), limit), 8U) << "else nothing would be done but commits";
}

TEST_F(TtlsFollow, ADryRunTellsHowManyMoreWouldFollow) {
  ChangeContext context = context_;
  context.dry_run = true;
  const auto would = set_policy(*store_, context, std::nullopt, "ttl-active", "2h");
  ASSERT_TRUE(would);
  EXPECT_EQ(would->behind, 0U);
  EXPECT_THAT(served(), ElementsAre(3600, 3600, 3600, 3600, 3600, 3600, 3600));
  EXPECT_FALSE(are_behind());
}

}  // namespace
}  // namespace zonestore
