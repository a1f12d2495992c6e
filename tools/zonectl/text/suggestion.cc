#include "tools/zonectl/text/suggestion.h"

#include "zonestore/base/nearest_word.h"

namespace zonectl {

std::optional<std::string> nearest(std::string_view typed, const std::vector<std::string>& words) {
  return zonestore::nearest_word(typed, words);
}

}  // namespace zonectl
