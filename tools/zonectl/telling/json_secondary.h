// The JSON forms of secondaries. See JSON.md.
#pragma once

#include "tools/zonectl/text/json_value.h"
#include "zonestore/operations/secondaries/secondaries.h"

namespace zonectl {

[[nodiscard]] Json to_json(const zonestore::SecondaryView& secondary);

}  // namespace zonectl
