// Text of others in a line of ours: whatever it holds, the line stays one line of UTF-8 and does not steer a
// terminal. Pure. Threads: any.
#pragma once

#include <string>
#include <string_view>

namespace zonestore {

// Appends the text; what is no character to be seen as \xHH, byte by byte: control characters (U+0000 to U+001F,
// and U+007F to U+009F, which some terminals obey), separators of lines and paragraphs, marks that turn the direction
// of what follows, and whatever is no UTF-8 (RFC 3629).
void append_printable(std::string& line, std::string_view text);

[[nodiscard]] std::string printable(std::string_view text);

// How many bytes at the front of a text that is not empty are one character to be seen; 0: none, its first byte is
// to be escaped.
[[nodiscard]] std::size_t visible_length(std::string_view text);

}  // namespace zonestore
