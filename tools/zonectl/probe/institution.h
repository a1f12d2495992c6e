// One institution looked at from both sides. Threads: any number at once; the store is not touched.
#pragma once

#include <vector>

#include "tools/zonectl/probe/own_side.h"

namespace zonectl::probe {

struct SlotOnTheWire {
  std::string key_id;                  // that the store has in the slot; empty: none
  std::vector<zonestore::Bytes> seen;  // the record data that came over the wire
};

struct Report {
  zonestore::dkim::Code code;
  zonestore::Moment as_of;
  std::vector<Finding> findings;     // of our own slots, in the order of `slots`, then of each domain
  std::vector<SlotOnTheWire> slots;  // sel1, sel2
};

[[nodiscard]] Report look_at_institution(const World& world, const zonestore::CheckSubject& subject);

// What is kept of it.
[[nodiscard]] zonestore::Look look_of(const Report& report);

// The worst of them.
[[nodiscard]] Severity severity_of(const Report& report);

}  // namespace zonectl::probe
