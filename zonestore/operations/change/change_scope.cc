#include "zonestore/operations/change/change_scope.h"

#include <utility>

#include "zonestore/operations/change/private_halves.h"
#include "zonestore/operations/change/unknown_institution.h"
#include "zonestore/publish/catalog.h"
#include "zonestore/rows/bulk_rows.h"
#include "zonestore/rows/content_rows.h"
#include "zonestore/rows/signer_rows.h"
#include "zonestore/rows/spf_rows.h"
#include "zonestore/rows/store_row.h"

namespace zonestore {

ChangeScope::ChangeScope(Store& store, const ChangeContext& context, std::string command, std::string subject)
    : store_(store.impl()),
      context_(context),
      command_(std::move(command)),
      subject_(std::move(subject)),
      transaction_(store_.connection, db::Transaction::Kind::kWrite),
      kept_(rows::read_kept_time(store_.connection)),
      now_{trust(kept_, store_.clock->now())} {
  // What a refusal takes back; the transaction around it lives on for the moment that was seen (the destructor).
  store_.connection.execute("SAVEPOINT change");
}

// Refused, or nothing to do: of this transaction only the moment stays. If it cannot be written, what was said
// stands.
ChangeScope::~ChangeScope() {
  if (ended_ || context_.dry_run) {
    return;
  }
  const Result<void> ignored = db::at_border<void>([&]() -> Result<void> {
    store_.connection.execute("ROLLBACK TO change");
    keep_moment();
    transaction_.commit();
    return {};
  });
  (void)ignored;
}

ZoneChange& ChangeScope::zone(const PublishedZone& zone) {
  // One change of a zone, and so one serial, whatever a command changes in it.
  const auto found = zones_.find(zone.id);
  if (found != zones_.end()) {
    return found->second.change;
  }
  return zones_.emplace(zone.id, Touched{zone.apex, ZoneChange(store_.connection, zone.id)}).first->second.change;
}

void ChangeScope::publish(const rows::InstitutionRow& institution) {
  // No record before its private half was opened and signed with: a key that nobody can sign with is worse than none.
  if (!context_.dry_run && store_.has_vault) {
    prove_new_keys(store_, institution);
  }
  const PublishedZone dkim_zone = store_.published(store_.dkim_zone);
  publish::publish_institution(store_.connection, zone(dkim_zone), dkim_zone, institution,
                               rows::read_policy(store_.connection, institution.id), moment());
}

void ChangeScope::publish_catalog() {
  const std::optional<ZoneId> id = rows::read_catalog_zone(store_.connection);
  for (const PublishedZone& each : list_zones(store_.connection)) {
    if (id && each.id == *id) {
      publish::publish_catalog(store_.connection, zone(each), each);
    }
  }
}

void ChangeScope::finish(const AuditNote& note, Changed& outcome) {
  // Published first: what follows is told of the serials, and a zone that refuses leaves neither log nor ticket.
  publish_zones(outcome);
  rows::date_new_tasks(store_.connection, wall());
  write_audit(store_.connection, context_, command_, subject_, note, wall());
  keep_moment();
  complete_bulk_item();
  outcome.dry_run = context_.dry_run;
  outcome.clock = report_clock_of(kept_, now_.moment).notes;
  outcome.changed = true;
  if (!context_.dry_run || store_.keeps_steps) {
    ended_ = true;  // whether or not the commit succeeds
    commit(outcome);
  }
  if (!store_.not_proven.empty()) {
    outcome.warnings.push_back(std::exchange(store_.not_proven, {}));
  }
}

void ChangeScope::commit(Changed& outcome) {
  try {
    transaction_.commit();
  } catch (const db::Failure& failure) {
    Error error = failure.error();
    if (error.code == ErrorCode::kUnknown) {  // neither "done" nor "nothing was changed" may be said
      store_.outcome_unknown = true;
      if (dkim::Code::parse(subject_)) {
        error.hint = "look before you run it again: zonectl show " + subject_;
      }
    }
    throw db::Failure(std::move(error));
  }
  if (!transaction_.trouble().empty()) {
    outcome.warnings.push_back(
        "the disk failed under this change, which was made all the same and is durable: look at "
        "the disk: " +
        transaction_.trouble());
  }
}

std::optional<WallTime> ChangeScope::accept_clock() {
  const std::optional<WallTime> before = report_clock_of(kept_, now_.moment).expected;
  // Trusted time goes on from where it stood; only what the wall clock is held against is set to what it says now.
  kept_.known = now_.moment.wall.time_since_epoch() - now_.moment.trusted;
  return before;
}

void ChangeScope::publish_zones(Changed& outcome) {
  for (auto& [id, touched] : zones_) {
    const ZoneChange::Outcome published = touched.change.commit(wall());
    // Contents that end in this change are gone from a server that has this serial or a later one.
    if (id == rows::read_dkim_zone(store_.connection)) {
      rows::store_ended_serial(store_.connection, published.serial);
    }
    if (touched.apex == store_.spf_zone) {
      rows::store_ended_spf_serial(store_.connection, published.serial);
    }
    outcome.zones.push_back({touched.apex, published.serial, published.changed});
  }
}

// In the very transaction that stores it: a moment that is stored and not kept would be counted from twice.
void ChangeScope::keep_moment() {
  KeptTime kept = kept_;
  keep(kept, now_.moment);
  rows::store_kept_time(store_.connection, kept);
  ++store_.moments_kept;
}

// Whoever else resumed the same run may have been here first: then this change must not happen a second time.
void ChangeScope::complete_bulk_item() {
  if (!context_.bulk_ticket || context_.bulk_ticket->command != command_) {
    return;
  }
  if (!rows::complete_bulk_item(store_.connection, context_.bulk_ticket->run, context_.bulk_ticket->position)) {
    throw db::Failure(Error{ErrorCode::kRefused, "another zonectl has done " + subject_ + " in this run already",
                            "zonectl show " + subject_, Refusal{Guard::kExists, std::nullopt}});
  }
}

rows::InstitutionRow ChangeScope::institution(const dkim::Code& code) {
  return require_expected(connection(), code, context_);
}

std::optional<Guard> overridden(const ChangeContext& context) {
  if (!context.override_guard) {
    return std::nullopt;
  }
  return context.override_guard->guard;
}

rows::InstitutionRow require_institution(db::Connection& connection, const dkim::Code& code) {
  std::optional<rows::InstitutionRow> row = rows::find_institution(connection, code);
  if (!row || row->facts.phase == dkim::Phase::kDeparted) {
    throw db::Failure(unknown_institution(connection, code));
  }
  return *std::move(row);
}

rows::InstitutionRow require_expected(db::Connection& connection, const dkim::Code& code,
                                      const ChangeContext& context) {
  rows::InstitutionRow row = require_institution(connection, code);
  db::unwrap(dkim::is_as_expected(row.facts, {code.text(), std::nullopt, context.expect}));
  return row;
}

AuditValue audit_state(const rows::InstitutionRow& institution, const dkim::LifecyclePolicy& policy, const Now& now) {
  AuditValue slots;
  for (const dkim::SlotId slot : dkim::kSlots) {
    const std::optional<rows::SlotKey>& key = institution.key(slot);
    slots.set(dkim::to_text(slot), {{"state", dkim::to_text(dkim::state_of(institution.facts, slot, policy, now))},
                                    {"key_id", key ? AuditValue(key->key_id) : AuditValue(nullptr)}});
  }
  const std::optional<dkim::SlotId>& active = institution.facts.active;
  return {{"phase", dkim::to_text(institution.facts.phase)},
          {"active", active ? AuditValue(dkim::to_text(*active)) : AuditValue(nullptr)},
          {"slots", std::move(slots)}};
}

}  // namespace zonestore
