#include "tools/zonectl/text/times.h"

#include <array>
#include <charconv>
#include <optional>

#include "zonestore/base/duration.h"

namespace zonectl {

using zonestore::ErrorCode;
using zonestore::Result;
using zonestore::Seconds;
using zonestore::WallTime;

namespace {

struct Unit {
  std::int64_t seconds;
  std::string_view name;
};
constexpr std::array kUnits{Unit{86400, " d"}, Unit{3600, " h"}, Unit{60, " min"}, Unit{1, " s"}};

}  // namespace

std::string span_text(Seconds span) {
  std::int64_t rest = span.count();
  for (std::size_t index = 0; index < kUnits.size(); ++index) {
    const Unit& large = kUnits[index];
    if (rest < large.seconds) {
      continue;
    }
    std::string text = std::to_string(rest / large.seconds) + std::string(large.name);
    rest %= large.seconds;
    if (index + 1 < kUnits.size() && rest >= kUnits[index + 1].seconds) {
      const Unit& small = kUnits[index + 1];
      text += " " + std::to_string(rest / small.seconds) + std::string(small.name);
    }
    return text;
  }
  return "0 s";
}

std::string distance_text(WallTime time, WallTime now) {
  if (time > now) {
    return "in " + span_text(std::chrono::ceil<Seconds>(time - now));
  }
  const auto passed = std::chrono::floor<Seconds>(now - time);
  return passed.count() == 0 ? "now" : span_text(passed) + " ago";
}

std::string Times::text(WallTime time) const {
  return for_a_person_ ? plain(time) + ", " + distance_text(time, now_) : plain(time);
}

std::string Times::plain(WallTime time) const {
  std::string text = zonestore::to_rfc3339(time);
  if (for_a_person_) {
    text.replace(text.find('T'), 1, " ");
    text.replace(text.find('Z'), 1, " UTC");
  }
  return text;
}

namespace {

// Exactly `digits` digits at the front of `rest`, and then `after` (0: nothing); both are taken away.
std::optional<unsigned> take_number(std::string_view& rest, std::size_t digits, char after) {
  const std::size_t length = digits + (after == '\0' ? 0 : 1);
  if (rest.size() < length || (after != '\0' && rest[digits] != after)) {
    return std::nullopt;
  }
  unsigned value = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + digits, value);
  if (error != std::errc{} || end != rest.data() + digits) {
    return std::nullopt;
  }
  rest.remove_prefix(length);
  return value;
}

std::optional<WallTime> take_day(std::string_view& rest) {
  const auto year = take_number(rest, 4, '-');
  const auto month = year ? take_number(rest, 2, '-') : std::nullopt;
  const auto day = month ? take_number(rest, 2, '\0') : std::nullopt;
  if (!day) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)}, std::chrono::month{*month},
                                         std::chrono::day{*day}};
  return date.ok() ? std::optional<WallTime>(std::chrono::sys_days{date}) : std::nullopt;
}

std::optional<Seconds> take_clock(std::string_view& rest) {
  const auto hour = take_number(rest, 2, ':');
  const auto minute = hour ? take_number(rest, 2, ':') : std::nullopt;
  const auto second = minute ? take_number(rest, 2, '\0') : std::nullopt;
  if (!second || *hour > 23 || *minute > 59 || *second > 59) {
    return std::nullopt;
  }
  return std::chrono::hours{*hour} + std::chrono::minutes{*minute} + Seconds{*second};
}

std::optional<WallTime> parse_time(std::string_view rest) {
  const std::optional<WallTime> day = take_day(rest);
  if (!day || rest.empty()) {
    return day;
  }
  if (rest.front() != 'T' && rest.front() != ' ') {
    return std::nullopt;
  }
  rest.remove_prefix(1);
  const std::optional<Seconds> clock = take_clock(rest);
  if (!clock || !(rest.empty() || rest == "Z")) {
    return std::nullopt;
  }
  return *day + *clock;
}

}  // namespace

Result<WallTime> parse_since(std::string_view text, WallTime now) {
  if (const std::optional<WallTime> time = parse_time(text)) {
    return *time;
  }
  if (const Result<Seconds> duration = zonestore::parse_duration(text)) {
    return now - *duration;
  }
  return zonestore::fail(ErrorCode::kInvalid, "\"" + std::string(text) + "\" is neither a time nor a duration",
                         "write 2026-11-23, 2026-11-23T18:01:02Z, or how far back: 2h, 7d");
}

}  // namespace zonectl
