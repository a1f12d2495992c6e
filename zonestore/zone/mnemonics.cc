#include "zonestore/zone/mnemonics.h"

#include <algorithm>
#include <chrono>

#include "zonestore/zone/field_source.h"

namespace zonestore {
namespace {

constexpr std::size_t kDateDigits = 14;

std::string padded_digits(std::uint64_t number, std::size_t count) {
  std::string text = std::to_string(number);
  return std::string(count - std::min(count, text.size()), '0') + text;
}

}  // namespace

std::optional<std::uint32_t> number_of(std::string_view text, std::span<const Mnemonic> mnemonics,
                                       std::uint32_t most) {
  const auto is_same = [](char left, char right) {
    return to_lower(static_cast<std::uint8_t>(left)) == to_lower(static_cast<std::uint8_t>(right));
  };
  for (const Mnemonic& each : mnemonics) {
    if (std::equal(text.begin(), text.end(), each.text.begin(), each.text.end(), is_same)) {
      return each.number;
    }
  }
  return decimal(text, most);
}

std::optional<std::uint32_t> seconds_of_date(std::string_view text) {
  if (text.size() != kDateDigits) {
    return text.size() > 10 ? std::nullopt : decimal(text, 0xFFFF'FFFF);
  }
  const auto part = [text](std::size_t begin, std::size_t count, std::uint32_t most) {
    return decimal(text.substr(begin, count), most);
  };
  const auto year = part(0, 4, 9'999);
  const auto month = part(4, 2, 12);
  const auto day = part(6, 2, 31);
  const auto hour = part(8, 2, 23);
  const auto minute = part(10, 2, 59);
  const auto second = part(12, 2, 59);
  if (!year || !month || !day || !hour || !minute || !second) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)), std::chrono::month(*month),
                                         std::chrono::day(*day)};
  if (!date.ok()) {
    return std::nullopt;
  }
  const std::chrono::sys_seconds moment = std::chrono::sys_days(date) + std::chrono::hours(*hour) +
                                          std::chrono::minutes(*minute) + std::chrono::seconds(*second);
  return static_cast<std::uint32_t>(moment.time_since_epoch().count());
}

std::string date_of_seconds(std::uint32_t seconds) {
  const std::chrono::sys_seconds moment{std::chrono::seconds(seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date(day);
  const auto of_day = static_cast<std::uint64_t>((moment - day).count());
  return padded_digits(static_cast<std::uint64_t>(static_cast<int>(date.year())), 4) +
         padded_digits(static_cast<unsigned>(date.month()), 2) + padded_digits(static_cast<unsigned>(date.day()), 2) +
         padded_digits(of_day / 3'600, 2) + padded_digits(of_day / 60 % 60, 2) + padded_digits(of_day % 60, 2);
}

}  // namespace zonestore
