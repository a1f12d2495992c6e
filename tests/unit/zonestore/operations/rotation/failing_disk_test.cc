// Whichever write, truncation or sync of the disk fails, before or after it had its effect, once or from then on:
// every published key has its private half, and what the operation said of itself is true.
#include <functional>

#include <gmock/gmock.h>

#include "tests/support/faulty_disk.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_directory.h"
#include "zonestore/operations/backup/backup.h"
#include "zonestore/operations/backup/restore.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/history/audit_log.h"
#include "zonestore/operations/institutions/institutions.h"
#include "zonestore/operations/institutions/key_import.h"
#include "zonestore/operations/keys/vault_keys.h"
#include "zonestore/operations/rotation/maintain.h"
#include "zonestore/operations/rotation/rotation.h"
#include "zonestore/operations/rotation/slots.h"
#include "zonestore/operations/zones/init_store.h"

namespace zonestore {
namespace {

namespace fs = std::filesystem;
using dkim::SlotId;
using tests::FaultyDisk;

struct Fault {
  FaultyDisk::Effect effect;
  bool for_good;
};

class FailingDisk : public testing::TestWithParam<Fault> {
 protected:
  enum class Told : std::uint8_t { kDone, kNotDone, kUnknown };
  using Operation = std::function<Result<void>(Store&)>;

  FailingDisk() {
    InitOptions options;
    options.dkim_zone = *Name::parse("dkim.secutix.com");
    options.spf_zone = *Name::parse("spf.secutix.com");
    options.name_servers = {*Name::parse("ns1.secutix.com")};
    options.mailbox = *Name::parse("hostmaster.secutix.com");
    EXPECT_TRUE(init_store(whole_, options, context_, clock_));
    Store store = open(whole_);
    AddOptions add;
    add.algorithm = crypto::Algorithm::kEd25519;
    EXPECT_TRUE(add_institution(store, context_, mosa_, add));
    clock_.advance(std::chrono::hours(1));
    EXPECT_TRUE(back_up(store, temp_ / "backup"));
  }
  ~FailingDisk() override { FaultyDisk::get().heal(); }

  Store open(const fs::path& dir) { return Store::open(dir, Store::Access::kWrite, clock_).value(); }
  static std::int64_t audit_rows(Store& store) {
    return store.impl().connection.integer("SELECT count(*) FROM audit");
  }
  static Told told_by(const Result<void>& result) {
    if (result) {
      return Told::kDone;
    }
    return result.error().code == ErrorCode::kUnknown ? Told::kUnknown : Told::kNotDone;
  }
  template <class T>
  static Result<void> outcome_of(const Result<T>& result) {
    return result ? Result<void>{} : Result<void>(tl::unexpected(result.error()));
  }

  void expect_private_halves(Store& store, int call) {
    db::Statement rows = store.impl().connection.prepare(
        "SELECT k.key_id, k.public_key FROM slot AS s JOIN dkim_key AS k USING (key_id)");
    while (rows.step()) {
      const auto key = store.impl().vault().get(rows.text(0));
      ASSERT_TRUE(key) << "call " << call << ": a published key has no private half: " << key.error().message;
      EXPECT_EQ(key->public_spki().value(), Bytes(rows.blob(1).begin(), rows.blob(1).end()));
    }
  }

  void use_copy() {
    fs::remove_all(used_);
    fs::copy(whole_, used_, fs::copy_options::recursive);
  }

  // Fails each call in turn. `look` says whether the change is there.
  void fail_everywhere(
      const Operation& operation, const std::function<bool(Store&)>& look, bool opens = true,
      const std::function<int(int)>& stride = [](int) { return 1; }) {
    for (int call = 1; call < 4000; call += stride(call)) {
      use_copy();
      std::optional<Store> store;
      if (opens) {
        store.emplace(open(used_));
      }
      FaultyDisk::get().fail_at(call, GetParam().effect, GetParam().for_good);
      const Result<void> result = opens ? operation(*store) : restore_here();
      const bool failed = FaultyDisk::get().has_failed();
      FaultyDisk::get().heal();
      store.reset();
      Store after = open(used_);
      expect_private_halves(after, call);
      const Told told = told_by(result);
      ++times_[static_cast<std::size_t>(told)];
      EXPECT_TRUE(told == Told::kUnknown || look(after) == (told == Told::kDone))
          << "call " << call << ": " << (result ? "said to be done" : result.error().message);
      if (HasFatalFailure() || !failed) {
        return;
      }
    }
    FAIL() << "there is no end";
  }
  void fail_everywhere(const Operation& operation) {
    Store store = open(whole_);
    const std::int64_t before = audit_rows(store);
    fail_everywhere(operation, [before](Store& after) { return audit_rows(after) > before; });
  }
  Result<void> restore_here() {
    RestoreOptions options;
    options.backup = temp_ / "backup";
    options.safety_copy = false;
    return outcome_of(restore(used_, options, context_, clock_, {}));
  }
  // One failure can always be told from none.
  void expect_known() {
    if (!GetParam().for_good) {
      EXPECT_EQ(times_[static_cast<std::size_t>(Told::kUnknown)], 0);
    }
    EXPECT_GT(times_[static_cast<std::size_t>(Told::kNotDone)], 0);
  }

  FaultyDisk& disk_ = FaultyDisk::get();  // before anything is opened
  tests::TempDirectory temp_{tests::directory_in_memory()};
  fs::path whole_ = temp_ / "whole";
  fs::path used_ = temp_ / "used";
  tests::ManualClock clock_;
  dkim::Code mosa_ = *dkim::Code::parse("mosa");
  ChangeContext context_{{"tester", "tester"}, Override{Guard::kKeyType, "test"}, false};
  std::array<int, 3> times_{};
};

TEST_P(FailingDisk, AnAddIsWholeAndTellsTheTruth) {
  fail_everywhere([&](Store& store) {
    AddOptions options;
    options.algorithm = crypto::Algorithm::kEd25519;
    return outcome_of(add_institution(store, context_, *dkim::Code::parse("louvre"), options));
  });
  expect_known();
}

TEST_P(FailingDisk, ARotationIsWholeAndTellsTheTruth) {
  fail_everywhere([&](Store& store) { return outcome_of(rotate(store, context_, mosa_)); });
  expect_known();
}

TEST_P(FailingDisk, ARevocationIsWholeAndTellsTheTruth) {
  fail_everywhere([&](Store& store) { return outcome_of(revoke(store, context_, mosa_, SlotId::kSel2)); });
  expect_known();
}

TEST_P(FailingDisk, APrepareAndAnImportAreWholeAndTellTheTruth) {
  {
    Store store = open(whole_);
    ASSERT_TRUE(revoke(store, context_, mosa_, SlotId::kSel2));
  }
  fail_everywhere([&](Store& store) { return outcome_of(prepare(store, context_, mosa_, SlotId::kSel2)); });
  fail_everywhere([&](Store& store) {
    std::vector<SuppliedKey> keys;
    keys.push_back({SlotId::kSel2, crypto::PrivateKey::generate(crypto::Algorithm::kEd25519).value()});
    return outcome_of(import_keys(store, context_, mosa_, std::move(keys), {}));
  });
  expect_known();
}

TEST_P(FailingDisk, ARefillByMaintainIsWhole) {
  {
    Store store = open(whole_);
    ASSERT_TRUE(rotate(store, context_, mosa_));
    clock_.advance(std::chrono::hours(9 * 24));
  }
  fail_everywhere([&](Store& store) -> Result<void> {
    const auto done = maintain(store, context_);
    if (!done) {
      return tl::unexpected(done.error());
    }
    // What came of the one institution: a step, or a failure.
    const bool has_step = std::any_of(done->steps.begin(), done->steps.end(),
                                      [](const MaintainStep& step) { return step.code == "mosa"; });
    const bool is_unknown = std::any_of(done->failures.begin(), done->failures.end(), [](const std::string& failure) {
      return failure.find("not known") != std::string::npos;
    });
    return has_step ? Result<void>{} : fail(is_unknown ? ErrorCode::kUnknown : ErrorCode::kIo, "no step");
  });
}

TEST_P(FailingDisk, ARestoreIsWholeAndTellsTheTruth) {
  std::string key_of_backup;
  {
    Store store = open(whole_);
    key_of_backup = show_institution(store, mosa_)->slots.at(1).key_id;
    clock_.advance(std::chrono::hours(9 * 24));
    ASSERT_TRUE(rotate(store, context_, mosa_));
    clock_.advance(std::chrono::hours(9 * 24));
    ASSERT_TRUE(maintain(store, context_));  // another key in sel1
  }
  const auto was_restored = [](Store& store) {
    return store.impl().connection.integer("SELECT count(*) FROM audit WHERE command = 'restore'") == 1;
  };
  use_copy();
  disk_.fail_at(0, GetParam().effect, false);
  ASSERT_TRUE(restore_here());
  const int all = disk_.calls();
  // Most of them make what is to be, beside the store.
  fail_everywhere({}, was_restored, false, [all](int call) { return all - call < 120 ? 1 : 23; });
  expect_known();
}

TEST_P(FailingDisk, ARekeyIsWholeTellsTheTruthAndIsInTheLogInTheEnd) {
  std::string id;
  {
    Store store = open(whole_);
    id = vault_status(store)->wrapping_key_id;
  }
  const auto has_another_key = [&](Store& store) {
    EXPECT_TRUE(maintain(store, context_));
    const bool is_another = vault_status(store)->wrapping_key_id != id;
    EXPECT_EQ(store.impl().connection.integer("SELECT count(*) FROM audit WHERE command = 'vault rekey'"),
              is_another ? 1 : 0);
    return is_another;
  };
  fail_everywhere([&](Store& store) { return outcome_of(rekey_vault(store, context_, std::nullopt)); },
                  has_another_key);
  expect_known();
}

INSTANTIATE_TEST_SUITE_P(Calls, FailingDisk,
                         testing::Values(Fault{FaultyDisk::Effect::kNone, false},
                                         Fault{FaultyDisk::Effect::kWhole, false},
                                         Fault{FaultyDisk::Effect::kHalf, true},
                                         Fault{FaultyDisk::Effect::kWhole, true}));

}  // namespace
}  // namespace zonestore
