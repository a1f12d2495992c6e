// Extended regular expressions (POSIX.1-2017, XBD section 9.4), as far as NAPTR needs them: is it one, and how many
// groups has it? Nothing is compiled or matched: an expression of a stranger's may be made to cost gigabytes. Pure.
// Inside zone/ only.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace zonestore {

// The number of its groups; nullopt: it is none. Judged as BIND judges it, also where POSIX leaves it open: a { that
// no number follows, and a ) that closes nothing, are themselves; bounds go up to 255.
[[nodiscard]] std::optional<std::size_t> groups_of_expression(std::string_view expression);

}  // namespace zonestore
