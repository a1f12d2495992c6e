#include "zonestore/operations/rotation/slots.h"

#include <utility>

#include "zonestore/operations/change/key_identity.h"
#include "zonestore/operations/change/moment_keeper.h"
#include "zonestore/operations/change/private_halves.h"
#include "zonestore/operations/change/served_key.h"
#include "zonestore/operations/keys/fresh_keys.h"
#include "zonestore/operations/rotation/exposure.h"
#include "zonestore/operations/rotation/slot_changes.h"
#include "zonestore/operations/signers/signer_sync.h"
#include "zonestore/operations/views/view_from_rows.h"
#include "zonestore/rows/content_rows.h"
#include "zonestore/rows/slot_rows.h"
#include "zonestore/rows/target_rows.h"

namespace zonestore {
namespace {

// ---- prepare ----

struct Target {
  dkim::SlotId slot;
  crypto::Algorithm algorithm;
};

Target require_target(db::Connection& connection, const rows::InstitutionRow& row, std::optional<dkim::SlotId> slot,
                      const Now& now) {
  const dkim::SlotId chosen = slot.value_or(dkim::slot_to_prepare(row.facts, now));
  const dkim::LifecyclePolicy policy = rows::read_policy(connection, row.id);
  db::unwrap(dkim::may_prepare(row.facts, chosen, policy, now, {row.code.text(), std::nullopt, std::nullopt}));
  return {chosen, row.algorithm};
}

// Asked before the key is made, because that takes a while, and again in the transaction.
Target look_for_target(Store::Impl& store, const ChangeContext& context, const dkim::Code& code,
                       std::optional<dkim::SlotId> slot) {
  const db::Transaction reading(store.connection, db::Transaction::Kind::kRead);
  return require_target(store.connection, require_expected(store.connection, code, context), slot, store.now());
}

// The ids of the keys that are no longer used come back.
std::vector<std::string> prepare_in_one_transaction(Store& store, const ChangeContext& context,
                                                    const dkim::Code& code, FreshKeys& keys, Prepared& outcome) {
  std::vector<std::string> withdrawn;
  ChangeScope change(store, context, "prepare", code.text());
  rows::InstitutionRow row = change.institution(code);
  (void)require_target(change.connection(), row, outcome.slot, change.now());
  const dkim::LifecyclePolicy policy = rows::read_policy(change.connection(), row.id);
  const AuditValue before = audit_state(row, policy, change.now());
  withdraw(change.connection(), row, outcome.slot, change.wall(), withdrawn);
  keys.put_into(change.connection(), row, change.wall());
  rows::store_facts(change.connection(), row, change.wall());
  change.publish(row);
  row = *rows::find_institution(change.connection(), code);  // with what the name has served until now
  outcome.institution = institution_view(change.connection(), store.dkim_zone(), row, change.now());
  change.finish({dkim::to_text(outcome.slot) + ": fresh key " + row.key(outcome.slot)->key_id + " published", before,
                 audit_state(row, policy, change.now())},
                outcome);
  return withdrawn;
}

// ---- revoke ----

std::optional<WallTime> mail_arrives(const dkim::InstitutionFacts& facts, dkim::SlotId slot,
                                     const dkim::LifecyclePolicy& policy, const Now& now) {
  if (facts.active == slot) {
    return now.moment.wall + dkim::drain_length(policy);
  }
  const dkim::SlotFacts& slot_facts = dkim::facts_of(facts, slot);
  return dkim::is_drained(slot_facts, now) ? std::nullopt : dkim::drained_at(slot_facts, now);
}

std::string describe_revocation(const Revoked& outcome) {
  const std::string head = dkim::to_text(outcome.slot) + ": key revoked";
  if (outcome.swapped_to) {
    return head + "; signing moved to " + dkim::to_text(*outcome.swapped_to);
  }
  return outcome.signing_stopped ? head + "; signing stopped" : head;
}

}  // namespace

void store_revocation(ChangeScope& change, rows::InstitutionRow& row, dkim::SlotId slot,
                      dkim::InstitutionFacts after) {
  // Three steps, because the schema holds at each: signing leaves the slot while it still has its key, then the key
  // goes and the mark comes, then drains and moves are as the lifecycle left them.
  row.facts.phase = after.phase;
  row.facts.active = after.active;
  rows::store_facts(change.connection(), row, change.wall());
  rows::revoke_key(change.connection(), row.id, slot, change.wall());
  row.key(slot).reset();
  row.facts = std::move(after);
  rows::store_facts(change.connection(), row, change.wall());
}

namespace {

Revoked already_revoked(ChangeScope& change, Store& store, const ChangeContext& context,
                        const rows::InstitutionRow& row, Revoked outcome) {
  outcome.dry_run = context.dry_run;
  outcome.changed = false;
  outcome.exposed_until = change.wall();
  outcome.institution = institution_view(change.connection(), store.dkim_zone(), row, change.now());
  return outcome;
}

// Signing does not move to a slot with the key that goes.
dkim::InstitutionFacts facts_without_twin(const rows::InstitutionRow& row, dkim::SlotId slot) {
  dkim::InstitutionFacts facts = row.facts;
  const std::optional<rows::SlotKey>& own = row.key(slot);
  const std::optional<rows::SlotKey>& beside = row.key(dkim::other(slot));
  if (own && beside && own->public_spki == beside->public_spki) {
    for (dkim::SlotFacts& each : facts.slots) {
      each.has_key = each.has_key && each.slot == slot;
    }
  }
  return facts;
}

// Who has a change of this institution still to follow may not hold the key that signing is to move to.
void check_signers_followed(db::Connection& connection, const rows::InstitutionRow& row) {
  for (const rows::SignerRow& signer : rows::read_signers(connection)) {
    if (signer.enabled && rows::has_task(connection, signer.id, row.code.text())) {
      const std::string failure = rows::read_backlog(connection, signer.id).failure;
      throw db::Failure(Error{ErrorCode::kRefused,
                              "signer " + signer.name + " has still to follow a change of " + row.code.text() +
                                  (failure.empty() ? "" : ": " + failure),
                              "zonectl signer sync " + signer.name, Refusal{Guard::kSignerStale, std::nullopt}});
    }
  }
}

Revoked revoke_in_one_transaction(Store& store, const ChangeContext& context, const dkim::Code& code,
                                  dkim::SlotId slot, const RevokeOptions& options,
                                  std::vector<std::string>& withdrawn) {
  ChangeScope change(store, context, "revoke", code.text());
  db::Connection& connection = change.connection();
  rows::InstitutionRow row = require_institution(connection, code);
  const dkim::LifecyclePolicy policy = rows::read_policy(connection, row.id);
  Revoked outcome;
  outcome.slot = slot;
  if (dkim::facts_of(row.facts, slot).revoked) {
    return already_revoked(change, store, context, row, std::move(outcome));
  }
  const dkim::Request request{code.text(), overridden(context), context.expect};
  const dkim::Revocation revocation = db::unwrap(
      dkim::may_revoke(facts_without_twin(row, slot), slot, options.stop_signing, policy, change.now(), request));
  if (revocation.swaps_to) {
    check_served_key(change.store(), row, *revocation.swaps_to);
  }
  if (revocation.swaps_to && options.signers_must_hold && !context.dry_run) {  // which has not asked them to
    check_signers_followed(connection, row);
  }
  const AuditValue before = audit_state(row, policy, change.now());
  outcome.swapped_to = revocation.swaps_to;
  outcome.signing_stopped = revocation.stops_signing;
  outcome.mail_under_way_until = mail_arrives(row.facts, slot, policy, change.now());
  // A resolver that asked just before keeps the key for the largest TTL that it was ever served with, not for
  // today's.
  outcome.exposed_until =
      change.wall() + longest_exposure(connection, row.id, slot, policy.ttl_active, change.moment());
  const rows::SlotKey key = row.key(slot).value();
  // The same key under other ids: a private half that stays behind anywhere is not revoked.
  withdrawn = unused_twins(change.store(), key.public_spki);
  withdrawn.push_back(key.key_id);
  for (const KeyHolder& place : places_of_key(connection, key.public_spki)) {
    if (place.key_id != key.key_id) {
      outcome.also_in.push_back(place.text());
    }
  }
  dkim::InstitutionFacts after = dkim::revoked(row.facts, slot, revocation, policy, change.moment());
  if (after.moves != row.facts.moves) {
    after.moved_by = context.actor.name;
  }
  store_revocation(change, row, slot, std::move(after));
  change.publish(row);
  row = *rows::find_institution(connection, code);
  outcome.institution = institution_view(connection, store.dkim_zone(), row, change.now());
  change.finish({describe_revocation(outcome), before, audit_state(row, policy, change.now())}, outcome);
  return outcome;
}

}  // namespace

Result<Prepared> prepare(Store& store, const ChangeContext& context, const dkim::Code& code,
                         std::optional<dkim::SlotId> slot) {
  return db::at_border<Prepared>([&] {
    Store::Impl& impl = store.impl();
    const MomentKeeper keeper(impl, context);
    const Target target = look_for_target(impl, context, code, slot);
    check_signer_kinds(impl.connection, context, code, target.algorithm);
    Prepared outcome;
    outcome.slot = target.slot;
    FreshKeys keys(impl, context, code, target.algorithm, {target.slot});
    // Vault, then zone: a crash in between leaves a private key that nobody knows of, which maintain sweeps away.
    if (!context.dry_run) {
      keys.store_in_vault(impl.clock->now().wall);
    }
    const std::vector<std::string> withdrawn = prepare_in_one_transaction(store, context, code, keys, outcome);
    if (!context.dry_run) {
      keys.keep();
    }
    // After the commit, and only then: until it, the old key may still be the one that is published.
    (void)destroy_in_vault(impl, context, withdrawn, outcome);
    follow_once(store, context, code, outcome);
    return outcome;
  });
}

Result<std::vector<dkim::Code>> institutions_to_prepare(Store& store, std::optional<dkim::SlotId> slot) {
  return db::at_border<std::vector<dkim::Code>>([&] {
    Store::Impl& impl = store.impl();
    const db::Transaction reading(impl.connection, db::Transaction::Kind::kRead);
    const Now now = impl.now();
    std::vector<dkim::Code> codes;
    for (const dkim::Code& code : rows::codes_to_prepare(impl.connection, slot)) {
      const rows::InstitutionRow row = require_institution(impl.connection, code);
      const dkim::SlotId chosen = slot.value_or(dkim::slot_to_prepare(row.facts, now));
      const dkim::LifecyclePolicy policy = rows::read_policy(impl.connection, row.id);
      if (dkim::may_prepare(row.facts, chosen, policy, now, {code.text(), std::nullopt, std::nullopt})) {
        codes.push_back(code);
      }
    }
    return codes;
  });
}

Result<Revoked> revoke(Store& store, const ChangeContext& context, const dkim::Code& code, dkim::SlotId slot,
                       const RevokeOptions& options) {
  return db::at_border<Revoked>([&] {
    std::vector<std::string> withdrawn;
    Revoked outcome = revoke_in_one_transaction(store, context, code, slot, options, withdrawn);
    outcome.private_half_destroyed =
        destroy_in_vault(store.impl(), context, withdrawn, outcome) && outcome.also_in.empty();
    follow_once(store, context, code, outcome);
    return outcome;
  });
}

}  // namespace zonestore
