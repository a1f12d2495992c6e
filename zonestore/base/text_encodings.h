// Bytes as hexadecimal, base64 (RFC 4648 section 4) and base32hex (section 7): whole bytes only, padding where it
// belongs and no bit beside. nullopt: the text is not of that form. Threads: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "zonestore/base/bytes.h"

namespace zonestore {

inline constexpr std::string_view kHexDigits = "0123456789abcdef";  // as we write them: lower case

// Of either case.
[[nodiscard]] std::optional<std::uint8_t> hex_digit(char character);

// Exactly so many digits, and all in lower case.
[[nodiscard]] bool is_hex(std::string_view text, std::size_t digits);

[[nodiscard]] std::optional<Bytes> bytes_of_hex(std::string_view text);
[[nodiscard]] std::optional<Bytes> bytes_of_base64(std::string_view text);
[[nodiscard]] std::optional<Bytes> bytes_of_base32hex(
    std::string_view text);  // without padding (RFC 5155 section 3.3)

[[nodiscard]] std::string hex_of(ByteView bytes);
[[nodiscard]] std::string base64_of(ByteView bytes);
[[nodiscard]] std::string base32hex_of(ByteView bytes);

}  // namespace zonestore
