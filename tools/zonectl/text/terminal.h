// Whether a stream is read by a person, and what that allows: colour, a header, times in words.
// Threads: plain value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace zonectl {

enum class Style : std::uint8_t { kPlain, kBold, kDim, kGood, kCaution, kBad };

struct Terminal {
  bool interactive = false;  // a person reads along
  bool colour = false;
  std::size_t width = 80;  // columns

  // The text in that style; as it is where there is no colour.
  [[nodiscard]] std::string styled(Style style, std::string_view text) const;
};

// What an open file descriptor is connected to. Colour is off if $NO_COLOR is set and not
// empty, and on a "dumb" terminal.
[[nodiscard]] Terminal terminal_of(int descriptor);

// One line of UTF-8 that cannot drive a terminal (zonestore/base/printable.h). Stored text came from people.
[[nodiscard]] std::string printable(std::string_view text);

// Lines of at most `width` columns, broken at spaces; a longer word stays whole. `indent` goes before each
// line but the first.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t width, std::string_view indent);

}  // namespace zonectl
