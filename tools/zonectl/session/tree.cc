#include "tools/zonectl/session/tree.h"

#include <algorithm>

#include <CLI/CLI.hpp>

#include "tools/zonectl/session/bad_value.h"
#include "tools/zonectl/session/help.h"
#include "tools/zonectl/session/version_text.h"
#include "tools/zonectl/text/suggestion.h"
#include "zonestore/base/joined.h"

namespace zonectl {

using zonestore::Error;
using zonestore::ErrorCode;
using zonestore::Result;

std::string full_name(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name() : full_name(*app.get_parent()) + " " + app.get_name();
}

namespace {

template <class App>
std::vector<App*> commands_of(App& app) {
  return app.get_subcommands(std::function<bool(App*)>{});
}

// "--expect sel1|sel2", "INST".
std::string shown_name(const CLI::Option& option) {
  if (option.get_positional()) {
    return option.get_name(true) +
           (option.get_items_expected_max() >= CLI::detail::expected_max_vector_size ? "..." : "");
  }
  std::string text = option.get_name(false, true);
  if (const std::size_t comma = text.find(','); comma != std::string::npos) {
    text.insert(comma + 1, " ");
  }
  return option.get_type_name().empty() ? text : text + " " + option.get_type_name();
}

OptionShape shape_of_option(const CLI::Option& option) {
  OptionShape shape{shown_name(option), option.get_description()};
  shape.is_positional = option.get_positional();
  shape.is_required =
      option.get_required() || (option.get_positional() && option.get_type_name() == kShownAsRequired);
  shape.is_repeated = option.get_items_expected_max() > 1;
  shape.is_hidden = option.get_group().empty();
  if (option.get_positional()) {
    shape.value = option.get_name(true);
    return shape;
  }
  for (const std::string& name : option.get_snames()) {
    shape.flags.push_back("-" + name);
  }
  for (const std::string& name : option.get_lnames()) {
    shape.flags.push_back("--" + name);
  }
  shape.value = option.get_type_name();
  shape.values = static_cast<std::size_t>(std::max(option.get_items_expected_min(), 0));
  return shape;
}

}  // namespace

CommandShape shape_of(const CLI::App& app) {
  CommandShape shape{app.get_name(), full_name(app), app.get_description(), app.get_footer(), app.get_group()};
  shape.needs_command = app.get_require_subcommand_min() != 0;
  shape.is_hidden = app.get_group().empty();
  for (const CLI::Option* option : app.get_options()) {
    shape.options.push_back(shape_of_option(*option));
  }
  for (const CLI::App* command : commands_of(app)) {
    shape.commands.push_back(shape_of(*command));
  }
  const CLI::App* root = &app;
  while (root->get_parent() != nullptr) {
    root = root->get_parent();
  }
  shape.program = root == &app ? "" : root->get_name();
  shape.is_any_store = root->get_option_no_throw("--store") != nullptr;
  return shape;
}

namespace {

std::string help_of(const CLI::App& app) {
  return help_text(shape_of(app));
}

void take_out_options(CLI::App& app, OperatorMarks& marks) {
  for (CLI::Option* option : app.get_options(std::function<bool(CLI::Option*)>{})) {
    if (marks.has(option) || option == app.get_help_ptr() || option == app.get_version_ptr()) {
      continue;
    }
    for (const std::string& name : option->get_lnames()) {
      marks.remember(full_name(app) + " --" + name);
    }
    app.remove_option(option);
  }
}

void take_out_unmarked(CLI::App& root, OperatorMarks& marks) {
  take_out_options(root, marks);
  for (CLI::App* command : commands_of(root)) {
    take_out_unmarked(*command, marks);
    if (!marks.has(command) && commands_of(*command).empty()) {  // a noun stays for its verbs
      marks.remember(full_name(*command));
      root.remove_subcommand(command);
    }
  }
}

// The command that the words have led to so far.
const CLI::App& deepest(const CLI::App& app) {
  const std::vector<const CLI::App*> parsed =
      app.get_subcommands([](const CLI::App* each) { return each->parsed(); });
  return parsed.empty() ? app : deepest(*parsed.front());
}

std::vector<std::string> words_at(const CLI::App& app, bool options) {
  std::vector<std::string> words;
  if (!options) {
    for (const CLI::App* command : commands_of(app)) {
      if (!command->get_group().empty()) {
        words.push_back(command->get_name());
      }
    }
    return words;
  }
  for (const CLI::App* each = &app; each != nullptr; each = each->get_parent()) {
    for (const CLI::Option* option : each->get_options()) {
      for (const std::string& name : option->get_lnames()) {
        words.push_back("--" + name);
      }
    }
  }
  return words;
}

std::string see_help(const CLI::App& app) {
  return "see: " + full_name(app) + " --help";
}

// What CLI11 found wrong, in our words.
Error usage_error(const CLI::App& root, const CLI::ParseError& thrown) {
  const CLI::App& at = deepest(root);
  const bool wants_command = !words_at(at, false).empty();
  const std::vector<std::string> extra = root.remaining(true);
  Error error{ErrorCode::kInvalid, thrown.what(), see_help(at), std::nullopt};
  if (extra.empty()) {
    if (wants_command && thrown.get_name() == "RequiredError") {
      error.message = "a command is missing; there are " + zonestore::joined(words_at(at, false), ", ");
    }
    return error;
  }
  const std::string& word = extra.front();
  const bool is_option = word.starts_with("-");
  error.message = is_option       ? "there is no option " + word
                  : wants_command ? "there is no command \"" + full_name(at) + " " + word + "\""
                                  : "\"" + word + "\" is one argument too many";
  if (const auto meant = is_option || wants_command ? nearest(word, words_at(at, is_option)) : std::nullopt) {
    error.hint = "did you mean " + (is_option ? *meant : full_name(at) + " " + *meant) + "?  " + error.hint;
  }
  return error;
}

std::optional<Error> refusal_at(const CLI::App& root, const OperatorMarks& marks) {
  return marks.refusal(full_name(deepest(root)), root.remaining(true));
}

bool asks_for_help(const CLI::App& app) {
  return app.get_help_ptr() != nullptr && app.get_help_ptr()->count() > 0;
}

Result<std::optional<std::string>> answer_to_help(const CLI::App& root, const CLI::CallForHelp& call,
                                                  const OperatorMarks& marks) {
  if (std::optional<Error> refused = refusal_at(root, marks)) {
    return tl::unexpected(*std::move(refused));
  }
  if (!root.remaining(true).empty() && !words_at(deepest(root), false).empty()) {  // of what is no command
    return tl::unexpected(usage_error(root, call));
  }
  return help_of(deepest(root));
}

Result<std::optional<std::string>> answer_to_bad_value(const CLI::App& root, Error error,
                                                       const OperatorMarks& marks) {
  if (asks_for_help(deepest(root))) {
    return help_of(deepest(root));
  }
  error = refusal_at(root, marks).value_or(std::move(error));
  if (error.hint.empty()) {
    error.hint = see_help(deepest(root));
  }
  return tl::unexpected(std::move(error));
}

}  // namespace

CommandTree::CommandTree(std::string_view program, std::string_view purpose, Role role)
    : marks_(role), root_(std::make_unique<CLI::App>(std::string(purpose), std::string(program))) {
  root_->require_subcommand(1)->fallthrough();
  root_->set_help_flag("-h,--help", "print this help");
  root_->set_version_flag("-V,--version", version_text(), "print the program's version");
  root_->formatter_fn([](const CLI::App* shown, const std::string&, CLI::AppFormatMode) { return help_of(*shown); });
  root_->footer("\n" + std::string(program) +
                " COMMAND --help prints a command's arguments, an example and its exit codes.\n");
}

CommandTree::~CommandTree() = default;

Arguments CommandTree::arguments() {
  return Arguments(*root_, marks_, no_objects_);
}

CommandLine CommandTree::line() {
  return CommandLine(*root_, chosen_, marks_);
}

Result<std::optional<std::string>> CommandTree::parse(std::span<const std::string> args) {
  if (marks_.role() == Role::kOperator) {
    take_out_unmarked(*root_, marks_);
  }
  std::vector<std::string> reversed(args.rbegin(), args.rend());  // as CLI11 takes them
  try {
    root_->parse(reversed);
    return std::nullopt;
  } catch (const CLI::CallForHelp& call) {
    return answer_to_help(*root_, call, marks_);
  } catch (const CLI::CallForVersion& version) {
    return version.what() + std::string("\n");
  } catch (const BadValue& thrown) {  // of our own, through CLI11's parse
    return answer_to_bad_value(*root_, thrown.error(), marks_);
  } catch (const CLI::ParseError& thrown) {
    return tl::unexpected(refusal_at(*root_, marks_).value_or(usage_error(*root_, thrown)));
  }
}

}  // namespace zonectl
