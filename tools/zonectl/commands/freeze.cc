// zonectl freeze: no rotation until it is thawed.
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/commands/freeze_command.h"

namespace zonectl::freeze {
namespace {

void arguments(Arguments& arguments, FreezeCommandOptions& options) {
  freeze_scope_arguments(arguments, options);
  arguments.operators().one("--reason", "TEXT", options.reason, Need::kRequired, &parse_line,
                            "why: whoever is refused a rotation reads it");
}

zonestore::Result<ExitCode> body(Session& session, const FreezeCommandOptions& options) {
  return run_freeze(session, options, [&](zonestore::Store& store, const zonestore::ChangeContext& context) {
    return zonestore::freeze(store, context, options.code, *options.reason);
  });
}

}  // namespace

void define(CommandLine& line) {
  line.command<FreezeCommandOptions>(
      {"freeze", "refuse rotations, of one institution or of all; undo and revoke stay possible",
       "zonectl freeze mosa --reason \"audit week\"\nzonectl freeze --all --reason \"holidays\"",
       exits_of_change({{ExitCode::kNotFound, "no such institution"}}), For::kOperators},
      arguments, body);
}

}  // namespace zonectl::freeze
