// Whether a stream is read by a person, and what that allows: colour, a header, times in words.
// Threads: plain value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tools/zonectl/text/printable.h"

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

}  // namespace zonectl
