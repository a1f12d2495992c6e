// zonectl rotate: signing moves to the other selector.
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/commands/swap_command.h"

namespace zonectl {
namespace {

void arguments(Arguments& arguments, SwapCommandOptions& options) {
  arguments.institution(options.code);
  arguments.expect(options.swap.expect);
  arguments.change(options.change, {zonestore::Guard::kNotRipe, zonestore::Guard::kFrozen});
}

zonestore::Result<ExitCode> body(Session& session, const SwapCommandOptions& options) {
  return run_swap(session, options, &zonestore::rotate);
}

}  // namespace

void define_rotate(CommandLine& line) {
  line.command<SwapCommandOptions>(
      {"rotate", "move signing to the other selector, safely, at once",
       "zonectl rotate mosa --expect sel1\nzonectl rotate mosa --override E_NOT_RIPE --reason \"key was leaked\"",
       exits_of_change(
           {{ExitCode::kRefused,
             "refused: E_NOT_RIPE, E_DRAINING, E_NO_STANDBY, E_FROZEN, E_EXPECT, E_KEY_MISMATCH; nothing changed"},
            {ExitCode::kNotFound, "no such institution"}})},
      arguments, body);
}

}  // namespace zonectl
