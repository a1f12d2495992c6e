#include "tests/scenario/lifecycle/clock_world.h"

#include <algorithm>
#include <array>

#include "zonestore/base/clock_identity.h"

namespace tests::lifecycle {
namespace {

using zonestore::kind_of;
using zonestore::Milliseconds;
using zonestore::Moment;
using zonestore::Now;

constexpr Millis kWaitLength = 7 * kDay + 70 * kMinute;
constexpr std::size_t kMostWaits = 24;

// What the rule must prove between two kept moments once the clock is right: all of it within a boot, and between
// boots or machines if the kernel vouched for both.
Millis provable(const std::optional<Reading>& earlier, const Reading& later) {
  if (!earlier || !earlier->is_right || !later.is_right) {
    return 0;
  }
  const bool is_one_boot = earlier->machine == later.machine && earlier->boot == later.boot &&
                           earlier->shift == later.shift && !later.moment.boot_id.empty() &&
                           kind_of(earlier->moment.boot_id) == kind_of(later.moment.boot_id);
  const bool is_vouched_for = earlier->moment.synchronised && later.moment.synchronised;
  return is_one_boot || is_vouched_for ? later.truly - earlier->truly : 0;
}

}  // namespace

ClockWorld::ClockWorld(std::uint64_t seed, Fault fault) : random_(seed), fault_(fault), stores_(2) {
  for (int number = 0; number < 2; ++number) {
    Machine machine;
    machine.booted = truly_ - below(100 * kDay);
    machine.has_boot_id = !one_in(6);
    machine.has_machine_id = !one_in(4);
    machine.is_ever_synchronised = !one_in(4);
    machine.synchronised = machine.is_ever_synchronised;
    note(machine.has_boot_id ? "boot id" : machine.has_machine_id ? "no boot id" : "neither id");
    note(machine.is_ever_synchronised ? "synchronised" : "never synchronised");
    machines_.push_back(machine);
  }
  change(stores_.front());
  stores_.back() = stores_.front();
}

Millis ClockWorld::some_time() {
  static constexpr std::array kScales{kSecond, kMinute, 20 * kMinute, 3 * kHour, 3 * kDay};
  return 1 + below(kScales.at(static_cast<std::size_t>(below(kScales.size()))));
}

std::string ClockWorld::play(int events) {
  for (int event = 0; event < events; ++event) {
    truly_ += some_time();
    happen();
    for (const KeptStore& store : stores_) {
      truly_ += below(kMinute);
      if (std::string wrong = judge(store); !wrong.empty()) {
        return wrong;
      }
    }
  }
  return {};
}

void ClockWorld::happen() {
  const Millis choice = below(100);
  if (choice < 40) {
    command();
  } else if (choice < 66) {
    turn_a_clock();
  } else if (choice < 80) {
    reboot();
  } else if (choice < 88) {
    at_work_ = 1 - at_work_;
    note("machines take turns");
    command();
  } else if (choice < 94) {
    backups_.push_back(any_store());
  } else {
    restore();
  }
}

void ClockWorld::command() {
  KeptStore& store = any_store();
  if (one_in(12)) {  // in a container, or a unit that may not read the boot id
    const Machine outside = machine();
    machine().shift = outside.shift + (one_in(2) ? 1 : -1) * (kHour + below(30 * kDay));
    machine().has_boot_id = outside.has_boot_id && !one_in(4);
    note("a time namespace");
    one_in(2) ? change(store) : refuse(store);
    machine().shift = outside.shift;
    machine().has_boot_id = outside.has_boot_id;
  } else if (one_in(3)) {
    refuse(store);
  } else if (one_in(3)) {
    change_while_another_waits(store);
  } else {
    change(store);
  }
}

void ClockWorld::turn_a_clock() {
  Machine& turned = machine();
  const Machine before = turned;
  const Millis size = one_in(2) ? 30 * kDay : 1 + below(2 * kDay);
  switch (below(5)) {
    case 0:
    case 1:
      turned.wall_ahead += one_in(2) ? size : -size;
      turned.synchronised = false;
      if (one_in(2)) {
        command();
        truly_ += below(kMinute);
        turned.wall_ahead = before.wall_ahead;
        turned.synchronised = before.synchronised;
        note(size > 2 * kDay ? "a month off for one command" : "off for one command");
      } else {
        note("off until it is set right");
      }
      break;
    case 2:
      turned.synchronised = false;
      break;
    default:
      turned.wall_ahead = 0;
      turned.synchronised = turned.is_ever_synchronised;
      note(before.wall_ahead == 0 ? "right" : "right again");
      break;
  }
}

void ClockWorld::reboot() {
  Machine& booted = machine();
  const bool for_long = one_in(4);
  truly_ += for_long ? 10 * kDay : 10 * kSecond + below(kHour);
  note(for_long ? "off for ten days" : "off");
  ++booted.boot;
  booted.booted = truly_;
  booted.shift = one_in(8) ? below(kDay) : 0;
  if (one_in(3)) {
    booted.synchronised = false;
    command();
    truly_ += kMinute;
    if (booted.is_ever_synchronised) {
      booted.wall_ahead = 0;
      booted.synchronised = true;
      note("synchronised a minute after the first command of a boot");
    }
    command();
  }
}

// Over a store that is alive, what is restored stands beside what that store knows; or on the other machine, into an
// empty place, where it begins a second life.
void ClockWorld::restore() {
  if (backups_.empty()) {
    return;
  }
  const KeptStore backup = backups_.at(static_cast<std::size_t>(below(static_cast<Millis>(backups_.size()))));
  if (one_in(2)) {
    at_work_ = 1 - at_work_;
    stores_.back() = backup;
    refuse(stores_.back());
    note("a backup on the other machine");
    return;
  }
  note("a backup over a live store");
  KeptStore& live = any_store();
  if (fault_ == Fault::kRestoreTakesBackupsLast) {
    live.kept = backup.kept;
    live.last = backup.last;
  }
  const Moment now = keep_moment(live, read());
  for (Wait wait : backup.waits) {
    if (fault_ != Fault::kRestoreTakesBackupsLast) {
      wait.began.trusted = now.trusted;
    }
    wait.provable = 0;
    live.waits.push_back(wait);
  }
}

void ClockWorld::change(KeptStore& store) {
  const zonestore::KeptTime before = store.kept;
  const Reading reading = read();
  const Moment moment = keep_moment(store, reading);
  if (fault_ == Fault::kStoredNotKept) {
    store.kept = before.last ? before : store.kept;
  }
  store.waits.push_back({moment, reading.truly, 0});
  if (store.waits.size() > kMostWaits) {
    store.waits.erase(store.waits.begin() + below(static_cast<Millis>(kMostWaits)));
  }
}

// Two commands at once: the second has the lock when the first has let it go.
void ClockWorld::change_while_another_waits(KeptStore& store) {
  const Reading too_early = read();
  truly_ += 1 + below(5 * kSecond);
  change(store);
  truly_ += 1 + below(5 * kSecond);
  (void)keep_moment(store, fault_ == Fault::kReadBeforeLock ? too_early : read());
  note("two commands at once");
}

Reading ClockWorld::read() const {
  const Machine& of = machines_.at(at_work_);
  Reading reading;
  reading.truly = truly_;
  reading.machine = at_work_;
  reading.boot = of.boot;
  reading.shift = of.shift;
  reading.is_right = of.wall_ahead == 0;
  zonestore::ClockFiles files;
  if (of.has_boot_id) {
    files.boot_id = "b0" + std::to_string(at_work_) + "-" + std::to_string(of.boot);
  }
  if (of.has_machine_id) {
    files.machine_id = "0" + std::to_string(at_work_);
  }
  // The kernel counts in seconds and nanoseconds of which neither is negative, as proc(5) shows them.
  const Millis seconds = of.shift >= 0 ? of.shift / kSecond : -((-of.shift + kSecond - 1) / kSecond);
  files.offsets = "";
  if (fault_ != Fault::kNoOffsetInIdentity) {
    files.offsets = "monotonic 0 0\nboottime " + std::to_string(seconds) + " " +
                    std::to_string((of.shift - seconds * kSecond) * 1'000'000) + "\n";
  }
  reading.moment = {zonestore::WallTime{Milliseconds{truly_ + of.wall_ahead}},
                    Milliseconds{truly_ - of.booted + of.shift}, clock_identity(files),
                    of.synchronised && of.has_boot_id && of.wall_ahead == 0};
  return reading;
}

Moment ClockWorld::keep_moment(KeptStore& store, Reading reading) {
  reading.moment = trust(store.kept, reading.moment);
  for (Wait& wait : store.waits) {
    wait.provable += provable(store.last, reading);
  }
  keep(store.kept, reading.moment);
  store.last = reading;
  return reading.moment;
}

std::string ClockWorld::judge(const KeptStore& store) {
  Reading reading = read();
  const Now now{trust(store.kept, reading.moment)};
  for (const Wait& wait : store.waits) {
    const Millis counted = elapsed(wait.began, now).count();
    const Millis passed = truly_ - wait.truly;
    const Millis least = wait.provable + provable(store.last, reading);
    if (counted > passed) {
      return "early: " + std::to_string(counted) + " ms counted, and " + std::to_string(passed) + " have passed";
    }
    if (counted < least) {
      return "blocked: " + std::to_string(counted) + " ms counted, and " + std::to_string(least) + " are provable";
    }
  }
  return {};
}

std::string ClockWorld::end_well() {
  Machine& last = machine();
  last.wall_ahead = 0;
  last.shift = 0;
  if (!last.has_boot_id && !last.has_machine_id) {
    return {};
  }
  for (Millis passed = 0; passed <= kWaitLength; passed += kHour) {
    for (KeptStore& store : stores_) {
      refuse(store);
    }
    truly_ += kHour;
  }
  for (const KeptStore& store : stores_) {
    const Now now{trust(store.kept, read().moment)};
    for (const Wait& wait : store.waits) {
      if (elapsed(wait.began, now).count() < kWaitLength) {
        return "blocked: a wait has not ended " + std::to_string(kWaitLength) + " ms after the clock was right";
      }
    }
  }
  return {};
}

}  // namespace tests::lifecycle
