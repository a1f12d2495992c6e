// zonectl rotate: signing moves to the other selector.
#include <memory>

#include "tools/zonectl/bulk/bulk_rotate.h"
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/commands/swap_command.h"
#include "tools/zonectl/look/rotation_looks.h"
#include "tools/zonectl/session/look_flags.h"

namespace zonectl::rotate {
namespace {

using zonestore::Guard;

struct Options : SwapCommandOptions {
  bulk_rotate::Options bulk;
  look::Looking looking;
};

// Looks first, in a child that was made before anything of the store was open.
zonestore::Result<ExitCode> rotate_one(Session& session, const Options& options, const zonestore::dkim::Code& named) {
  const std::unique_ptr<look::Lookout> lookout = look::lookout_of(session, options.looking, options.change.dry_run);
  return run_swap(session, options, named,
                  [&lookout, &options](zonestore::Store& store, const zonestore::ChangeContext& context,
                                       const zonestore::dkim::Code& code, const zonestore::SwapOptions& swap) {
                    look::RotationLooks looks(lookout.get(), store);
                    zonestore::SwapOptions with_look = swap;
                    with_look.look = looks.take(code, {options.change.override_guard, options.change.expect});
                    auto swapped = zonestore::rotate(store, context, code, with_look);
                    if (swapped && !looks.trouble().empty()) {
                      swapped->warnings.push_back(looks.trouble());
                    }
                    return swapped;
                  });
}

void arguments(Arguments& arguments, Options& options) {
  arguments.operators().institutions(options.bulk.named, [&bulk = options.bulk] { return bulk.stands_for_names(); });
  declare(arguments, options.bulk);
  arguments.operators().flag("--no-look", options.looking.no_look,
                             "do not look into the DNS first: go by what was seen before");
  declare(arguments, options.looking.flags);
  arguments.institution_change(options.change, {Guard::kNotRipe, Guard::kFrozen, Guard::kSignerStale,
                                                Guard::kCnameMissing, Guard::kCnameWrong, Guard::kNsLag});
}

zonestore::Result<ExitCode> body(Session& session, const Options& options) {
  const bool is_bulk = options.bulk.is_bulk();
  if (options.bulk.stands_for_names() != options.bulk.named.empty()) {
    return zonestore::fail(zonestore::ErrorCode::kInvalid,
                           is_bulk ? "INST excludes --all, --due, --file and --resume" : "INST is missing",
                           "zonectl rotate CODE; zonectl rotate --all --canary 1%");
  }
  if (!is_bulk && options.bulk.has_settings()) {
    return zonestore::fail(zonestore::ErrorCode::kInvalid, "--canary, --rate and --halt-on are for many institutions",
                           "zonectl rotate --all --canary 1%");
  }
  if (is_bulk) {
    return bulk_rotate::run(session, options.bulk, options.change, options.looking);
  }
  return rotate_one(session, options, options.bulk.named.front());
}

}  // namespace

void define(CommandLine& line) {
  line.command<Options>(
      {"rotate", "move signing to the other selector, safely, at once; after an undo: forward again",
       "zonectl rotate mosa --expect sel1\nzonectl rotate mosa nova louvre\nzonectl rotate mosa --override "
       "E_NOT_RIPE --reason \"key was leaked\"\n"
       "zonectl rotate --all --canary 1% --rate 20/min --halt-on 2\nzonectl rotate --resume\n"
       "zonectl rotate --give-up 7",
       exits_of_change(
           {{ExitCode::kPartlyDone,
             "of many: some were refused or failed, or it was stopped; each is named (more than 20: by kind)"},
            {ExitCode::kRefused,
             "refused: E_NOT_RIPE, E_DRAINING, E_NO_STANDBY, E_FROZEN, E_EXPECT, E_KEY_MISMATCH, "
             "E_SIGNER_STALE, E_CNAME_MISSING, E_CNAME_WRONG, E_NS_LAG; of many, E_EXISTS: another run is at work or "
             "waits to be resumed; nothing changed"},
            {ExitCode::kFailed, "failed; or done, but signers did not follow and signing could not be moved back"},
            {ExitCode::kUndone, "done, but signers did not follow within signer-limit: signing moved back"},
            {ExitCode::kNotFound, "no such institution"}}),
       For::kOperators},
      arguments, body);
}

}  // namespace zonectl::rotate
