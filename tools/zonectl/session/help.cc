#include "tools/zonectl/session/help.h"

#include <algorithm>
#include <sstream>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

namespace zonectl {
namespace {

constexpr std::size_t kLineWidth = 100;

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
  const std::string indent(width + 4, ' ');
  for (const auto& [left, right] : rows) {
    out << "  " << left << std::string(width - left.size() + 2, ' ')
        << wrapped(right, kLineWidth - indent.size(), indent) << '\n';
  }
}

bool is_shown(const CLI::Option& option) {
  return !option.get_group().empty();
}

// "--expect sel1|sel2", "INST".
std::string shown_name(const CLI::Option& option) {
  if (option.get_positional()) {
    return option.get_name(true) + (option.get_items_expected_max() > 1 ? "..." : "");
  }
  std::string text = option.get_name(false, true);
  if (const std::size_t comma = text.find(','); comma != std::string::npos) {
    text.insert(comma + 1, " ");
  }
  return option.get_type_name().empty() ? text : text + " " + option.get_type_name();
}

std::string usage_of(const CLI::App& app) {
  std::string text = "Usage: " + full_name(app);
  bool has_options = false;
  std::string positionals;
  for (const CLI::Option* option : app.get_options()) {
    const std::string name = shown_name(*option);
    if (option->get_positional()) {
      positionals += option->get_required() ? " " + name : " [" + name + "]";
    } else if (option->get_required()) {
      text += " " + name + (option->get_items_expected_max() > 1 ? "..." : "");
    } else {
      has_options = true;
    }
  }
  text += positionals + (has_options ? " [OPTION]..." : "");
  if (app.get_subcommands({}).empty()) {
    return text;
  }
  return text + (app.get_require_subcommand_min() == 0 ? " [COMMAND ...]" : " COMMAND ...");
}

Rows rows_of_options(const CLI::App& app, bool positional) {
  Rows rows;
  for (const CLI::Option* option : app.get_options()) {
    if (is_shown(*option) && option->get_positional() == positional) {
      rows.emplace_back(shown_name(*option), option->get_description());
    }
  }
  return rows;
}

// The commands under their headings, in the order in which they were added.
void write_commands(std::ostream& out, const CLI::App& app) {
  const std::vector<const CLI::App*> commands = app.get_subcommands(std::function<bool(const CLI::App*)>{});
  std::vector<std::string> groups;
  for (const CLI::App* command : commands) {
    if (std::find(groups.begin(), groups.end(), command->get_group()) == groups.end()) {
      groups.push_back(command->get_group());
    }
  }
  for (const std::string& group : groups) {
    Rows rows;
    for (const CLI::App* command : commands) {
      if (command->get_group() == group) {
        rows.emplace_back(command->get_name(), command->get_description());
      }
    }
    write_rows(out, group, rows);
  }
}

}  // namespace

std::string full_name(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name() : full_name(*app.get_parent()) + " " + app.get_name();
}

std::string help_text(const CLI::App& app) {
  std::ostringstream out;
  out << full_name(app) << " - " << app.get_description() << "\n\n" << usage_of(app) << '\n';
  write_commands(out, app);
  write_rows(out, "Arguments", rows_of_options(app, true));
  write_rows(out, "Options", rows_of_options(app, false));
  if (app.get_parent() != nullptr) {
    const CLI::App* root = app.get_parent();
    while (root->get_parent() != nullptr) {
      root = root->get_parent();
    }
    const bool is_any_store = root->get_option_no_throw("--store") != nullptr;  // an operator's is one
    out << "\nEvery command also takes " << (is_any_store ? "--store DIR, " : "") << "--json and --actor NAME: see "
        << root->get_name() << " --help.\n";
  }
  out << app.get_footer();
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
