// Which commands keep their moment, and what trusted time makes of wrong clocks and reboots on a store.
#include <gtest/gtest.h>

#include "tests/support/store_fixture.h"
#include "zonestore/db/schema.h"
#include "zonestore/operations/bulk/bulk_runs.h"
#include "zonestore/operations/change/moment_keeper.h"
#include "zonestore/operations/policy/freeze.h"
#include "zonestore/operations/rotation/maintain.h"
#include "zonestore/operations/rotation/slots.h"
#include "zonestore/operations/views/checking.h"
#include "zonestore/rows/store_row.h"

namespace zonestore {
namespace {

using dkim::SlotId;
using dkim::SlotState;
using std::chrono::hours;
using std::chrono::minutes;
using tests::refusal_of;

constexpr Milliseconds kDay = hours(24);
constexpr Milliseconds kDrain = 7 * kDay + minutes(70);

class TrustedTime : public tests::StoreFixture {
 protected:
  TrustedTime() { add("mosa"); }

  KeptTime kept() { return rows::read_kept_time(store_->impl().connection); }
  bool keeps_its_moment(const std::function<void()>& command) {
    clock_.advance(minutes(1));
    command();
    return kept().last->wall == clock_.now().wall;
  }
  void rotate_unripe() {
    const auto done = rotate(*store_, overriding(Guard::kNotRipe), code("mosa"));
    ASSERT_TRUE(done) << done.error().message;
  }
  void run_maintain() { ASSERT_TRUE(maintain(*store_, context_)); }
  ChangeContext dry() {
    ChangeContext context = context_;
    context.dry_run = true;
    return context;
  }
};

TEST_F(TrustedTime, ARefusedCommandKeepsItsMoment) {
  EXPECT_TRUE(
      keeps_its_moment([&] { EXPECT_EQ(refusal_of(rotate(*store_, context_, code("mosa"))), Guard::kNotRipe); }));
  EXPECT_TRUE(
      keeps_its_moment([&] { EXPECT_EQ(refusal_of(undo(*store_, context_, code("mosa"))), Guard::kNothingToUndo); }));
  EXPECT_TRUE(keeps_its_moment(
      [&] { EXPECT_EQ(refusal_of(prepare(*store_, context_, code("mosa"), SlotId::kSel2)), Guard::kExists); }));
  EXPECT_TRUE(keeps_its_moment([&] {
    EXPECT_EQ(refusal_of(add_institution(*store_, overriding(Guard::kKeyType), code("mosa"), {})), Guard::kExists);
  }));
  EXPECT_TRUE(keeps_its_moment([&] { EXPECT_FALSE(rotate(*store_, context_, code("nobody"))); }));
}

TEST_F(TrustedTime, ACommandThatFindsNothingToDoKeepsItsMoment) {
  ASSERT_TRUE(freeze(*store_, context_, code("mosa"), "test"));
  EXPECT_TRUE(keeps_its_moment([&] { EXPECT_FALSE(freeze(*store_, context_, code("mosa"), "test")->changed); }));
  EXPECT_TRUE(keeps_its_moment([&] { run_maintain(); }));
}

TEST_F(TrustedTime, WhatCheckStoresKeepsItsMoment) {
  EXPECT_TRUE(keeps_its_moment([&] { EXPECT_TRUE(record_evidence(*store_, {{code("mosa"), {{}, clock_.now()}}})); }));
  EXPECT_TRUE(keeps_its_moment([&] { EXPECT_TRUE(record_server_evidence(*store_, {}, clock_.now())); }));
}

TEST_F(TrustedTime, ADryRunAndWhatOnlyReadsKeepNothing) {
  EXPECT_FALSE(keeps_its_moment([&] { (void)rotate(*store_, dry(), code("mosa")); }));
  EXPECT_FALSE(keeps_its_moment([&] { (void)prepare(*store_, dry(), code("mosa"), SlotId::kSel2); }));
  EXPECT_FALSE(keeps_its_moment([&] { (void)maintain(*store_, dry()); }));
  EXPECT_FALSE(keeps_its_moment([&] { (void)show("mosa"); }));
}

TEST_F(TrustedTime, AMomentThatIsKeptAloneIsNoChange) {
  const std::size_t rows = audit_rows();
  const std::uint32_t serial = store_->impl().published(store_->dkim_zone()).serial.value;
  EXPECT_TRUE(keeps_its_moment([&] { EXPECT_FALSE(rotate(*store_, context_, code("mosa"))); }));
  EXPECT_EQ(audit_rows(), rows);
  EXPECT_EQ(store_->impl().published(store_->dkim_zone()).serial.value, serial);
}

// It is refused at its very end, when all else is written.
TEST_F(TrustedTime, OfARefusedChangeNothingStaysButItsMoment) {
  clock_.advance(hours(1));
  ChangeContext context = context_;
  context.bulk_ticket = BulkTicket{77, 1, "rotate"};  // of no run
  EXPECT_TRUE(keeps_its_moment([&] { EXPECT_FALSE(rotate(*store_, context, code("mosa"))); }));
  EXPECT_EQ(show("mosa").active, SlotId::kSel1);
  EXPECT_EQ(state("mosa", SlotId::kSel2), SlotState::kStandby);
}

TEST_F(TrustedTime, ARefusalStandsThoughItsMomentCannotBeWritten) {
  clock_.advance(minutes(1));
  store_->impl().connection.execute(
      "CREATE TRIGGER no_moment BEFORE UPDATE OF last_wall_ms ON store BEGIN SELECT RAISE(ABORT, 'full'); END");
  EXPECT_EQ(refusal_of(rotate(*store_, context_, code("mosa"))), Guard::kNotRipe);
  EXPECT_EQ(refusal_of(prepare(*store_, context_, code("mosa"), SlotId::kSel2)), Guard::kExists);
}

TEST_F(TrustedTime, OneWriteByAClockThatIsAMonthAheadAndARebootEndNothing) {
  rotate_unripe();
  clock_.step_wall(30 * kDay);
  clock_.set_synchronised(false);
  add("opera");
  clock_.step_wall(-30 * kDay);
  clock_.set_synchronised(true);
  clock_.reboot();
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kDraining);
  EXPECT_EQ(state("opera", SlotId::kSel2), SlotState::kPublished);
  clock_.advance(kDrain - minutes(1));
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kDraining);
  clock_.advance(minutes(1));
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kDrained);
}

// What began while the clock was ahead is not blocked until the real clock has passed it.
TEST_F(TrustedTime, AWaitThatBeganUnderAClockThatWasAMonthAheadEndsInItsTime) {
  clock_.step_wall(30 * kDay);
  clock_.set_synchronised(false);
  rotate_unripe();
  clock_.step_wall(-30 * kDay);
  clock_.set_synchronised(true);
  clock_.reboot();
  run_maintain();
  clock_.advance(kDrain - minutes(1));
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kDraining);
  clock_.advance(minutes(1));
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kDrained);
  run_maintain();
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kPublished) << "maintain finds it";
}

TEST_F(TrustedTime, AMachineThatIsNeverSynchronisedCountsWhatItsBootsProve) {
  clock_.set_synchronised(false);
  rotate_unripe();
  for (int boot = 0; boot < 7; ++boot) {
    clock_.advance(kDay);
    EXPECT_FALSE(rotate(*store_, context_, code("mosa")));
    EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kDraining);
    clock_.advance(kDay);  // off
    clock_.reboot();
    EXPECT_FALSE(rotate(*store_, context_, code("mosa")));
  }
  clock_.advance(minutes(69));
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kDraining);
  clock_.advance(minutes(1));
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kDrained);
}

TEST_F(TrustedTime, AStoreFromBeforeBeginsAtNothingAndCountsItsMomentsAsSynchronised) {
  auto connection = db::Connection::open(temp_.path() / "old.db", db::Access::kCreate);
  const db::Schema& newest = db::zone_schema();
  constexpr std::size_t kBefore = 4;
  db::migrate(connection, db::Schema{newest.application_id, newest.what, newest.steps.first(kBefore)});
  connection.execute(
      "INSERT INTO zone (zone_id, apex) VALUES (1, x'01');"
      "INSERT INTO store (one, store_id, made_ms, highest_wall_ms, dkim_zone_id, spf_zone_id) "
      "VALUES (1, '0123456789abcdef0123456789abcdef', 0, 5, 1, 1);"
      "INSERT INTO institution (institution_id, code, algorithm, phase, added_ms) "
      "VALUES (1, 'mosa', 'ed25519', 'starting', 0);"
      "INSERT INTO slot (institution_id, slot) VALUES (1, 1);"
      "INSERT INTO slot (institution_id, slot, drain_wall_ms, drain_boot_ms, drain_boot_id, drain_for_ms) "
      "VALUES (1, 2, 2000, 10, 'b', 60);"
      "INSERT INTO dkim_key (key_id, institution_id, slot, algorithm, public_key, published_ms) "
      "VALUES ('0123456789abcdef', 1, 1, 'ed25519', x'00', 1234);"
      "UPDATE slot SET key_id = '0123456789abcdef' WHERE slot = 1;"
      "UPDATE institution SET phase = 'signing', active_slot = 1;"
      "INSERT INTO selector_content (institution_id, slot, sequence, kind, largest_ttl, ended_wall_ms, "
      "ended_boot_ms, "
      "ended_boot_id) VALUES (1, 1, 1, 'absent', 300, 1000, 10, 'b')");
  db::migrate(connection, newest);
  EXPECT_EQ(connection.integer("SELECT moved_wall_ms FROM institution"), 1234) << "when its key was published";
  EXPECT_EQ(connection.integer("SELECT moved_trusted_ms FROM institution"), 0);
  EXPECT_EQ(connection.integer("SELECT sum(drain_synchronised) FROM slot"), 1);
  EXPECT_EQ(connection.integer("SELECT ended_synchronised FROM selector_content"), 1);
  KeptTime kept = rows::read_kept_time(connection);
  EXPECT_EQ(kept.last, std::nullopt);
  EXPECT_EQ(rows::keep_moment(connection, clock_).moment.trusted, Milliseconds(0));
  kept = rows::read_kept_time(connection);
  EXPECT_EQ(kept.last, clock_.now());
  EXPECT_EQ(kept.known, clock_.now().wall.time_since_epoch());
}

}  // namespace
}  // namespace zonestore
