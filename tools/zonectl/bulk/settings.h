// How a bulk command goes about its work, as its flags say it and as the run keeps it for --resume.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tools/zonectl/bulk/run_arguments.h"
#include "tools/zonectl/session/arguments.h"
#include "zonestore/base/error.h"

namespace zonectl {

// "1%" of all, or so many.
struct Share {
  std::string text;
  double percent = 0;
  std::uint32_t count = 0;  // if not 0, instead

  // At least one, at most all.
  [[nodiscard]] std::size_t of(std::size_t all) const;
};
[[nodiscard]] zonestore::Result<Share> parse_share(std::string_view text);

// "20/min": so many a second (s), minute (min) or hour (h).
struct Rate {
  std::string text;
  std::chrono::milliseconds interval{};  // from one to the next
};
[[nodiscard]] zonestore::Result<Rate> parse_rate(std::string_view text);

inline constexpr std::uint32_t kDefaultHaltOn = 10;

struct BulkSettings {
  std::optional<Share> canary;
  std::optional<Rate> rate;
  std::optional<std::uint32_t> halt_on;  // failures
  std::optional<zonestore::Guard> override_guard;
  std::optional<std::string> reason;
  std::optional<zonestore::dkim::SlotId> expect;

  [[nodiscard]] std::uint32_t failures_allowed() const { return halt_on.value_or(kDefaultHaltOn); }
};

// --rate and --halt-on; `with_canary`: --canary too.
void declare(Arguments& arguments, BulkSettings& settings, bool with_canary);

// What the run keeps of them, and back; a field that cannot be read counts as not given.
[[nodiscard]] RunArguments arguments_of(const BulkSettings& settings);
[[nodiscard]] BulkSettings settings_of(const RunArguments& arguments);

}  // namespace zonectl
