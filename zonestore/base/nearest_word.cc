#include "zonestore/base/nearest_word.h"

#include <algorithm>

namespace zonestore {
namespace {

// The restricted Damerau-Levenshtein distance, in three rows.
std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> before_last(right.size() + 1);
  std::vector<std::size_t> last(right.size() + 1);
  std::vector<std::size_t> row(right.size() + 1);
  for (std::size_t column = 0; column <= right.size(); ++column) {
    row[column] = column;
  }
  for (std::size_t line = 1; line <= left.size(); ++line) {
    before_last.swap(last);
    last.swap(row);
    row[0] = line;
    for (std::size_t column = 1; column <= right.size(); ++column) {
      const bool same = left[line - 1] == right[column - 1];
      row[column] = std::min({last[column] + 1, row[column - 1] + 1, last[column - 1] + (same ? 0U : 1U)});
      if (line > 1 && column > 1 && left[line - 1] == right[column - 2] && left[line - 2] == right[column - 1]) {
        row[column] = std::min(row[column], before_last[column - 2] + 1);
      }
    }
  }
  return row[right.size()];
}

}  // namespace

std::optional<std::string> nearest_word(std::string_view typed, const std::vector<std::string>& words) {
  std::optional<std::string> best;
  std::size_t best_distance = kFarthestWord + 1;
  for (const std::string& word : words) {
    if (std::max(word.size(), typed.size()) - std::min(word.size(), typed.size()) > kFarthestWord) {
      continue;
    }
    const std::size_t distance = edit_distance(typed, word);
    if (distance < best_distance && distance * 2 < std::max(word.size(), typed.size())) {
      best = word;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace zonestore
