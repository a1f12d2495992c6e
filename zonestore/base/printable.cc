#include "zonestore/base/printable.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "zonestore/base/text_encodings.h"

namespace zonestore {
namespace {

// What a first byte says of its character (RFC 3629 section 3): how long it is, and the least that is not to be said
// in fewer bytes.
struct Lead {
  std::size_t length;
  std::uint32_t bits;
  std::uint32_t least;
};

Lead lead_of(std::uint8_t byte) {
  if (byte < 0x80U) {
    return {1, byte, 0};
  }
  if (byte >= 0xC0U && byte < 0xE0U) {
    return {2, byte & 0x1FU, 0x80U};
  }
  if (byte >= 0xE0U && byte < 0xF0U) {
    return {3, byte & 0x0FU, 0x800U};
  }
  if (byte >= 0xF0U && byte < 0xF8U) {
    return {4, byte & 0x07U, 0x10000U};
  }
  return {0, 0, 0};
}

bool is_visible(std::uint32_t character) {
  struct Range {
    std::uint32_t first;
    std::uint32_t last;
  };
  constexpr std::array<Range, 8> kHidden{{
      {0x00, 0x1F},
      {0x7F, 0x9F},
      {0x200E, 0x200F},      // left-to-right and right-to-left marks
      {0x2028, 0x202E},      // line and paragraph separators, embeddings and overrides of direction
      {0x2066, 0x2069},      // isolates
      {0xD800, 0xDFFF},      // halves of UTF-16: no characters
      {0xFEFF, 0xFEFF},      // byte order mark
      {0x110000, 0x1FFFFF},  // beyond the last character
  }};
  return std::none_of(kHidden.begin(), kHidden.end(), [character](const Range& range) {
    return character >= range.first && character <= range.last;
  });
}

}  // namespace

std::size_t visible_length(std::string_view text) {
  const Lead lead = lead_of(static_cast<std::uint8_t>(text.front()));
  if (lead.length == 0 || lead.length > text.size()) {
    return 0;
  }
  std::uint32_t character = lead.bits;
  for (const char each : text.substr(1, lead.length - 1)) {
    const auto byte = static_cast<std::uint8_t>(each);
    if ((byte & 0xC0U) != 0x80U) {
      return 0;
    }
    character = character << 6U | (byte & 0x3FU);
  }
  return character >= lead.least && is_visible(character) ? lead.length : 0;
}

void append_printable(std::string& line, std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = visible_length(text);
    if (length > 0) {
      line += text.substr(0, length);
    } else {
      const auto byte = static_cast<std::uint8_t>(text.front());
      line += {'\\', 'x', kHexDigits[byte >> 4U], kHexDigits[byte & 0x0FU]};
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
}

std::string printable(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  append_printable(line, text);
  return line;
}

}  // namespace zonestore
