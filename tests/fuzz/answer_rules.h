// What must hold of every answer to any bytes whatever.
#pragma once

#include <cstddef>

#include "tests/fuzz/message_walk.h"

namespace dnsd::fuzz {

struct Asked {
  ByteView query;
  bool over_udp = true;
  std::size_t udp_limit_bytes = 1232;  // ours
};

// Ends the program, with the rule in the message, if `answer` (empty: silence) breaks one.
void check_answer(const Asked& asked, ByteView answer);

}  // namespace dnsd::fuzz
