// Byte strings, and the checksum that guards them at rest.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace zonestore {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

}  // namespace zonestore
