#include "tools/zonectl/bulk/signing_index.h"

#include <algorithm>
#include <optional>
#include <string>

namespace zonectl {

using zonestore::Name;

namespace {

// The text with which all ends that the pattern fits; nullopt: it is no pattern of that kind. "@*" before a text
// without an @ says nothing more: what is before the host's part of an address is an @ in any case.
std::optional<std::string_view> end_that_fits(std::string_view pattern) {
  if (!pattern.starts_with('*')) {
    return std::nullopt;
  }
  std::string_view end = pattern.substr(std::min(pattern.find_first_not_of('*'), pattern.size()));
  if (end.starts_with("@*") && end.find('@', 1) == std::string_view::npos) {
    end.remove_prefix(2);
  }
  return end.find('*') == std::string_view::npos ? std::optional(end) : std::nullopt;
}

}  // namespace

SigningIndex::SigningIndex(const SigningTable& table) : table_(table) {
  for (Place place = 0; place < table.lines.size(); ++place) {
    if (table.form == SigningTableForm::kFlat) {
      first_of_.emplace(table.lines[place].pattern, place);
    } else {
      add_pattern(place);
    }
  }
}

void SigningIndex::add_pattern(Place place) {
  const std::string_view pattern = table_.lines[place].pattern;
  if (const auto end = end_that_fits(pattern)) {
    first_of_.emplace(*end, place);
  } else if (pattern.find('*') != std::string_view::npos) {  // else it is one address, and never any
    others_.push_back(place);
  }
}

const SigningLine* SigningIndex::line_for(const Name& domain) const {
  return table_.form == SigningTableForm::kPatterns ? first_that_fits(domain) : nearest_host(domain);
}

const SigningLine* SigningIndex::first_that_fits(const Name& domain) const {
  const std::string address = any_address(domain);
  const std::string_view whole = address;
  Place first = table_.lines.size();
  for (std::size_t at = 0; at <= whole.size(); ++at) {
    if (const auto found = first_of_.find(whole.substr(at)); found != first_of_.end()) {
      first = std::min(first, found->second);
    }
  }
  for (const Place place : others_) {
    if (place >= first || table_.lines[place].fits(address)) {
      first = std::min(first, place);
      break;
    }
  }
  return first == table_.lines.size() ? nullptr : &table_.lines[first];
}

const SigningLine* SigningIndex::nearest_host(const Name& domain) const {
  const std::string host = domain.to_text_no_dot();
  if (const SigningLine* const own = line_of(host)) {
    return own;
  }
  for (std::size_t dot = host.find('.'); dot != std::string::npos; dot = host.find('.', dot + 1)) {
    if (const SigningLine* const above = line_of(std::string_view(host).substr(dot))) {
      return above;
    }
  }
  return line_of("*");
}

const SigningLine* SigningIndex::line_of(std::string_view text) const {
  const auto found = first_of_.find(text);
  return found == first_of_.end() ? nullptr : &table_.lines[found->second];
}

}  // namespace zonectl
