// Two years of rotations by policy, under virtual time: `maintain` every hour or so and killed at random, clock steps
// of an hour in both directions, a reboot now and then, and the clock is synchronised only while it is right. None is
// missed, none is early or outside its window, never are two slots active or none, and no drain is cut short.
//
// The short form plays a few institutions for one year; the long one is
//   DNSD_TWO_YEARS_INSTITUTIONS=1000 DNSD_TWO_YEARS_DAYS=730
// and DNSD_TWO_YEARS_SEED plays another life.
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/scenario/lifecycle/watched.h"
#include "tests/support/temp_directory.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/history/audit_log.h"
#include "zonestore/operations/institutions/institutions.h"
#include "zonestore/operations/policy/policy.h"
#include "zonestore/operations/rotation/maintain.h"
#include "zonestore/operations/views/checking.h"
#include "zonestore/operations/zones/init_store.h"

namespace tests::lifecycle {
namespace {

namespace dkim = zonestore::dkim;
using zonestore::Store;
using Microseconds = std::chrono::microseconds;

Millis number_from(const char* variable, Millis by_default) {
  const char* text = std::getenv(variable);
  return text == nullptr ? by_default : std::stoll(text);
}

struct Tally {
  int runs = 0, killed = 0, left_partly_done = 0, left_a_journal = 0, done_before = 0, clock_steps = 0, reboots = 0;
};

// Ends its process without warning when it is read for the nth time: maintain reads the clock in each of its steps.
class DeadlyClock final : public zonestore::Clock {
 public:
  DeadlyClock(const zonestore::Clock& clock, Millis reads) : clock_(clock), reads_(reads) {}
  [[nodiscard]] zonestore::Moment now() const override {
    if (--reads_ == 0) {
      ::kill(::getpid(), SIGKILL);
    }
    return clock_.now();
  }

 private:
  const zonestore::Clock& clock_;
  mutable Millis reads_;
};

bool has_content(const std::filesystem::path& file) {
  struct stat status {};
  return ::stat(file.c_str(), &status) == 0 && status.st_size > 0;
}

class TwoYears : public ::testing::Test {
 protected:
  TwoYears() : random_(static_cast<std::uint64_t>(number_from("DNSD_TWO_YEARS_SEED", 1))) {
    zonestore::InitOptions options;
    options.dkim_zone = *zonestore::Name::parse("dkim.secutix.com");
    options.spf_zone = *zonestore::Name::parse("spf.secutix.com");
    options.name_servers = {*zonestore::Name::parse("ns1.secutix.com")};
    options.mailbox = *zonestore::Name::parse("hostmaster.secutix.com");
    EXPECT_TRUE(init_store(dir(), options, context_, clock_));
    open();
  }

  [[nodiscard]] std::filesystem::path dir() const { return temp_.path() / "store"; }
  void open() {
    auto opened = Store::open(dir(), Store::Access::kWrite, clock_);
    ASSERT_TRUE(opened) << opened.error().message;
    store_.emplace(std::move(*opened));
  }

  [[nodiscard]] Millis below(Millis bound) {
    return static_cast<Millis>(random_() % static_cast<std::uint64_t>(bound));
  }
  [[nodiscard]] bool one_in(Millis count) { return below(count) == 0; }

  void add(int number);
  void set_policy(const dkim::Code& code, std::string_view key, const std::string& value);
  void pass_time();
  void turn_clock();
  void run_maintain();
  void kill_maintain();
  [[nodiscard]] Millis work_to_do() const;
  [[nodiscard]] bool is_writing() const;
  void look_into_the_dns();
  void look_at_changes();
  void look_at(const std::string& code);
  void look_at_all();
  void look_at_vault();
  void report() const;

  TempDirectory temp_{directory_in_memory()};
  Timeline timeline_;
  TimelineClock clock_{timeline_};
  zonestore::ChangeContext context_{{"tester", "tester"}, std::nullopt, false};
  std::mt19937_64 random_;
  std::optional<Store> store_;
  std::vector<ZurichWindow> windows_ = zurich_windows();
  std::map<std::string, Watched> watched_;
  Millis wall_ahead_ = 0;
  Millis kept_ = timeline_.now().truly;  // when maintain last came to its end
  std::int64_t audit_id_ = 0;
  bool was_killed_ = false;
  Millis began_ = 0;
  Stamp looked_;
  Microseconds longest_run_{2'000};  // of late
  Tally tally_;
};

void TwoYears::add(int number) {
  zonestore::AddOptions options;
  options.algorithm = zonestore::crypto::Algorithm::kEd25519;  // made a hundred times faster than RSA
  zonestore::ChangeContext context = context_;
  context.override_guard = zonestore::Override{zonestore::Guard::kKeyType, "two years"};
  const dkim::Code code = *dkim::Code::parse("i" + std::to_string(number));
  ASSERT_TRUE(zonestore::add_institution(*store_, context, code, options));
  Watched watched(code.text(), windows_.at(static_cast<std::size_t>(number) % windows_.size()),
                  (30 + number * 7 % 61) * kDay, number % 2 == 0 ? 10 * kDay : 3 * kDay, timeline_.now());
  set_policy(code, "every", std::to_string(watched.every() / kDay) + "d");
  set_policy(code, "jitter", std::to_string(watched.jitter() / kDay) + "d");
  set_policy(code, "window", watched.window().text);
  watched_.emplace(code.text(), std::move(watched));
  look_at(code.text());
}

void TwoYears::set_policy(const dkim::Code& code, std::string_view key, const std::string& value) {
  const auto set = zonestore::set_policy(*store_, context_, code, key, value);
  ASSERT_TRUE(set) << set.error().message;
}

// What passed since the last moment that was certainly kept may be lost by a step back, or by a reboot.
void TwoYears::turn_clock() {
  if (one_in(30)) {
    const Millis ahead = (below(3) - 1) * kHour;
    timeline_.lose(ahead < wall_ahead_ ? timeline_.now().truly - kept_ : 0);
    if (ahead == 0) {
      timeline_.synchronise();
    } else {
      timeline_.step_wall(ahead - wall_ahead_);
    }
    tally_.clock_steps += ahead == wall_ahead_ ? 0 : 1;
    wall_ahead_ = ahead;
  }
  if (one_in(800)) {
    store_.reset();
    timeline_.reboot(kMinute + below(20 * kMinute));
    timeline_.lose(timeline_.now().truly - kept_);
    ++tally_.reboots;
    open();
  }
}

// Every hour or so, and rarer while no window is open, for the sake of the test's own time. The timer starts
// `maintain` again soon after it was killed.
void TwoYears::pass_time() {
  if (was_killed_) {
    timeline_.run(kMinute + below(15 * kMinute));
  } else {
    const auto is_any_open = [&] {
      return std::any_of(windows_.begin(), windows_.end(),
                         [&](const ZurichWindow& window) { return is_open(window, timeline_.now().wall); });
    };
    Millis hours = 1 + below(5);
    do {
      timeline_.run(30 * kMinute + below(kHour));
    } while (--hours > 0 && !is_any_open());
  }
  turn_clock();
}

Millis TwoYears::work_to_do() const {
  return std::count_if(watched_.begin(), watched_.end(),
                       [&](const auto& entry) { return entry.second.may_have_work(timeline_.now()); });
}

// As zonectl-check.timer does: all is right, three times a day. In the first weeks nobody looks, and later somebody
// switches the timer off for a while: no rotation by policy happens then.
void TwoYears::look_into_the_dns() {
  const Millis day = (timeline_.now().truly - began_) / kDay;
  const Stamp now = timeline_.now();
  if (day < 40 || day % 120 < 10 || (now.truly - looked_.truly < 8 * kHour && now.boot == looked_.boot)) {
    return;
  }
  looked_ = now;
  for (auto& [code, watched] : watched_) {
    watched.seen(timeline_.now());
  }
  std::vector<std::pair<dkim::Code, zonestore::Look>> looks;
  for (const auto& [code, watched] : watched_) {
    const auto view = zonestore::show_institution(*store_, *dkim::Code::parse(code));
    ASSERT_TRUE(view) << view.error().message;
    zonestore::Look look{{}, clock_.now()};
    for (const zonestore::SlotView& slot : view->slots) {
      look.evidence.push_back({std::nullopt, dkim::to_text(slot.slot), zonestore::Verdict::kOk, "", slot.key_id});
    }
    looks.emplace_back(*dkim::Code::parse(code), std::move(look));
  }
  ASSERT_TRUE(zonestore::record_evidence(*store_, looks));
}

void TwoYears::run_maintain() {
  ++tally_.runs;
  if (!was_killed_ && one_in(work_to_do() > 0 ? 3 : 40)) {
    kill_maintain();
    look_at_changes();
    return;
  }
  was_killed_ = false;
  const auto began = std::chrono::steady_clock::now();
  const auto done = zonestore::maintain(*store_, context_);
  ASSERT_TRUE(done) << done.error().message;
  ASSERT_TRUE(done->failures.empty()) << done->failures.front();
  kept_ = timeline_.now().truly;
  if (!done->steps.empty()) {
    const auto took = std::chrono::steady_clock::now() - began;
    longest_run_ = std::max(longest_run_ / 2, std::chrono::duration_cast<Microseconds>(took));
  }
  look_at_changes();
  for (const auto& [code, watched] : watched_) {
    ASSERT_EQ(watched.missed(timeline_.now()), "");
  }
}

// In a process of its own, with a store that it opens itself, ended without warning: after any time, when it reads
// the clock for the nth time, or while SQLite writes.
void TwoYears::kill_maintain() {
  enum class Kill : std::uint8_t { kAfterTime, kAtRead, kAtWrite };
  const Kill kind = static_cast<Kill>(below(3));
  const Millis reads = kind == Kill::kAtRead ? 1 + below(6 * (1 + work_to_do())) : 0;
  store_.reset();
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const DeadlyClock clock(clock_, reads);
    auto opened = Store::open(dir(), Store::Access::kWrite, clock);
    const bool is_done = opened && zonestore::maintain(*opened, context_);
    ::_exit(is_done ? 0 : 1);
  }
  int status = 0;
  pid_t ended = 0;
  if (kind == Kill::kAtWrite) {
    while (ended == 0 && !is_writing()) {
      ended = ::waitpid(child, &status, WNOHANG);
    }
  }
  if (kind != Kill::kAtRead && ended == 0) {
    ::usleep(static_cast<useconds_t>(below(kind == Kill::kAtWrite ? 300 : longest_run_.count() * 3 / 2)));
    ::kill(child, SIGKILL);
  }
  if (ended == 0) {
    ASSERT_EQ(::waitpid(child, &status, 0), child);
  }
  was_killed_ = WIFSIGNALED(status);
  ASSERT_TRUE(was_killed_ || WEXITSTATUS(status) == 0);
  ++(was_killed_ ? tally_.killed : tally_.done_before);
  tally_.left_a_journal += is_writing() ? 1 : 0;
  open();
}

// A journal that has content is one of a transaction under way, or of a dead one.
bool TwoYears::is_writing() const {
  return has_content(dir() / "zone.db-journal") || has_content(dir() / "vault" / "vault.db-journal");
}

// What the audit tells of since the last look.
void TwoYears::look_at_changes() {
  std::set<std::string> codes;
  zonestore::LogFilter filter;
  std::int64_t newest = audit_id_;
  filter.newest = 1;
  const auto take_id = [&](const zonestore::AuditEntry& entry) {
    newest = entry.id;
    return true;
  };
  ASSERT_TRUE(zonestore::read_log(*store_, filter, take_id));
  filter.newest = static_cast<std::uint32_t>(newest - audit_id_);
  const auto take_code = [&](const zonestore::AuditEntry& entry) {
    codes.insert(entry.subject);
    return true;
  };
  if (newest > audit_id_) {
    ASSERT_TRUE(zonestore::read_log(*store_, filter, take_code));
  }
  tally_.left_partly_done += was_killed_ && newest > audit_id_ ? 1 : 0;
  audit_id_ = newest;
  for (const std::string& code : codes) {
    look_at(code);
  }
}

void TwoYears::look_at(const std::string& code) {
  const auto found = watched_.find(code);
  if (found == watched_.end()) {
    return;  // a change of the store's own
  }
  const auto view = zonestore::show_institution(*store_, *dkim::Code::parse(code));
  ASSERT_TRUE(view) << view.error().message;
  ASSERT_EQ(found->second.look(*view, timeline_.now()), "");
}

void TwoYears::look_at_all() {
  for (const auto& [code, watched] : watched_) {
    look_at(code);
  }
}

// Every published key has its private half; what else is there will be swept.
void TwoYears::look_at_vault() {
  const auto entries = store_->impl().vault().list();
  ASSERT_TRUE(entries);
  std::set<std::string> held;
  for (const zonestore::VaultEntry& entry : *entries) {
    held.insert(entry.key_id);
  }
  std::size_t published = 0;
  ASSERT_TRUE(zonestore::list_institutions(*store_, false, [&](const zonestore::InstitutionView& view) {
    for (const zonestore::SlotView& slot : view.slots) {
      ++published;
      EXPECT_TRUE(held.contains(slot.key_id)) << view.code << ": a published key has no private half";
    }
    return true;
  }));
  EXPECT_EQ(held.size(), published) << "private keys that no record uses were not swept";
}

void TwoYears::report() const {
  int rotations = 0;
  int replaced = 0;
  for (const auto& [code, watched] : watched_) {
    rotations += watched.rotations();
    replaced += watched.replaced();
  }
  std::cout << watched_.size() << " institutions: " << rotations << " rotations, " << replaced << " keys replaced; "
            << tally_.runs << " runs of maintain, " << tally_.killed << " killed (" << tally_.left_partly_done
            << " had changed something, " << tally_.left_a_journal << " left a hot journal), " << tally_.done_before
            << " done before they were; " << tally_.clock_steps << " clock steps, " << tally_.reboots << " reboots"
            << std::endl;
}

TEST_F(TwoYears, OfPolicyMissNothingAndDoNothingEarlyThoughMaintainIsKilledAndTheClockIsSet) {
  const Millis institutions = number_from("DNSD_TWO_YEARS_INSTITUTIONS", 12);
  const Millis days = number_from("DNSD_TWO_YEARS_DAYS", 365);
  for (int number = 0; number < institutions && !HasFatalFailure(); ++number) {
    add(number);
    timeline_.run(below(20 * kMinute));
  }
  const Millis ends = timeline_.now().truly + days * kDay;
  began_ = timeline_.now().truly;
  while (timeline_.now().truly < ends) {
    pass_time();
    look_into_the_dns();
    run_maintain();
    if (tally_.runs % 24 == 0) {
      look_at_all();
    }
    if (tally_.runs % 500 == 0 && days > 365) {
      report();
    }
    ASSERT_FALSE(HasFatalFailure());
  }
  for (int day = 0; day < 3; ++day) {  // nothing is killed any more: what the dead left behind is swept
    timeline_.run(kDay);
    ASSERT_TRUE(zonestore::maintain(*store_, context_));
    look_at_changes();
  }
  look_at_all();
  look_at_vault();
  report();
  for (const auto& [code, watched] : watched_) {
    EXPECT_GE(watched.rotations(), 1) << code;
  }
  EXPECT_GT(tally_.killed, 0);
  EXPECT_GT(tally_.clock_steps, 0);
}

}  // namespace
}  // namespace tests::lifecycle
