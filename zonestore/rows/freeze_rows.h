// Freezes as rows: of one institution, or of the whole store (kWholeStore).
//
// Threads: that of the connection. Errors: db::Failure is thrown.
#pragma once

#include <optional>

#include "zonestore/db/connection.h"
#include "zonestore/dkim/lifecycle.h"
#include "zonestore/rows/institution_rows.h"

namespace zonestore::rows {

// Of this scope alone.
[[nodiscard]] std::optional<dkim::Freeze> read_freeze(db::Connection& connection, InstitutionId scope);
// The institution's own, else the whole store's.
[[nodiscard]] std::optional<dkim::Freeze> freeze_in_force(db::Connection& connection, InstitutionId id);
// nullopt thaws.
void store_freeze(db::Connection& connection, InstitutionId scope, const std::optional<dkim::Freeze>& freeze);

// Two columns, for the tables that have them: institution, store.
void bind_freeze(db::Statement& statement, int first, const std::optional<dkim::Freeze>& freeze);

}  // namespace zonestore::rows
