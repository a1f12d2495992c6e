// What an operation says of its change, as a row of the audit log. For the sources of zonestore/operations only.
#pragma once

#include <string>
#include <string_view>

#include "zonestore/db/connection.h"
#include "zonestore/operations/change/audit_value.h"
#include "zonestore/operations/change/context.h"

namespace zonestore {

struct AuditNote {
  std::string what;  // one line for people
  AuditValue before = {};
  AuditValue after = {};
};

// Within the caller's transaction: writes the row, chains it to the one before, and notes in the store's row that it
// is the newest. Errors: db::Failure is thrown.
void write_audit(db::Connection& connection, const ChangeContext& context, std::string_view command,
                 std::string_view subject, const AuditNote& note, WallTime at);

}  // namespace zonestore
