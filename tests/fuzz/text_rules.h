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

}  // namespace dnsd::fuzz
