// zonectl version, zonectl help.
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/session/manual.h"
#include "tools/zonectl/telling/json.h"

namespace zonectl::version {
namespace {

struct Options {};

void arguments(Arguments&, Options&) {}

zonestore::Result<ExitCode> body(Session& session, const Options&) {
  if (session.json()) {
    print(session.out(), Json{{"program", "zonectl"}, {"version", DNSD_VERSION}});
  } else {
    session.out() << "zonectl " << DNSD_VERSION << '\n';
  }
  return ExitCode::kDone;
}

struct HelpOptions {
  std::vector<std::string> words;
  bool manual = false;
  std::function<CommandShape()> commands;
};

void help_arguments(Arguments& arguments, HelpOptions& options) {
  arguments.operators().many("COMMAND", "", options.words, Need::kOptional, &parse_line,
                             "such as rotate, or zone export");
  arguments.hidden_flag(std::string(kManualFlag), options.manual, "the manual page's part on commands, for scdoc");
  arguments.all_commands(options.commands);
}

// run() turns the words into "COMMAND --help" before it comes to this, but for the manual page.
zonestore::Result<ExitCode> help(Session& session, const HelpOptions& options) {
  if (options.manual) {
    const CommandShape program = options.commands();
    session.whole_lines() << "# OPTIONS\n\nEvery command takes these:\n\n"
                          << manual_of_flags(program) << "# COMMANDS\n\n"
                          << manual_of_commands(program);
  }
  return ExitCode::kDone;
}

}  // namespace

void define_help(CommandLine& line) {
  line.command<HelpOptions>({kHelpCommand,
                             "print the help of a command: its arguments, an example and its exit codes",
                             "zonectl help rotate\nzonectl rotate --help   # the same",
                             {{ExitCode::kDone, "done"}, {ExitCode::kFailed}, {ExitCode::kUsage}},
                             For::kOperators,
                             false},
                            help_arguments, help);
}

void define(CommandLine& line) {
  line.command<Options>({"version",
                         "print the program's version",
                         "zonectl version",
                         {{ExitCode::kDone, "done"}, {ExitCode::kFailed}, {ExitCode::kUsage}},
                         For::kOperators,
                         false},
                        arguments, body);
}

}  // namespace zonectl::version
