// Machines with clocks of their own, stores that keep moments, and the one true time, which only the test knows: the
// judge of trusted time. A command on a store takes its lock, reads the machine's clocks and keeps the moment; a
// fault that is planted here does one of these things wrongly.
#pragma once

#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/scenario/lifecycle/timeline.h"
#include "zonestore/base/moment.h"

namespace tests::lifecycle {

enum class Fault : std::uint8_t {
  kNone,
  kReadBeforeLock,           // a moment is read before the write lock is taken
  kStoredNotKept,            // a moment is stored and not kept
  kRestoreTakesBackupsLast,  // a restore into a live store goes on from the backup's last moment
  kNoOffsetInIdentity,       // the identity of a boot clock leaves its shift out
};

struct Machine {
  Millis booted = 0;
  int boot = 1;
  Millis wall_ahead = 0;
  bool synchronised = false;
  bool has_boot_id = true;
  bool has_machine_id = true;
  bool is_ever_synchronised = true;
  Millis shift = 0;  // of CLOCK_BOOTTIME, in the time namespace of the command at work
};

// What a command has read, and what is true of it.
struct Reading {
  zonestore::Moment moment;
  Millis truly = 0;
  std::size_t machine = 0;
  int boot = 0;
  Millis shift = 0;
  bool is_right = false;  // the wall clock
};

struct Wait {
  zonestore::Moment began;
  Millis truly = 0;     // when it began
  Millis provable = 0;  // what has passed since then between kept moments that were right
};

struct KeptStore {
  zonestore::KeptTime kept;
  std::optional<Reading> last;  // what is true of the last moment that was kept
  std::vector<Wait> waits;
};

class ClockWorld {
 public:
  ClockWorld(std::uint64_t seed, Fault fault);

  // Empty: all is well. Otherwise what is wrong: "early: ..." or "blocked: ...".
  [[nodiscard]] std::string play(int events);
  // The clock is right from now on, in one boot, and every command is refused: all waits end.
  [[nodiscard]] std::string end_well();

  // How often each thing happened.
  [[nodiscard]] const std::map<std::string, int>& happened() const { return happened_; }

 private:
  [[nodiscard]] Millis below(Millis bound) {
    return static_cast<Millis>(random_() % static_cast<std::uint64_t>(bound));
  }
  [[nodiscard]] bool one_in(Millis count) { return below(count) == 0; }
  [[nodiscard]] Millis some_time();
  [[nodiscard]] Machine& machine() { return machines_.at(at_work_); }
  [[nodiscard]] KeptStore& any_store() { return stores_.at(static_cast<std::size_t>(below(2))); }
  void note(const std::string& what) { ++happened_[what]; }

  void happen();
  void turn_a_clock();
  void reboot();
  void restore();
  // A command of the machine at work: one that begins a wait, or one that is refused.
  void command();
  void change(KeptStore& store);
  void change_while_another_waits(KeptStore& store);
  void refuse(KeptStore& store) { (void)keep_moment(store, read()); }

  [[nodiscard]] Reading read() const;
  [[nodiscard]] zonestore::Moment keep_moment(KeptStore& store, Reading reading);
  [[nodiscard]] std::string judge(const KeptStore& store);

  std::mt19937_64 random_;
  Fault fault_;
  Millis truly_ = 1'790'000'000 * kSecond;
  std::vector<Machine> machines_;
  std::size_t at_work_ = 0;
  std::vector<KeptStore> stores_;  // the one that is at work, and its second life
  std::vector<KeptStore> backups_;
  std::map<std::string, int> happened_;
};

}  // namespace tests::lifecycle
