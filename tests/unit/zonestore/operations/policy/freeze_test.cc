#include "zonestore/operations/policy/freeze.h"

#include "tests/support/store_fixture.h"
#include "zonestore/operations/rotation/slots.h"

namespace zonestore {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using tests::refusal_of;

class Freezing : public tests::StoreFixture {
 protected:
  Freezing() {
    add("mosa");
    add("louvre");
    clock_.advance(minutes(16));
  }
  Result<Swapped> rotate_it(const std::string& which) { return rotate(*store_, context_, code(which)); }
};

TEST_F(Freezing, AnInstitutionStopsItsRotationAlone) {
  const auto done = freeze(*store_, context_, code("mosa"), "audit week");
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->frozen->reason, "audit week");
  EXPECT_FALSE(done->frozen->whole_store);
  EXPECT_EQ(refusal_of(rotate_it("mosa")), Guard::kFrozen);
  EXPECT_TRUE(rotate_it("louvre"));
  EXPECT_EQ(show("mosa").frozen->reason, "audit week");
  EXPECT_EQ(show("mosa").rotate_refusal->refusal->guard, Guard::kFrozen);
}

TEST_F(Freezing, TheStoreStopsAllOfThem) {
  ASSERT_TRUE(freeze(*store_, context_, std::nullopt, "holidays"));
  EXPECT_EQ(refusal_of(rotate_it("mosa")), Guard::kFrozen);
  EXPECT_EQ(refusal_of(rotate_it("louvre")), Guard::kFrozen);
  EXPECT_TRUE(show("mosa").frozen->whole_store);
  EXPECT_EQ((*store_freeze(*store_))->reason, "holidays");
  ASSERT_TRUE(thaw(*store_, context_, std::nullopt));
  EXPECT_FALSE((*store_freeze(*store_)).has_value());
  EXPECT_TRUE(rotate_it("mosa"));
}

TEST_F(Freezing, ThawingOneLeavesItUnderTheStoresFreeze) {
  ASSERT_TRUE(freeze(*store_, context_, std::nullopt, "holidays"));
  ASSERT_TRUE(freeze(*store_, context_, code("mosa"), "audit week"));
  EXPECT_EQ(show("mosa").frozen->reason, "audit week");
  const auto thawed = thaw(*store_, context_, code("mosa"));
  ASSERT_TRUE(thawed);
  EXPECT_FALSE(thawed->frozen);
  EXPECT_EQ(thawed->store_frozen->reason, "holidays");
  EXPECT_EQ(refusal_of(rotate_it("mosa")), Guard::kFrozen);
}

TEST_F(Freezing, ThawingTheStoreLeavesTheInstitutionsOwnFreeze) {
  ASSERT_TRUE(freeze(*store_, context_, std::nullopt, "holidays"));
  ASSERT_TRUE(freeze(*store_, context_, code("mosa"), "audit week"));
  ASSERT_TRUE(thaw(*store_, context_, std::nullopt));
  EXPECT_EQ(refusal_of(rotate_it("mosa")), Guard::kFrozen);
  EXPECT_TRUE(rotate_it("louvre"));
}

TEST_F(Freezing, IsLiftedForOneRotationByItsOverride) {
  ASSERT_TRUE(freeze(*store_, context_, code("mosa"), "audit week"));
  EXPECT_TRUE(rotate(*store_, overriding(Guard::kFrozen), code("mosa")));
  EXPECT_TRUE(show("mosa").frozen);
}

TEST_F(Freezing, LeavesTheEmergenciesAlone) {
  ASSERT_TRUE(rotate_it("mosa"));
  ASSERT_TRUE(freeze(*store_, context_, std::nullopt, "holidays"));
  EXPECT_TRUE(undo(*store_, context_, code("mosa")));
  EXPECT_TRUE(revoke(*store_, context_, code("mosa"), dkim::SlotId::kSel1));
  EXPECT_TRUE(prepare(*store_, context_, code("mosa"), std::nullopt));
}

TEST_F(Freezing, TwiceKeepsTheFirstTimeAndTakesTheNewReason) {
  const WallTime first = clock_.now().wall;
  ASSERT_TRUE(freeze(*store_, context_, code("mosa"), "audit week"));
  clock_.advance(hours(1));
  const std::size_t rows = audit_rows();
  const auto same = freeze(*store_, context_, code("mosa"), "audit week");
  EXPECT_FALSE(same->changed);
  EXPECT_EQ(audit_rows(), rows);
  const auto other = freeze(*store_, context_, code("mosa"), "audit month");
  EXPECT_TRUE(other->changed);
  EXPECT_EQ(other->frozen->since, first);
  EXPECT_EQ(show("mosa").frozen->reason, "audit month");
}

TEST_F(Freezing, ThawingWhatIsNotFrozenChangesNothing) {
  const std::size_t rows = audit_rows();
  EXPECT_FALSE(thaw(*store_, context_, code("mosa"))->changed);
  EXPECT_FALSE(thaw(*store_, context_, std::nullopt)->changed);
  EXPECT_EQ(audit_rows(), rows);
}

TEST_F(Freezing, NeedsAReasonAndAnInstitution) {
  EXPECT_EQ(freeze(*store_, context_, code("mosa"), " ").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(freeze(*store_, context_, code("prado"), "x").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(thaw(*store_, context_, code("prado")).error().code, ErrorCode::kNotFound);
}

TEST_F(Freezing, IsInTheLogWithItsReasonAndADryRunIsNot) {
  ChangeContext dry = context_;
  dry.dry_run = true;
  ASSERT_TRUE(freeze(*store_, dry, code("mosa"), "audit week"));
  EXPECT_FALSE(show("mosa").frozen);
  ASSERT_TRUE(freeze(*store_, context_, code("mosa"), "audit week"));
  std::string what;
  ASSERT_TRUE(read_log(*store_, {.subjects = {"mosa"}, .since = {}, .newest = 1}, [&](const AuditEntry& entry) {
    what = entry.command + " " + entry.what;
    return true;
  }));
  EXPECT_EQ(what, "freeze frozen: audit week");
}

}  // namespace
}  // namespace zonestore
