// What is wrong with an institution's SPF, and the exact line to publish instead. Pure but for the look-ups, which
// are handed in.
#pragma once

#include "tools/zonectl/probe/spf/facts.h"

namespace zonectl::probe {

[[nodiscard]] Finding diagnose_spf(const PolicyFacts& facts, const LookUp& look_up);

}  // namespace zonectl::probe
