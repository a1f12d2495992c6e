// What the model is compared with: zonestore's pure lifecycle functions, or a real store.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tests/scenario/lifecycle/command.h"
#include "tests/scenario/lifecycle/model.h"
#include "zonestore/base/error.h"

namespace tests::lifecycle {

struct Answer {
  bool done = false;
  bool not_found = false;
  std::string_view guard = {};  // that refused; empty: none did
  std::optional<Millis> clears = {};
  bool changed = false;
  int changes = 0;
  std::optional<Millis> exposed_until = {};
  std::string message = {};  // of an error
};

class Subject {
 public:
  Subject() = default;
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;
  Subject(Subject&&) = delete;
  Subject& operator=(Subject&&) = delete;
  virtual ~Subject() = default;

  virtual Answer apply(const Command& command) = 0;
  // Its numbers of keys are its own.
  virtual Picture picture(int who) = 0;
  // What no picture shows: counters that must have risen, or stayed. Empty: all is well.
  virtual std::string check_after(const Command& command, const Verdict& verdict) = 0;
  // The machine has booted: what a process held is gone.
  virtual void reboot() {}
};

[[nodiscard]] inline Millis millis(zonestore::WallTime time) {
  return time.time_since_epoch().count();
}

[[nodiscard]] inline Answer answer_of(const zonestore::Error& error) {
  Answer answer;
  answer.message = error.message;
  answer.not_found = error.code == zonestore::ErrorCode::kNotFound;
  if (error.refusal) {
    answer.guard = zonestore::guard_code(error.refusal->guard);
    if (error.refusal->clears_at) {
      answer.clears = millis(*error.refusal->clears_at);
    }
  }
  return answer;
}

[[nodiscard]] inline Answer answer_done(bool changed, int changes) {
  Answer answer;
  answer.done = true;
  answer.changed = changed;
  answer.changes = changes;
  return answer;
}

// zonestore::dkim's functions on facts in memory; what publishing writes down is kept here in the plainest way.
[[nodiscard]] std::unique_ptr<Subject> make_pure_subject(const Timeline& timeline, int institutions);
// A store in a directory of its own.
[[nodiscard]] std::unique_ptr<Subject> make_store_subject(const Timeline& timeline, int institutions);

}  // namespace tests::lifecycle
