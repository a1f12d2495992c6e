// Bytes as people write them in settings: two hexadecimal digits a byte, in either case.
#pragma once

#include <optional>
#include <string_view>

#include "zonestore/base/bytes.h"

namespace dnsd::config {

// nullopt: an odd number of digits, or something that is none.
[[nodiscard]] std::optional<zonestore::Bytes> parse_hexadecimal(std::string_view digits);

}  // namespace dnsd::config
