#include "tools/zonectl/session/rights.h"

#include <vector>

#include <CLI/CLI.hpp>

#include "tools/zonectl/session/help.h"

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

std::vector<CLI::App*> commands_of(CLI::App& app) {
  return app.get_subcommands(std::function<bool(CLI::App*)>{});
}

}  // namespace

void OperatorMarks::take_out_options(CLI::App& app) {
  for (CLI::Option* option : app.get_options(std::function<bool(CLI::Option*)>{})) {
    if (has(option) || option == app.get_help_ptr() || option == app.get_version_ptr()) {
      continue;
    }
    for (const std::string& name : option->get_lnames()) {
      taken_out_.insert(full_name(app) + " --" + name);
    }
    app.remove_option(option);
  }
}

void OperatorMarks::take_out_unmarked(CLI::App& root) {
  if (role_ != Role::kOperator) {
    return;
  }
  take_out_options(root);
  for (CLI::App* command : commands_of(root)) {
    take_out_unmarked(*command);
    if (!has(command) && commands_of(*command).empty()) {  // a noun stays for its verbs
      taken_out_.insert(full_name(*command));
      root.remove_subcommand(command);
    }
  }
}

std::optional<Error> OperatorMarks::refusal(const CLI::App& at, std::span<const std::string> words) const {
  for (const std::string& word : words) {
    for (const CLI::App* app = &at; app != nullptr; app = app->get_parent()) {
      const std::string name = full_name(*app) + " " + option_name(word);
      if (taken_out_.contains(name)) {
        return is_for_admins(word.starts_with("-") ? option_name(word) : name);
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
