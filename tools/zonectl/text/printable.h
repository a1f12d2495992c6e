// Text that came from people and servers, made fit for a line. Pure. Threads: any.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace zonectl {

// One line of UTF-8 that cannot drive a terminal (zonestore/base/printable.h). Stored text came from people.
[[nodiscard]] std::string printable(std::string_view text);

// Lines of at most `width` columns, broken at spaces; a longer word stays whole. `indent` goes before each
// line but the first.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t width, std::string_view indent);

}  // namespace zonectl
