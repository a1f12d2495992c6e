// The store at a glance, for a person: what is critical first, then how it stands, then what else needs attention.
#pragma once

#include <string>

#include "tools/zonectl/session/session.h"
#include "zonestore/operations/views/status.h"

namespace zonectl {

void write_status(const Session& session, const zonestore::StoreStatus& status);

// How long ago that was: "2 h 5 min".
[[nodiscard]] std::string late_text(zonestore::WallTime since, zonestore::WallTime now);

}  // namespace zonectl
