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
  return run_freeze(session, options,
                    {"freeze",
                     "freezing",
                     {"frozen", "would be frozen", {}},
                     {},
                     [&](zonestore::Store& store, const zonestore::ChangeContext& context, const auto& whose) {
                       return zonestore::freeze(store, context, whose, *options.reason);
                     }});
}

}  // namespace

void define(CommandLine& line) {
  line.command<FreezeCommandOptions>(
      {"freeze", "refuse rotations, of institutions or of the whole store; undo and revoke stay possible",
       "zonectl freeze mosa --reason \"audit week\"\nzonectl freeze mosa nova --reason \"audit week\"\nzonectl "
       "freeze --all --reason \"holidays\"",
       exits_of_change({{ExitCode::kPartlyDone, "of several: some failed, or it was stopped; each is named"},
                        {ExitCode::kNotFound, "no such institution; nothing changed"}}),
       For::kOperators},
      arguments, body);
}

}  // namespace zonectl::freeze
