#include "zonestore/dkim/lifecycle.h"

#include <algorithm>
#include <array>
#include <utility>

namespace zonestore::dkim {

namespace {

constexpr std::array kPhaseNames{
    std::pair{Phase::kStarting, std::string_view{"starting"}},
    std::pair{Phase::kSigning, std::string_view{"signing"}},
    std::pair{Phase::kDeparting, std::string_view{"departing"}},
    std::pair{Phase::kDeparted, std::string_view{"departed"}},
};

std::size_t index_of(SlotId slot) {
  return static_cast<std::size_t>(slot) - 1;
}

// How long after its end an earlier content may still be in a resolver's cache.
Milliseconds remembered_for(const EarlierContent& content, const LifecyclePolicy& policy) {
  return Seconds{seconds(content.largest_ttl)} + std::max(content.slack, policy.slack);
}

bool is_forgotten(const EarlierContent& content, const LifecyclePolicy& policy, const Now& now) {
  const Milliseconds remembered = remembered_for(content, policy);
  return elapsed(content.ended, now) >= remembered &&
         std::all_of(content.servers.begin(), content.servers.end(),
                     [&](const ServerWait& wait) { return is_over(wait, remembered, now); });
}

WallTime forgotten_at(const EarlierContent& content, const LifecyclePolicy& policy, const Now& now) {
  const Milliseconds remembered = remembered_for(content, policy);
  WallTime latest = reaches(content.ended, remembered, now);
  for (const ServerWait& wait : content.servers) {
    latest = std::max(latest, over_at(wait, remembered, now));
  }
  return latest;
}

bool holds_a_fresh_key(const InstitutionFacts& institution, const SlotFacts& slot) {
  return slot.has_key && !slot.drain && institution.active != slot.slot;
}

// Did the present content of `one` begin before that of `another`? As far as the clocks tell: within one boot by the
// clock that is never set, so that a step back between the two does not turn them round.
bool began_before(const SlotFacts& one, const SlotFacts& another) {
  if (one.earlier.empty() || another.earlier.empty()) {
    return one.earlier.empty() && !another.earlier.empty();
  }
  const Moment& its = one.earlier.back().ended;
  const Moment& others = another.earlier.back().ended;
  return share_boot(its, others) ? its.since_boot < others.since_boot : its.wall < others.wall;
}

}  // namespace

std::string_view to_text(SlotState state) {
  switch (state) {
    case SlotState::kEmpty:
      return "EMPTY";
    case SlotState::kPublished:
      return "PUBLISHED";
    case SlotState::kStandby:
      return "STANDBY";
    case SlotState::kActive:
      return "ACTIVE";
    case SlotState::kDraining:
      return "DRAINING";
    case SlotState::kDrained:
      return "DRAINED";
    case SlotState::kRevoked:
      return "REVOKED";
  }
  return {};
}

std::string_view to_text(Phase phase) {
  const auto* const found =
      std::find_if(kPhaseNames.begin(), kPhaseNames.end(), [&](const auto& entry) { return entry.first == phase; });
  return found == kPhaseNames.end() ? std::string_view{} : found->second;
}

std::optional<Phase> parse_phase(std::string_view text) {
  const auto* const found =
      std::find_if(kPhaseNames.begin(), kPhaseNames.end(), [&](const auto& entry) { return entry.second == text; });
  return found == kPhaseNames.end() ? std::nullopt : std::optional(found->first);
}

const SlotFacts& facts_of(const InstitutionFacts& institution, SlotId slot) {
  return institution.slots.at(index_of(slot));
}

SlotState state_of(const InstitutionFacts& institution, SlotId slot, const LifecyclePolicy& policy, const Now& now) {
  const SlotFacts& facts = facts_of(institution, slot);
  if (institution.active == slot) {
    return SlotState::kActive;
  }
  if (facts.revoked) {
    return SlotState::kRevoked;
  }
  if (!facts.has_key) {
    return SlotState::kEmpty;
  }
  if (facts.drain) {
    return is_drained(facts, now) ? SlotState::kDrained : SlotState::kDraining;
  }
  return is_ripe(facts, policy, now) ? SlotState::kStandby : SlotState::kPublished;
}

WallTime ripe_at(const SlotFacts& slot, const LifecyclePolicy& policy, const Now& now) {
  std::optional<WallTime> latest;
  for (const EarlierContent& content : slot.earlier) {
    const WallTime forgotten = forgotten_at(content, policy, now);
    latest = latest ? std::max(*latest, forgotten) : forgotten;
  }
  return latest.value_or(now.moment.wall);
}

bool is_ripe(const SlotFacts& slot, const LifecyclePolicy& policy, const Now& now) {
  return std::all_of(slot.earlier.begin(), slot.earlier.end(),
                     [&](const EarlierContent& content) { return is_forgotten(content, policy, now); });
}

std::optional<std::string> waited_for(const SlotFacts& slot, const LifecyclePolicy& policy, const Now& now) {
  std::optional<std::string> server;
  WallTime latest = WallTime::min();
  for (const EarlierContent& content : slot.earlier) {
    const Milliseconds remembered = remembered_for(content, policy);
    latest = std::max(latest, reaches(content.ended, remembered, now));
    for (const ServerWait& wait : content.servers) {
      const WallTime over = over_at(wait, remembered, now);
      if (over > latest && !is_over(wait, remembered, now)) {
        latest = over;
        server = wait.server;
      }
    }
  }
  return server;
}

std::optional<WallTime> drained_at(const SlotFacts& slot, const Now& now) {
  if (!slot.drain) {
    return std::nullopt;
  }
  if (slot.drain->waits_for_signers) {
    return now.moment.wall + slot.drain->lasts;
  }
  return reaches(slot.drain->began, slot.drain->lasts, now);
}

bool is_drained(const SlotFacts& slot, const Now& now) {
  return slot.drain && !slot.drain->waits_for_signers && elapsed(slot.drain->began, now) >= slot.drain->lasts;
}

Milliseconds drain_length(const LifecyclePolicy& policy) {
  return policy.drain + Seconds{seconds(policy.ttl_active)} + policy.slack;
}

std::optional<SlotId> starts_with(const InstitutionFacts& institution) {
  std::optional<SlotId> first;
  for (const SlotFacts& slot : institution.slots) {
    if (holds_a_fresh_key(institution, slot) && (!first || began_before(slot, facts_of(institution, *first)))) {
      first = slot.slot;
    }
  }
  return first;
}

SlotId slot_to_prepare(const InstitutionFacts& institution, const Now& now) {
  if (institution.active) {
    return other(*institution.active);
  }
  for (const SlotFacts& slot : institution.slots) {
    if (!holds_a_fresh_key(institution, slot) && (!slot.drain || is_drained(slot, now))) {
      return slot.slot;
    }
  }
  return SlotId::kSel1;
}

Ttl ttl_of(const InstitutionFacts& institution, SlotId slot, const LifecyclePolicy& policy) {
  return institution.active == slot ? policy.ttl_active : policy.ttl_other;
}

WallTime leaves_at(const InstitutionFacts& institution, const Now& now) {
  std::optional<WallTime> latest;
  for (const SlotFacts& slot : institution.slots) {
    if (const auto drained = drained_at(slot, now)) {
      latest = latest ? std::max(*latest, *drained) : *drained;
    }
  }
  return latest.value_or(now.moment.wall);
}

namespace {

// Whoever moves signing says afterwards who it was.
void count_move(InstitutionFacts& institution) {
  ++institution.moves;
  institution.moved_by.clear();
  institution.moved_in_run.reset();
}

}  // namespace

InstitutionFacts swapped(InstitutionFacts institution, SlotId to, Swap how, const LifecyclePolicy& policy,
                         const Moment& now) {
  count_move(institution);
  if (institution.active && *institution.active != to) {
    institution.slots.at(index_of(*institution.active)).drain = Drain{now, drain_length(policy)};
  }
  institution.slots.at(index_of(to)).drain = std::nullopt;
  institution.active = to;
  institution.last_swap = how;
  institution.moved = now;
  return institution;
}

InstitutionFacts revoked(InstitutionFacts institution, SlotId slot, const Revocation& revocation,
                         const LifecyclePolicy& policy, const Moment& now) {
  if (revocation.swaps_to) {
    institution = swapped(std::move(institution), *revocation.swaps_to, Swap::kRotate, policy, now);
  } else if (revocation.stops_signing) {
    institution.phase = Phase::kStarting;
    institution.active = std::nullopt;
    institution.last_swap = std::nullopt;
    institution.moved = std::nullopt;
    count_move(institution);
  }
  SlotFacts& facts = institution.slots.at(index_of(slot));
  facts.has_key = false;
  facts.revoked = true;
  facts.drain = std::nullopt;
  return institution;
}

InstitutionFacts begun(InstitutionFacts institution, SlotId slot, const Moment& now) {
  count_move(institution);
  institution.phase = Phase::kSigning;
  institution.active = slot;
  institution.last_swap = std::nullopt;
  institution.moved = now;
  return institution;
}

InstitutionFacts departing(InstitutionFacts institution, const LifecyclePolicy& policy, const Moment& now) {
  if (institution.active) {
    institution.slots.at(index_of(*institution.active)).drain = Drain{now, drain_length(policy)};
  }
  institution.removal = Removal{institution.active};
  institution.phase = Phase::kDeparting;
  institution.active = std::nullopt;
  institution.last_swap = std::nullopt;
  return institution;
}

InstitutionFacts returned(InstitutionFacts institution, std::optional<SlotId> signs_with) {
  institution.removal.reset();
  institution.phase = signs_with ? Phase::kSigning : Phase::kStarting;
  institution.active = signs_with;
  institution.last_swap = std::nullopt;
  if (signs_with) {
    institution.slots.at(index_of(*signs_with)).drain = std::nullopt;
  }
  return institution;
}

}  // namespace zonestore::dkim
