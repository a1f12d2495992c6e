// A clock that may be stepped and is called synchronised all the same, and a machine that may be booted, and
// institutions at points of their life.
#pragma once

#include <string>

#include "zonestore/dkim/lifecycle.h"

namespace zonestore::dkim::test {

using namespace std::chrono_literals;

class SteppedClock {
 public:
  // As a command stores it: kept.
  Moment moment() {
    Moment kept = now().moment;
    keep(kept_, kept);
    return kept;
  }
  [[nodiscard]] Now now() const {
    return Now{trust(kept_, Moment{wall_, since_boot_, "boot-" + std::to_string(boots_), true})};
  }

  void pass(Milliseconds time) {
    since_boot_ += time;
    step(time);
  }
  void step(Milliseconds by) { wall_ += by; }
  void reboot(Milliseconds off = 0ms) {
    step(off);
    ++boots_;
    since_boot_ = 20s;
  }

 private:
  WallTime wall_{1'795'000'000'250ms};  // not on a full second
  KeptTime kept_;
  Milliseconds since_boot_ = 1h;
  int boots_ = 1;
};

// Just added, its names never served before: sel1 signs, sel2 is new, and absence at TTL 300 ended now.
inline InstitutionFacts added(const Moment& now) {
  InstitutionFacts institution;
  institution.active = SlotId::kSel1;
  for (const SlotId slot : kSlots) {
    institution.slots.push_back(SlotFacts{slot, true, false, std::nullopt, {{Ttl{300}, now}}});
  }
  return institution;
}

// What the operations do to a slot's facts when a fresh key replaces what it served until now.
inline void put_fresh_key(InstitutionFacts& institution, SlotId slot, Ttl largest_ttl, const Moment& now) {
  SlotFacts& facts = institution.slots.at(static_cast<std::size_t>(slot) - 1);
  facts.has_key = true;
  facts.revoked = false;
  facts.drain = std::nullopt;
  facts.earlier.push_back({largest_ttl, now});
}

inline void revoke(InstitutionFacts& institution, SlotId slot, Ttl largest_ttl, const Moment& now) {
  SlotFacts& facts = institution.slots.at(static_cast<std::size_t>(slot) - 1);
  facts.has_key = false;
  facts.revoked = true;
  facts.drain = std::nullopt;
  facts.earlier.push_back({largest_ttl, now});
}

// The first full second at which a printed deadline has passed.
inline Milliseconds until_printed(WallTime deadline, const SteppedClock& clock) {
  return std::chrono::ceil<Seconds>(deadline) - clock.now().moment.wall;
}

}  // namespace zonestore::dkim::test
