#include "zonestore/operations/views/status.h"

#include "zonestore/judgement/due.h"
#include "zonestore/operations/secondaries/secondary_rules.h"
#include "zonestore/operations/signers/signer_sync.h"
#include "zonestore/operations/views/attention_finder.h"
#include "zonestore/operations/views/rotation_facts.h"
#include "zonestore/operations/views/spf_view.h"
#include "zonestore/operations/views/view_from_rows.h"
#include "zonestore/rows/freeze_rows.h"
#include "zonestore/rows/last_done_rows.h"
#include "zonestore/rows/moment_columns.h"
#include "zonestore/rows/policy_rows.h"

namespace zonestore {
namespace {

void count_phase(StoreStatus& status, dkim::Phase phase) {
  switch (phase) {
    case dkim::Phase::kStarting:
      ++status.starting;
      break;
    case dkim::Phase::kSigning:
      ++status.signing;
      break;
    case dkim::Phase::kDeparting:
      ++status.departing;
      break;
    case dkim::Phase::kDeparted:
      break;
  }
}

void count_standby(StoreStatus& status, const rows::InstitutionRow& row, const dkim::LifecyclePolicy& policy,
                   const Now& now) {
  if (!row.facts.active) {
    return;
  }
  const dkim::SlotState other = dkim::state_of(row.facts, dkim::other(*row.facts.active), policy, now);
  status.ripening += other == dkim::SlotState::kPublished ? 1 : 0;
  status.draining += other == dkim::SlotState::kDraining ? 1 : 0;
}

void count_slots(StoreStatus& status, const rows::InstitutionRow& row, const dkim::LifecyclePolicy& policy,
                 const Now& now) {
  for (const dkim::SlotId slot : dkim::kSlots) {
    ++status.slots[static_cast<std::size_t>(dkim::state_of(row.facts, slot, policy, now))];
  }
}

void count_institution(StoreStatus& status, const rows::InstitutionRow& row, const dkim::LifecyclePolicy& policy,
                       const Now& now) {
  ++status.institutions;
  status.frozen += row.facts.frozen && !row.facts.frozen->whole_store ? 1 : 0;
  count_phase(status, row.facts.phase);
  count_standby(status, row, policy, now);
  count_slots(status, row, policy, now);
}

// A rotation by policy that something holds back is not maintain's to do.
void count_what_is_due(StoreStatus& status, const rows::InstitutionRow& row, const dkim::LifecyclePolicy& policy,
                       Readiness& readiness, const Now& now) {
  const std::string& code = row.code.text();
  std::optional<WallTime> since = maintain_due_since(row.facts, row.added, policy, now);
  const std::optional<WallTime> rotation = rotation_due_since(row.facts, code, policy, status.maintained, now);
  if (rotation && !readiness.judge(row, policy, true, now).refusal) {
    take_earlier(since, rotation);
  }
  if (!since) {
    return;
  }
  take_earlier(status.maintain_due_since, since);
  ++status.maintain_due;
  if (status.maintain_due_codes.size() < kNamedCodes) {
    status.maintain_due_codes.push_back(code);
  }
}

void read_zones(StoreStatus& status, db::Connection& connection) {
  for (const PublishedZone& zone : list_zones(connection)) {
    ZoneNow now{zone.apex, zone.serial, std::nullopt};
    db::Statement& change =
        connection.cached("SELECT at_ms FROM journal_change WHERE zone_id = ?1 ORDER BY change_id DESC LIMIT 1");
    if (change.bind(1, static_cast<std::int64_t>(zone.id)).step()) {
      now.changed = rows::wall_column(change, 0);
    }
    change.reset();
    status.zones.push_back(std::move(now));
  }
}

void read_secondaries(StoreStatus& status, db::Connection& connection) {
  for (const rows::SecondaryRow& row : rows::read_secondaries(connection)) {
    if (!row.is_enabled()) {
      continue;
    }
    std::vector<SecondarySeen> all = what_was_seen_of(connection, row);
    if (all.empty()) {
      status.secondaries_never_seen.push_back(row.name);
    }
    for (SecondarySeen& seen : all) {
      status.secondaries.push_back({row.name, std::move(seen)});
    }
  }
}

void read_what_was_done(StoreStatus& status, db::Connection& connection) {
  for (rows::LastDone& done : rows::read_last_done(connection)) {
    if (done.what == "maintain") {
      status.maintained = done.at;
    } else {
      status.looks.push_back({std::move(done.what), done.at, std::move(done.command), std::move(done.fault)});
    }
  }
}

void examine_spf(StoreStatus& status, Store::Impl& store, const Now& now) {
  const std::optional<WallTime> since = spf_step_due_since(store, now);
  status.spf_step_due = since.has_value();
  take_earlier(status.maintain_due_since, since);
}

}  // namespace

Result<StoreStatus> store_status(Store& store) {
  return db::at_border<StoreStatus>([&] {
    Store::Impl& impl = store.impl();
    const db::Transaction reading(impl.connection, db::Transaction::Kind::kRead);
    const Now now = impl.now();
    StoreStatus status;
    status.as_of = now.moment.wall;
    status.customer_selector = impl.customer_selectors.word();
    read_what_was_done(status, impl.connection);
    AttentionFinder attention;
    Readiness readiness(impl.connection, impl.dkim_zone, Readiness::Of::kAll);
    AttentionJudge judge(impl.connection, readiness);
    // One walk: each institution is read once, whatever is counted of it.
    rows::for_each_institution(impl.connection, false, [&](const rows::InstitutionRow& row) {
      const dkim::LifecyclePolicy policy = rows::read_policy(impl.connection, row.id);
      count_institution(status, row, policy, now);
      count_what_is_due(status, row, policy, readiness, now);
      status.can_rotate += readiness.judge(row, policy, false, now).refusal ? 0 : 1;
      status.never_seen += judge.is_never_seen(row) ? 1 : 0;
      attention.look_at(row, judge.reasons(row, policy, now), policy, now);
      return true;
    });
    examine_spf(status, impl, now);
    status.attention = attention.found();
    status.clock = impl.clock_report();
    status.store_frozen = rows::read_freeze(impl.connection, rows::kWholeStore);
    status.unseen = attention.unseen_count();
    status.evidence_against = attention.evidence_against().count;
    status.evidence_against_codes = attention.evidence_against().codes;
    read_zones(status, impl.connection);
    read_secondaries(status, impl.connection);
    status.signer_limit = rows::read_policy(impl.connection, rows::kWholeStore).signer_limit;
    for (const rows::SignerRow& signer : rows::read_signers(impl.connection)) {
      status.signers.push_back(signer_view(impl.connection, signer));
    }
    return status;
  });
}

}  // namespace zonestore
