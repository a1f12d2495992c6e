// "Did you mean ...?" Pure. Threads: any.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zonestore {

// The most letters that a word may be off.
inline constexpr std::size_t kFarthestWord = 2;

// The word nearest to what was typed, if it is near enough to be what was meant: two letters off at most
// (inserted, left out, changed, or two neighbours swapped), and less than half of the word.
[[nodiscard]] std::optional<std::string> nearest_word(std::string_view typed, const std::vector<std::string>& words);

}  // namespace zonestore
