#include "zonestore/operations/rotation/rotation.h"

#include <utility>

#include "zonestore/judgement/due.h"
#include "zonestore/operations/change/moment_keeper.h"
#include "zonestore/operations/change/served_key.h"
#include "zonestore/operations/signers/signer_sync.h"
#include "zonestore/operations/views/evidence_keeper.h"
#include "zonestore/operations/views/rotation_facts.h"
#include "zonestore/operations/views/view_from_rows.h"

namespace zonestore {
namespace {

std::string describe_swap(const Swapped& outcome, bool rotates, bool by_policy) {
  const std::string head = by_policy ? "by policy: " : outcome.redo ? "redo: " : "";
  return head + "signing moved from " + dkim::to_text(outcome.from) + (rotates ? " to " : " back to ") +
         dkim::to_text(outcome.to);
}

std::string describe_return(const Returned& returned) {
  return returned.signs_with ? "the removal was taken back: " + dkim::to_text(*returned.signs_with) + " signs again"
                             : "the removal was taken back; it does not sign yet";
}

// Both records never left, so that what signed before signs at once.
Swapped take_removal_back(Store& store, const ChangeContext& context, ChangeScope& change, rows::InstitutionRow& row,
                          const dkim::LifecyclePolicy& policy) {
  Swapped outcome;
  outcome.returned =
      Returned{db::unwrap(dkim::may_return(row.facts, {row.code.text(), overridden(context), context.expect}))};
  if (outcome.returned->signs_with) {
    check_served_key(change.store(), row, *outcome.returned->signs_with);
  }
  const AuditValue before = audit_state(row, policy, change.now());
  row.facts = dkim::returned(std::move(row.facts), outcome.returned->signs_with);
  rows::store_facts(change.connection(), row, change.wall());
  change.publish(row);
  outcome.institution = institution_view(change.connection(), store.dkim_zone(), row, change.now());
  change.finish({describe_return(*outcome.returned), before, audit_state(row, policy, change.now())}, outcome);
  return outcome;
}

bool is_for_one_move(const SwapOptions& options) {
  return options.undoes.number || options.undoes.run;
}

// Back to where signing was: nothing of the world stands in the way.
dkim::SlotId judge_undo(ChangeScope& change, const ChangeContext& context, const rows::InstitutionRow& row,
                        const dkim::LifecyclePolicy& policy, const SwapOptions& options) {
  const dkim::Request request{row.code.text(), overridden(context), context.expect};
  db::unwrap(dkim::is_last_move(row.facts, options.undoes, request));
  const dkim::SlotId to = db::unwrap(dkim::may_undo(row.facts, policy, change.now(), request));
  check_served_key(change.store(), row, to);
  return to;
}

// Whose move it was, for whoever is refused later.
void sign_move(dkim::InstitutionFacts& facts, const ChangeContext& context, bool rotates) {
  facts.moved_by = context.actor.name;
  if (rotates && context.bulk_ticket && context.bulk_ticket->command == "rotate") {
    facts.moved_in_run = context.bulk_ticket->run;
  }
}

Swapped not_due(const ChangeContext& context) {
  Swapped outcome;
  outcome.dry_run = context.dry_run;
  outcome.changed = false;
  return outcome;
}

// May it rotate, by all that is known and by what the caller has just seen? The private key is proven before anything
// else is held against it.
dkim::SlotId judge_rotation(ChangeScope& change, const ChangeContext& context, const rows::InstitutionRow& row,
                            const dkim::LifecyclePolicy& policy, const SwapOptions& options, Swapped& outcome) {
  const OwnServers servers = own_servers(change.connection());
  // Kept first and judged from the rows, as evidence of earlier looks is: there is one way to judge, not two.
  if (options.look && !context.dry_run) {
    keep_evidence(change.connection(), row.id, *options.look, servers.named);
  }
  RotationFacts facts = rotation_facts(change.connection(), change.store().dkim_zone, row, policy,
                                       options.look ? own_servers(change.connection()) : servers);
  facts.stale_signers = signers_without_keys(change, row);
  RotationJudgement judgement =
      may_rotate(facts, {options.by_policy, context.dry_run, overridden(context), context.expect}, change.now());
  if (judgement.to) {
    check_served_key(change.store(), row, *judgement.to);  // before the refusal: waiting does not mend a wrong key
  }
  if (judgement.refusal) {
    throw db::Failure(*std::move(judgement.refusal));
  }
  outcome.warnings = std::move(judgement.warnings);
  return judgement.to.value();
}

Swapped swap(Store& store, const ChangeContext& context, const dkim::Code& code, const SwapOptions& options,
             dkim::Swap how, const std::string& why = {}) {
  const bool rotates = how == dkim::Swap::kRotate;
  ChangeScope change(store, context, rotates ? "rotate" : "undo", code.text());
  rows::InstitutionRow row = require_institution(change.connection(), code);
  const dkim::LifecyclePolicy policy = rows::read_policy(change.connection(), row.id);
  // Asked again under the write lock: between the list of who is due and this, anybody may have rotated.
  if (options.by_policy && !is_rotation_due(row.facts, row.code.text(), policy, change.now())) {
    return not_due(context);
  }
  if (!rotates && row.facts.phase == dkim::Phase::kDeparting && !is_for_one_move(options)) {
    return take_removal_back(store, context, change, row, policy);
  }
  const AuditValue before = audit_state(row, policy, change.now());  // `row` is changed in place below
  Swapped outcome;
  const dkim::SlotId to = rotates ? judge_rotation(change, context, row, policy, options, outcome)
                                  : judge_undo(change, context, row, policy, options);
  outcome.from = *row.facts.active;
  outcome.to = to;
  outcome.redo = rotates && dkim::is_redo(row.facts, policy, change.now());
  row.facts = dkim::swapped(std::move(row.facts), to, how, policy, change.moment());
  sign_move(row.facts, context, rotates);
  outcome.move = row.facts.moves;
  rows::store_facts(change.connection(), row, change.wall());
  change.publish(row);
  outcome.drains_until = *dkim::drained_at(dkim::facts_of(row.facts, outcome.from), change.now());
  if (rotates) {
    outcome.undo_until = outcome.drains_until;
  }
  outcome.institution = institution_view(change.connection(), store.dkim_zone(), row, change.now());
  change.finish(
      {describe_swap(outcome, rotates, options.by_policy) + why, before, audit_state(row, policy, change.now())},
      outcome);
  return outcome;
}

// Signing goes back, because not all signers have followed; whoever has is made to follow back. Only this rotation is
// taken back: who moved signing meanwhile knew what he did. What was done stays told as done.
Swapped undo_unfollowed(Store& store, const ChangeContext& context, const dkim::Code& code, Swapped swapped,
                        std::vector<std::string> laggards) {
  ChangeContext own = context;
  own.override_guard.reset();
  own.bulk_ticket.reset();
  own.expect.reset();  // of what was there before the rotation
  SwapOptions options;
  options.undoes.number = swapped.move;
  Result<Swapped> undone = db::at_border<Swapped>(
      [&] { return swap(store, own, code, options, dkim::Swap::kUndo, ": signers had not followed"); });
  if (!undone) {
    swapped.warnings.push_back("signers had not followed, but signing was not moved back (" + undone.error().message +
                               "): zonectl undo " + code.text() + ", or make them follow: zonectl maintain");
    swapped.unfollowed = std::move(laggards);
    return swapped;
  }
  undone->undone_for = std::move(laggards);
  follow_once(store, own, code, *undone);
  return *std::move(undone);
}

Swapped rotate_and_follow(Store& store, const ChangeContext& context, const dkim::Code& code,
                          const SwapOptions& options) {
  // The new key is with the signers before signing moves: then all that is left to do in the seconds in between is to
  // choose it. What cannot be brought up to date is judged as E_SIGNER_STALE within.
  prepare_signers(store, context, code);
  Swapped swapped = swap(store, context, code, options, dkim::Swap::kRotate);
  if (!swapped.changed) {
    return swapped;  // policy had not made it due
  }
  Followed followed = follow(store, context, code);
  if (!followed.unknown.empty()) {
    swapped.warnings.push_back("it is not known whether the signers follow (" + followed.unknown +
                               "): maintain makes them, or now: zonectl maintain; back: zonectl undo " + code.text());
  }
  return followed.laggards.empty()
             ? swapped
             : undo_unfollowed(store, context, code, std::move(swapped), std::move(followed.laggards));
}

}  // namespace

Result<Swapped> rotate(Store& store, const ChangeContext& context, const dkim::Code& code,
                       const SwapOptions& options) {
  Result<Swapped> swapped = db::at_border<Swapped>([&] {
    const MomentKeeper keeper(store.impl(), context);
    return rotate_and_follow(store, context, code, options);
  });
  if (!swapped && swapped.error().refusal && options.look && options.keeps_refused_look && !context.dry_run) {
    // What was seen is known from now on. If it cannot be written, the refusal stands all the same.
    (void)record_evidence(store, {{code, *options.look}});
  }
  return swapped;
}

std::vector<Settled> settle_rotations(Store& store, const ChangeContext& context,
                                      const std::vector<RotationMade>& made) {
  std::vector<Settled> settled(made.size());
  std::vector<dkim::Code> codes;
  codes.reserve(made.size());
  for (const RotationMade& each : made) {
    codes.push_back(each.code);
  }
  if (context.dry_run || made.empty()) {
    play_following(store.impl(), codes);
    return settled;
  }
  ChangeContext own = context;
  own.signers_later = true;  // once for all that are undone, below
  own.override_guard.reset();
  own.bulk_ticket.reset();
  FollowedMany followed = follow_many(store, context, codes);
  std::vector<dkim::Code> undone;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    settled[i].unknown = followed.unknown;
    const auto laggards = followed.laggards.find(codes[i].text());
    if (laggards == followed.laggards.end()) {
      continue;
    }
    Swapped rotated;
    rotated.move = made[i].move;
    Swapped swapped = undo_unfollowed(store, own, codes[i], std::move(rotated), std::move(laggards->second));
    settled[i] = {std::move(swapped.undone_for), std::move(swapped.unfollowed), "", std::move(swapped.warnings)};
    undone.push_back(codes[i]);
  }
  follow_once(store, context, undone, settled.front().warnings);
  return settled;
}

Result<Swapped> undo(Store& store, const ChangeContext& context, const dkim::Code& code, const SwapOptions& options) {
  return db::at_border<Swapped>([&] {
    Swapped swapped = swap(store, context, code, options, dkim::Swap::kUndo);
    follow_once(store, context, code, swapped);
    return swapped;
  });
}

Result<void> prove_signing_key(Store& store, const dkim::Code& code, dkim::SlotId slot) {
  return db::at_border<void>([&] {
    Store::Impl& impl = store.impl();
    const db::Transaction reading(impl.connection, db::Transaction::Kind::kRead);
    const rows::InstitutionRow row = require_institution(impl.connection, code);
    if (row.facts.active != slot) {
      throw db::Failure(Error{ErrorCode::kRefused, code.text() + " does not sign with " + dkim::to_text(slot),
                              "zonectl show " + code.text(), Refusal{Guard::kExpect, std::nullopt}});
    }
    check_served_key(impl, row, slot);
  });
}

}  // namespace zonestore
