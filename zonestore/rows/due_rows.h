// Who may be due: found by index (schema steps 004, 005 and 012), so that it costs what may be due and not what there
// is. A rotation's jitter and window are judged here already: an index alone says whose wait is over.
//
// Each is a superset of those that are due, by code: the indexes know what the wall clock or trusted time
// say alone, while the lifecycle also asks for proofs, the policy and the freezes. The caller asks is_maintain_due or
// is_rotation_due of each. Errors: db::Failure is thrown.
#pragma once

#include <vector>

#include "zonestore/base/moment.h"
#include "zonestore/db/connection.h"
#include "zonestore/dkim/selector.h"

namespace zonestore::rows {

[[nodiscard]] std::vector<dkim::Code> maintenance_candidates(db::Connection& connection, const Now& now);
[[nodiscard]] std::vector<dkim::Code> rotation_candidates(db::Connection& connection, const Now& now);

}  // namespace zonestore::rows
