#include "zonestore/operations/rotation/held_keys.h"

#include <algorithm>
#include <utility>

#include "zonestore/base/joined.h"
#include "zonestore/operations/change/key_identity.h"
#include "zonestore/operations/change/moment_keeper.h"
#include "zonestore/operations/keys/fresh_keys.h"
#include "zonestore/operations/rotation/exposure.h"
#include "zonestore/operations/rotation/slot_changes.h"
#include "zonestore/operations/signers/signer_sync.h"
#include "zonestore/operations/views/view_from_rows.h"
#include "zonestore/rows/content_rows.h"
#include "zonestore/rows/revocation_rows.h"
#include "zonestore/rows/server_serial_rows.h"
#include "zonestore/rows/slot_rows.h"
#include "zonestore/rows/store_row.h"
#include "zonestore/rows/target_rows.h"

namespace zonestore {
namespace {

using dkim::SlotId;

// An institution that moved its signing while its key was made is tried again.
constexpr int kAttempts = 3;

std::vector<SlotId> idle_slots(const rows::InstitutionRow& row) {
  std::vector<SlotId> idle;
  for (const SlotId slot : dkim::kSlots) {
    if (row.facts.active != slot) {
      idle.push_back(slot);
    }
  }
  return idle;
}

// Slots that get a fresh key: none of an institution that leaves.
std::vector<SlotId> slots_to_fill(const rows::InstitutionRow& row) {
  return row.facts.phase == dkim::Phase::kDeparting ? std::vector<SlotId>{} : idle_slots(row);
}

// One institution, in one transaction. Who took the signer has every key that it held: those that do not sign are
// replaced at once, by which nobody's mail is harmed; the one that signs stays until the fresh one beside it is ripe,
// because mail without a valid signature is lost today, and a forged one is not yet.
class HeldKeys {
 public:
  HeldKeys(Store& store, const ChangeContext& context, const dkim::Code& code, const std::string& signer,
           bool stop_signing)
      : store_(store), context_(context), code_(code), signer_(signer), stop_signing_(stop_signing) {}

  HeldRevoked run() {
    for (int attempt = 1;; ++attempt) {
      // Keys take a tenth of a second to make: outside the write lock, by what was seen; change() compares.
      const rows::InstitutionRow seen = look();
      std::optional<FreshKeys> keys;
      if (!context_.dry_run) {  // which would make thousands to throw them away
        keys.emplace(store_.impl(), context_, code_, seen.algorithm, slots_to_fill(seen));
        keys->store_in_vault(store_.impl().clock->now().wall);
      }
      if (change(slots_to_fill(seen), keys)) {
        break;
      }
      if (attempt == kAttempts) {
        throw db::Failure(
            Error{ErrorCode::kBusy, "signing of " + code_.text() + " moves all the time", "try again", std::nullopt});
      }
    }
    (void)destroy_in_vault(store_.impl(), context_, withdrawn_, outcome_);  // what it could not is a warning
    follow_once(store_, context_, code_, outcome_);
    return std::move(outcome_);
  }

 private:
  rows::InstitutionRow look() {
    const db::Transaction reading(store_.impl().connection, db::Transaction::Kind::kRead);
    return require_institution(store_.impl().connection, code_);
  }

  // False: other slots than those that the keys were made for are idle now, and nothing was changed.
  bool change(const std::vector<SlotId>& filled, std::optional<FreshKeys>& keys) {
    ChangeScope change(store_, context_, "revoke", code_.text());
    rows::InstitutionRow row = require_institution(change.connection(), code_);
    if (slots_to_fill(row) != filled) {
      return false;  // the keys that were made go with `keys`, from the vault too: keep() was not called
    }
    const dkim::LifecyclePolicy policy = rows::read_policy(change.connection(), row.id);
    const AuditValue before = audit_state(row, policy, change.now());
    revoke_idle(change, row, policy);
    if (keys) {
      keys->put_into(change.connection(), row, change.wall());
    }
    outcome_.replaced = filled;
    revoke_active(change, row, policy);
    rows::store_facts(change.connection(), row, change.wall());
    change.publish(row);
    row = *rows::find_institution(change.connection(), code_);
    tell_of_wait(row, policy, change.now());
    change.finish({describe(), before, audit_state(row, policy, change.now())}, outcome_);
    if (keys) {
      keys->keep();
    }
    return true;
  }

  void revoke_idle(ChangeScope& change, rows::InstitutionRow& row, const dkim::LifecyclePolicy& policy) {
    for (const SlotId slot : idle_slots(row)) {
      if (!row.key(slot)) {
        continue;
      }
      note_exposure(change, row, slot, policy);
      note_withdrawn(change, *row.key(slot));
      store_revocation(change, row, slot, dkim::revoked(row.facts, slot, {}, policy, change.moment()));
    }
  }

  void revoke_active(ChangeScope& change, rows::InstitutionRow& row, const dkim::LifecyclePolicy& policy) {
    if (!row.facts.active) {
      return;
    }
    const SlotId slot = *row.facts.active;
    if (!stop_signing_) {
      rows::insert_revocation(change.connection(), row, slot, signer_, change.wall());
      outcome_.waits = slot;
      return;
    }
    note_exposure(change, row, slot, policy);
    note_withdrawn(change, row.key(slot).value());
    outcome_.signing_stopped = true;
    dkim::InstitutionFacts after = dkim::revoked(row.facts, slot, {std::nullopt, true}, policy, change.moment());
    after.moved_by = context_.actor.name;
    store_revocation(change, row, slot, std::move(after));
  }

  // A key is its public key: whatever else of it lies in the vault and is in no slot goes too.
  void note_withdrawn(ChangeScope& change, const rows::SlotKey& key) {
    const std::vector<std::string> twins = unused_twins(change.store(), key.public_spki);
    withdrawn_.insert(withdrawn_.end(), twins.begin(), twins.end());
    withdrawn_.push_back(key.key_id);
  }

  void note_exposure(ChangeScope& change, const rows::InstitutionRow& row, SlotId slot,
                     const dkim::LifecyclePolicy& policy) {
    const WallTime until =
        change.wall() + longest_exposure(change.connection(), row.id, slot, policy.ttl_active, change.moment());
    outcome_.exposed_until = std::max(outcome_.exposed_until.value_or(until), until);
  }

  // In a dry run there is no fresh key: it would ripen as if it were published now.
  void tell_of_wait(const rows::InstitutionRow& row, const dkim::LifecyclePolicy& policy, const Now& now) {
    if (!outcome_.waits) {
      return;
    }
    outcome_.ripe_at = dkim::ripe_at(dkim::facts_of(row.facts, dkim::other(*outcome_.waits)), policy, now);
    outcome_.exposed_at_most = *outcome_.ripe_at + longest_exposure(store_.impl().connection, row.id, *outcome_.waits,
                                                                    policy.ttl_active, now.moment);
  }

  [[nodiscard]] std::string describe() const {
    std::string text = "signer " + signer_ + " was taken:";
    for (const SlotId slot : outcome_.replaced) {
      text += " " + dkim::to_text(slot) + " has a fresh key;";
    }
    if (outcome_.waits) {
      text += " " + dkim::to_text(*outcome_.waits) + " is revoked once it is ripe";
    } else if (outcome_.signing_stopped) {
      text += " the key that signed is revoked; signing stopped";
    } else {
      text += " what it held is revoked";
    }
    return text;
  }

  Store& store_;
  const ChangeContext& context_;
  const dkim::Code& code_;
  const std::string& signer_;
  bool stop_signing_;
  HeldRevoked outcome_;
  std::vector<std::string> withdrawn_;
};

std::string names_of_enabled(db::Connection& connection) {
  std::string names;
  for (const rows::SignerRow& signer : rows::read_signers(connection)) {
    if (signer.enabled) {
      append_joined(names, ", ", signer.name);
    }
  }
  return names;
}

ToRevoke to_revoke(db::Connection& connection, const rows::RevocationRow& pending, const Now& now) {
  const rows::InstitutionRow row = require_institution(connection, pending.code);
  const dkim::LifecyclePolicy policy = rows::read_policy(connection, row.id);
  ToRevoke due{pending.code, pending.slot, pending.signer, std::nullopt, std::nullopt};
  WallTime from = now.moment.wall;
  if (row.facts.active == pending.slot) {
    const SlotId rest = dkim::other(pending.slot);
    if (dkim::state_of(row.facts, rest, policy, now) == dkim::SlotState::kPublished) {
      due.ripe_at = dkim::ripe_at(dkim::facts_of(row.facts, rest), policy, now);
      from = *due.ripe_at;
    }
  }
  due.exposed_until = from + longest_exposure(connection, row.id, pending.slot, policy.ttl_active, now.moment);
  return due;
}

}  // namespace

Result<SignerTaken> take_signer(Store& store, const ChangeContext& context, const std::string& name) {
  return db::at_border<SignerTaken>([&] {
    SignerTaken outcome;
    outcome.dry_run = context.dry_run;
    ChangeScope change(store, context, "revoke", "");
    const std::optional<rows::SignerRow> row = rows::find_signer(change.connection(), name);
    if (!row) {
      throw db::Failure(Error{ErrorCode::kNotFound, "there is no signer " + name,
                              "zonectl signer list shows those that are there", std::nullopt});
    }
    const bool was_taken = rows::signer_taken(change.connection(), name).has_value();
    // A signer that is off for good follows nothing any more: drains that waited for it begin now.
    if (!was_taken) {
      rows::mark_signer_taken(change.connection(), name, change.wall());
      rows::begin_waiting_drains(change.connection(), change.moment());
    }
    outcome.other_signers = names_of_enabled(change.connection());
    if (was_taken) {
      outcome.changed = false;
      return outcome;
    }
    change.finish({"signer " + name + " was taken: switched off for good"}, outcome);
    return outcome;
  });
}

Result<HeldRevoked> revoke_held_keys(Store& store, const ChangeContext& context, const dkim::Code& code,
                                     const std::string& signer, bool stop_signing) {
  return db::at_border<HeldRevoked>([&] {
    const MomentKeeper keeper(store.impl(), context);
    return HeldKeys(store, context, code, signer, stop_signing).run();
  });
}

Result<std::vector<dkim::Code>> institutions_with_keys(Store& store, std::optional<SlotId> slot) {
  return db::at_border<std::vector<dkim::Code>>([&] { return rows::codes_with_key(store.impl().connection, slot); });
}

Result<std::vector<ToRevoke>> revocations_to_come(Store& store) {
  return db::at_border<std::vector<ToRevoke>>([&] {
    Store::Impl& impl = store.impl();
    const db::Transaction reading(impl.connection, db::Transaction::Kind::kRead);
    const Now now = impl.now();
    std::vector<ToRevoke> due;
    for (const rows::RevocationRow& pending : rows::read_revocations(impl.connection)) {
      due.push_back(to_revoke(impl.connection, pending, now));
    }
    return due;
  });
}

Result<Revoked> revoke_when_ripe(Store& store, const ChangeContext& context, const ToRevoke& due) {
  if (due.ripe_at) {  // decided again in the transaction; this spares the signers a sync
    return refuse(Guard::kLastKey,
                  due.code.text() + " signs with " + dkim::to_text(due.slot) + ", and " +
                      dkim::to_text(dkim::other(due.slot)) + " is not ripe yet",
                  "zonectl maintain, after that time; or zonectl revoke " + due.code.text() + " " +
                      dkim::to_text(due.slot) + " --stop-signing, if its mail shall leave unsigned from now on",
                  *due.ripe_at);
  }
  const Result<void> prepared = db::at_border<void>([&]() -> Result<void> {
    prepare_signers(store, context, due.code);
    return {};
  });
  if (!prepared) {
    return tl::unexpected(prepared.error());
  }
  RevokeOptions options;
  options.signers_must_hold = true;
  return revoke(store, context, due.code, due.slot, options);
}

namespace {

void revoke_one(Store& store, const ChangeContext& context, const ToRevoke& due, Maintained& outcome) {
  const Result<Revoked> revoked = revoke_when_ripe(store, context, due);
  const std::string what = dkim::to_text(due.slot) + ", which the taken signer " + due.signer + " held";
  if (revoked) {
    outcome.changed = true;
    outcome.zones = revoked->zones;
    outcome.steps.push_back(
        {due.code.text(),
         what + ": key revoked" +
             (revoked->swapped_to ? "; signing moved to " + dkim::to_text(*revoked->swapped_to) : "")});
    return;
  }
  if (!revoked.error().refusal) {
    outcome.failures.push_back(due.code.text() + ": " + what + ", could not be revoked: " + revoked.error().message);
    return;
  }
  const std::optional<WallTime>& clears = revoked.error().refusal->clears_at;
  outcome.waiting.push_back(due.code.text() + ": " + what + ", is not revoked yet: " + revoked.error().message +
                            (clears ? "; clears at " + to_rfc3339(*clears) : ""));
}

}  // namespace

Result<void> revoke_what_is_ripe(Store& store, const ChangeContext& context, Maintained& outcome) {
  const auto to_come = revocations_to_come(store);
  if (!to_come) {
    return tl::unexpected(to_come.error());
  }
  ChangeContext later = context;
  later.signers_later = true;  // once for all of them
  for (const ToRevoke& due : *to_come) {
    revoke_one(store, later, due, outcome);
  }
  return {};
}

Result<std::optional<WallTime>> exposed_since(Store& store, WallTime began) {
  return db::at_border<std::optional<WallTime>>([&]() -> std::optional<WallTime> {
    db::Connection& connection = store.impl().connection;
    const Milliseconds followed =
        rows::follows_within(connection, rows::read_dkim_zone(connection), store.impl().now().moment);
    const std::optional<WallTime> last = rows::last_answer_with_revoked(connection, began);
    return last ? std::optional(*last + followed) : std::nullopt;
  });
}

}  // namespace zonestore
