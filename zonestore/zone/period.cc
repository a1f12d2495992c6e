#include "zonestore/zone/period.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "zonestore/zone/name.h"

namespace zonestore {
namespace {

std::uint64_t seconds_of_unit(char unit) {
  switch (unit) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 3'600;
    case 'd':
      return 86'400;
    case 'w':
      return 604'800;
    default:
      return 0;
  }
}

}  // namespace

std::optional<std::uint64_t> parse_period(std::string_view text) {
  constexpr std::uint64_t kTooLarge = std::uint64_t{1} << 32U;
  const std::string lowered = lower_case(text);
  std::uint64_t sum = 0;
  for (const char *at = lowered.data(), *end = at + lowered.size(); at != end;) {
    std::uint32_t number = 0;
    const auto [behind, error] = std::from_chars(at, end, number);
    if (error == std::errc::invalid_argument) {
      return std::nullopt;
    }
    const bool is_bare = behind == end;
    const std::uint64_t unit = is_bare ? 1 : seconds_of_unit(*behind);
    if (unit == 0 || (is_bare && at != lowered.data())) {
      return std::nullopt;
    }
    sum = error == std::errc::result_out_of_range ? kTooLarge : std::min(kTooLarge, sum + number * unit);
    at = is_bare ? end : behind + 1;
  }
  return text.empty() ? std::nullopt : std::optional(sum);
}

}  // namespace zonestore
