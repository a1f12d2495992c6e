// What zone-operators may: the commands and options that are marked for them where they are declared, and no others.
//
// In an operator's run what has no mark is taken out of the command line before it is parsed: no spelling of it (an
// "=", a "--", an abbreviation, a second mention) reaches a command, and what nobody has marked is refused. The run
// itself is told to be an operator's by the first word (kOperatorWord) that the dispatcher puts before the caller's;
// nothing later turns it back.
//
// Ownership: marks point into CLI11's tree, and are good as long as it. Threads: one.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "zonestore/base/error.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace zonectl {

// Whose run it is.
enum class Role : std::uint8_t { kAdmin, kOperator };

// For whom a command is; admins may all.
enum class For : std::uint8_t { kAdmins, kOperators };

// What deploy/zonectl-operator puts first. Counts nowhere else.
inline constexpr std::string_view kOperatorWord = "--as-operator";

class OperatorMarks {
 public:
  explicit OperatorMarks(Role role) : role_(role) {}

  [[nodiscard]] Role role() const { return role_; }
  void mark(const CLI::App& command) { marked_.insert(&command); }
  void mark(const CLI::Option& option) { marked_.insert(&option); }
  [[nodiscard]] bool has(const void* command_or_option) const { return marked_.contains(command_or_option); }

  // The full name of what has no mark and was taken out of the tree: "zonectl key export", "zonectl zone export
  // --out".
  void remember(std::string name) { taken_out_.insert(std::move(name)); }
  // Why the first of these words that was taken out is refused; nullopt: none was. `at`: the full name of the command
  // that they follow.
  [[nodiscard]] std::optional<zonestore::Error> refusal(std::string_view at,
                                                        std::span<const std::string> words) const;

 private:
  Role role_;
  std::set<const void*> marked_;
  std::set<std::string> taken_out_;
};

// The name of a list that comes by standard input.
inline constexpr std::string_view kStandardInput = "-";

// Operators name no file: a list comes by standard input.
[[nodiscard]] zonestore::Error names_a_file(std::string_view option);

}  // namespace zonectl
