#include "zonestore/spf/macro_string.h"

#include <algorithm>
#include <cstdint>

#include "zonestore/base/letters.h"
#include "zonestore/zone/name.h"

namespace zonestore::spf {
namespace {

constexpr std::string_view kLetters = "slodiphvcrt";
constexpr std::string_view kOfExplanations = "crt";  // may stand there alone
constexpr std::string_view kDelimiters = ".-+,/_=";
constexpr unsigned kMostLabels = 128;  // more than any name has
constexpr unsigned kBase = 10;

char lower_letter(char character) {
  return static_cast<char>(to_lower(static_cast<std::uint8_t>(character)));
}

// Behind the letter: digits, "r", delimiters.
Result<void> take_transformers(MacroPart& part, std::string_view rest) {
  bool has_digits = false;
  while (!rest.empty() && is_digit(rest.front())) {
    part.labels = std::min(part.labels * kBase + static_cast<unsigned>(rest.front() - '0'), kMostLabels);
    has_digits = true;
    rest.remove_prefix(1);
  }
  if (has_digits && part.labels == 0) {
    return fail(ErrorCode::kInvalid, "a macro that keeps 0 parts");
  }
  if (!rest.empty() && lower_letter(rest.front()) == 'r') {
    part.is_reversed = true;
    rest.remove_prefix(1);
  }
  if (rest.find_first_not_of(kDelimiters) != std::string_view::npos) {
    return fail(ErrorCode::kInvalid, "a malformed macro");
  }
  part.delimiters = rest;
  return {};
}

// What stands behind "%": its length in bytes is added to `used`.
Result<MacroPart> take_macro(std::string_view text, std::size_t& used) {
  MacroPart part;
  const char kind = text.empty() ? '\0' : text.front();
  if (kind == '%' || kind == '_' || kind == '-') {
    part.literal = kind == '%' ? "%" : kind == '_' ? " " : "%20";
    used += 1;
    return part;
  }
  const std::size_t end = text.find('}');
  if (kind != '{' || end == std::string_view::npos || end < 2) {
    return fail(ErrorCode::kInvalid, "a % that begins no macro");
  }
  part.letter = lower_letter(text[1]);
  part.is_escaped = part.letter != text[1];
  if (kLetters.find(part.letter) == std::string_view::npos) {
    return fail(ErrorCode::kInvalid, "a macro that there is not");
  }
  used += end + 1;
  return take_transformers(part, text.substr(2, end - 2)).map([&part] { return std::move(part); });
}

// The last label, behind the last dot of what is plain text.
bool is_top_label(std::string_view label) {
  const bool is_made_of_good = std::all_of(
      label.begin(), label.end(), [](char each) { return is_letter(each) || is_digit(each) || each == '-'; });
  const bool is_number = std::all_of(label.begin(), label.end(), is_digit);
  return is_made_of_good && !is_number && label.front() != '-' && label.back() != '-';
}

}  // namespace

Result<std::vector<MacroPart>> parse_macro_string(std::string_view text) {
  std::vector<MacroPart> parts;
  for (std::size_t at = 0; at < text.size();) {
    const char character = text[at++];
    if (character == '%') {
      Result<MacroPart> macro = take_macro(text.substr(at), at);
      if (!macro) {
        return tl::unexpected(macro.error());
      }
      parts.push_back(*std::move(macro));
      continue;
    }
    if (character <= ' ' || character > '~') {
      return fail(ErrorCode::kInvalid, "a byte that may not stand there");
    }
    if (parts.empty() || parts.back().letter != 0) {
      parts.emplace_back();
    }
    parts.back().literal += character;
  }
  return parts;
}

Result<std::vector<MacroPart>> parse_domain_spec(std::string_view text) {
  Result<std::vector<MacroPart>> parts = parse_macro_string(text);
  if (!parts) {
    return parts;
  }
  if (std::any_of(parts->begin(), parts->end(), [](const MacroPart& part) {
        return part.letter != 0 && kOfExplanations.find(part.letter) != std::string_view::npos;
      })) {
    return fail(ErrorCode::kInvalid, "a macro that only explanations may have");
  }
  if (parts->empty()) {
    return fail(ErrorCode::kInvalid, "a domain is missing");
  }
  // "%%" and the like are macro-expands too, and may end it.
  if (parts->back().letter != 0 || text.ends_with("%%") || text.ends_with("%_") || text.ends_with("%-")) {
    return parts;
  }
  std::string_view end = parts->back().literal;
  end.remove_suffix(end.ends_with('.') ? 1 : 0);
  const std::size_t dot = end.rfind('.');
  if (dot == std::string_view::npos || dot + 1 == end.size()) {
    return fail(ErrorCode::kInvalid, "not a domain name with a dot in it");
  }
  if (!is_top_label(end.substr(dot + 1))) {
    return fail(ErrorCode::kInvalid, "its last label cannot be that of a domain name");
  }
  return parts;
}

}  // namespace zonestore::spf
