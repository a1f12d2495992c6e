// "Did you mean ...?"
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zonectl {

// The word nearest to what was typed, if it is near enough to be what was meant: two letters off at most
// (inserted, left out, changed, or two neighbours swapped), and less than half of the word.
[[nodiscard]] std::optional<std::string> nearest(std::string_view typed, const std::vector<std::string>& words);

}  // namespace zonectl
