// Domain-specs of SPF records (RFC 7208 sections 7.1 and 12): text with macros, and whether it may stand there.
// Expanding it takes a message; that is not done here. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "zonestore/base/error.h"

namespace zonestore::spf {

// A piece of a macro-string: plain text, or "%{ir.-}".
struct MacroPart {
  std::string literal;      // of plain text; "%%" is "%" here, "%_" a space, "%-" is "%20"
  char letter = 0;          // s l o d i p h v c r t, in lower case; 0: plain text
  bool is_escaped = false;  // written in upper case: what it stands for is escaped as in URLs
  unsigned labels = 0;      // how many parts stay, counted from the right; 0: all
  bool is_reversed = false;
  std::string delimiters;  // empty: "."
};

// Errors: kInvalid, saying what is wrong, without the text.
[[nodiscard]] Result<std::vector<MacroPart>> parse_macro_string(std::string_view text);

// A macro-string that ends as domain-specs must: in a macro, or in a last label of letters, digits and inner hyphens
// that is no number, behind a dot. Errors: kInvalid, likewise.
[[nodiscard]] Result<std::vector<MacroPart>> parse_domain_spec(std::string_view text);

}  // namespace zonestore::spf
