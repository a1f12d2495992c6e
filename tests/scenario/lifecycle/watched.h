// An institution whose rotations by policy a test watches: what must be true of it at any time, from true time alone.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "tests/scenario/lifecycle/timeline.h"
#include "tests/scenario/lifecycle/zurich_window.h"
#include "zonestore/operations/views/institution_view.h"

namespace tests::lifecycle {

inline constexpr Millis kDrain = 7 * kDay + kHour + 10 * kMinute;  // policy, TTL and slack, by default
inline constexpr Millis kRipening = kHour + 10 * kMinute;
// The wall clock is at most an hour off in either direction: so much later than in truth a time may seem to come,
// beside what is lost for good (Stamp::lost).
inline constexpr Millis kClocksApart = 2 * kHour;

class Watched {
 public:
  Watched(std::string code, ZurichWindow window, Millis every, Millis jitter, const Stamp& added)
      : code_(std::move(code)), window_(std::move(window)), every_(every), jitter_(jitter), moved_(added) {}

  [[nodiscard]] const std::string& code() const { return code_; }
  [[nodiscard]] const ZurichWindow& window() const { return window_; }
  [[nodiscard]] Millis every() const { return every_; }
  [[nodiscard]] Millis jitter() const { return jitter_; }
  [[nodiscard]] int rotations() const { return rotations_; }
  [[nodiscard]] int replaced() const { return replaced_; }

  // What has changed since the last look must have been allowed to. Empty: all is well.
  [[nodiscard]] std::string look(const zonestore::InstitutionView& view, const Stamp& now);
  // Somebody has seen that all is right in the DNS: for a day rotations by policy may happen.
  void seen(const Stamp& now) {
    if (!is_seen(now)) {
      seen_since_ = now;
    }
    seen_ = now;
  }
  // After a run of maintain that came to its end: nothing that was certainly due may be left undone.
  [[nodiscard]] std::string missed(const Stamp& now) const;
  // Whether policy must have made a rotation due, whatever its jitter and the clocks.
  [[nodiscard]] bool is_certainly_due(const Stamp& now) const {
    return certain(moved_, now) > every_ + jitter_ + kClocksApart;
  }
  // Whether maintain may well find something to do: a rotation, or a key to replace.
  [[nodiscard]] bool may_have_work(const Stamp& now) const;

 private:
  [[nodiscard]] static Millis passed(const Stamp& since, const Stamp& now) { return now.truly - since.truly; }
  [[nodiscard]] static Millis certain(const Stamp& since, const Stamp& now) {
    return passed(since, now) - (now.lost - since.lost);
  }
  [[nodiscard]] bool is_seen(const Stamp& now) const { return seen_ && passed(*seen_, now) <= kDay + kClocksApart; }
  [[nodiscard]] std::string look_at_move(int active, const Stamp& now);
  [[nodiscard]] std::string look_at_key(std::size_t slot, const std::string& key_id, const Stamp& now);

  std::string code_;
  ZurichWindow window_;
  Millis every_;
  Millis jitter_;
  Stamp moved_;
  std::optional<Stamp> seen_;        // last
  std::optional<Stamp> seen_since_;  // since when there was no day without a look
  int active_ = 0;
  std::array<std::string, 2> keys_;
  std::array<std::optional<Stamp>, 2> left_;  // when a slot stopped signing, until its key is replaced
  int rotations_ = 0;
  int replaced_ = 0;
};

}  // namespace tests::lifecycle
