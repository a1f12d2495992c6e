// Texts in a row, with something between them: "mosa, nova and 3 more". Pure. Threads: any.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>

namespace zonestore {

// `text_of` makes a text (or a view of one) of each item.
template <class Items, class TextOf = std::identity>
[[nodiscard]] std::string joined(const Items& items, std::string_view between, TextOf text_of = {}) {
  std::string all;
  bool is_first = true;
  for (const auto& item : items) {
    all += is_first ? std::string_view() : between;
    all += text_of(item);
    is_first = false;
  }
  return all;
}

// The first `most` of them, and how many there are beside: "a, b and 3 more".
template <class Items, class TextOf = std::identity>
[[nodiscard]] std::string joined_first(const Items& items, std::size_t most, TextOf text_of = {}) {
  const std::size_t count = std::size(items);
  const std::size_t shown = std::min(count, most);
  std::string all;
  for (std::size_t i = 0; i < shown; ++i) {
    all += i == 0 ? "" : ", ";
    all += text_of(items[i]);
  }
  return shown < count ? all + " and " + std::to_string(count - shown) + " more" : all;
}

// For a text that grows: what is to stand between comes before `more`, unless nothing is there yet.
void append_joined(std::string& text, std::string_view between, std::string_view more);

}  // namespace zonestore
