#include "zonestore/judgement/due.h"

#include <algorithm>

#include "zonestore/dkim/schedule.h"

namespace zonestore {

bool is_maintain_due(const dkim::InstitutionFacts& facts, const dkim::LifecyclePolicy& policy, const Now& now) {
  using dkim::SlotState;
  switch (facts.phase) {
    case dkim::Phase::kStarting: {
      const std::optional<dkim::SlotId> first = dkim::starts_with(facts);
      return first && dkim::state_of(facts, *first, policy, now) == SlotState::kStandby;
    }
    case dkim::Phase::kSigning: {
      const SlotState other = dkim::state_of(facts, dkim::other(*facts.active), policy, now);
      return other == SlotState::kEmpty || other == SlotState::kDrained;
    }
    case dkim::Phase::kDeparting:
      return has_left(facts, now);
    case dkim::Phase::kDeparted:
      return false;
  }
  return false;
}

std::optional<WallTime> maintain_due_since(const dkim::InstitutionFacts& facts, WallTime added,
                                           const dkim::LifecyclePolicy& policy, const Now& now) {
  if (!is_maintain_due(facts, policy, now)) {
    return std::nullopt;
  }
  if (facts.phase == dkim::Phase::kDeparting) {
    return dkim::leaves_at(facts, now);
  }
  if (facts.phase == dkim::Phase::kStarting) {
    return dkim::ripe_at(dkim::facts_of(facts, dkim::starts_with(facts).value()), policy, now);
  }
  const dkim::SlotFacts& other = dkim::facts_of(facts, dkim::other(*facts.active));
  return dkim::drained_at(other, now).value_or(facts.moved ? facts.moved->wall : added);
}

bool is_rotation_due(const dkim::InstitutionFacts& facts, std::string_view code, const dkim::LifecyclePolicy& policy,
                     const Now& now) {
  const std::optional<dkim::Schedule> schedule = dkim::schedule_of(facts, code, policy, now);
  return schedule && schedule->is_due && !facts.frozen;
}

std::optional<WallTime> rotation_due_since(const dkim::InstitutionFacts& facts, std::string_view code,
                                           const dkim::LifecyclePolicy& policy,
                                           const std::optional<WallTime>& maintained, const Now& now) {
  if (!is_rotation_due(facts, code, policy, now)) {
    return std::nullopt;
  }
  const std::optional<dkim::Schedule> schedule = dkim::schedule_of(facts, code, policy, now);
  const WallTime opened = schedule->opening.value_or(schedule->due);
  return std::max(opened, maintained.value_or(opened));
}

bool has_left(const dkim::InstitutionFacts& facts, const Now& now) {
  return std::none_of(facts.slots.begin(), facts.slots.end(),
                      [&now](const dkim::SlotFacts& slot) { return slot.drain && !dkim::is_drained(slot, now); });
}

}  // namespace zonestore
