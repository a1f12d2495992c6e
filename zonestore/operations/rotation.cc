#include "zonestore/operations/rotation.h"

#include <utility>

#include "zonestore/operations/fresh_keys.h"
#include "zonestore/operations/institution_view.h"

namespace zonestore {
namespace {

Swapped swap(Store& store, const ChangeContext& context, const dkim::Code& code, const SwapOptions& options,
             dkim::Swap how) {
  const bool rotates = how == dkim::Swap::kRotate;
  ChangeScope change(store, context, rotates ? "rotate" : "undo", code.text());
  publish::InstitutionRow row = require_institution(change.connection(), code);
  const dkim::LifecyclePolicy policy = publish::read_policy(change.connection(), row.id);
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
  change.finish(
      {"signing moved from " + dkim::to_text(outcome.from) + (rotates ? " to " : " back to ") + dkim::to_text(to),
       before, audit_json(row, policy, change.now())},
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

Result<void> prove_signing_key(Store& store, const dkim::Code& code, dkim::SlotId slot) {
  return db::at_border<void>([&] {
    Store::Impl& impl = store.impl();
    const db::Transaction reading(impl.connection, db::Transaction::Kind::kRead);
    const publish::InstitutionRow row = require_institution(impl.connection, code);
    if (row.facts.active != slot) {
      throw db::Failure(Error{ErrorCode::kRefused, code.text() + " does not sign with " + dkim::to_text(slot),
                              "zonectl show " + code.text(), Refusal{Guard::kExpect, std::nullopt}});
    }
    check_served_key(impl, row, slot);
  });
}

}  // namespace zonestore
