#include "zonestore/operations/rotation.h"

#include <utility>

#include "zonestore/operations/fresh_keys.h"
#include "zonestore/operations/institution_view.h"

namespace zonestore {
namespace {

std::string describe(const Swapped& outcome, bool rotates, bool by_policy) {
  return (by_policy ? "by policy: signing moved from " : "signing moved from ") + dkim::to_text(outcome.from) +
         (rotates ? " to " : " back to ") + dkim::to_text(outcome.to);
}

Swapped not_due(const ChangeContext& context) {
  Swapped outcome;
  outcome.dry_run = context.dry_run;
  outcome.changed = false;
  return outcome;
}

Swapped swap(Store& store, const ChangeContext& context, const dkim::Code& code, const SwapOptions& options,
             dkim::Swap how) {
  const bool rotates = how == dkim::Swap::kRotate;
  ChangeScope change(store, context, rotates ? "rotate" : "undo", code.text());
  publish::InstitutionRow row = require_institution(change.connection(), code);
  const dkim::LifecyclePolicy policy = publish::read_policy(change.connection(), row.id);
  if (options.by_policy && !is_rotation_due(row, policy, change.now())) {
    return not_due(context);
  }
  const dkim::Request request{code.text(), overridden(context), options.expect};
  const dkim::SlotId to = db::unwrap(rotates ? dkim::may_rotate(row.facts, policy, change.now(), request)
                                             : dkim::may_undo(row.facts, policy, change.now(), request));
  check_served_key(change.store(), row, to);
  const std::string before = audit_json(row, policy, change.now());
  Swapped outcome;
  outcome.from = *row.facts.active;
  outcome.to = to;
  row.facts = dkim::swapped(std::move(row.facts), to, how, policy, change.moment());
  publish::store_facts(change.connection(), row, change.wall());
  change.publish(row);
  outcome.drains_until = *dkim::drained_at(dkim::facts_of(row.facts, outcome.from), change.now());
  if (rotates) {
    outcome.undo_until = outcome.drains_until;
  }
  outcome.institution = institution_view(change.connection(), store.dkim_zone(), row, change.now());
  change.finish({describe(outcome, rotates, options.by_policy), before, audit_json(row, policy, change.now())},
                outcome);
  return outcome;
}

}  // namespace

Result<Swapped> rotate(Store& store, const ChangeContext& context, const dkim::Code& code,
                       const SwapOptions& options) {
  return db::at_border<Swapped>([&] { return swap(store, context, code, options, dkim::Swap::kRotate); });
}

Result<Swapped> undo(Store& store, const ChangeContext& context, const dkim::Code& code, const SwapOptions& options) {
  return db::at_border<Swapped>([&] { return swap(store, context, code, options, dkim::Swap::kUndo); });
}

}  // namespace zonestore
