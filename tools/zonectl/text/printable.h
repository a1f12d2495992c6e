// Text that came from people and servers, made fit for a line. Pure. Threads: any.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace zonectl {

// One line of UTF-8 that cannot drive a terminal (zonestore/base/printable.h). Stored text came from people.
[[nodiscard]] std::string printable(std::string_view text);

// The columns that it takes on a terminal: a character a column, which all scripts of our customers have.
[[nodiscard]] std::size_t columns_of(std::string_view text);

// As many of its words as have room in `width` columns, and "+3" for the others; a first word that has no room is
// cut, with ".." at its end.
[[nodiscard]] std::string in_one_line(std::string_view text, std::size_t width);

// Lines of at most `width` columns, broken at spaces; a longer word stays whole. `indent` goes before each
// line but the first.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t width, std::string_view indent);

}  // namespace zonectl
