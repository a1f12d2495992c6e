// zonectl freeze: no rotation until it is thawed.
#include <utility>

#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/commands/freeze_command.h"

namespace zonectl::freeze {
namespace {

void arguments(Arguments& arguments, FreezeCommandOptions& options) {
  freeze_scope_arguments(arguments, options);
  arguments.institution_change_for_reason(options.change, "why: whoever is refused a rotation reads it");
}

zonestore::Result<ExitCode> body(Session& session, const FreezeCommandOptions& options) {
  FreezeCommandOptions own = options;
  const std::string reason = *std::exchange(own.change.reason, std::nullopt);  // the log has it in the freeze itself
  return run_freeze(session, own,
                    {"freeze",
                     "freezing",
                     {"frozen", "would be frozen", {}},
                     {},
                     [&](zonestore::Store& store, const zonestore::ChangeContext& context, const auto& whose) {
                       return zonestore::freeze(store, context, whose, reason);
                     }});
}

}  // namespace

void define(CommandLine& line) {
  line.command<FreezeCommandOptions>(
      {"freeze", "refuse rotations, of institutions or of the whole store; undo and revoke stay possible",
       "zonectl freeze mosa --reason \"audit week\"\nzonectl freeze mosa nova --reason \"audit week\"\n"
       "zonectl freeze --file list.txt --reason \"audit week\"\nzonectl freeze --all --reason \"holidays\"",
       exits_of_change({{ExitCode::kPartlyDone,
                         "of several: some failed, or it was stopped; each is named (more than 20: by kind)"},
                        {ExitCode::kNotFound, "no such institution; nothing changed"}}),
       For::kOperators},
      arguments, body);
}

}  // namespace zonectl::freeze
