// The tree of commands and their arguments, as CLI11 keeps it, and the one parse of it. CLI11's headers cost every
// source that sees them ten seconds: they stay in tree.cc, and in arguments.cc and command_line.cc, which build the
// tree. What else wants to know of it asks for its shape.
//
// Ownership: arguments and lines that are handed out are good as long as the tree, and what they fill must live as
// long as it. Threads: one.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tools/zonectl/session/arguments.h"
#include "tools/zonectl/session/command_line.h"
#include "tools/zonectl/session/rights.h"
#include "zonestore/base/error.h"

namespace zonectl {

// What --help shows of an argument, and of a command with those below it.
struct OptionShape {
  std::string name;  // "INST...", "-h, --help", "--expect sel1|sel2"
  std::string description;
  bool is_positional = false;
  bool is_required = false;
  bool is_repeated = false;
  bool is_hidden = false;
  std::vector<std::string> flags = {};  // "-h", "--help"; of a positional none
  std::string value = {};               // "sel1|sel2", "ID VALUE"; of a positional its name, "INST"
  std::size_t values = 0;               // words behind a flag: 0, 1 or 2
};
struct CommandShape {
  std::string name;
  std::string full_name;  // "zonectl zone show"
  std::string purpose;
  std::string footer;
  std::string group;
  bool needs_command = false;
  std::vector<OptionShape> options = {};
  std::vector<CommandShape> commands = {};  // in the order in which they were added
  std::string program = {};                 // empty: this is it
  bool is_any_store = false;                // the program takes --store; an operator's is one
  bool is_hidden = false;                   // for programs: --help does not list it
};

class CommandTree {
 public:
  CommandTree(std::string_view program, std::string_view purpose, Role role);
  ~CommandTree();
  CommandTree(const CommandTree&) = delete;
  CommandTree& operator=(const CommandTree&) = delete;
  CommandTree(CommandTree&&) = delete;
  CommandTree& operator=(CommandTree&&) = delete;

  [[nodiscard]] Arguments arguments();  // that every command takes
  [[nodiscard]] CommandLine line();     // where commands add themselves

  // When all is declared. The text to print, if that is all there is to do (--help, --version); nullopt if a command
  // was chosen. Errors: kInvalid, and what an argument's own parser says; kRefused for what is not for operators.
  [[nodiscard]] zonestore::Result<std::optional<std::string>> parse(std::span<const std::string> args);
  [[nodiscard]] const Chosen& chosen() const { return chosen_; }

 private:
  OperatorMarks marks_;
  Objects no_objects_;  // of what every command takes
  Chosen chosen_;
  std::unique_ptr<CLI::App> root_;
};

// "zonectl zone show".
[[nodiscard]] std::string full_name(const CLI::App& app);

[[nodiscard]] CommandShape shape_of(const CLI::App& app);

}  // namespace zonectl
