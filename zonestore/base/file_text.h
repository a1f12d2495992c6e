// Text that comes from a file or from standard input: what every reader does with its beginning, and what a message
// may say of it.
//
// The file that a command was given may be another one than was meant: a wrapping key, a private key. So no message,
// log line, JSON or audit row holds a piece of a file that could not be understood: it says where that piece stands,
// how long it is and what was expected there. What passed the check of a name (a code, a domain) may be named.
// Threads: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace zonestore {

// The text without the byte order mark (EF BB BF) that some editors put at the beginning of UTF-8.
[[nodiscard]] std::string_view without_byte_order_mark(std::string_view text);

// "word 2: 44 bytes that are no institution's code", with ": <why>" if there is one. `where`: the place within the
// line or the file, as people count it; empty if the line says it all. `expected`: "institution's code", in the
// singular. `why` must not hold any of `piece`.
[[nodiscard]] std::string not_understood(std::string_view where, std::string_view piece, std::string_view expected,
                                         std::string_view why = {});

}  // namespace zonestore
