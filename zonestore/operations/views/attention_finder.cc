#include "zonestore/operations/views/attention_finder.h"

#include "zonestore/dkim/schedule.h"
#include "zonestore/judgement/due.h"

namespace zonestore {
namespace {

void note(Attention& attention, const std::string& code) {
  ++attention.count;
  if (attention.codes.size() < kNamedCodes) {
    attention.codes.push_back(code);
  }
}

// Would maintain rotate it now, but for a look that nobody took?
bool is_held_back_unseen(const rows::InstitutionRow& row, const dkim::LifecyclePolicy& policy, Readiness& readiness,
                         const Now& now) {
  if (!is_rotation_due(row.facts, row.code.text(), policy, now)) {
    return false;
  }
  const std::optional<Error> refusal = readiness.judge(row, policy, true, now).refusal;
  return refusal && refusal->refusal && refusal->refusal->guard == Guard::kUnseen;
}

}  // namespace

void take_earlier(std::optional<WallTime>& earliest, const std::optional<WallTime>& time) {
  if (time && (!earliest || *time < *earliest)) {
    earliest = time;
  }
}

void AttentionFinder::look_at(const rows::InstitutionRow& row, const dkim::LifecyclePolicy& policy,
                              Readiness& readiness, const Now& now) {
  const std::string& code = row.code.text();
  if (row.facts.phase == dkim::Phase::kStarting && !dkim::starts_with(row.facts)) {
    note(not_signing_, code);
  }
  if (row.facts.active &&
      dkim::state_of(row.facts, dkim::other(*row.facts.active), policy, now) == dkim::SlotState::kRevoked) {
    note(no_standby_, code);
  }
  const std::optional<dkim::Schedule> schedule = dkim::schedule_of(row.facts, code, policy, now);
  if (schedule && !row.facts.frozen && dkim::is_overdue(*schedule, policy, now)) {
    note(overdue_, code);
    take_earlier(overdue_.since, schedule->opening.value_or(schedule->due));
  }
  if (is_held_back_unseen(row, policy, readiness, now)) {
    note(unseen_, code);
  }
}

void AttentionFinder::note_revocation_to_come(const dkim::Code& code) {
  note(to_revoke_, code.text());
}

std::vector<Attention> AttentionFinder::found() const {
  std::vector<Attention> found;
  for (const Attention* each : {&not_signing_, &no_standby_, &overdue_, &to_revoke_, &unseen_}) {
    if (each->count > 0) {
      found.push_back(*each);
    }
    if (each->count > 1 && each->run == kPrepare) {
      found.back().run = "zonectl prepare --all";
    }
  }
  return found;
}

}  // namespace zonestore
