#include "tools/zonectl/bulk/settings.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace zonectl {

using zonestore::ErrorCode;
using zonestore::Result;

namespace {

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

std::optional<std::chrono::milliseconds> parse_period(std::string_view text) {
  if (text == "s") {
    return std::chrono::seconds(1);
  }
  if (text == "min") {
    return std::chrono::minutes(1);
  }
  if (text == "h") {
    return std::chrono::hours(1);
  }
  return std::nullopt;
}

}  // namespace

std::size_t Share::of(std::size_t all) const {
  const double wanted = count != 0 ? static_cast<double>(count) : std::ceil(static_cast<double>(all) * percent / 100);
  return std::min(all, std::max<std::size_t>(1, static_cast<std::size_t>(wanted)));
}

Result<Share> parse_share(std::string_view text) {
  if (text.ends_with('%')) {
    const std::optional<double> percent = parse_number(text.substr(0, text.size() - 1));
    if (percent && *percent > 0 && *percent <= 100) {
      return Share{std::string(text), *percent, 0};
    }
  } else if (const Result<std::uint32_t> count = parse_count(text)) {
    return Share{std::string(text), 0, *count};
  }
  return zonestore::fail(ErrorCode::kInvalid, "a share is a percentage such as 1%, or a number such as 20");
}

Result<Rate> parse_rate(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos) {
    const Result<std::uint32_t> count = parse_count(text.substr(0, slash));
    const auto period = parse_period(text.substr(slash + 1));
    if (count && period) {
      return Rate{std::string(text), *period / *count};
    }
  }
  return zonestore::fail(ErrorCode::kInvalid, "a rate is a number a second, minute or hour: 5/s, 20/min, 300/h");
}

void declare(Arguments& arguments, BulkSettings& settings, bool with_canary) {
  if (with_canary) {
    arguments.operators().one("--canary", "SHARE", settings.canary, Need::kOptional, &parse_share,
                              "of many: stop at any failure until that share is done and proven (1%, or a number)");
  }
  arguments.operators().one("--rate", "N/UNIT", settings.rate, Need::kOptional, &parse_rate,
                            "of many: no faster than this (5/s, 20/min, 300/h)");
  arguments.operators().one("--halt-on", "N", settings.halt_on, Need::kOptional, &parse_count,
                            "of many: stop at so many failures (default: " + std::to_string(kDefaultHaltOn) + ")");
}

RunArguments arguments_of(const BulkSettings& settings) {
  RunArguments arguments;
  if (settings.canary) {
    arguments.set("canary", settings.canary->text);
  }
  if (settings.rate) {
    arguments.set("rate", settings.rate->text);
  }
  if (settings.halt_on) {
    arguments.set("halt_on", std::int64_t{*settings.halt_on});
  }
  if (settings.override_guard) {
    arguments.set("override", std::string(zonestore::guard_code(*settings.override_guard)));
  }
  if (settings.reason) {
    arguments.set("reason", *settings.reason);
  }
  if (settings.expect) {
    arguments.set("expect", to_text(*settings.expect));
  }
  return arguments;
}

BulkSettings settings_of(const RunArguments& arguments) {
  BulkSettings settings;
  if (const auto share = parse_share(arguments.text("canary").value_or(""))) {
    settings.canary = *share;
  }
  if (const auto rate = parse_rate(arguments.text("rate").value_or(""))) {
    settings.rate = *rate;
  }
  if (const auto halt_on = arguments.number("halt_on"); halt_on && *halt_on > 0) {
    settings.halt_on = static_cast<std::uint32_t>(std::min<std::int64_t>(*halt_on, UINT32_MAX));
  }
  settings.override_guard = zonestore::guard_from_code(arguments.text("override").value_or(""));
  settings.reason = arguments.text("reason");
  if (const auto expect = zonestore::dkim::parse_slot(arguments.text("expect").value_or(""))) {
    settings.expect = *expect;
  }
  return settings;
}

}  // namespace zonectl
