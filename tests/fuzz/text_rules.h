// What must hold of every message to a person about input that was refused.
#pragma once

#include <algorithm>
#include <string_view>

#include "tests/fuzz/require.h"

namespace dnsd::fuzz {

// One line that a terminal shows as it is: the input's own bytes can neither break the line nor steer the terminal.
inline void check_message(std::string_view message) {
  FUZZ_REQUIRE(!message.empty());
  FUZZ_REQUIRE(
      std::none_of(message.begin(), message.end(), [](unsigned char byte) { return byte < ' ' || byte == 127; }));
}

// The number at the front of `text`, which is taken off together with the colon after it. 0: there is none.
inline unsigned long take_number(std::string_view& text) {
  unsigned long number = 0;
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  for (const char digit : text.substr(0, end)) {
    number = 10 * number + static_cast<unsigned long>(digit - '0');
  }
  FUZZ_REQUIRE(end < text.size() && text[end] == ':');
  text.remove_prefix(end + 1);
  return number;
}

}  // namespace dnsd::fuzz
