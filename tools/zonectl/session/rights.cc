#include "tools/zonectl/session/rights.h"

#include <algorithm>

namespace zonectl {

using zonestore::Error;
using zonestore::ErrorCode;

namespace {

constexpr const char* kWhom = "ask one of the group zone-admins; zonectl --help lists what zone-operators may";

Error is_for_admins(const std::string& what) {
  return Error{ErrorCode::kRefused, what + " is for zone-admins, not for zone-operators", kWhom, std::nullopt};
}

// "--out=x" is "--out".
std::string option_name(const std::string& word) {
  return word.substr(0, word.find('='));
}

}  // namespace

std::optional<Error> OperatorMarks::refusal(std::string_view at, std::span<const std::string> words) const {
  for (const std::string& word : words) {
    for (std::string above(at); !above.empty(); above.resize(std::min(above.rfind(' '), above.size()))) {
      const std::string name = above + " " + option_name(word);
      if (taken_out_.contains(name)) {
        return is_for_admins(word.starts_with("-") ? option_name(word) : name);
      }
      if (above.find(' ') == std::string::npos) {
        break;
      }
    }
  }
  return std::nullopt;
}

Error names_a_file(std::string_view option) {
  return Error{ErrorCode::kRefused,
               std::string(option) + " of a zone-operator is -, standard input: no file is named",
               "zonectl COMMAND " + std::string(option) + " - --yes < LIST", std::nullopt};
}

}  // namespace zonectl
