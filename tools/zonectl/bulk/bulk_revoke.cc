#include "tools/zonectl/bulk/bulk_revoke.h"

#include <utility>

#include "tools/zonectl/bulk/opening.h"
#include "tools/zonectl/bulk/revoke_work.h"
#include "tools/zonectl/telling/words.h"
#include "zonestore/signer/layout.h"

namespace zonectl::bulk_revoke {

using zonestore::ChangeContext;
using zonestore::ErrorCode;
using zonestore::Result;
using zonestore::Store;
using zonestore::dkim::SlotId;

namespace {

Result<ExitCode> work_through(const Session& session, Store& store, const BegunRun& begun,
                              Interruption& interruption) {
  const auto target = target_of(begun.arguments);
  if (!target) {
    return tl::unexpected(target.error());
  }
  RevokeWork revocations(store, *target);
  revocations.stock_keys(begun.run, begun.context);
  BulkReport report =
      run_bulk(session, store, begun.context, begun.run, begun.settings, revocations.work(), interruption);
  revocations.finish(begun.context, report);
  const auto more = revocations.tell(session, report, begun.run.began);
  if (!more) {
    return tl::unexpected(more.error());
  }
  return end_run(session, store, begun.context, report, {"revoked", "would be revoked", {}}, *more);
}

Result<void> holds_key(const zonestore::InstitutionView& view, SlotId slot) {
  for (const zonestore::SlotView& each : view.slots) {
    if (each.slot == slot && !each.key_id.empty()) {
      return {};
    }
  }
  return zonestore::fail(ErrorCode::kNotFound, to_text(slot) + " of " + view.code + " holds no key",
                         "leave it out; zonectl show " + view.code + " shows its keys");
}

std::string question(const RevokeTarget& target, std::size_t institutions) {
  const std::string of =
      " of " + std::to_string(institutions) + (institutions == 1 ? " institution" : " institutions");
  if (target.slot) {
    return "Revoke the key in " + to_text(*target.slot) + of + "?";
  }
  return "Switch signer " + target.signer + " off for good, and revoke every key that it held" + of +
         (target.stop_signing ? ", now?" : "?");
}

// One for the whole run. A dry run asks nothing.
Result<void> confirm(const Session& session, const Options& options, const std::string& question) {
  if (session.says_yes()) {
    return {};
  }
  if (!session.can_ask() || options.file == kStandardInput) {  // which is where an answer would come from
    return tl::unexpected(zonestore::Error{ErrorCode::kRefused, "nobody can be asked here: " + question,
                                           "the same command with --yes; with --dry-run it tells what would happen",
                                           std::nullopt});
  }
  if (!session.confirms(question)) {
    return zonestore::fail(ErrorCode::kRefused, "the answer was not yes: nothing was changed",
                           "the same command, and yes; with --dry-run it tells what would happen");
  }
  return {};
}

// A taken signer is switched off before anything else, so that no fresh key goes there.
Result<void> switch_off(const Session& session, Store& store, const ChangeContext& context,
                        const RevokeTarget& target) {
  if (target.signer.empty()) {
    return {};
  }
  const auto taken = take_signer(store, context, target.signer);
  if (!taken) {
    return tl::unexpected(taken.error());
  }
  session.err() << "signer " << target.signer << ' ' << verb(*taken, "is", "would be") << " switched off for good\n";
  if (taken->other_signers.empty()) {
    session.err() << "no other signer is on: enrol one, or mail leaves unsigned once its key is revoked\n";
  }
  return {};
}

BulkSteps steps_of(const Session& session, Store& store, const Options& options, const RevokeTarget& target,
                   const ChangeOptions& change) {
  const auto find = [&] { return institutions_with_keys(store, target.slot); };
  const auto accept = [&](const zonestore::InstitutionView& view) { return holds_key(view, *target.slot); };
  return {.list = [=, &session, &store,
                   &options] { return named_or_found(session, store, options.named, options.file, find, accept); },
          .work = [&](const BegunRun& begun,
                      Interruption& interruption) { return work_through(session, store, begun, interruption); },
          .keep = [&](RunArguments& kept) { keep(target, kept); },
          .ask =
              [&](const BulkItems& items) {
                return change.dry_run ? Result<void>{} : confirm(session, options, question(target, items.size()));
              },
          .do_first = [&](const ChangeContext& context) { return switch_off(session, store, context, target); },
          .nothing_to_resume =
              [&](Interruption& interruption) {
                return revoke_what_waits(session, store, session.context(change), interruption);
              }};
}

Result<void> check(const Options& options, std::optional<SlotId> slot, const ChangeOptions& change) {
  if (options.ways() > 1) {
    return zonestore::fail(ErrorCode::kInvalid, "--all, --file, --signer and --resume exclude each other",
                           "give one of them");
  }
  if (options.resume && (options.has_settings() || options.give_up || slot || change.reason || change.expect)) {
    return zonestore::fail(ErrorCode::kInvalid, "--resume goes on with the arguments that the run was begun with",
                           "zonectl revoke --resume");
  }
  if ((options.all || options.file || !options.named.empty()) != slot.has_value()) {
    return zonestore::fail(
        ErrorCode::kInvalid, slot ? "SLOT is for --all and --file" : "SLOT is missing: sel1 or sel2",
        options.named.empty() ? "zonectl revoke --all SLOT; zonectl revoke --signer NAME takes both slots"
                              : "the institutions first, SLOT last: zonectl revoke INST... SLOT");
  }
  return {};
}

}  // namespace

void declare(Arguments& arguments, Options& options) {
  arguments.operators().flag("--all", options.all, "SLOT of every institution that holds a key there");
  arguments.list_file("--file", "LIST", options.file,
                      "SLOT of those named in this file, one a line; # begins a comment");
  arguments.operators().one("--signer", "NAME", options.signer, Need::kOptional,
                            &zonestore::signer::parse_signer_name,
                            "a machine was taken: switch its signer off for good, and revoke every key that it held");
  arguments.operators().flag(
      "--resume", options.resume,
      "go on with the last run of many that was interrupted, and with what waits for a fresh key");
  arguments.operators().one(
      "--give-up", "N", options.give_up, Need::kOptional, &parse_count,
      "end the interrupted run N as it is; with --all, --file, --signer or several INST, before a new one begins");
  declare(arguments, options.settings, false);
}

Result<ExitCode> run(Session& session, const Options& options, std::optional<SlotId> slot, bool stop_signing,
                     const ChangeOptions& change) {
  if (const auto checked = check(options, slot, change); !checked) {
    return tl::unexpected(checked.error());
  }
  RevokeTarget target{slot, options.signer.value_or(""), stop_signing};
  for (const zonestore::dkim::Code& code : options.named) {
    target.named.push_back(code.text());
  }
  const BulkWays ways{"revoke",     options.resume,  options.give_up, options.ways() > 0 || !options.named.empty(),
                      options.file, options.settings};
  return session.change(change, [&](Store& store, const ChangeContext& /*context*/) {
    return open_bulk(session, store, change, ways, steps_of(session, store, options, target, change));
  });
}

}  // namespace zonectl::bulk_revoke
