// Rotations that policy makes due: what maintain does with them.
#pragma once

#include <vector>

#include "zonestore/operations/rotation/maintain.h"

namespace zonestore {

// Those whose time has come and whose window is open now, without the frozen ones; by code.
[[nodiscard]] Result<std::vector<dkim::Code>> due_rotations(Store& store);

// Rotates each of them by the rules of `rotate`. A refusal that time or an operator will clear goes to
// outcome.waiting, what needs somebody to look at to outcome.failures.
void rotate_what_is_due(Store& store, const ChangeContext& context, Maintained& outcome);

}  // namespace zonestore
