#include "tools/zonectl/run.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <CLI/CLI.hpp>

#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/session/bad_value.h"
#include "tools/zonectl/session/command_line.h"
#include "tools/zonectl/session/help.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/monitor_line.h"
#include "tools/zonectl/text/suggestion.h"

namespace zonectl {

using zonestore::Error;
using zonestore::ErrorCode;
using zonestore::Result;

namespace {

constexpr std::string_view kProgram = "zonectl";

void declare_globals(CLI::App& app, GlobalOptions& globals, OperatorMarks& marks) {
  app.name(std::string(kProgram))->description("DKIM keys and SPF of institutions: the operators' command");
  app.require_subcommand(1)->fallthrough();
  app.set_help_flag("-h,--help", "print this help");
  app.set_version_flag("--version", std::string(kProgram) + " " + DNSD_VERSION, "print the program's version");
  Arguments arguments(app, marks);
  arguments.one("--store", "DIR", globals.store, Need::kOptional, &parse_line,
                "the store's directory (default: $ZONESTORE, else /var/lib/zonestore)");
  arguments.operators().flag("--json", globals.json, "print JSON, in the forms that JSON.md documents");
  arguments.operators().one("--actor", "NAME", globals.actor, Need::kOptional, &parse_line,
                            "who asks, for the log (default: the login user)");
  app.formatter_fn([](const CLI::App* shown, const std::string&, CLI::AppFormatMode) { return help_text(*shown); });
  app.footer("\nzonectl COMMAND --help prints a command's arguments, an example and its exit codes.\n");
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
    for (const CLI::App* command : app.get_subcommands(std::function<bool(const CLI::App*)>{})) {
      words.push_back(command->get_name());
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

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : ", ") + word;
  }
  return text;
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
      error.message = "a command is missing; there are " + joined(words_at(at, false));
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

bool asks_for_help(const CLI::App& app) {
  return app.get_help_ptr() != nullptr && app.get_help_ptr()->count() > 0;
}

// The text to print if that is all there is to do (--help, --version); nullopt if a command was chosen.
Result<std::optional<std::string>> parse(CLI::App& root, std::span<const std::string> args,
                                         const OperatorMarks& marks) {
  std::vector<std::string> reversed(args.rbegin(), args.rend());  // as CLI11 takes them
  try {
    root.parse(reversed);
    return std::nullopt;
  } catch (const CLI::CallForHelp& call) {
    const std::vector<std::string> left = root.remaining(true);  // of what is no command
    if (std::optional<Error> refused = marks.refusal(deepest(root), left)) {
      return tl::unexpected(*std::move(refused));
    }
    if (!left.empty() && !words_at(deepest(root), false).empty()) {
      return tl::unexpected(usage_error(root, call));
    }
    return help_text(deepest(root));
  } catch (const CLI::CallForVersion& version) {
    return version.what() + std::string("\n");
  } catch (const BadValue& thrown) {
    if (asks_for_help(deepest(root))) {
      return help_text(deepest(root));
    }
    Error error = marks.refusal(deepest(root), root.remaining(true)).value_or(thrown.error());
    if (error.hint.empty()) {
      error.hint = see_help(deepest(root));
    }
    return tl::unexpected(std::move(error));
  } catch (const CLI::ParseError& thrown) {
    return tl::unexpected(marks.refusal(deepest(root), root.remaining(true)).value_or(usage_error(root, thrown)));
  }
}

// How an error is told beside its words on standard error.
enum class Form : std::uint8_t { kWords, kJson, kMonitor };

int finish_with(const Error& error, const Session& session, Form form) {
  session.report(error);
  if (form == Form::kMonitor) {
    const MonitorLine line = monitor_line(error);
    session.out() << line.text;
    return value_of(exit_code_of(line.code));
  }
  if (form == Form::kJson) {
    print(session.out(), Json{{"error", to_json(error, session.exit_code_of(error))}});
  }
  return value_of(session.exit_code_of(error));
}

}  // namespace

namespace {

// "help zone export" is "zone export --help"; with an option beside it, it is the command as it stands.
std::vector<std::string> words_of(std::span<const std::string> args) {
  std::vector<std::string> words(args.begin(), args.end());
  const bool has_option =
      std::any_of(words.begin(), words.end(), [](const std::string& word) { return word.starts_with("-"); });
  if (!words.empty() && words.front() == "help" && !has_option) {
    words.erase(words.begin());
    words.emplace_back("--help");
  }
  return words;
}

}  // namespace

namespace {

Form form_of(std::span<const std::string> args, bool json) {
  return asks_for_monitor_line(args) ? Form::kMonitor : json ? Form::kJson : Form::kWords;
}

}  // namespace

int run(std::span<const std::string> args, Streams& streams, const Environment& environment,
        const zonestore::Clock& clock) {
  GlobalOptions globals;
  Chosen chosen;
  OperatorMarks marks(environment.role);
  CLI::App root;
  declare_globals(root, globals, marks);
  CommandLine line(root, chosen, marks);
  define_commands(line);
  marks.take_out_unmarked(root);

  const Result<std::optional<std::string>> parsed = parse(root, words_of(args), marks);
  Session session(globals, streams, environment, clock);
  if (!parsed) {
    // A parse that failed may not have come as far as the flag.
    const bool json = std::find(args.begin(), args.end(), "--json") != args.end();
    return finish_with(parsed.error(), session, form_of(args, json));
  }
  if (*parsed) {
    streams.out << **parsed;
    return value_of(ExitCode::kDone);
  }
  if (const Result<void> became = chosen.needs_store ? session.become_owner() : Result<void>{}; !became) {
    return finish_with(became.error(), session, form_of(args, globals.json));
  }
  const Result<ExitCode> result = chosen.body(session);
  return result ? value_of(*result) : finish_with(result.error(), session, form_of(args, globals.json));
}

}  // namespace zonectl
