#include "tools/zonectl/session/command_line.h"

#include <algorithm>

#include <CLI/CLI.hpp>

#include "tools/zonectl/session/bad_value.h"
#include "tools/zonectl/session/help.h"
#include "tools/zonectl/session/tree.h"

namespace zonectl {

CommandLine CommandLine::noun(std::string_view name, std::string_view purpose) {
  CLI::App* const app = app_.add_subcommand(std::string(name), std::string(purpose));
  app->require_subcommand(1);
  app->group(group_);
  app->footer("\n" + full_name(*app) +
              " COMMAND --help prints a command's arguments, an example and its exit codes.\n");
  CommandLine line(*app, chosen_, marks_);
  line.group("Commands");
  return line;
}

namespace {

// What CLI11 took for the command itself although a verb below it was named: zonectl log verify --last 3.
void refuse_arguments_beside_verb(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    if (option->count() > 0) {
      throw BadValue(zonestore::Error{
          zonestore::ErrorCode::kInvalid,
          option->get_name() + " is for " + full_name(app) + ", not for " + full_name(*app.get_subcommands().front()),
          {},
          std::nullopt});
    }
  }
}

// The body, once it is known what it is about.
Body body_with(const std::shared_ptr<Objects>& objects, const Body& body) {
  return [objects, body](Session& session) -> zonestore::Result<ExitCode> {
    const auto found = objects->find(session);
    return found ? body(session) : tl::unexpected(found.error());
  };
}

}  // namespace

CLI::App& CommandLine::add(const CommandHelp& help, const std::shared_ptr<Objects>& objects, const Body& body) {
  CLI::App* const app = app_.add_subcommand(std::string(help.name), std::string(help.purpose));
  app->group(help.is_hidden ? "" : group_);
  app->footer(help_footer(help));
  if (help.whom == For::kOperators) {
    marks_.mark(*app);
  }
  app->callback([app, &chosen = chosen_, objects, body, needs_store = help.needs_store] {
    if (app->get_subcommands().empty()) {
      if (const auto arranged = objects->arrange(); !arranged) {
        throw BadValue(arranged.error());
      }
      chosen = {body_with(objects, body), needs_store, app->get_name()};
    } else {  // the verb below was meant, whose callback ran before this one
      refuse_arguments_beside_verb(*app);
    }
  });
  return *app;
}

CommandLine CommandLine::below(std::string_view name) {
  CommandLine line(*app_.get_subcommand(std::string(name)), chosen_, marks_);
  line.group("Commands");
  return line;
}

namespace {

// Sorted by code; what `more` says of a code replaces the usual words.
std::vector<ExitNote> merged(std::vector<ExitNote> usual, const std::vector<ExitNote>& more) {
  for (const ExitNote& note : more) {
    const auto same =
        std::find_if(usual.begin(), usual.end(), [&note](const ExitNote& each) { return each.code == note.code; });
    if (same == usual.end()) {
      usual.push_back(note);
    } else {
      *same = note;
    }
  }
  std::sort(usual.begin(), usual.end(),
            [](const ExitNote& left, const ExitNote& right) { return left.code < right.code; });
  return usual;
}

}  // namespace

std::vector<ExitNote> exits_of_reading(const std::vector<ExitNote>& more) {
  return merged(
      {{ExitCode::kDone, "done"}, {ExitCode::kFailed}, {ExitCode::kUsage}, {ExitCode::kNoStore}, {ExitCode::kBusy}},
      more);
}

std::vector<ExitNote> exits_of_change(const std::vector<ExitNote>& more) {
  return merged({{ExitCode::kDone}, {ExitCode::kFailed}, {ExitCode::kUsage}, {ExitCode::kNoStore}, {ExitCode::kBusy}},
                more);
}

}  // namespace zonectl
