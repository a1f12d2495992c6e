// The store at a glance, in the form that JSON.md documents.
#pragma once

#include "tools/zonectl/text/json_value.h"
#include "zonestore/operations/history/store_verify.h"
#include "zonestore/operations/views/status.h"

namespace zonectl {

[[nodiscard]] Json to_json(const zonestore::StoreStatus& status);
[[nodiscard]] Json to_json(const zonestore::Verified& verified);

}  // namespace zonectl
