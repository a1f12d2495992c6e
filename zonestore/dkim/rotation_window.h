// When rotations by policy may happen: "always", or days, hours and a time zone, as in
//
//   Tue 09:00-11:00 Europe/Zurich        Mon-Thu 09:00-16:00 Europe/Zurich        Sat,Sun 22:00-02:00 UTC
//
// A moment is inside if a clock on the wall of that zone shows one of the days and a time from the first (inclusive)
// to the second (exclusive); where the second is not later than the first it is of the next day. So a time that a
// change to summer time leaves out opens nothing, and one that a change back repeats opens twice.
//
// Time zones are those of the system's tzdata (package tzdata, through the library date). Pure apart from reading
// them. Threads: plain values.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zonestore/base/error.h"
#include "zonestore/base/moment.h"

namespace zonestore::dkim {

class RotationWindow {
 public:
  RotationWindow() = default;  // always

  // Days are Mon to Sun, single, as ranges and separated by commas. Errors: kInvalid, with the form; a time zone that
  // the system does not know.
  [[nodiscard]] static Result<RotationWindow> parse(std::string_view text);
  // For a text that was good when it was stored and is not now (its time zone has gone from the system): never open.
  [[nodiscard]] static RotationWindow never(std::string text);

  [[nodiscard]] const std::string& text() const { return text_; }  // as parse takes it

  [[nodiscard]] bool is_open(WallTime time) const;
  // The first moment from `time` on at which it is open; nullopt if there is none within a year.
  [[nodiscard]] std::optional<WallTime> next_opening(WallTime time) const;
  // The first moment from `time` on at which it is not open; nullopt if it always is.
  [[nodiscard]] std::optional<WallTime> next_closing(WallTime time) const;

 private:
  enum class Kind : std::uint8_t { kAlways, kNever, kWeekly };
  [[nodiscard]] std::optional<WallTime> next_with(WallTime time, bool open) const;
  [[nodiscard]] std::vector<WallTime> turns(std::chrono::local_days first, int days) const;
  [[nodiscard]] bool has_day(std::chrono::weekday day) const { return days_.at(day.c_encoding()); }

  std::string text_ = "always";
  Kind kind_ = Kind::kAlways;
  std::array<bool, 7> days_{};  // Sunday first
  std::chrono::minutes begins_{};
  std::chrono::minutes ends_{};  // of the same day if later than begins_, else of the next
  std::string zone_;
};

}  // namespace zonestore::dkim
