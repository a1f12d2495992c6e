#include "zonestore/operations/views/status.h"

#include <algorithm>

#include "zonestore/dkim/schedule.h"
#include "zonestore/judgement/due.h"
#include "zonestore/operations/signers/signer_sync.h"
#include "zonestore/operations/views/rotation_facts.h"
#include "zonestore/operations/views/spf_view.h"
#include "zonestore/operations/views/view_from_rows.h"
#include "zonestore/rows/freeze_rows.h"
#include "zonestore/rows/last_done_rows.h"
#include "zonestore/rows/moment_columns.h"
#include "zonestore/rows/policy_rows.h"
#include "zonestore/rows/revocation_rows.h"

namespace zonestore {
namespace {

constexpr std::size_t kNamedCodes = 20;

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

void take_earlier(std::optional<WallTime>& earliest, const std::optional<WallTime>& time) {
  if (time && (!earliest || *time < *earliest)) {
    earliest = time;
  }
}

void note(Attention& attention, const std::string& code) {
  ++attention.count;
  if (attention.codes.size() < kNamedCodes) {
    attention.codes.push_back(code);
  }
}

constexpr const char* kPrepare = "zonectl prepare CODE";

// The reasons that only an operator can mend.
struct Findings {
  Attention not_signing{"not-signing", "do not sign, and hold no fresh key to begin with", 0, {}, kPrepare};
  Attention no_standby{"no-standby", "cannot rotate: their other slot was revoked", 0, {}, kPrepare};
  Attention overdue{
      "overdue", "were not rotated although policy made it due more than a day ago", 0, {}, "zonectl show CODE"};
  Attention unseen{"unseen",
                   "are due by policy, but nobody could see within 24 h that all is right (E_UNSEEN)",
                   0,
                   {},
                   "systemctl enable --now zonectl-check.timer; at once: zonectl check --all"};
  Attention to_revoke{"to-revoke",
                      "hold a key that a taken signer held: it is revoked once a fresh one is ripe",
                      0,
                      {},
                      "zonectl maintain"};

  [[nodiscard]] std::vector<Attention> found() const {
    std::vector<Attention> found;
    for (const Attention* each : {&not_signing, &no_standby, &overdue, &to_revoke, &unseen}) {
      if (each->count > 0) {
        found.push_back(*each);
      }
      if (each->count > 1 && each->run == kPrepare) {
        found.back().run = "zonectl prepare --all";
      }
    }
    return found;
  }
};

void examine(Findings& findings, const rows::InstitutionRow& row, const dkim::LifecyclePolicy& policy,
             const Now& now) {
  const std::string& code = row.code.text();
  if (row.facts.phase == dkim::Phase::kStarting && !dkim::starts_with(row.facts)) {
    note(findings.not_signing, code);
  }
  if (row.facts.active &&
      dkim::state_of(row.facts, dkim::other(*row.facts.active), policy, now) == dkim::SlotState::kRevoked) {
    note(findings.no_standby, code);
  }
  const std::optional<dkim::Schedule> schedule = dkim::schedule_of(row.facts, code, policy, now);
  if (schedule && !row.facts.frozen && dkim::is_overdue(*schedule, policy, now)) {
    note(findings.overdue, code);
    take_earlier(findings.overdue.since, schedule->opening.value_or(schedule->due));
  }
}

void count(StoreStatus& status, const rows::InstitutionRow& row, const dkim::LifecyclePolicy& policy,
           const Now& now) {
  ++status.institutions;
  status.frozen += row.facts.frozen && !row.facts.frozen->whole_store ? 1 : 0;
  count_phase(status, row.facts.phase);
  count_standby(status, row, policy, now);
  if (const std::optional<WallTime> since = maintain_due_since(row.facts, row.added, policy, now)) {
    take_earlier(status.maintain_due_since, since);
    ++status.maintain_due;
    if (status.maintain_due_codes.size() < kNamedCodes) {
      status.maintain_due_codes.push_back(row.code.text());
    }
  }
}

// Would maintain rotate it now, but for a look that nobody took?
void examine_look(Findings& findings, const rows::InstitutionRow& row, const dkim::LifecyclePolicy& policy,
                  Readiness& readiness, const Now& now) {
  if (!is_rotation_due(row.facts, row.code.text(), policy, now)) {
    return;
  }
  const std::optional<Error> refusal = readiness.judge(row, policy, true, now).refusal;
  if (refusal && refusal->refusal && refusal->refusal->guard == Guard::kUnseen) {
    note(findings.unseen, row.code.text());
  }
}

// Of these nobody ever saw an answer.
std::uint64_t count_never_seen(db::Connection& connection) {
  return static_cast<std::uint64_t>(connection.integer(
      "SELECT count(*) FROM institution AS i WHERE i.phase <> 'departed' AND NOT EXISTS (SELECT 1 FROM evidence AS e "
      "WHERE e.institution_id = i.institution_id AND e.verdict NOT IN ('unreachable', 'lame-server'))"));
}

// What `check` saw last, however long ago: a fault stays one until somebody has seen it mended.
void count_evidence(StoreStatus& status, db::Connection& connection) {
  db::Statement codes = connection.prepare(
      "SELECT i.code FROM institution AS i WHERE i.phase <> 'departed' AND EXISTS (SELECT 1 FROM evidence AS e WHERE "
      "e.institution_id = i.institution_id AND e.verdict NOT IN ('ok', 'unreachable') AND e.subject <> 'dmarc' AND "
      "(e.domain = x'' OR e.domain IN (SELECT name FROM domain WHERE institution_id = i.institution_id)) AND "
      // Other bytes than those of a key that has been replaced since are no fault any more.
      "(e.verdict <> 'lagging' OR e.key_id = '' OR EXISTS (SELECT 1 FROM slot AS s WHERE s.institution_id = "
      "i.institution_id AND s.key_id = e.key_id))) "
      "ORDER BY i.code");
  while (codes.step()) {
    ++status.evidence_against;
    if (status.evidence_against_codes.size() < kNamedCodes) {
      status.evidence_against_codes.push_back(codes.text(0));
    }
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
    Findings findings;
    Readiness readiness(impl.connection, impl.dkim_zone, Readiness::Of::kAll);
    for_each_institution(impl.connection, false, [&](const rows::InstitutionRow& row) {
      const dkim::LifecyclePolicy policy = rows::read_policy(impl.connection, row.id);
      count(status, row, policy, now);
      status.can_rotate += readiness.judge(row, policy, false, now).refusal ? 0 : 1;
      examine(findings, row, policy, now);
      examine_look(findings, row, policy, readiness, now);
      return true;
    });
    examine_spf(status, impl, now);
    for (const rows::RevocationRow& pending : rows::read_revocations(impl.connection)) {
      note(findings.to_revoke, pending.code.text());
    }
    status.attention = findings.found();
    status.clock = impl.clock_report();
    status.store_frozen = rows::read_freeze(impl.connection, rows::kWholeStore);
    status.unseen = findings.unseen.count;
    status.never_seen = count_never_seen(impl.connection);
    count_evidence(status, impl.connection);
    read_zones(status, impl.connection);
    read_what_was_done(status, impl.connection);
    status.signer_limit = rows::read_policy(impl.connection, rows::kWholeStore).signer_limit;
    for (const rows::SignerRow& signer : rows::read_signers(impl.connection)) {
      status.signers.push_back(signer_view(impl.connection, signer));
    }
    return status;
  });
}

}  // namespace zonestore
