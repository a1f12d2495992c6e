// The sizes that the form of a message sets to records. For the sources of this folder only.
#pragma once

#include <cstddef>
#include <cstdint>

namespace zonestore {

inline constexpr std::uint32_t kMaxTtl = 0x7FFF'FFFF;  // RFC 2181 section 8
inline constexpr std::size_t kMaxRdataBytes = 0xFFFF;  // its length has 16 bits
inline constexpr std::size_t kMaxStringBytes = 255;    // of a character-string, RFC 1035 section 3.3

}  // namespace zonestore
