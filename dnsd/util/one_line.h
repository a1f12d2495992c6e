// Text of others in a line of ours: whatever it holds, the line stays one line and does not steer a terminal.
#pragma once

#include <string>
#include <string_view>

namespace dnsd::util {

// Appends the character; a control byte as \xHH.
void append_visible(std::string& line, char character);

[[nodiscard]] std::string on_one_line(std::string_view text);

}  // namespace dnsd::util
