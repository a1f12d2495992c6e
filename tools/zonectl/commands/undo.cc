// zonectl undo: signing moves back to the selector that still drains; a removal is taken back.
#include "tools/zonectl/bulk/bulk_undo.h"
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/commands/swap_command.h"

namespace zonectl::undo {
namespace {

struct Options : SwapCommandOptions {
  bulk_undo::Options bulk;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.operators().institutions(options.bulk.named, [&bulk = options.bulk] { return bulk.stands_for_names(); });
  declare(arguments, options.bulk);
  arguments.institution_change(options.change);
}

zonestore::Result<ExitCode> body(Session& session, const Options& options) {
  using zonestore::ErrorCode;
  if (options.bulk.stands_for_names() != options.bulk.named.empty()) {
    return zonestore::fail(ErrorCode::kInvalid,
                           options.bulk.is_bulk() ? "INST excludes --run and --resume" : "INST is missing",
                           "zonectl undo CODE; zonectl undo --run N");
  }
  if (!options.bulk.is_bulk()) {
    if (options.bulk.has_settings()) {
      return zonestore::fail(ErrorCode::kInvalid, "--canary, --rate and --halt-on are for many institutions",
                             "zonectl undo --run N --canary 1%");
    }
    return run_swap(session, options, options.bulk.named.front(), &zonestore::undo);
  }
  return bulk_undo::run(session, options.bulk, options.change);
}

}  // namespace

void define(CommandLine& line) {
  line.command<Options>(
      {"undo",
       "take the last rotation back, while the selector that it left still drains; or a removal, until its records "
       "leave",
       "zonectl undo mosa\nzonectl undo mosa nova\nzonectl rotate mosa   # after it, while that selector drains: "
       "forward again\n"
       "zonectl undo --run 7 --canary 1%   # the rotations of one bulk run\nzonectl undo --resume",
       exits_of_change(
           {{ExitCode::kPartlyDone,
             "of many: some were refused or failed, or it was stopped; each is named (more than 20: by kind)"},
            {ExitCode::kRefused,
             "refused: E_NOTHING_TO_UNDO, E_EXPECT, E_KEY_MISMATCH; of many, E_EXISTS: another run is at work or "
             "waits "
             "to be resumed; nothing changed"},
            {ExitCode::kNotFound, "no such institution or run"}}),
       For::kOperators},
      arguments, body);
}

}  // namespace zonectl::undo
