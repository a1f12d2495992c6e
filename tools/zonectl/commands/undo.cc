// zonectl undo: signing moves back to the selector that still drains.
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/commands/swap_command.h"

namespace zonectl {
namespace {

void arguments(Arguments& arguments, SwapCommandOptions& options) {
  arguments.institution(options.code);
  arguments.expect(options.swap.expect);
  arguments.change(options.change, {});
}

zonestore::Result<ExitCode> body(Session& session, const SwapCommandOptions& options) {
  return run_swap(session, options, &zonestore::undo);
}

}  // namespace

void define_undo(CommandLine& line) {
  line.command<SwapCommandOptions>(
      {"undo", "take the last rotation back, while the selector that it left still drains", "zonectl undo mosa",
       exits_of_change({{ExitCode::kRefused, "refused: E_NOTHING_TO_UNDO, E_EXPECT, E_KEY_MISMATCH; nothing changed"},
                        {ExitCode::kNotFound, "no such institution"}})},
      arguments, body);
}

}  // namespace zonectl
