#include "tools/zonectl/bulk/settings.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <nlohmann/json.hpp>

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

std::string to_json_text(const BulkSettings& settings) {
  nlohmann::json json = nlohmann::json::object();
  if (settings.canary) {
    json["canary"] = settings.canary->text;
  }
  if (settings.rate) {
    json["rate"] = settings.rate->text;
  }
  if (settings.halt_on) {
    json["halt_on"] = *settings.halt_on;
  }
  if (settings.override_guard) {
    json["override"] = zonestore::guard_code(*settings.override_guard);
  }
  if (settings.reason) {
    json["reason"] = *settings.reason;
  }
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<BulkSettings> parse_settings(const std::string& json_text) {
  const nlohmann::json json = nlohmann::json::parse(json_text, nullptr, false);
  if (!json.is_object()) {
    return zonestore::fail(ErrorCode::kInvalid, "the run's own arguments cannot be read");
  }
  BulkSettings settings;
  if (const std::string text = json.value("canary", ""); !text.empty()) {
    const auto share = parse_share(text);
    settings.canary = share ? std::optional(*share) : std::nullopt;
  }
  if (const std::string text = json.value("rate", ""); !text.empty()) {
    const auto rate = parse_rate(text);
    settings.rate = rate ? std::optional(*rate) : std::nullopt;
  }
  if (json.contains("halt_on")) {
    settings.halt_on = json["halt_on"].get<std::uint32_t>();
  }
  if (const std::string text = json.value("override", ""); !text.empty()) {
    settings.override_guard = zonestore::guard_from_code(text);
  }
  if (json.contains("reason")) {
    settings.reason = json.value("reason", "");
  }
  return settings;
}

}  // namespace zonectl
