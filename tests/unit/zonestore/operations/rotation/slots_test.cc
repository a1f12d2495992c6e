#include "zonestore/operations/rotation/slots.h"

#include <cstdlib>
#include <fstream>

#include "tests/support/store_fixture.h"
#include "zonestore/operations/rotation/maintain.h"

namespace zonestore {
namespace {

using dkim::Phase;
using dkim::SlotId;
using dkim::SlotState;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using tests::refusal_of;

constexpr SlotId kSel1 = SlotId::kSel1;
constexpr SlotId kSel2 = SlotId::kSel2;
constexpr Milliseconds kDrainLength = hours(7 * 24) + seconds(3600 + 600);

class Slots : public tests::StoreFixture {
 protected:
  void ripen() { clock_.advance(minutes(16)); }
  [[nodiscard]] ChangeContext dry() const {
    ChangeContext context = context_;
    context.dry_run = true;
    return context;
  }
  std::size_t stored_keys() {
    std::size_t count = 0;
    const std::string counted = (temp_.path() / "count").string();
    EXPECT_EQ(std::system(("sqlite3 " + (dir() / "vault/vault.db").string() +
                           " 'SELECT count(*) FROM private_key' > " + counted)
                              .c_str()),
              0);
    std::ifstream(counted) >> count;
    return count;
  }
  SlotView slot(SlotId which) { return show("mosa").slots.at(which == kSel1 ? 0 : 1); }
};

TEST_F(Slots, RevokeOfTheStandbyPublishesAnEmptyKeyAndDestroysThePrivateHalf) {
  add("mosa");
  ripen();
  const auto done = revoke(*store_, context_, code("mosa"), kSel2);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->slot, kSel2);
  EXPECT_FALSE(done->swapped_to);
  EXPECT_FALSE(done->signing_stopped);
  EXPECT_FALSE(done->mail_under_way_until);
  EXPECT_EQ(done->exposed_until, clock_.now().wall + seconds(300));
  EXPECT_EQ(slot(kSel2).state, SlotState::kRevoked);
  EXPECT_EQ(slot(kSel2).record_text, "v=DKIM1; p=");
  EXPECT_EQ(zonestore::seconds(slot(kSel2).ttl), 300U);
  EXPECT_EQ(show("mosa").active, kSel1);
  EXPECT_EQ(stored_keys(), 1U);
  EXPECT_TRUE(done->zones.at(0).changed);
}

TEST_F(Slots, RevokeOfTheActiveSlotMovesSigningInTheSameTransaction) {
  add("mosa");
  ripen();
  const std::size_t rows = audit_rows();
  const auto done = revoke(*store_, context_, code("mosa"), kSel1);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->swapped_to, kSel2);
  EXPECT_EQ(done->exposed_until, clock_.now().wall + seconds(3600)) << "it was served with TTL 3600";
  EXPECT_EQ(done->mail_under_way_until, clock_.now().wall + kDrainLength);
  EXPECT_EQ(audit_rows(), rows + 1);
  EXPECT_EQ(show("mosa").active, kSel2);
  EXPECT_EQ(slot(kSel1).state, SlotState::kRevoked);
  EXPECT_EQ(refusal_of(undo(*store_, context_, code("mosa"))), Guard::kNothingToUndo);
}

TEST_F(Slots, RevokeOfTheNewKeyGoesBackToTheOneThatDrains) {
  add("mosa");
  ripen();
  ASSERT_TRUE(rotate(*store_, context_, code("mosa")));
  clock_.advance(hours(1));
  const auto done = revoke(*store_, context_, code("mosa"), kSel2);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->swapped_to, kSel1);
  EXPECT_EQ(slot(kSel1).state, SlotState::kActive);
  EXPECT_EQ(zonestore::seconds(slot(kSel1).ttl), 3600U);
}

TEST_F(Slots, RevokeOfADrainingSlotCostsTheMailUnderWay) {
  add("mosa");
  ripen();
  const auto rotated = rotate(*store_, context_, code("mosa"));
  ASSERT_TRUE(rotated);
  clock_.advance(hours(1));
  const auto done = revoke(*store_, context_, code("mosa"), kSel1);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->mail_under_way_until, rotated->drains_until);
  EXPECT_EQ(done->exposed_until, clock_.now().wall + seconds(3600)) << "the largest TTL that it was ever served with";
  EXPECT_EQ(show("mosa").active, kSel2);
}

TEST_F(Slots, RevokeOfTheLastKeyNeedsToBeAskedFor) {
  add("mosa");
  const std::size_t rows = audit_rows();
  const auto refused = revoke(*store_, context_, code("mosa"), kSel1);
  EXPECT_EQ(refusal_of(refused), Guard::kLastKey);
  EXPECT_EQ(refused.error().refusal->clears_at, clock_.now().wall + minutes(15));
  EXPECT_EQ(refusal_of(revoke(*store_, overriding(Guard::kLastKey), code("mosa"), kSel1)), Guard::kLastKey);
  EXPECT_EQ(audit_rows(), rows);
  EXPECT_EQ(stored_keys(), 2U);
}

TEST_F(Slots, StopSigningStopsUntilTheStandbyIsRipe) {
  add("mosa");
  const auto done = revoke(*store_, context_, code("mosa"), kSel1, {.stop_signing = true});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_TRUE(done->signing_stopped);
  EXPECT_EQ(done->institution.phase, Phase::kStarting);
  EXPECT_EQ(done->institution.starts_with, kSel2);
  EXPECT_FALSE(show("mosa").active);
  EXPECT_TRUE(maintain(*store_, context_)->steps.empty());
  clock_.advance(minutes(15));
  EXPECT_EQ(maintain(*store_, context_)->steps.size(), 1U);
  EXPECT_EQ(show("mosa").active, kSel2);
  EXPECT_EQ(show("mosa").phase, Phase::kSigning);
}

TEST_F(Slots, AfterStopSigningOnlyAnOperatorPutsAKey) {
  add("mosa");
  ASSERT_TRUE(revoke(*store_, context_, code("mosa"), kSel2));
  ASSERT_TRUE(revoke(*store_, context_, code("mosa"), kSel1, {.stop_signing = true}));
  clock_.advance(hours(24));
  EXPECT_TRUE(maintain(*store_, context_)->steps.empty());
  EXPECT_FALSE(show("mosa").active);
  const auto prepared = prepare(*store_, context_, code("mosa"), std::nullopt);
  ASSERT_TRUE(prepared) << prepared.error().message;
  EXPECT_EQ(prepared->slot, kSel1);
  EXPECT_EQ(slot(kSel1).state, SlotState::kPublished);
  clock_.advance(minutes(15) - Milliseconds(1));
  EXPECT_TRUE(maintain(*store_, context_)->steps.empty());
  clock_.advance(Milliseconds(1));
  EXPECT_EQ(maintain(*store_, context_)->steps.size(), 1U);
  EXPECT_EQ(show("mosa").active, kSel1);
  EXPECT_EQ(slot(kSel2).state, SlotState::kRevoked) << "a revoked slot waits for the operator";
}

TEST_F(Slots, RevokeTwiceIsRevokeOnce) {
  add("mosa");
  ASSERT_TRUE(revoke(*store_, context_, code("mosa"), kSel2));
  const std::size_t rows = audit_rows();
  const auto again = revoke(*store_, context_, code("mosa"), kSel2);
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->changed);
  EXPECT_EQ(audit_rows(), rows);
}

TEST_F(Slots, RevokeAsksForTheExpectedSlot) {
  add("mosa");
  EXPECT_EQ(refusal_of(revoke(*store_, expecting(kSel2), code("mosa"), kSel2)), Guard::kExpect);
}

TEST_F(Slots, PrepareAsksForTheExpectedSlotBeforeItMakesAKey) {
  add("mosa");
  EXPECT_EQ(refusal_of(prepare(*store_, expecting(kSel2), code("mosa"), kSel1)), Guard::kExpect);
  ASSERT_TRUE(revoke(*store_, context_, code("mosa"), kSel2));
  EXPECT_EQ(refusal_of(prepare(*store_, expecting(kSel2), code("mosa"), kSel2)), Guard::kExpect);
  EXPECT_TRUE(prepare(*store_, expecting(kSel1), code("mosa"), kSel2));
}

TEST_F(Slots, ADryRunOfRevokeTellsAllAndChangesNothing) {
  add("mosa");
  ripen();
  const std::size_t rows = audit_rows();
  const auto would = revoke(*store_, dry(), code("mosa"), kSel1);
  ASSERT_TRUE(would);
  EXPECT_TRUE(would->dry_run);
  EXPECT_EQ(would->swapped_to, kSel2);
  EXPECT_EQ(would->institution.active, kSel2);
  EXPECT_EQ(show("mosa").active, kSel1);
  EXPECT_EQ(audit_rows(), rows);
  EXPECT_EQ(stored_keys(), 2U);
}

TEST_F(Slots, RevokeMovesToNoKeyThatTheVaultHasLost) {
  add("mosa");
  ripen();
  ASSERT_EQ(std::system(("sqlite3 " + (dir() / "vault/vault.db").string() +
                         " \"DELETE FROM private_key WHERE key_id='" + slot(kSel2).key_id + "'\"")
                            .c_str()),
            0);
  EXPECT_EQ(refusal_of(revoke(*store_, context_, code("mosa"), kSel1)), Guard::kKeyMismatch);
  EXPECT_EQ(show("mosa").active, kSel1);
}

TEST_F(Slots, TheHistorySaysThatAKeyWasRevoked) {
  add("mosa");
  const std::string key_id = slot(kSel2).key_id;
  ASSERT_TRUE(revoke(*store_, context_, code("mosa"), kSel2));
  const std::string query = "test \"$(sqlite3 " + (dir() / "zone.db").string() +
                            " \"SELECT revoked_ms = withdrawn_ms FROM dkim_key WHERE key_id = '" + key_id +
                            "'\")\" = 1";
  EXPECT_EQ(std::system(query.c_str()), 0);
}

TEST_F(Slots, PrepareFillsARevokedSlotWhichThenRipens) {
  add("mosa");
  ripen();
  ASSERT_TRUE(revoke(*store_, context_, code("mosa"), kSel1));
  const auto done = prepare(*store_, context_, code("mosa"), std::nullopt);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->slot, kSel1);
  EXPECT_EQ(done->institution.slots[0].state, SlotState::kPublished);
  // The p= in between had TTL 300; the key before it had been active at 3600.
  EXPECT_EQ(slot(kSel1).ripe_at, clock_.now().wall + minutes(70));
  clock_.advance(minutes(70) - Milliseconds(1));
  EXPECT_EQ(refusal_of(rotate(*store_, context_, code("mosa"))), Guard::kNotRipe);
  clock_.advance(Milliseconds(1));
  EXPECT_TRUE(rotate(*store_, context_, code("mosa")));
}

TEST_F(Slots, PrepareReplacesAKeyThatHasServedItsTimeAndDestroysIt) {
  add("mosa");
  ripen();
  const std::string old = slot(kSel1).key_id;
  ASSERT_TRUE(rotate(*store_, context_, code("mosa")));
  const auto early = prepare(*store_, context_, code("mosa"), kSel1);
  ASSERT_EQ(refusal_of(early), Guard::kDraining);
  clock_.advance(*early.error().refusal->clears_at - clock_.now().wall);
  ASSERT_TRUE(prepare(*store_, context_, code("mosa"), kSel1));
  EXPECT_NE(slot(kSel1).key_id, old);
  EXPECT_EQ(stored_keys(), 2U);
}

TEST_F(Slots, PrepareLeavesKeysThatAreInUseAlone) {
  add("mosa");
  EXPECT_EQ(refusal_of(prepare(*store_, context_, code("mosa"), std::nullopt)), Guard::kExists);
  EXPECT_EQ(refusal_of(prepare(*store_, context_, code("mosa"), kSel1)), Guard::kExists);
  EXPECT_EQ(stored_keys(), 2U);
}

TEST_F(Slots, ADryRunOfPrepareChangesNeitherStoreNorVault) {
  add("mosa");
  ASSERT_TRUE(revoke(*store_, context_, code("mosa"), kSel2));
  const std::size_t rows = audit_rows();
  const auto would = prepare(*store_, dry(), code("mosa"), std::nullopt);
  ASSERT_TRUE(would);
  EXPECT_EQ(would->institution.slots[1].state, SlotState::kPublished);
  EXPECT_EQ(slot(kSel2).state, SlotState::kRevoked);
  EXPECT_EQ(audit_rows(), rows);
  EXPECT_EQ(stored_keys(), 1U);
}

TEST_F(Slots, ARevokedRecordLeavesWithARemovedInstitution) {
  add("mosa");
  ASSERT_TRUE(revoke(*store_, context_, code("mosa"), kSel2));
  ASSERT_TRUE(remove_institution(*store_, context_, code("mosa")));
  clock_.advance(kDrainLength);
  ASSERT_EQ(maintain(*store_, context_)->steps.size(), 1U);
  const auto listed = list_institutions(*store_, true, [&](const InstitutionView& view) {
    EXPECT_EQ(view.slots[1].record_text, "");
    return true;
  });
  EXPECT_TRUE(listed);
  add("mosa");
  EXPECT_EQ(show("mosa").starts_with, kSel1);
}

}  // namespace
}  // namespace zonestore
