// Integers in network byte order, for the forms on disk and on the wire.
#pragma once

#include <cstdint>

#include "zonestore/base/bytes.h"

namespace zonestore {

inline void append_u16(Bytes& out, std::uint16_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8U));
  out.push_back(static_cast<std::uint8_t>(value & 0xFFU));
}

inline void append_u32(Bytes& out, std::uint32_t value) {
  append_u16(out, static_cast<std::uint16_t>(value >> 16U));
  append_u16(out, static_cast<std::uint16_t>(value & 0xFFFFU));
}

// Preconditions: two or four bytes are there.
[[nodiscard]] inline std::uint16_t read_u16(ByteView bytes) {
  return static_cast<std::uint16_t>((bytes[0] << 8U) | bytes[1]);
}

[[nodiscard]] inline std::uint32_t read_u32(ByteView bytes) {
  return (static_cast<std::uint32_t>(read_u16(bytes)) << 16U) | read_u16(bytes.subspan(2));
}

}  // namespace zonestore
