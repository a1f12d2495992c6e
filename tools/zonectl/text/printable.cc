#include "tools/zonectl/text/printable.h"

#include <algorithm>

#include "zonestore/base/printable.h"

namespace zonectl {

std::string printable(std::string_view text) {
  return zonestore::printable(text);
}

std::size_t columns_of(std::string_view text) {
  constexpr unsigned kContinuation = 0x80;  // 10xxxxxx, RFC 3629
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0U) != kContinuation;
  }));
}

namespace {

// The first `width` characters.
std::string_view beginning(std::string_view text, std::size_t width) {
  std::size_t end = 0;
  while (end < text.size() && columns_of(text.substr(0, end + 1)) <= width) {
    ++end;
  }
  return text.substr(0, end);
}

}  // namespace

std::string in_one_line(std::string_view text, std::size_t width) {
  if (columns_of(text) <= width) {
    return std::string(text);
  }
  std::size_t others = static_cast<std::size_t>(std::count(text.begin(), text.end(), ' ')) + 1;
  const auto rest = [&others] { return others == 0 ? "" : " +" + std::to_string(others); };
  std::string shown;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    --others;
    std::string longer = shown + (shown.empty() ? "" : " ") + std::string(word);
    if (columns_of(longer + rest()) > width) {
      if (shown.empty()) {
        const std::size_t taken = rest().size() + 2;
        return std::string(beginning(word, width > taken ? width - taken : 0)) + ".." + rest();
      }
      ++others;
      break;
    }
    shown = std::move(longer);
  }
  return shown + rest();
}

std::string wrapped(std::string_view text, std::size_t width, std::string_view indent) {
  std::string out;
  std::size_t column = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (column != 0 && column + 1 + columns_of(word) > width) {
      (out += '\n') += indent;
      column = 0;
    } else if (column != 0) {
      out += ' ';
      ++column;
    }
    out += word;
    column += columns_of(word);
  }
  return out;
}

}  // namespace zonectl
