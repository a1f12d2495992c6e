#include "tests/scenario/lifecycle/pure_institution.h"

#include <algorithm>

namespace tests::lifecycle {

namespace dkim = zonestore::dkim;
using zonestore::Ttl;

PureInstitution::PureInstitution() {
  facts.phase = dkim::Phase::kDeparted;
  for (const dkim::SlotId slot : dkim::kSlots) {
    dkim::SlotFacts of;
    of.slot = slot;
    facts.slots.push_back(of);
  }
}

void PureInstitution::put_fresh_key(dkim::SlotId slot, int key) {
  const auto index = static_cast<std::size_t>(slot) - 1;
  dkim::SlotFacts& of = facts.slots.at(index);
  of.has_key = true;
  of.revoked = false;
  of.drain.reset();
  keys.at(index) = key;
}

void PureInstitution::depart() {
  keys = {};
  for (dkim::SlotFacts& of : facts.slots) {
    of.has_key = false;
    of.revoked = false;
    of.drain.reset();
  }
  facts.phase = dkim::Phase::kDeparted;
}

void PureInstitution::publish(const dkim::LifecyclePolicy& in_force, const NegativeTtls& negative,
                              const zonestore::Moment& now) {
  for (std::size_t slot = 0; slot < kSlotCount; ++slot) {
    publish_slot(slot, in_force, negative, now);
  }
}

void PureInstitution::publish_slot(std::size_t slot, const dkim::LifecyclePolicy& in_force,
                                   const NegativeTtls& negative, const zonestore::Moment& now) {
  const Ttl ttl = dkim::ttl_of(facts, dkim::kSlots.at(slot), in_force);
  dkim::SlotFacts& of = facts.slots.at(slot);
  Current next{Content::kAbsent, 0, negative.now, true};
  if (of.has_key) {
    next = {Content::kKey, keys.at(slot), ttl, true};
  } else if (of.revoked) {
    next = {Content::kRevoked, 0, ttl, true};
  }
  Current& present = current.at(slot);
  if (present.was_served && present.content == next.content && present.key == next.key) {
    present.largest_ttl = std::max(present.largest_ttl, next.largest_ttl);
    return;
  }
  if (present.was_served) {
    of.earlier.push_back({present.largest_ttl, now, in_force.slack});
  } else {
    of.earlier = negative.earlier;
    of.earlier.push_back({negative.now, now, in_force.slack});
    for (dkim::EarlierContent& absence : of.earlier) {
      absence.slack = in_force.slack;
    }
  }
  present = next;
}

void PureInstitution::renew_absences(Ttl negative_ttl, const zonestore::Moment& now, zonestore::Seconds slack) {
  for (std::size_t slot = 0; slot < kSlotCount; ++slot) {
    Current& present = current.at(slot);
    if (present.was_served && present.content == Content::kAbsent) {
      facts.slots.at(slot).earlier.push_back({present.largest_ttl, now, slack});
      present.largest_ttl = negative_ttl;
    }
  }
}

}  // namespace tests::lifecycle
