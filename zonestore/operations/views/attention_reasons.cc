#include "zonestore/operations/views/attention_reasons.h"

#include "zonestore/dkim/schedule.h"
#include "zonestore/judgement/due.h"
#include "zonestore/rows/evidence_rows.h"
#include "zonestore/rows/revocation_rows.h"

namespace zonestore {
namespace {

bool is_not_signing(const rows::InstitutionRow& row) {
  return row.facts.phase == dkim::Phase::kStarting && !dkim::starts_with(row.facts);
}

bool has_no_standby(const rows::InstitutionRow& row, const dkim::LifecyclePolicy& policy, const Now& now) {
  return row.facts.active &&
         dkim::state_of(row.facts, dkim::other(*row.facts.active), policy, now) == dkim::SlotState::kRevoked;
}

}  // namespace

std::string_view to_text(Reason reason) {
  switch (reason) {
    case Reason::kNotSigning:
      return "not-signing";
    case Reason::kNoStandby:
      return "no-standby";
    case Reason::kOverdue:
      return "overdue";
    case Reason::kToRevoke:
      return "to-revoke";
    case Reason::kUnseen:
      return "unseen";
    case Reason::kEvidence:
      return "evidence";
  }
  return {};
}

std::optional<WallTime> overdue_since(const rows::InstitutionRow& row, const dkim::LifecyclePolicy& policy,
                                      const Now& now) {
  const std::optional<dkim::Schedule> schedule = dkim::schedule_of(row.facts, row.code.text(), policy, now);
  if (!schedule || row.facts.frozen || !dkim::is_overdue(*schedule, policy, now)) {
    return std::nullopt;
  }
  return schedule->opening.value_or(schedule->due);
}

AttentionJudge::AttentionJudge(db::Connection& connection, Readiness& readiness)
    : readiness_(readiness), faulty_(rows::ids_at_fault(connection)), never_seen_(rows::ids_never_seen(connection)) {
  for (const rows::RevocationRow& pending : rows::read_revocations(connection)) {
    to_revoke_.insert(pending.code.text());
  }
}

// Would maintain rotate it now, but for a look that nobody took?
bool AttentionJudge::lacks_look(const rows::InstitutionRow& row, const dkim::LifecyclePolicy& policy,
                                const Now& now) {
  if (!is_rotation_due(row.facts, row.code.text(), policy, now)) {
    return false;
  }
  const std::optional<Error> refusal = readiness_.judge(row, policy, true, now).refusal;
  return refusal && refusal->refusal && refusal->refusal->guard == Guard::kUnseen;
}

std::vector<Reason> AttentionJudge::reasons(const rows::InstitutionRow& row, const dkim::LifecyclePolicy& policy,
                                            const Now& now) {
  std::vector<Reason> reasons;
  const auto note = [&reasons](bool is_so, Reason reason) {
    if (is_so) {
      reasons.push_back(reason);
    }
  };
  note(is_not_signing(row), Reason::kNotSigning);
  note(has_no_standby(row, policy, now), Reason::kNoStandby);
  note(overdue_since(row, policy, now).has_value(), Reason::kOverdue);
  note(to_revoke_.contains(row.code.text()), Reason::kToRevoke);
  note(lacks_look(row, policy, now), Reason::kUnseen);
  note(faulty_.contains(row.id), Reason::kEvidence);
  return reasons;
}

}  // namespace zonestore
