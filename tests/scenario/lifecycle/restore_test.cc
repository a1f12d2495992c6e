// Random lives of a store with restores in between: a backup of an earlier step comes back over the live store, or in
// an empty place on another machine. Whatever it was taken of: mail that is under way keeps its key, nothing is
// called ripe while resolvers may hold what was there before, what was revoked stays so, and in the end nothing is
// stuck.
//
// DNSD_RESTORE_STEPS sets how many steps are played, DNSD_RESTORE_SEED where they begin.
#include "zonestore/operations/backup/restore.h"

#include <cstdlib>
#include <deque>
#include <filesystem>
#include <iostream>
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "tests/scenario/lifecycle/ledger.h"
#include "tests/support/temp_directory.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/institutions/institutions.h"
#include "zonestore/operations/rotation/maintain.h"
#include "zonestore/operations/rotation/rotation.h"
#include "zonestore/operations/rotation/slots.h"
#include "zonestore/operations/zones/init_store.h"

namespace tests::lifecycle {
namespace {

namespace fs = std::filesystem;
using zonestore::Store;

constexpr int kInstitutions = 3;
constexpr int kBackups = 3;  // the last so many are there
constexpr std::uint64_t kStepsOfOne = 150;

std::uint64_t number_of(const char* variable, std::uint64_t by_default) {
  const char* text = std::getenv(variable);
  return text == nullptr ? by_default : std::stoull(text);
}

class RestoredLife {
 public:
  explicit RestoredLife(std::uint64_t seed) : random_(seed) {
    zonestore::InitOptions options;
    options.dkim_zone = *zonestore::Name::parse("dkim.secutix.com");
    options.spf_zone = *zonestore::Name::parse("spf.secutix.com");
    options.name_servers = {*zonestore::Name::parse("ns1.secutix.com")};
    options.mailbox = *zonestore::Name::parse("hostmaster.secutix.com");
    EXPECT_TRUE(init_store(dir_, options, context_, clock_));
    open();
  }

  // Empty: all is well.
  std::string play(std::uint64_t steps, std::map<std::string, int>& happened);

 private:
  struct Backup {
    fs::path directory;
    fs::path key;
    Ledger known;
  };

  void open() { store_.emplace(Store::open(dir_, Store::Access::kWrite, clock_).value()); }
  [[nodiscard]] int below(int bound) { return static_cast<int>(random_() % static_cast<std::uint64_t>(bound)); }
  [[nodiscard]] bool one_in(int count) { return below(count) == 0; }
  [[nodiscard]] zonestore::dkim::Code any_code() {
    return *zonestore::dkim::Code::parse("i" + std::to_string(below(kInstitutions)));
  }

  void step();
  void pass_time();
  void turn_clock();
  void change();
  void rotate(const zonestore::dkim::Code& code);
  void back_up();
  void restore();
  void restore_elsewhere(const Backup& backup);
  std::string look();
  std::string check_store();
  std::string end_well();
  void say(const std::string& what, bool done);

  TempDirectory temp_{directory_in_memory()};
  fs::path dir_ = temp_.path() / "store0";
  int places_ = 0;
  Timeline timeline_;
  TimelineClock clock_{timeline_};
  zonestore::ChangeContext context_{{"tester", "tester"}, std::nullopt, false};
  std::mt19937_64 random_;
  std::optional<Store> store_;
  Ledger ledger_;
  std::deque<Backup> backups_;
  bool is_planned_ = true;  // the step's moves of signing had to be safe
  std::deque<std::string> said_;
  std::map<std::string, int> done_;
};

void RestoredLife::say(const std::string& what, bool done) {
  said_.push_back(what + (done ? "" : " (refused)") + " at " + std::to_string(timeline_.now().truly / kSecond));
  if (said_.size() > 40) {
    said_.pop_front();
  }
  done_[what.substr(0, what.find(' '))] += done ? 1 : 0;
}

void RestoredLife::pass_time() {
  const std::array<Millis, 5> scales{kMinute, 20 * kMinute, 2 * kHour, 2 * kDay, 8 * kDay};
  timeline_.run(1 + below(static_cast<int>(scales.at(static_cast<std::size_t>(below(5))))));
  say("time", true);
}

void RestoredLife::turn_clock() {
  switch (below(4)) {
    case 0:
      timeline_.step_wall(one_in(2) ? 9 * kDay : -kDay);
      break;
    case 1:
      timeline_.lose_synchronisation();
      break;
    case 2:
      timeline_.synchronise();
      break;
    default:
      timeline_.reboot(kMinute * (1 + below(600)));
      store_.reset();
      open();
  }
  say("clock", true);
}

void RestoredLife::rotate(const zonestore::dkim::Code& code) {
  zonestore::ChangeContext context = context_;
  if (one_in(3)) {
    context.override_guard = zonestore::Override{zonestore::Guard::kNotRipe, "a test"};
    is_planned_ = false;
  }
  say("rotate " + code.text(), zonestore::rotate(*store_, context, code).has_value());
}

void RestoredLife::change() {
  const zonestore::dkim::Code code = any_code();
  const auto slot = static_cast<std::size_t>(below(2));
  switch (below(9)) {
    case 0:
    case 1: {
      zonestore::AddOptions options;
      options.algorithm = zonestore::crypto::Algorithm::kEd25519;  // made a hundred times faster than RSA
      zonestore::ChangeContext context = context_;
      context.override_guard = zonestore::Override{zonestore::Guard::kKeyType, "a test"};
      return say("add " + code.text(), zonestore::add_institution(*store_, context, code, options).has_value());
    }
    case 2:
      is_planned_ = false;  // back to what signed before, which is still there
      return say("undo " + code.text(), zonestore::undo(*store_, context_, code, {}).has_value());
    case 3:
      return say("prepare " + code.text(), zonestore::prepare(*store_, context_, code, {}).has_value());
    case 4:
      if (one_in(2)) {
        return say("remove " + code.text(), zonestore::remove_institution(*store_, context_, code).has_value());
      }
      [[fallthrough]];
    case 5:
      if (one_in(2)) {
        is_planned_ = false;  // to a ripe standby, or back
        const auto revoked = zonestore::revoke(*store_, context_, code, zonestore::dkim::kSlots.at(slot));
        if (revoked && revoked->changed) {
          ledger_.revoke(code.text(), slot);
        }
        return say("revoke " + code.text() + " " + std::to_string(slot + 1), revoked.has_value());
      }
      [[fallthrough]];
    default:
      return rotate(code);
  }
}

void RestoredLife::back_up() {
  const fs::path directory = temp_.path() / ("backup" + std::to_string(done_["backup"]));
  const fs::path key = directory.string() + ".key";
  EXPECT_TRUE(zonestore::back_up(*store_, directory));
  fs::copy_file(dir_ / "vault/wrapping.key", key);
  backups_.push_back({directory, key, ledger_});
  if (backups_.size() > kBackups) {
    fs::remove_all(backups_.front().directory);
    backups_.pop_front();
  }
  say("backup", true);
}

void RestoredLife::restore_elsewhere(const Backup& backup) {
  dir_ = temp_.path() / ("store" + std::to_string(++places_));
  if (one_in(2)) {
    timeline_.reboot(kHour);
  }
  ledger_.forget_since(backup.known);
}

void RestoredLife::restore() {
  const Backup backup = backups_.at(static_cast<std::size_t>(below(static_cast<int>(backups_.size()))));
  store_.reset();
  const bool is_elsewhere = one_in(4);
  if (is_elsewhere) {
    restore_elsewhere(backup);
  }
  zonestore::RestoreOptions options;
  options.backup = backup.directory;
  options.key_file = backup.key;
  options.safety_copy = false;
  zonestore::ChangeContext context = context_;
  // Each place has a key of its own, and the backup's comes with it, which proves nothing.
  context.override_guard = zonestore::Override{zonestore::Guard::kForeignBackup, "it was brought along"};
  const auto restored = zonestore::restore(dir_, options, context, clock_, {});
  EXPECT_TRUE(restored) << restored.error().message;
  is_planned_ = false;
  open();
  say((is_elsewhere ? "elsewhere " : "restore ") + backup.directory.filename().string(), restored.has_value());
}

void RestoredLife::step() {
  is_planned_ = true;
  timeline_.run(1);
  const int choice = below(100);
  if (choice < 30) {
    pass_time();
  } else if (choice < 36) {
    turn_clock();
  } else if (choice < 50) {
    say("maintain", zonestore::maintain(*store_, context_).has_value());
  } else if (choice < 56) {
    back_up();
  } else if (choice < 63 && !backups_.empty()) {
    restore();
  } else {
    change();
  }
}

std::string RestoredLife::look() {
  for (int number = 0; number < kInstitutions; ++number) {
    const zonestore::dkim::Code code = *zonestore::dkim::Code::parse("i" + std::to_string(number));
    const auto view = zonestore::show_institution(*store_, code);
    const Seen seen = view ? Seen(*view) : std::nullopt;
    if (std::string wrong = ledger_.look(code.text(), seen, timeline_.now().truly, is_planned_); !wrong.empty()) {
      return wrong;
    }
  }
  return check_store();
}

std::string RestoredLife::check_store() {
  Store::Impl& impl = store_->impl();
  zonestore::db::Statement rows = impl.connection.prepare("SELECT key_id FROM slot WHERE key_id IS NOT NULL");
  while (rows.step()) {
    if (!zonestore::db::unwrap(impl.vault().holds(rows.text(0)))) {
      return "key " + rows.text(0) + " is published without its private half";
    }
  }
  return {};
}

// A right clock, a month, and maintain each day: no drain goes on, no key is unripe, nobody departs.
std::string RestoredLife::end_well() {
  timeline_.synchronise();
  for (int day = 0; day < 30; ++day) {
    timeline_.run(kDay);
    const auto done = zonestore::maintain(*store_, context_);
    if (!done || !done->failures.empty()) {
      return "maintain fails: " + (done ? done->failures.front() : done.error().message);
    }
    is_planned_ = true;
    if (std::string wrong = look(); !wrong.empty()) {
      return wrong;
    }
  }
  std::string stuck;
  (void)zonestore::list_institutions(*store_, false, [&](const zonestore::InstitutionView& view) {
    for (const zonestore::SlotView& slot : view.slots) {
      using zonestore::dkim::SlotState;
      // What does not sign, and holds no fresh key, waits for an operator: `status` says so.
      const bool waits_for_operator =
          view.phase == zonestore::dkim::Phase::kStarting && slot.state == SlotState::kDrained;
      const bool is_at_rest = slot.state == SlotState::kActive || slot.state == SlotState::kStandby ||
                              slot.state == SlotState::kRevoked || waits_for_operator;
      if (!is_at_rest || view.maintain_due || view.phase == zonestore::dkim::Phase::kDeparting) {
        stuck = view.code + " is stuck: " + to_text(slot.slot) + " " + std::string(to_text(slot.state));
      }
    }
    return stuck.empty();
  });
  return stuck;
}

std::string RestoredLife::play(std::uint64_t steps, std::map<std::string, int>& happened) {
  std::string wrong;
  for (std::uint64_t number = 0; number < steps && wrong.empty(); ++number) {
    step();
    wrong = look();
  }
  if (wrong.empty()) {
    wrong = end_well();
  }
  for (const auto& [what, times] : done_) {
    happened[what] += times;
  }
  if (!wrong.empty()) {
    wrong += "; the last steps:";
    for (const std::string& each : said_) {
      wrong += "\n  " + each;
    }
  }
  return wrong;
}

TEST(RestoreProperty, MailKeepsItsKeysAndNothingIsRipeEarlyWhateverIsRestored) {
  const std::uint64_t steps = number_of("DNSD_RESTORE_STEPS", 900);
  std::map<std::string, int> happened;
  std::uint64_t seed = number_of("DNSD_RESTORE_SEED", 1);
  for (std::uint64_t played = 0; played < steps; played += kStepsOfOne, ++seed) {
    RestoredLife life(seed);
    ASSERT_EQ(life.play(std::min(kStepsOfOne, steps - played), happened), "") << "seed " << seed;
  }
  for (const char* what :
       {"add", "rotate", "undo", "revoke", "remove", "maintain", "backup", "restore", "elsewhere"}) {
    EXPECT_GT(happened[what], 0) << "there was no " << what;
    std::cout << what << ' ' << happened[what] << '\n';
  }
}

}  // namespace
}  // namespace tests::lifecycle
