#include "tools/zonectl/bulk/warnings.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "zonestore/dkim/selector.h"

namespace zonectl {
namespace {

constexpr std::string_view kOwn = "*";  // stands for what is an institution's own

std::string without_parentheses(std::string_view text) {
  std::string rest;
  int depth = 0;
  for (const char letter : text) {
    depth += letter == '(' ? 1 : 0;
    if (depth == 0) {
      rest += letter;
    }
    depth -= letter == ')' && depth > 0 ? 1 : 0;
  }
  return rest;
}

std::vector<std::string_view> split(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) {
      return parts;
    }
    text.remove_prefix(end + separator.size());
  }
}

// Names of hosts, times, selectors, paths, addresses; and the institution's code.
bool is_own(std::string_view word, std::string_view code) {
  return word == code || word.find_first_of("0123456789.@/\"") != std::string_view::npos;
}

std::string_view bare(std::string_view word) {
  const std::size_t end = word.find_last_not_of(",;:.");
  return word.substr(0, end == std::string_view::npos ? 0 : end + 1);
}

// One part of an enumeration, its own words as one star.
std::string skeleton(std::string_view clause, std::string_view code) {
  std::string text;
  bool after_own = false;
  for (const std::string_view word : split(clause, " ")) {
    const std::string_view name = bare(word);
    const bool own = !name.empty() && is_own(name, code);
    if (word.empty() || (own && after_own)) {
      continue;
    }
    (text += text.empty() ? "" : " ") += own ? kOwn : word;
    after_own = own;
  }
  return text;
}

}  // namespace

std::string kind_of_warning(std::string_view warning) {
  std::string_view code;
  if (const std::size_t colon = warning.find(": "); colon != std::string_view::npos) {
    if (zonestore::dkim::Code::parse(warning.substr(0, colon))) {
      code = warning.substr(0, colon);
      warning.remove_prefix(colon + 2);
    }
  }
  const std::string text = without_parentheses(warning);
  std::vector<std::string> clauses;
  for (const std::string_view part : split(text, "; ")) {
    for (const std::string_view clause : split(part, ", ")) {
      std::string each = skeleton(clause, code);
      // One of two domains lacks what the other lacks: no other kind.
      if (std::none_of(clauses.begin(), clauses.end(),
                       [&each](const std::string& told) { return told.ends_with(each); })) {
        clauses.push_back(std::move(each));
      }
    }
  }
  std::string kind;
  for (const std::string& each : clauses) {
    (kind += each) += '\n';
  }
  return kind;
}

std::vector<WarningGroup> group_warnings(const std::vector<std::string>& warnings) {
  std::vector<WarningGroup> groups;
  std::map<std::string, std::size_t> places;  // by kind, in groups
  for (const std::string& warning : warnings) {
    const auto [place, is_new] = places.try_emplace(kind_of_warning(warning), groups.size());
    if (is_new) {
      groups.push_back({0, warning});
    }
    ++groups[place->second].count;
  }
  return groups;
}

}  // namespace zonectl
