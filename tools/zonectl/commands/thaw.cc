// zonectl thaw: the end of a freeze.
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/commands/freeze_command.h"

namespace zonectl::thaw {
namespace {

zonestore::Result<ExitCode> body(Session& session, const FreezeCommandOptions& options) {
  return run_freeze(session, options, [&](zonestore::Store& store, const zonestore::ChangeContext& context) {
    return zonestore::thaw(store, context, options.code);
  });
}

}  // namespace

void define(CommandLine& line) {
  line.command<FreezeCommandOptions>(
      {"thaw", "end a freeze; those of single institutions outlast that of the whole store",
       "zonectl thaw mosa\nzonectl thaw --all", exits_of_change({{ExitCode::kNotFound, "no such institution"}}),
       For::kOperators},
      freeze_scope_arguments, body);
}

}  // namespace zonectl::thaw
