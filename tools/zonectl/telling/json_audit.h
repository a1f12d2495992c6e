// The JSON forms of the audit's verification; see json.h.
#pragma once

#include "tools/zonectl/text/json_value.h"
#include "zonestore/operations/history/audit_chain.h"

namespace zonectl {

[[nodiscard]] Json to_json(const zonestore::AuditCheck& check);

}  // namespace zonectl
