#include "tools/zonectl/run.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/session/tree.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/monitor_line.h"

namespace zonectl {

using zonestore::Error;
using zonestore::Result;

namespace {

// Of words, never of JSON; `auto`: on a terminal, as $NO_COLOR and $TERM let it.
enum class Colour : std::uint8_t { kAuto, kAlways, kNever };

Result<Colour> parse_colour(std::string_view text) {
  if (text == "auto") {
    return Colour::kAuto;
  }
  if (text == "always") {
    return Colour::kAlways;
  }
  if (text == "never") {
    return Colour::kNever;
  }
  return zonestore::fail(zonestore::ErrorCode::kInvalid, "colour is auto, always or never");
}

void paint(Streams& streams, Colour colour) {
  for (Terminal* const terminal : {&streams.out_terminal, &streams.err_terminal}) {
    terminal->colour = colour == Colour::kAlways || (colour == Colour::kAuto && terminal->colour);
  }
}

void declare_globals(Arguments arguments, GlobalOptions& globals, std::optional<Colour>& colour) {
  arguments.one("--store", "DIR", globals.store, Need::kOptional, &parse_line,
                "the store's directory (default: $ZONESTORE, else /var/lib/zonestore)");
  arguments.operators().flag("--json", globals.json, "print JSON, in the forms that JSON.md documents");
  arguments.operators().one("--actor", "NAME", globals.actor, Need::kOptional, &parse_line,
                            "who asks, for the log (default: the login user)");
  arguments.operators().flag(
      "--quiet", globals.quiet,
      "print errors and refusals alone; the exit code tells the rest, and --json is unaffected");
  arguments.operators().flag("--yes", globals.yes, "do not ask first; needed where nobody can be asked");
  arguments.operators().one("--color", "auto|always|never", colour, Need::kOptional, &parse_colour,
                            "colour what is told in words (default: auto, on a terminal)");
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

// "help zone export" is "zone export --help", with the flags beside it.
std::vector<std::string> as_help_flag(std::span<const std::string> args) {
  std::vector<std::string> words(args.begin(), args.end());
  words.erase(std::find(words.begin(), words.end(), kHelpCommand));
  words.emplace_back("--help");
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
  std::optional<Colour> colour;
  CommandTree tree("zonectl", "DKIM keys and SPF of institutions: the operators' command", environment.role);
  declare_globals(tree.arguments(), globals, colour);
  CommandLine line = tree.line();
  define_commands(line);

  const Result<std::optional<std::string>> parsed = tree.parse(args);
  paint(streams, colour.value_or(Colour::kAuto));
  globals.quiet = globals.quiet && !asks_for_monitor_line(args);  // whose line is for a program
  Session session(globals, streams, environment, clock);
  if (!parsed) {
    // A parse that failed may not have come as far as the flag.
    const bool json = std::find(args.begin(), args.end(), "--json") != args.end();
    return finish_with(parsed.error(), session, form_of(args, json));
  }
  if (*parsed) {
    session.words() << **parsed;
    return value_of(ExitCode::kDone);
  }
  if (tree.chosen().name == kHelpCommand && std::find(args.begin(), args.end(), kManualFlag) == args.end()) {
    return run(as_help_flag(args), streams, environment, clock);
  }
  if (const Result<void> became = tree.chosen().needs_store ? session.become_owner() : Result<void>{}; !became) {
    return finish_with(became.error(), session, form_of(args, globals.json));
  }
  const Result<ExitCode> result = tree.chosen().body(session);
  return result ? value_of(*result) : finish_with(result.error(), session, form_of(args, globals.json));
}

}  // namespace zonectl
