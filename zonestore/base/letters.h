// Letters and digits of ASCII, whatever the locale: what names, tags and codes are made of.
#pragma once

namespace zonestore {

[[nodiscard]] constexpr bool is_digit(char character) {
  return character >= '0' && character <= '9';
}
[[nodiscard]] constexpr bool is_small_letter(char character) {
  return character >= 'a' && character <= 'z';
}
[[nodiscard]] constexpr bool is_letter(char character) {
  return is_small_letter(character) || (character >= 'A' && character <= 'Z');
}
[[nodiscard]] constexpr bool is_letter_or_digit(char character) {
  return is_letter(character) || is_digit(character);
}
[[nodiscard]] constexpr bool is_small_letter_or_digit(char character) {
  return is_small_letter(character) || is_digit(character);
}

}  // namespace zonestore
