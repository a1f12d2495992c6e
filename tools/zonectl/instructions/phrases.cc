#include "tools/zonectl/instructions/phrases.h"

#include <algorithm>
#include <stdexcept>

#include "zonestore/base/joined.h"

namespace zonectl::instructions {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
  return text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

tl::unexpected<zonestore::Error> fault(std::size_t line, const std::string& what) {
  return zonestore::fail(zonestore::ErrorCode::kInvalid, "line " + std::to_string(line) + ": " + what);
}

}  // namespace

zonestore::Result<std::string> parse_language(std::string_view text) {
  if (std::find(kLanguages.begin(), kLanguages.end(), text) != kLanguages.end()) {
    return std::string(text);
  }
  return zonestore::fail(zonestore::ErrorCode::kInvalid, "there is no text in that language",
                         "there are: " + zonestore::joined(kLanguages, ", "));
}

zonestore::Result<Phrases> Phrases::parse(std::string_view file) {
  Phrases phrases;
  std::string* last = nullptr;
  for (std::size_t number = 1; !file.empty(); ++number) {
    const std::string_view line = file.substr(0, file.find('\n'));
    file.remove_prefix(std::min(line.size() + 1, file.size()));
    if (line.empty() || line.front() == '#') {
      continue;
    }
    if (line.front() == ' ' && last != nullptr) {
      (*last += ' ') += trimmed(line);
      continue;
    }
    const std::size_t equals = line.find(" = ");
    if (equals == std::string_view::npos || line.front() == ' ') {
      return fault(number, "it is neither KEY = TEXT nor goes on with one");
    }
    const auto [place, is_new] = phrases.texts_.try_emplace(std::string(line.substr(0, equals)));
    if (!is_new) {
      return fault(number, "the key " + place->first + " comes twice");
    }
    last = &place->second;
    *last = trimmed(line.substr(equals + 3));
  }
  return phrases;
}

Phrases Phrases::of(std::string_view language) {
  zonestore::Result<Phrases> phrases = parse(embedded_text(language));
  if (!phrases) {
    throw std::logic_error(std::string(language) + ".txt: " + phrases.error().message);
  }
  return *std::move(phrases);
}

std::string Phrases::text(std::string_view key, const Values& values) const {
  const auto found = texts_.find(key);
  if (found == texts_.end()) {
    throw std::logic_error("no text has the key " + std::string(key));
  }
  std::string text = found->second;
  for (const auto& [name, value] : values) {
    const std::string braced = "{" + std::string(name) + "}";
    for (std::size_t at = text.find(braced); at != std::string::npos; at = text.find(braced, at + value.size())) {
      text.replace(at, braced.size(), value);
    }
  }
  return text;
}

}  // namespace zonectl::instructions
