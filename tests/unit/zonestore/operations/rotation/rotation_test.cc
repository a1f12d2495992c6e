#include "zonestore/operations/rotation/rotation.h"

#include "tests/support/store_fixture.h"
#include "zonestore/vault/vault.h"

namespace zonestore {
namespace {

using dkim::SlotId;
using dkim::SlotState;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using tests::refusal_of;

class Rotation : public tests::StoreFixture {
 protected:
  void ripen() { clock_.advance(minutes(16)); }
};

TEST_F(Rotation, IsRefusedUntilTheStandbyIsRipeToTheMillisecond) {
  add("mosa");
  const auto refused = rotate(*store_, context_, code("mosa"));
  ASSERT_EQ(refusal_of(refused), Guard::kNotRipe);
  const WallTime clears = *refused.error().refusal->clears_at;
  EXPECT_EQ(clears - clock_.now().wall, seconds(300 + 600));
  clock_.advance(seconds(900) - Milliseconds(1));
  EXPECT_EQ(refusal_of(rotate(*store_, context_, code("mosa"))), Guard::kNotRipe);
  clock_.advance(Milliseconds(1));
  EXPECT_TRUE(rotate(*store_, context_, code("mosa")));
}

TEST_F(Rotation, SwapsTheActiveSlotAndItsTtl) {
  add("mosa");
  ripen();
  const auto done = rotate(*store_, context_, code("mosa"));
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->from, SlotId::kSel1);
  EXPECT_EQ(done->to, SlotId::kSel2);
  const InstitutionView view = show("mosa");
  EXPECT_EQ(view.active, SlotId::kSel2);
  EXPECT_EQ(view.slots[0].state, SlotState::kDraining);
  EXPECT_EQ(zonestore::seconds(view.slots[0].ttl), 300U);
  EXPECT_EQ(view.slots[1].state, SlotState::kActive);
  EXPECT_EQ(zonestore::seconds(view.slots[1].ttl), 3600U);
  EXPECT_EQ(done->drains_until - clock_.now().wall, hours(7 * 24) + seconds(3600 + 600));
}

TEST_F(Rotation, LeavesTheKeysAlone) {
  add("mosa");
  ripen();
  const InstitutionView before = show("mosa");
  ASSERT_TRUE(rotate(*store_, context_, code("mosa")));
  const InstitutionView after = show("mosa");
  EXPECT_EQ(before.slots[0].record_text, after.slots[0].record_text);
  EXPECT_EQ(before.slots[1].record_text, after.slots[1].record_text);
}

TEST_F(Rotation, TwiceIsRefusedWhileTheOtherSlotDrains) {
  add("mosa");
  ripen();
  ASSERT_TRUE(rotate(*store_, context_, code("mosa")));
  EXPECT_EQ(refusal_of(rotate(*store_, context_, code("mosa"))), Guard::kDraining);
  EXPECT_EQ(refusal_of(rotate(*store_, overriding(Guard::kDraining), code("mosa"))), Guard::kDraining);
}

TEST_F(Rotation, UndoGoesBackOnceAndNotTwice) {
  add("mosa");
  ripen();
  EXPECT_EQ(refusal_of(undo(*store_, context_, code("mosa"))), Guard::kNothingToUndo);
  ASSERT_TRUE(rotate(*store_, context_, code("mosa")));
  const auto undone = undo(*store_, context_, code("mosa"));
  ASSERT_TRUE(undone) << undone.error().message;
  EXPECT_EQ(undone->to, SlotId::kSel1);
  EXPECT_FALSE(undone->undo_until);
  EXPECT_EQ(state("mosa", SlotId::kSel2), SlotState::kDraining);
  EXPECT_EQ(refusal_of(undo(*store_, context_, code("mosa"))), Guard::kNothingToUndo);
}

TEST_F(Rotation, UndoIsRefusedWhenTheDrainIsOver) {
  add("mosa");
  ripen();
  ASSERT_TRUE(rotate(*store_, context_, code("mosa")));
  clock_.advance(hours(8 * 24));
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kDrained);
  EXPECT_EQ(refusal_of(undo(*store_, context_, code("mosa"))), Guard::kNothingToUndo);
}

TEST_F(Rotation, ExpectNamesTheActiveSlot) {
  add("mosa");
  ripen();
  EXPECT_EQ(refusal_of(rotate(*store_, expecting(SlotId::kSel2), code("mosa"))), Guard::kExpect);
  EXPECT_TRUE(rotate(*store_, expecting(SlotId::kSel1), code("mosa")));
}

TEST_F(Rotation, OverridesNotRipeAndKeepsTheReason) {
  add("mosa");
  ASSERT_TRUE(rotate(*store_, overriding(Guard::kNotRipe), code("mosa")));
  std::string reason;
  ASSERT_TRUE(read_log(*store_, {.subjects = {"mosa"}, .since = {}, .newest = 1}, [&](const AuditEntry& entry) {
    reason = entry.override_code + " " + entry.reason;
    return true;
  }));
  EXPECT_EQ(reason, "E_NOT_RIPE test");
}

TEST_F(Rotation, IsRefusedWhenTheVaultHasLostTheKey) {
  add("mosa");
  ripen();
  const std::string key_id = show("mosa").slots[1].key_id;
  ASSERT_EQ(std::system(("sqlite3 " + (dir() / "vault/vault.db").string() +
                         " \"DELETE FROM private_key WHERE key_id='" + key_id + "'\"")
                            .c_str()),
            0);
  const std::size_t rows = audit_rows();
  EXPECT_EQ(refusal_of(rotate(*store_, context_, code("mosa"))), Guard::kKeyMismatch);
  EXPECT_EQ(refusal_of(rotate(*store_, overriding(Guard::kKeyMismatch), code("mosa"))), Guard::kKeyMismatch);
  EXPECT_EQ(show("mosa").active, SlotId::kSel1);
  EXPECT_EQ(audit_rows(), rows);
}

TEST_F(Rotation, DryRunTellsTheOutcomeAndChangesNothing) {
  add("mosa");
  ripen();
  const std::size_t rows = audit_rows();
  ChangeContext dry = context_;
  dry.dry_run = true;
  const auto would = rotate(*store_, dry, code("mosa"));
  ASSERT_TRUE(would) << would.error().message;
  EXPECT_TRUE(would->dry_run);
  EXPECT_EQ(would->institution.active, SlotId::kSel2);
  EXPECT_EQ(show("mosa").active, SlotId::kSel1);
  EXPECT_EQ(audit_rows(), rows);
}

TEST_F(Rotation, BumpsTheSerialOfTheDkimZoneAlone) {
  add("mosa");
  ripen();
  const auto done = rotate(*store_, context_, code("mosa"));
  ASSERT_TRUE(done);
  ASSERT_EQ(done->zones.size(), 1U);
  EXPECT_EQ(done->zones[0].apex.to_text(), "dkim.secutix.com.");
  EXPECT_TRUE(done->zones[0].changed);
}

TEST_F(Rotation, OfAnUnknownInstitutionIsNotFound) {
  const auto refused = rotate(*store_, context_, code("louvre"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace zonestore
