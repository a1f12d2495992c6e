// zonectl thaw: the end of a freeze.
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/commands/freeze_command.h"

namespace zonectl::thaw {
namespace {

void arguments(Arguments& arguments, FreezeCommandOptions& options) {
  freeze_scope_arguments(arguments, options);
  arguments.institution_change(options.change);
}

zonestore::Result<ExitCode> body(Session& session, const FreezeCommandOptions& options) {
  return run_freeze(session, options, {"thaw", "thawing", {"thawed", "would be thawed", {}}, {}, &zonestore::thaw});
}

}  // namespace

void define(CommandLine& line) {
  line.command<FreezeCommandOptions>(
      {"thaw", "end a freeze; those of single institutions outlast that of the whole store",
       "zonectl thaw mosa\nzonectl thaw mosa nova\nzonectl thaw --file list.txt\nzonectl thaw --all",
       exits_of_change({{ExitCode::kPartlyDone,
                         "of several: some failed, or it was stopped; each is named (more than 20: by kind)"},
                        {ExitCode::kNotFound, "no such institution; nothing changed"}}),
       For::kOperators},
      arguments, body);
}

}  // namespace zonectl::thaw
