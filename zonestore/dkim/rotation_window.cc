#include "zonestore/dkim/rotation_window.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "zonestore/base/letters.h"
#include "zonestore/dkim/time_zone.h"

namespace zonestore::dkim {

namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::array<std::string_view, 7> kDayNames{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr int kLongestWaitWeeks = 53;  // a window in the hour that summer time leaves out may wait for weeks

tl::unexpected<Error> malformed(std::string_view text, const std::string& why) {
  return fail(
      ErrorCode::kInvalid, "\"" + std::string(text) + "\" is not a window: " + why,
      "write always, or days, hours and a time zone: Tue 09:00-11:00 Europe/Zurich, or Mon-Thu 09:00-16:00 UTC");
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t begin = text.find_first_not_of(' ');
    if (begin == std::string_view::npos) {
      break;
    }
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    text.remove_prefix(end);
  }
  return words;
}

std::optional<std::size_t> parse_day(std::string_view text) {
  const auto* const found = std::find(kDayNames.begin(), kDayNames.end(), text);
  return found == kDayNames.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - kDayNames.begin()));
}

// "Tue" or "Mon-Thu", which may run over the end of the week: "Fri-Mon".
bool mark_days(std::string_view part, std::array<bool, 7>& days) {
  const std::size_t dash = part.find('-');
  const std::optional<std::size_t> first = parse_day(part.substr(0, dash));
  const std::optional<std::size_t> last = dash == std::string_view::npos ? first : parse_day(part.substr(dash + 1));
  if (!first || !last) {
    return false;
  }
  for (std::size_t day = *first;; day = (day + 1) % days.size()) {
    days.at(day) = true;
    if (day == *last) {
      return true;
    }
  }
}

std::optional<std::array<bool, 7>> parse_days(std::string_view text) {
  std::array<bool, 7> days{};
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    if (!mark_days(text.substr(begin, end - begin), days)) {
      return std::nullopt;
    }
    begin = end + 1;
  }
  return days;
}

std::optional<int> parse_two_digits(std::string_view text) {
  if (text.size() != 2 || !is_digit(text[0]) || !is_digit(text[1])) {
    return std::nullopt;
  }
  return (text[0] - '0') * 10 + (text[1] - '0');
}

// "09:30"; the end of a window may be "24:00".
std::optional<minutes> parse_time(std::string_view text, bool is_end) {
  if (text.size() != 5 || text[2] != ':') {
    return std::nullopt;
  }
  const std::optional<int> hour = parse_two_digits(text.substr(0, 2));
  const std::optional<int> minute = parse_two_digits(text.substr(3));
  if (!hour || !minute || *minute > 59) {
    return std::nullopt;
  }
  const minutes time = hours(*hour) + minutes(*minute);
  return time < hours(24) || (is_end && time == hours(24)) ? std::optional(time) : std::nullopt;
}

}  // namespace

Result<RotationWindow> RotationWindow::parse(std::string_view text) {
  const std::vector<std::string_view> words = words_of(text);
  if (words.size() == 1 && words[0] == "always") {
    return RotationWindow{};
  }
  if (words.size() != 3) {
    return malformed(text, "it has " + std::to_string(words.size()) + " words");
  }
  RotationWindow window;
  window.kind_ = Kind::kWeekly;
  const std::optional<std::array<bool, 7>> days = parse_days(words[0]);
  if (!days) {
    return malformed(text, "the days are Mon, Tue, Wed, Thu, Fri, Sat and Sun");
  }
  window.days_ = *days;
  const std::size_t dash = std::min(words[1].find('-'), words[1].size());
  const std::optional<minutes> begins = parse_time(words[1].substr(0, dash), false);
  const std::optional<minutes> ends =
      dash == words[1].size() ? std::nullopt : parse_time(words[1].substr(dash + 1), true);
  if (!begins || !ends || *begins == *ends) {
    return malformed(text, "the hours are written 09:00-11:00");
  }
  window.begins_ = *begins;
  window.ends_ = *ends;
  window.zone_ = words[2];
  if (!is_time_zone(window.zone_)) {
    return malformed(text, "this system knows no time zone " + window.zone_);
  }
  window.text_ = std::string(words[0]) + " " + std::string(words[1]) + " " + window.zone_;
  return window;
}

RotationWindow RotationWindow::never(std::string text) {
  RotationWindow window;
  window.kind_ = Kind::kNever;
  window.text_ = std::move(text);
  return window;
}

bool RotationWindow::is_open(WallTime time) const {
  if (kind_ != Kind::kWeekly) {
    return kind_ == Kind::kAlways;
  }
  const LocalTime local = local_time(zone_, time);
  const std::chrono::weekday today{local.day};
  if (begins_ < ends_) {
    return has_day(today) && local.since_midnight >= begins_ && local.since_midnight < ends_;
  }
  return (has_day(today) && local.since_midnight >= begins_) ||
         (has_day(today - std::chrono::days(1)) && local.since_midnight < ends_);
}

std::optional<WallTime> RotationWindow::next_opening(WallTime time) const {
  return next_with(time, true);
}

std::optional<WallTime> RotationWindow::next_closing(WallTime time) const {
  return next_with(time, false);
}

// Where it can change within some days from `first` on: where a clock there shows one of the two hours, and where the
// zone's offset changes.
std::vector<WallTime> RotationWindow::turns(std::chrono::local_days first, int days) const {
  std::vector<WallTime> turns;
  for (int count = 0; count < days; ++count) {
    for (const minutes hour : {begins_, ends_}) {
      const std::vector<WallTime> moments = moments_of(zone_, {first + std::chrono::days(count), hour});
      turns.insert(turns.end(), moments.begin(), moments.end());
    }
  }
  const WallTime begin{first.time_since_epoch()};
  const WallTime end = begin + std::chrono::days(days);
  for (WallTime change = next_change(zone_, begin); change < end; change = next_change(zone_, change)) {
    turns.push_back(change);
  }
  std::sort(turns.begin(), turns.end());
  return turns;
}

std::optional<WallTime> RotationWindow::next_with(WallTime time, bool open) const {
  if (is_open(time) == open) {
    return time;
  }
  if (kind_ != Kind::kWeekly) {
    return std::nullopt;
  }
  // Stretches of a week; each looks a day or two beyond both of its ends, for zones are up to 14 hours from UTC.
  constexpr std::chrono::days kWeek{7};
  constexpr std::chrono::days kMargin{2};
  std::chrono::local_days week = local_time(zone_, time).day;
  for (int count = 0; count < kLongestWaitWeeks; ++count, week += kWeek) {
    const WallTime end = WallTime{week.time_since_epoch()} + kWeek;
    for (const WallTime turn : turns(week - kMargin, (kWeek + 2 * kMargin).count())) {
      if (turn > time && turn < end && is_open(turn) == open) {
        return turn;
      }
    }
    time = std::max(time, end - Milliseconds(1));
  }
  return std::nullopt;
}

}  // namespace zonestore::dkim
