#include "dnsd/config/hexadecimal.h"

#include <charconv>

namespace dnsd::config {

std::optional<zonestore::Bytes> parse_hexadecimal(std::string_view digits) {
  constexpr int kBase = 16;
  if (digits.size() % 2 != 0) {
    return std::nullopt;
  }
  zonestore::Bytes bytes;
  for (; !digits.empty(); digits.remove_prefix(2)) {
    std::uint8_t byte = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + 2, byte, kBase);
    if (error != std::errc{} || end != digits.data() + 2) {
      return std::nullopt;
    }
    bytes.push_back(byte);
  }
  return bytes;
}

}  // namespace dnsd::config
