// Integers in network byte order, for the forms on disk and on the wire.
#pragma once

#include <cstdint>

#include "zonestore/base/bytes.h"

namespace zonestore {

// At `bytes`, where the caller has made sure that they are.
[[nodiscard]] inline std::uint16_t load_u16(const std::uint8_t* bytes) {
  return static_cast<std::uint16_t>(bytes[0] << 8U | bytes[1]);
}
[[nodiscard]] inline std::uint32_t load_u32(const std::uint8_t* bytes) {
  return static_cast<std::uint32_t>(load_u16(bytes)) << 16U | load_u16(bytes + 2);
}
inline void store_u16(std::uint8_t* bytes, std::uint16_t value) {
  bytes[0] = static_cast<std::uint8_t>(value >> 8U);
  bytes[1] = static_cast<std::uint8_t>(value & 0xFFU);
}
inline void store_u32(std::uint8_t* bytes, std::uint32_t value) {
  store_u16(bytes, static_cast<std::uint16_t>(value >> 16U));
  store_u16(bytes + 2, static_cast<std::uint16_t>(value & 0xFFFFU));
}

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
  return load_u16(bytes.data());
}

[[nodiscard]] inline std::uint32_t read_u32(ByteView bytes) {
  return load_u32(bytes.data());
}

}  // namespace zonestore
