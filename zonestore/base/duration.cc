#include "zonestore/base/duration.h"

#include <array>
#include <charconv>
#include <optional>
#include <string>

namespace zonestore {
namespace {

struct Unit {
  char letter;
  std::int64_t seconds;
};

constexpr std::array kUnits{Unit{'w', 7 * 86400}, Unit{'d', 86400}, Unit{'h', 3600}, Unit{'m', 60}, Unit{'s', 1}};
constexpr std::int64_t kLongestSeconds = std::int64_t{10} * 365 * 86400;

tl::unexpected<Error> malformed(std::string_view text) {
  return fail(ErrorCode::kInvalid, "\"" + std::string(text) + "\" is not a duration",
              "write 10m, 7d, 1h30m (units w, d, h, m, s, the larger first) or a plain number of seconds");
}

tl::unexpected<Error> too_long(std::string_view text) {
  return fail(ErrorCode::kInvalid, "\"" + std::string(text) + "\" is longer than ten years",
              "the longest duration is 3650d");
}

// Takes the digits at the front of `rest`; nullopt if there are none. A count that is too large for the type is
// too large for a duration as well, and stays so.
std::optional<std::int64_t> take_count(std::string_view& rest) {
  if (rest.empty() || rest.front() < '0' || rest.front() > '9') {
    return std::nullopt;
  }
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return error == std::errc{} ? count : kLongestSeconds + 1;
}

// Takes the unit's letter at the front of `rest`. Each unit may come once and after the larger ones only:
// `first_allowed` moves behind the unit that was taken.
std::optional<std::int64_t> take_unit(std::string_view& rest, std::size_t& first_allowed) {
  for (std::size_t index = first_allowed; !rest.empty() && index < kUnits.size(); ++index) {
    if (kUnits[index].letter == rest.front()) {
      rest.remove_prefix(1);
      first_allowed = index + 1;
      return kUnits[index].seconds;
    }
  }
  return std::nullopt;
}

}  // namespace

Result<Seconds> parse_duration(std::string_view text) {
  std::int64_t total = 0;
  std::size_t first_allowed_unit = 0;
  std::string_view rest = text;
  do {
    const bool first = rest.size() == text.size();
    const std::optional<std::int64_t> count = take_count(rest);
    if (!count) {
      return malformed(text);
    }
    const bool bare = first && rest.empty();
    const std::optional<std::int64_t> unit = bare ? 1 : take_unit(rest, first_allowed_unit);
    if (!unit) {
      return malformed(text);
    }
    if (*count > (kLongestSeconds - total) / *unit) {
      return too_long(text);
    }
    total += *count * *unit;
  } while (!rest.empty());
  return Seconds{total};
}

std::string to_duration_text(Seconds duration) {
  if (duration.count() == 0) {
    return "0s";
  }
  std::string text = duration.count() < 0 ? "-" : "";
  std::int64_t rest = duration.count() < 0 ? -duration.count() : duration.count();
  for (const Unit& unit : kUnits) {
    if (unit.letter == 'w' || rest < unit.seconds) {  // people count days: "7d", not "1w"
      continue;
    }
    text += std::to_string(rest / unit.seconds) + unit.letter;
    rest %= unit.seconds;
  }
  return text;
}

}  // namespace zonestore
