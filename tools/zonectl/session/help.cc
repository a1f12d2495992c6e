#include "tools/zonectl/session/help.h"

#include <algorithm>
#include <sstream>
#include <utility>
#include <vector>

namespace zonectl {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

void write_rows(std::ostream& out, const std::string& heading, const Rows& rows) {
  if (rows.empty()) {
    return;
  }
  std::size_t width = 0;
  for (const auto& [left, right] : rows) {
    width = std::max(width, left.size());
  }
  out << '\n' << heading << ":\n";
  for (const auto& [left, right] : rows) {
    out << "  " << left << std::string(width - left.size() + 2, ' ') << right << '\n';
  }
}

Rows rows_of_options(const CommandShape& command, bool positional) {
  Rows rows;
  for (const OptionShape& option : command.options) {
    if (!option.is_hidden && option.is_positional == positional) {
      rows.emplace_back(option.name, option.description);
    }
  }
  return rows;
}

// The commands under their headings, in the order in which they were added.
void write_commands(std::ostream& out, const CommandShape& above) {
  std::vector<std::string> groups;
  for (const CommandShape& command : above.commands) {
    if (!command.is_hidden && std::find(groups.begin(), groups.end(), command.group) == groups.end()) {
      groups.push_back(command.group);
    }
  }
  for (const std::string& group : groups) {
    Rows rows;
    for (const CommandShape& command : above.commands) {
      if (command.group == group) {
        rows.emplace_back(command.name, command.purpose);
      }
    }
    write_rows(out, group, rows);
  }
}

}  // namespace

std::string usage_of(const CommandShape& command) {
  std::string text = command.full_name;
  bool has_options = false;
  std::string positionals;
  for (const OptionShape& option : command.options) {
    if (option.is_positional) {
      positionals += option.is_required ? " " + option.name : " [" + option.name + "]";
    } else if (option.is_required) {
      text += " " + option.name + (option.is_repeated ? "..." : "");
    } else {
      has_options = true;
    }
  }
  text += positionals + (has_options ? " [OPTION]..." : "");
  if (command.commands.empty()) {
    return text;
  }
  return text + (command.needs_command ? " COMMAND ..." : " [COMMAND ...]");
}

std::string help_text(const CommandShape& command) {
  std::ostringstream out;
  out << command.full_name << " - " << command.purpose << "\n\nUsage: " << usage_of(command) << '\n';
  write_commands(out, command);
  write_rows(out, "Arguments", rows_of_options(command, true));
  write_rows(out, "Options", rows_of_options(command, false));
  if (!command.program.empty()) {
    out << "\nEvery command also takes " << (command.is_any_store ? "--store DIR, " : "")
        << "--json, --quiet, --yes, --actor NAME and --color WHEN: see " << command.program << " --help.\n";
  }
  out << command.footer;
  return out.str();
}

std::string help_footer(const CommandHelp& help) {
  std::ostringstream out;
  out << "\nExample:\n";
  std::istringstream lines{std::string(help.example)};
  for (std::string line; std::getline(lines, line);) {
    out << "  " << line << '\n';
  }
  out << "\nExit codes:\n";
  for (const ExitNote& note : help.exits) {
    const std::string code = std::to_string(value_of(note.code));
    out << "  " << std::string(code.size() < 2 ? 1 : 0, ' ') << code << "  "
        << (note.what.empty() ? meaning(note.code) : note.what) << '\n';
  }
  return out.str();
}

}  // namespace zonectl
