// What must hold of every file that a bulk command reads: each fault is one clean line, of a line that is there.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "tests/fuzz/text_rules.h"
#include "tools/zonectl/bulk/text_file.h"

namespace dnsd::fuzz {

// A lone CR may end a line, too.
inline std::size_t most_lines(std::string_view text) {
  return 1 + static_cast<std::size_t>(
                 std::count_if(text.begin(), text.end(), [](char each) { return each == '\n' || each == '\r'; }));
}

inline void check_faults(const std::vector<zonectl::FileFault>& faults, std::string_view text) {
  for (const zonectl::FileFault& fault : faults) {
    check_message(fault.error.message);
    FUZZ_REQUIRE(fault.line <= most_lines(text));
  }
}

}  // namespace dnsd::fuzz
