#include <algorithm>

#include "tools/zonectl/bulk/text_file.h"
#include "zonestore/base/file_text.h"

namespace zonectl {

using zonestore::without_byte_order_mark;

std::vector<ListedWord> read_list(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  std::vector<ListedWord> words;
  std::size_t line = 0;
  text = without_byte_order_mark(text);
  while (!text.empty()) {
    ++line;
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view content = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    content = content.substr(0, content.find('#'));
    const std::size_t first = content.find_first_not_of(kBlank);
    if (first != std::string_view::npos) {
      words.push_back({line, content.substr(first, content.find_last_not_of(kBlank) - first + 1)});
    }
  }
  return words;
}

}  // namespace zonectl
