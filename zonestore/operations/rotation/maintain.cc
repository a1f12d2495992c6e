#include "zonestore/operations/rotation/maintain.h"

#include <algorithm>
#include <utility>

#include "zonestore/judgement/due.h"
#include "zonestore/operations/change/audit_json.h"
#include "zonestore/operations/change/moment_keeper.h"
#include "zonestore/operations/change/private_halves.h"
#include "zonestore/operations/change/served_key.h"
#include "zonestore/operations/history/store_verify.h"
#include "zonestore/operations/keys/fresh_keys.h"
#include "zonestore/operations/keys/vault_keys.h"
#include "zonestore/operations/policy/spf_policy.h"
#include "zonestore/operations/policy/ttls_follow.h"
#include "zonestore/operations/rotation/held_keys.h"
#include "zonestore/operations/rotation/policy_rotations.h"
#include "zonestore/operations/signers/signer_look.h"
#include "zonestore/operations/signers/signer_sync.h"
#include "zonestore/operations/views/view_from_rows.h"
#include "zonestore/rows/domain_rows.h"
#include "zonestore/rows/due_rows.h"
#include "zonestore/rows/last_done_rows.h"
#include "zonestore/rows/secondary_rows.h"
#include "zonestore/rows/server_serial_rows.h"

namespace zonestore {
namespace {

constexpr Milliseconds kContentIsLookedAtEvery{std::chrono::hours{24}};

// Collects the steps of one institution and ends its change with one audit row.
class InstitutionMaintenance {
 public:
  InstitutionMaintenance(Store& store, const ChangeContext& context, Maintained& outcome)
      : store_(store), context_(context), outcome_(outcome) {}

  void run(const dkim::Code& code) {
    const std::optional<dkim::SlotId> refill = slot_to_refill(code);
    std::optional<FreshKeys> keys;
    if (refill) {
      keys.emplace(store_.impl(), context_, code, algorithm_, std::vector<dkim::SlotId>{*refill});
      if (!context_.dry_run) {
        keys->store_in_vault(store_.impl().clock->now().wall);
      }
    }
    change(code, refill, keys);
    (void)destroy_in_vault(store_.impl(), context_, withdrawn_, outcome_);
  }

 private:
  // Looks before the write transaction, because making a key takes a while.
  std::optional<dkim::SlotId> slot_to_refill(const dkim::Code& code) {
    Store::Impl& impl = store_.impl();
    const db::Transaction reading(impl.connection, db::Transaction::Kind::kRead);
    const rows::InstitutionRow row = require_institution(impl.connection, code);
    algorithm_ = row.algorithm;
    const dkim::LifecyclePolicy policy = rows::read_policy(impl.connection, row.id);
    if (row.facts.phase != dkim::Phase::kSigning || !is_maintain_due(row.facts, policy, impl.now())) {
      return std::nullopt;
    }
    return dkim::other(*row.facts.active);
  }

  void change(const dkim::Code& code, std::optional<dkim::SlotId> refill, std::optional<FreshKeys>& keys) {
    ChangeScope change(store_, context_, "maintain", code.text());
    rows::InstitutionRow row = require_institution(change.connection(), code);
    const dkim::LifecyclePolicy policy = rows::read_policy(change.connection(), row.id);
    if (!is_maintain_due(row.facts, policy, change.now())) {
      return;  // somebody else was here first
    }
    AuditValue before = audit_state(row, policy, change.now());
    if (row.facts.phase == dkim::Phase::kDeparting) {
      before.set("domains", audit_value(rows::domains_of(change.connection(), row.id)));  // which go with it
    }
    const std::string what = alter(change, row, refill, keys);
    if (what.empty()) {
      return;
    }
    rows::store_facts(change.connection(), row, change.wall());
    change.publish(row);
    if (row.facts.phase == dkim::Phase::kDeparted) {
      // After publishing: what the names served until now is waited for by the policy under which it ended.
      rows::end_life(change.connection(), row.id);
    }
    const rows::InstitutionRow after = *rows::find_institution(change.connection(), code);
    Changed changed;
    change.finish({what, before, audit_state(after, policy, change.now())}, changed);
    if (keys && !context_.dry_run) {
      keys->keep();
    }
    outcome_.changed = true;
    outcome_.zones = changed.zones;
    outcome_.warnings.insert(outcome_.warnings.end(), changed.warnings.begin(), changed.warnings.end());
    outcome_.steps.push_back({code.text(), what});
  }

  std::string alter(ChangeScope& change, rows::InstitutionRow& row, std::optional<dkim::SlotId> refill,
                    std::optional<FreshKeys>& keys) {
    switch (row.facts.phase) {
      case dkim::Phase::kStarting:
        return begin_signing(change, row);
      case dkim::Phase::kDeparting:
        depart(change, row);
        return "the mail under way has arrived: both records taken out";
      case dkim::Phase::kSigning:
        return refill_slot(change, row, refill, keys);
      case dkim::Phase::kDeparted:
        break;
    }
    return "";
  }

  std::string begin_signing(ChangeScope& change, rows::InstitutionRow& row) {
    const dkim::SlotId first = dkim::starts_with(row.facts).value();
    check_served_key(change.store(), row, first);
    row.facts = dkim::begun(std::move(row.facts), first, change.moment());
    row.facts.moved_by = context_.actor.name;
    return dkim::to_text(first) + " has ripened: signing begins";
  }

  void depart(ChangeScope& change, rows::InstitutionRow& row) {
    for (const dkim::SlotId slot : dkim::kSlots) {
      withdraw(change.connection(), row, slot, change.wall(), withdrawn_);
    }
    for (dkim::SlotFacts& slot : row.facts.slots) {
      slot.revoked = false;  // its empty p= leaves too
    }
    row.facts.phase = dkim::Phase::kDeparted;
    row.facts.last_swap.reset();
    row.facts.removal.reset();
    row.facts.moved_by.clear();
    row.facts.moved_in_run.reset();
  }

  std::string refill_slot(ChangeScope& change, rows::InstitutionRow& row, std::optional<dkim::SlotId> refill,
                          std::optional<FreshKeys>& keys) {
    if (!keys || !refill || *refill != dkim::other(*row.facts.active)) {
      return "";  // it rotated while the key was made
    }
    const bool had_key = row.key(*refill).has_value();
    withdraw(change.connection(), row, *refill, change.wall(), withdrawn_);
    keys->put_into(change.connection(), row, change.wall());
    const std::string& id = row.key(*refill)->key_id;
    return dkim::to_text(*refill) + (had_key ? ": its drain has ended" : ": it was empty") +
           (is_stand_in(id) ? "; a fresh key published" : "; fresh key " + id + " published");
  }

  Store& store_;
  const ChangeContext& context_;
  Maintained& outcome_;
  crypto::Algorithm algorithm_ = crypto::Algorithm::kRsa2048;
  std::vector<std::string> withdrawn_;
};

struct Due {
  std::vector<dkim::Code> codes;
  std::vector<crypto::Algorithm> keys;  // that they need, in the same order
};

Due find_due(Store::Impl& impl) {
  const db::Transaction reading(impl.connection, db::Transaction::Kind::kRead);
  const Now now = impl.now();
  Due due;
  for (const dkim::Code& code : rows::maintenance_candidates(impl.connection, now)) {
    const std::optional<rows::InstitutionRow> row = rows::find_institution(impl.connection, code);
    if (row && is_maintain_due(row->facts, rows::read_policy(impl.connection, row->id), now)) {
      due.codes.push_back(code);
      if (row->facts.phase == dkim::Phase::kSigning) {
        due.keys.push_back(row->algorithm);
      }
    }
  }
  return due;
}

void keep_vault(Store& store, const ChangeContext& context, Maintained& outcome) {
  Store::Impl& impl = store.impl();
  const Result<std::size_t> swept = db::at_border<std::size_t>([&]() -> std::size_t {
    if (!context.dry_run) {
      settle_rekey(store);
    }
    return impl.vault_to_prove_with() == nullptr ? 0 : sweep_vault(impl, context.dry_run);
  });
  if (!impl.not_proven.empty()) {
    outcome.warnings.push_back(std::exchange(impl.not_proven, {}));
  }
  if (!swept) {
    outcome.failures.push_back("the vault: " + swept.error().message);
  } else if (*swept != 0) {
    outcome.changed = true;
    outcome.steps.push_back({"", std::to_string(*swept) + " private keys that no record uses destroyed"});
  }
}

// A step that cannot be taken is a failure like that of one institution.
void maintain_spf(Store& store, const ChangeContext& context, Maintained& outcome) {
  const Result<void> done = db::at_border<void>([&]() -> Result<void> {
    if (const std::optional<SpfStepTaken> step = spf_maintain(store, context)) {
      outcome.changed = true;
      outcome.zones.insert(outcome.zones.end(), step->zones.begin(), step->zones.end());
      outcome.steps.push_back({"", "SPF: " + step->what});
    }
    return {};
  });
  if (!done) {
    outcome.failures.push_back(store.spf_zone().to_text_no_dot() + ": " + done.error().message);
  }
}

// Files of signers that somebody has altered: told, kept for `status`, and made good with what follows.
void look_at_directories(Store& store, const ChangeContext& context, Maintained& outcome) {
  const Result<SignersLook> look = db::at_border<SignersLook>([&] { return look_at_signers(store, context); });
  if (!look) {
    outcome.failures.push_back("signers' directories could not be looked at: " + look.error().message);
    return;
  }
  outcome.failures.insert(outcome.failures.end(), look->failures.begin(), look->failures.end());
  for (const std::string& found : look->found) {
    outcome.changed = true;
    outcome.steps.push_back({"", found});
  }
}

// What a `policy set` that was killed has left.
void follow_ttls(Store& store, const ChangeContext& context, Maintained& outcome) {
  const std::uint64_t behind = ttls_behind(store.impl());
  if (behind == 0) {
    return;
  }
  Changed changed;
  const std::uint64_t followed = context.dry_run ? behind : follow_policy_ttls(store, context, "maintain", changed);
  outcome.changed = true;
  if (!context.dry_run) {
    outcome.zones = changed.zones;
  }
  outcome.steps.push_back(
      {"", "the published TTLs of " + std::to_string(followed) + " institutions follow the policy"});
}

void follow_ttls_left(Store& store, const ChangeContext& context, Maintained& outcome) {
  const Result<void> followed = db::at_border<void>([&] { follow_ttls(store, context, outcome); });
  if (!followed) {
    outcome.failures.push_back("published TTLs: " + followed.error().message);
  }
}

// Once a day: is what is published whole? dnsd would refuse to load what is not.
void look_at_content(Store& store, const ChangeContext& context, Maintained& outcome) {
  if (context.dry_run) {
    return;
  }
  const Result<void> looked = db::at_border<void>([&]() -> Result<void> {
    const std::vector<rows::LastDone> done = rows::read_last_done(store.impl().connection);
    const auto last = std::find_if(done.begin(), done.end(), [](const auto& each) { return each.what == "zones"; });
    const WallTime now = store.impl().clock->now().wall;
    if (last != done.end() && last->at <= now && now - last->at < kContentIsLookedAtEvery) {
      return {};
    }
    const Verified verified = db::unwrap(verify_zones(store));
    outcome.failures.insert(outcome.failures.end(), verified.faults.begin(), verified.faults.end());
    return keep_verified(store, {verified}, "maintain");
  });
  if (!looked) {
    outcome.failures.push_back("what is published could not be looked at: " + looked.error().message);
  }
}

// For `status`; and secondaries that nothing waits for any more leave, which a look at others does too: of the last
// one there is none. That it cannot be written does not matter: the next run writes it.
void note_maintained(Store& store, const ChangeContext& context) {
  if (context.dry_run) {
    return;
  }
  const Result<void> ignored = db::at_border<void>([&] {
    db::Transaction writing(store.impl().connection, db::Transaction::Kind::kWrite);
    rows::write_last_done(store.impl().connection, {"maintain", store.impl().clock->now().wall, "maintain", ""});
    rows::delete_ended_secondaries(store.impl().connection,
                                   store.impl().now().moment.trusted - rows::kLongestPropagation);
    writing.commit();
  });
  (void)ignored;
}

// What the changes above have left in the outbox, and what was there before.
void sync_signers_due(Store& store, const ChangeContext& context, Maintained& outcome) {
  const Result<SignersSynced> synced = sync_open_tasks(store, context);
  if (!synced) {  // what was done before stays done
    outcome.failures.push_back("signers could not be asked to follow: " + synced.error().message);
    return;
  }
  for (const SyncResult& result : synced->results) {
    if (!result.failure.empty()) {
      outcome.failures.push_back("signer " + result.name + ": " + result.failure);
      continue;
    }
    outcome.changed = true;
    outcome.steps.push_back({"", "signer " + result.name + " follows: " + std::to_string(result.institutions) +
                                     (result.institutions == 1 ? " institution" : " institutions")});
  }
}

// In a dry run the steps see one another: what each does is committed, in memory, as long as this lives. The store is
// kept from changing meanwhile, but no writer waits longer than a second for it.
class StepsPlayed {
 public:
  StepsPlayed(Store::Impl& store, const ChangeContext& context, Maintained& outcome)
      : store_(store), outcome_(outcome), began_(store.clock->now().since_boot) {
    if (context.dry_run && store.connection.is_scratch()) {
      hold_.emplace(store.connection);
      store.keeps_steps = true;
    }
  }
  ~StepsPlayed() { store_.keeps_steps = false; }
  StepsPlayed(const StepsPlayed&) = delete;
  StepsPlayed& operator=(const StepsPlayed&) = delete;
  StepsPlayed(StepsPlayed&&) = delete;
  StepsPlayed& operator=(StepsPlayed&&) = delete;

  // Of an operator who waits for a list.
  [[nodiscard]] bool took_too_long() const {
    return hold_ && store_.clock->now().since_boot - began_ > std::chrono::minutes(1);
  }

  void tell() const {
    if (hold_ && hold_->broken()) {
      outcome_.warnings.emplace_back(
          "the store was changed while this was worked out: what came after that goes by the store as it is now, and "
          "has "
          "not seen the steps before");
    }
  }

 private:
  Store::Impl& store_;
  Maintained& outcome_;
  Milliseconds began_;
  std::optional<db::ScratchHold> hold_;
};

}  // namespace

Result<Maintained> maintain(Store& store, const ChangeContext& context) {
  return db::at_border<Maintained>([&] {
    Store::Impl& impl = store.impl();
    Maintained outcome;
    outcome.dry_run = context.dry_run;
    outcome.changed = false;
    const StepsPlayed steps(impl, context, outcome);
    outcome.clock = impl.clock_report().notes;
    const MomentKeeper keeper(impl, context);
    // A list, not a lock: each is judged again in its own transaction, so that operators work on meanwhile.
    const Due due = find_due(impl);
    std::optional<KeyStock> stock;
    if (due.keys.size() > 1 && !context.dry_run) {  // after a bulk rotation: thousands
      stock.emplace(store, due.keys, context);
    }
    for (const dkim::Code& code : due.codes) {
      if (steps.took_too_long()) {
        outcome.warnings.push_back("this has taken a minute: of the " + std::to_string(due.codes.size()) +
                                   " institutions that are due only the first " +
                                   std::to_string(outcome.steps.size()) + " are told");
        break;
      }
      const Result<void> served = db::at_border<void>([&]() -> Result<void> {
        InstitutionMaintenance(store, context, outcome).run(code);
        return {};
      });
      if (!served) {
        outcome.failures.push_back(code.text() + ": " + served.error().message);
      }
    }
    // In this order: what is left of the stock, and keys that are withdrawn below, are gone before the vault is
    // swept; keys and pointers have changed before the signers follow, once for all of it.
    stock.reset();
    if (const Result<void> revoked = revoke_what_is_ripe(store, context, outcome); !revoked) {
      outcome.failures.push_back("what a taken signer held: " + revoked.error().message);
    }
    const Result<void> rotated = db::at_border<void>([&] { rotate_what_is_due(store, context, outcome); });
    if (!rotated) {
      outcome.failures.push_back("rotations by policy: " + rotated.error().message);
    }
    maintain_spf(store, context, outcome);
    follow_ttls_left(store, context, outcome);
    keep_vault(store, context, outcome);
    look_at_directories(store, context, outcome);
    sync_signers_due(store, context, outcome);
    look_at_content(store, context, outcome);
    note_maintained(store, context);
    steps.tell();
    return outcome;
  });
}

}  // namespace zonestore
