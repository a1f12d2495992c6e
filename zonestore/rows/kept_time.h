// What a store keeps of time, as the columns of its one row: the last moment that was kept, and `known`.
//
// Whatever keeps a moment does it under the write lock: what waited for the lock must not be dated before it.
// Threads: that of the connection. Errors: db::Failure is thrown.
#pragma once

#include "zonestore/base/moment.h"
#include "zonestore/db/connection.h"

namespace zonestore::rows {

[[nodiscard]] KeptTime read_kept_time(db::Connection& connection);
void store_kept_time(db::Connection& connection, const KeptTime& kept);

// Reads the clock and keeps the moment, in the caller's write transaction.
Now keep_moment(db::Connection& connection, const Clock& clock);

}  // namespace zonestore::rows
