// The texts of the instructions in one language, by key; README.md of this folder says how a language's file is
// written. Threads: plain values.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zonestore/base/error.h"

namespace zonectl::instructions {

inline constexpr std::array<std::string_view, 4> kLanguages{"en", "fr", "de", "it"};
// The file of that language, as it was when the program was built; empty: there is none.
[[nodiscard]] std::string_view embedded_text(std::string_view language);
// "fr". Errors: kInvalid, which names them all.
[[nodiscard]] zonestore::Result<std::string> parse_language(std::string_view text);

class Phrases {
 public:
  using Values = std::vector<std::pair<std::string_view, std::string>>;

  // Errors: kInvalid for a line that is neither a text nor goes on with one, and for a key that comes twice.
  [[nodiscard]] static zonestore::Result<Phrases> parse(std::string_view file);
  // Of a language that is embedded; a fault in it is a mistake of ours, and is thrown as std::logic_error.
  [[nodiscard]] static Phrases of(std::string_view language);

  // The text with its {names} filled in. A key that is not there is a mistake of ours: std::logic_error.
  [[nodiscard]] std::string text(std::string_view key, const Values& values = {}) const;
  [[nodiscard]] const std::map<std::string, std::string, std::less<>>& all() const { return texts_; }

 private:
  std::map<std::string, std::string, std::less<>> texts_;
};

}  // namespace zonectl::instructions
