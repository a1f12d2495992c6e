// Durations as operators write them.
#pragma once

#include <string_view>

#include "zonestore/base/error.h"
#include "zonestore/base/moment.h"

namespace zonestore {

// "10m", "7d", "96h", "1h30m", "3600" (bare numbers are seconds). Not negative, at most ten years.
// Errors: kInvalid, with the text and the accepted form in the message.
[[nodiscard]] Result<Seconds> parse_duration(std::string_view text);

}  // namespace zonestore
