// A published key has its private half in the vault, however long a command waits for its turn and whatever the clock
// says meanwhile; and what no slot uses is swept.
#include "zonestore/operations/change/private_halves.h"

#include <array>
#include <functional>

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/store_fixture.h"
#include "zonestore/operations/change/change_scope.h"
#include "zonestore/operations/institutions/key_import.h"
#include "zonestore/operations/keys/key_stock.h"
#include "zonestore/operations/rotation/maintain.h"
#include "zonestore/operations/rotation/slots.h"
#include "zonestore/rows/slot_rows.h"

namespace zonestore {
namespace {

using dkim::SlotId;
using std::chrono::hours;
using ::testing::HasSubstr;

// Another program that holds the write lock until a command has put a key into the vault and waits for its turn; and
// that takes every key for an orphan that is in no slot then.
class Sweeper {
 public:
  Sweeper(const std::filesystem::path& dir, const std::string& store_id) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    child_ = ::fork();
    if (child_ == 0) {
      ::_exit(hold_and_sweep(dir, store_id, ends.at(1)) ? 0 : 1);
    }
    char ready = 0;
    EXPECT_EQ(::read(ends.at(0), &ready, 1), 1);
    ::close(ends.at(0));
    ::close(ends.at(1));
  }
  [[nodiscard]] bool has_swept() const {
    int status = 0;
    return ::waitpid(child_, &status, 0) == child_ && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

 private:
  static bool hold_and_sweep(const std::filesystem::path& dir, const std::string& store_id, int ready) {
    Vault vault = Vault::open(dir, store_id).value();
    db::Connection zone = db::Connection::open(dir / "zone.db", db::Access::kReadWrite);
    const db::Transaction holding(zone, db::Transaction::Kind::kWrite);
    const std::size_t before = vault.list()->size();
    bool told = ::write(ready, "r", 1) == 1;
    while (vault.list()->size() == before) {
      ::usleep(1000);
    }
    const std::vector<std::string> unused = vault.unused_after("", 1000).value();
    for (const std::string& id : unused) {
      db::Statement slot = zone.prepare("SELECT 1 FROM slot WHERE key_id = ?1");
      told = told && (slot.bind(1, std::string_view(id)).step() || vault.destroy({id}));
    }
    return told;
  }
  pid_t child_ = -1;
};

class PrivateHalves : public tests::StoreFixture {
 protected:
  std::size_t keys_in_vault() { return store_->impl().vault().list()->size(); }
  std::vector<std::string> unused_keys() { return store_->impl().vault().unused_after("", 1000).value(); }
  void put_orphan(const std::string& id) {
    const auto key = crypto::PrivateKey::generate(crypto::Algorithm::kEd25519);
    ASSERT_TRUE(store_->impl().vault().put({{id, &*key}}, clock_.now().wall));
  }
  void run_maintain() {
    const auto done = maintain(*store_, context_);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_TRUE(done->failures.empty());
  }
  // Of all slots: their keys are in the vault and are what is published.
  void expect_proven() {
    std::size_t slots = 0;
    ASSERT_TRUE(list_institutions(*store_, false, [&](const InstitutionView& view) {
      for (const SlotView& slot : view.slots) {
        if (!slot.key_id.empty()) {
          ++slots;
          const auto key = store_->impl().vault().get(slot.key_id);
          EXPECT_TRUE(key) << view.code << ": a published key has no private half";
        }
      }
      return true;
    }));
    EXPECT_GT(slots, 0U);
  }
  void expect_proven_after(const std::function<void(Store&)>& change) {
    const std::string id = store_->impl().store_id;
    store_.reset();  // a fork takes no open database with it
    const Sweeper sweeper(dir(), id);
    open();
    change(*store_);
    EXPECT_TRUE(sweeper.has_swept());
    expect_proven();
  }
};

TEST_F(PrivateHalves, AreThereThoughAnotherSweptWhileAnAddWaitedForItsTurn) {
  expect_proven_after([&](Store& store) {
    AddOptions options;
    options.algorithm = crypto::Algorithm::kEd25519;
    EXPECT_TRUE(add_institution(store, overriding(Guard::kKeyType), code("mosa"), options));
  });
}

TEST_F(PrivateHalves, AreThereThoughAnotherSweptWhileAPrepareWaited) {
  add("mosa");
  ASSERT_TRUE(revoke(*store_, context_, code("mosa"), SlotId::kSel2));
  expect_proven_after([&](Store& store) { EXPECT_TRUE(prepare(store, context_, code("mosa"), SlotId::kSel2)); });
}

TEST_F(PrivateHalves, AreThereThoughAnotherSweptWhileAnImportWaited) {
  add("mosa");
  ASSERT_TRUE(revoke(*store_, context_, code("mosa"), SlotId::kSel2));
  std::vector<SuppliedKey> keys;
  keys.push_back({SlotId::kSel2, crypto::PrivateKey::generate(crypto::Algorithm::kRsa2048).value()});
  expect_proven_after(
      [&](Store& store) { EXPECT_TRUE(import_keys(store, context_, code("mosa"), std::move(keys), {})); });
}

TEST_F(PrivateHalves, AreThereThoughAnotherSweptWhileMaintainFilledASlot) {
  add("mosa");
  clock_.advance(hours(1));
  ASSERT_TRUE(rotate(*store_, context_, code("mosa")));
  clock_.advance(hours(9 * 24));
  expect_proven_after([&](Store& store) {
    const auto done = maintain(store, context_);
    ASSERT_TRUE(done);
    EXPECT_TRUE(done->failures.empty());
    EXPECT_EQ(done->steps.size(), 1U);
  });
}

TEST_F(PrivateHalves, OfAStockStayThoughAnAddTakesDaysAndTheClockIsAMonthAhead) {
  KeyStock stock(*store_, std::vector(6, crypto::Algorithm::kEd25519), context_);
  Store other = Store::open(dir(), Store::Access::kWrite, clock_).value();
  for (const char* name : {"a", "b", "c"}) {
    add(name);
    for (int day = 0; day < 3; ++day) {
      ASSERT_TRUE(maintain(other, context_));
      clock_.advance(hours(25));
      clock_.step_wall(hours(30 * 24));
      ASSERT_TRUE(maintain(other, context_));
      clock_.step_wall(-hours(30 * 24));
    }
    expect_proven();
  }
}

TEST_F(PrivateHalves, AChangeThatWouldPublishAKeyWithoutOneIsRefusedWhole) {
  add("mosa");
  ASSERT_TRUE(revoke(*store_, context_, code("mosa"), SlotId::kSel2));
  rows::InstitutionRow row = rows::find_institution(store_->impl().connection, code("mosa")).value();
  const std::size_t rows = audit_rows();
  const auto forgot = db::at_border<void>([&] {
    ChangeScope change(*store_, context_, "prepare", "mosa");
    const auto key = crypto::PrivateKey::generate(crypto::Algorithm::kEd25519);
    rows::put_key(change.connection(), row.id, SlotId::kSel2,
                  {"00112233445566aa", crypto::Algorithm::kEd25519, key->public_spki().value(), change.wall()});
    row = rows::find_institution(change.connection(), code("mosa")).value();
    change.publish(row);
    Changed outcome;
    change.finish({"published"}, outcome);
  });
  EXPECT_EQ(tests::refusal_of(forgot), Guard::kKeyMismatch);
  EXPECT_EQ(audit_rows(), rows);
  EXPECT_TRUE(show("mosa").slots.at(1).key_id.empty());
}

TEST_F(PrivateHalves, OfADeadCommandGoAfterADayThatTheClockDidNotMakeUp) {
  add("mosa");
  put_orphan("00112233445566aa");
  run_maintain();
  EXPECT_EQ(unused_keys(), (std::vector<std::string>{"00112233445566aa"})) << "what is in a slot is known to be used";
  clock_.step_wall(hours(30 * 24));
  run_maintain();
  EXPECT_EQ(keys_in_vault(), 3U) << "a month by a clock that is wrong is no day";
  clock_.step_wall(-hours(30 * 24));
  clock_.advance(hours(23));
  run_maintain();
  EXPECT_EQ(keys_in_vault(), 3U);
  clock_.advance(hours(2));
  run_maintain();
  EXPECT_EQ(keys_in_vault(), 2U);
  EXPECT_TRUE(unused_keys().empty());
  EXPECT_EQ(store_->impl().connection.integer("SELECT count(*) FROM unused_key"), 0);
}

TEST_F(PrivateHalves, ThatWereWithdrawnAndNotDestroyedGoAtOnce) {
  add("mosa");
  run_maintain();
  const std::string key_id = show("mosa").slots.at(1).key_id;
  const auto key = store_->impl().vault().get(key_id);
  ASSERT_TRUE(revoke(*store_, context_, code("mosa"), SlotId::kSel2));
  ASSERT_TRUE(store_->impl().vault().put({{key_id, &*key}}, clock_.now().wall));  // as if killed before it was
  ASSERT_TRUE(store_->impl().vault().settle({key_id}, {}));
  run_maintain();
  EXPECT_FALSE(store_->impl().vault().get(key_id));
  EXPECT_EQ(store_->impl().connection.integer("SELECT count(*) FROM unused_key"), 0);
}

TEST_F(PrivateHalves, ThatAreInASlotAreNeverDestroyedWhateverAsksForIt) {
  add("mosa");
  for (const SlotView& slot : show("mosa").slots) {
    destroy_unused(store_->impl(), {slot.key_id});
  }
  EXPECT_EQ(keys_in_vault(), 2U);
  expect_proven();
}

TEST_F(PrivateHalves, AreSweptInSlicesOfWhichNoneIsForgotten) {
  add("mosa");
  std::vector<crypto::PrivateKey> keys;
  std::vector<Vault::NewKey> entries;
  keys.push_back(crypto::PrivateKey::generate(crypto::Algorithm::kEd25519).value());
  for (int number = 0; number < 1200; ++number) {
    const std::string digits = std::to_string(100000 + number);
    entries.push_back({"0011223344" + digits, &keys.front()});
  }
  ASSERT_TRUE(store_->impl().vault().put(entries, clock_.now().wall));
  run_maintain();
  EXPECT_EQ(unused_keys().size(), 1000U) << "as many as were asked for";
  clock_.advance(hours(25));
  ChangeContext dry = context_;
  dry.dry_run = true;
  const auto told = maintain(*store_, dry);
  ASSERT_TRUE(told);
  ASSERT_EQ(told->steps.size(), 1U);
  EXPECT_THAT(told->steps.at(0).what, HasSubstr("1200 private keys"));
  EXPECT_EQ(keys_in_vault(), 1202U);
  run_maintain();
  EXPECT_EQ(keys_in_vault(), 2U);
}

}  // namespace
}  // namespace zonestore
