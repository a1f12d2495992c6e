// zonectl version, zonectl help.
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/session/manual.h"
#include "tools/zonectl/session/version_text.h"
#include "tools/zonectl/telling/json.h"
#include "zonestore/base/release.h"
#include "zonestore/zone/schema_versions.h"

namespace zonectl::version {
namespace {

struct Options {};

void arguments(Arguments&, Options&) {}

// Of the store that is named; none is asked for otherwise, so that the version can be had without one.
zonestore::Result<std::optional<std::int64_t>> schema_of_store(Session& session, std::int64_t newest) {
  if (!session.names_store()) {
    return std::nullopt;
  }
  if (const zonestore::Result<void> became = session.become_owner(); !became) {
    return tl::unexpected(became.error());
  }
  return session.open_to_find().map([newest](const zonestore::Store& store) -> std::optional<std::int64_t> {
    return store.older_schema().value_or(newest);
  });
}

zonestore::Result<ExitCode> body(Session& session, const Options&) {
  const std::int64_t newest = zonestore::schema_versions().newest;
  const auto found = schema_of_store(session, newest);
  if (!found) {
    return tl::unexpected(found.error());
  }
  const std::optional<std::int64_t> schema = *found;
  if (session.json()) {
    Json document{{"program", "zonectl"}, {"version", std::string(zonestore::release())}, {"schema", newest}};
    if (schema) {
      document["store_schema"] = *schema;
    }
    print(session.out(), document);
    return ExitCode::kDone;
  }
  session.out() << version_text() << '\n';
  if (schema) {
    session.out() << "the store has schema " << *schema
                  << (*schema < newest ? ": the next change keeps a backup of it, and brings it up\n" : "\n");
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
  line.command<Options>(
      {"version",
       "print the program's version, and of a store that is named the schema that it has",
       "zonectl version\nzonectl version --store /var/lib/zonestore   # whether the next change brings it up",
       {{ExitCode::kDone, "done"}, {ExitCode::kFailed}, {ExitCode::kUsage}, {ExitCode::kNoStore}},
       For::kOperators,
       false},
      arguments, body);
}

}  // namespace zonectl::version
