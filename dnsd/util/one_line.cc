#include "dnsd/util/one_line.h"

namespace dnsd::util {

void append_visible(std::string& line, char character) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(character);
  if (byte >= ' ' && byte != 0x7F) {
    line += character;
    return;
  }
  line += "\\x";
  line += kHexDigits[byte >> 4U];
  line += kHexDigits[byte & 0x0FU];
}

std::string on_one_line(std::string_view text) {
  std::string line;
  for (const char character : text) {
    append_visible(line, character);
  }
  return line;
}

}  // namespace dnsd::util
