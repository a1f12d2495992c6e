// A zone as readers see it. For the sources of zonestore/operations only.
#pragma once

#include "zonestore/operations/change/audit_value.h"
#include "zonestore/operations/zones/zones.h"
#include "zonestore/zone/published_writer.h"

namespace zonestore {

[[nodiscard]] ZoneView zone_view(db::Connection& connection, const PublishedZone& zone);
// Its settings, for the audit.
[[nodiscard]] AuditValue audit_value(const ZoneView& view);

}  // namespace zonestore
