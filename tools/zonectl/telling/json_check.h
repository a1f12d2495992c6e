// The stable JSON forms of what `check` saw; JSON.md documents them.
#pragma once

#include <string_view>

#include "tools/zonectl/probe/institution.h"
#include "tools/zonectl/text/json_value.h"

namespace zonectl {

[[nodiscard]] Json to_json(const probe::Finding& finding);
[[nodiscard]] Json to_json(const probe::Report& report);
[[nodiscard]] Json to_json(const zonestore::ServerEvidence& evidence);

}  // namespace zonectl
