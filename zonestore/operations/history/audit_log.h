// Who changed what, when and why.
#pragma once

#include <functional>

#include "zonestore/operations/change/store.h"
#include "zonestore/rows/audit_rows.h"

namespace zonestore {

using AuditEntry = rows::AuditRow;
using LogFilter = rows::AuditFilter;

// Oldest first. The visitor returns false to stop.
[[nodiscard]] Result<void> read_log(Store& store, const LogFilter& filter,
                                    const std::function<bool(const AuditEntry&)>& visitor);

}  // namespace zonestore
