#include "zonestore/base/text_encodings.h"

namespace zonestore {
namespace {

constexpr std::string_view kBase64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase32Digits = "0123456789abcdefghijklmnopqrstuv";
constexpr unsigned kBase64Bits = 6;
constexpr unsigned kBase32Bits = 5;

constexpr char lowered(char character) {
  return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a') : character;
}

// Digits of `bits` each, the most significant first. What is left behind the last whole byte must be zero, and less
// than a digit.
std::optional<Bytes> bytes_of_digits(std::string_view text, std::string_view digits, unsigned bits) {
  Bytes bytes;
  std::uint32_t held = 0;
  unsigned held_bits = 0;
  for (const char character : text) {
    const std::size_t value = digits.find(character);
    if (value == std::string_view::npos) {
      return std::nullopt;
    }
    held = held << bits | static_cast<std::uint32_t>(value);
    held_bits += bits;
    if (held_bits >= 8) {
      held_bits -= 8;
      bytes.push_back(static_cast<std::uint8_t>(held >> held_bits));
      held &= (1U << held_bits) - 1U;
    }
  }
  return held != 0 || held_bits >= bits ? std::nullopt : std::optional(std::move(bytes));
}

std::string digits_of_bytes(ByteView bytes, std::string_view digits, unsigned bits) {
  std::string text;
  std::uint32_t held = 0;
  unsigned held_bits = 0;
  for (const std::uint8_t byte : bytes) {
    held = held << 8U | byte;
    held_bits += 8;
    for (; held_bits >= bits; held_bits -= bits) {
      text += digits[held >> (held_bits - bits) & ((1U << bits) - 1U)];
    }
    held &= (1U << held_bits) - 1U;
  }
  if (held_bits > 0) {
    text += digits[held << (bits - held_bits)];
  }
  return text;
}

}  // namespace

std::optional<std::uint8_t> hex_digit(char character) {
  const std::size_t value = kHexDigits.find(lowered(character));
  return value == std::string_view::npos ? std::nullopt : std::optional(static_cast<std::uint8_t>(value));
}

bool is_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of(kHexDigits) == std::string_view::npos;
}

std::optional<Bytes> bytes_of_hex(std::string_view text) {
  if (text.size() % 2 != 0) {
    return std::nullopt;
  }
  Bytes bytes;
  for (std::size_t at = 0; at < text.size(); at += 2) {
    const std::optional<std::uint8_t> high = hex_digit(text[at]);
    const std::optional<std::uint8_t> low = hex_digit(text[at + 1]);
    if (!high || !low) {
      return std::nullopt;
    }
    bytes.push_back(static_cast<std::uint8_t>(*high << 4U | *low));
  }
  return bytes;
}

std::optional<Bytes> bytes_of_base64(std::string_view text) {
  if (text.size() % 4 != 0) {
    return std::nullopt;
  }
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) {
    text.remove_suffix(1);
  }
  return bytes_of_digits(text, kBase64Digits, kBase64Bits);
}

std::optional<Bytes> bytes_of_base32hex(std::string_view text) {
  std::string digits;
  for (const char character : text) {
    digits += lowered(character);
  }
  return bytes_of_digits(digits, kBase32Digits, kBase32Bits);
}

std::string hex_of(ByteView bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::uint8_t byte : bytes) {
    text += kHexDigits[byte >> 4U];
    text += kHexDigits[byte & 0xFU];
  }
  return text;
}

std::string base64_of(ByteView bytes) {
  std::string text = digits_of_bytes(bytes, kBase64Digits, kBase64Bits);
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

std::string base32hex_of(ByteView bytes) {
  return digits_of_bytes(bytes, kBase32Digits, kBase32Bits);
}

}  // namespace zonestore
