#include "tools/zonectl/commands/record_text.h"

#include <string_view>

#include "zonestore/base/joined.h"

namespace zonectl {
namespace {

constexpr std::size_t kMaxStringBytes = 255;

// A text with escapes is left whole: they must not be cut in two.
std::string quoted(const std::string& text) {
  if (text.size() <= kMaxStringBytes || text.find('\\') != std::string::npos) {
    return '"' + text + '"';
  }
  std::string strings;
  for (std::size_t at = 0; at < text.size(); at += kMaxStringBytes) {
    strings += (strings.empty() ? "\"" : " \"") + text.substr(at, kMaxStringBytes) + '"';
  }
  return strings;
}

}  // namespace

std::string record_text(zonestore::RecordType type, const std::vector<std::string>& arguments) {
  const bool is_bytes = !arguments.empty() && arguments.front().starts_with("\\#");
  std::string text;
  for (const std::string& argument : arguments) {
    const bool is_plain_text =
        type == zonestore::RecordType::kTxt && !is_bytes && argument.find('"') == std::string::npos;
    const bool is_empty_string = argument.empty();  // CAA 0 issue "": the shell left nothing of it
    zonestore::append_joined(text, " ", is_plain_text || is_empty_string ? quoted(argument) : argument);
  }
  return text;
}

}  // namespace zonectl
