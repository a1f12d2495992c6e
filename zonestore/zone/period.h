// Spans of time as zone files have them. Inside zone/ only.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace zonestore {

// Seconds: "3600", "1h", "1h30m", "1W2D". nullopt for anything else; what 32 bits do not hold comes back as 2^32.
[[nodiscard]] std::optional<std::uint64_t> parse_period(std::string_view text);

}  // namespace zonestore
