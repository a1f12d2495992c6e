// The one row of the table store: which store it is, what it keeps of time, whether it is frozen, where its audit log
// ends.
//
// Threads: that of the connection. Errors: db::Failure is thrown.
#pragma once

#include <optional>
#include <string>

#include "zonestore/base/bytes.h"
#include "zonestore/base/moment.h"
#include "zonestore/db/connection.h"
#include "zonestore/dkim/customer_selectors.h"
#include "zonestore/dkim/lifecycle.h"
#include "zonestore/zone/published_reader.h"

namespace zonestore::rows {

struct StoreRow {
  std::string store_id;
  ZoneId dkim_zone{};
  ZoneId spf_zone{};
  dkim::CustomerSelectors customer_selectors{};
};
void insert_store(db::Connection& connection, const StoreRow& row, WallTime made);
// Empty if the row is not there yet.
[[nodiscard]] std::string read_store_id(db::Connection& connection);
[[nodiscard]] ZoneId read_dkim_zone(db::Connection& connection);
[[nodiscard]] dkim::CustomerSelectors read_customer_selectors(db::Connection& connection);

// The zone that is the catalog; nullopt: there is none.
[[nodiscard]] std::optional<ZoneId> read_catalog_zone(db::Connection& connection);
void store_catalog_zone(db::Connection& connection, const std::optional<ZoneId>& zone);

// The last moment that was kept, and `known`. Whatever keeps a moment does it under the write lock: what waited for
// the lock must not be dated before it.
[[nodiscard]] KeptTime read_kept_time(db::Connection& connection);
void store_kept_time(db::Connection& connection, const KeptTime& kept);
// Reads the clock and keeps the moment, in the caller's write transaction.
Now keep_moment(db::Connection& connection, const Clock& clock);

// A name server of ours was once seen to serve the zone of the keys: from then on it is delegated.
[[nodiscard]] bool was_seen_served(db::Connection& connection);
void note_seen_served(db::Connection& connection);

// The newest row of the audit log, and how many of it are chained.
struct AuditEnd {
  Bytes chain;  // of the newest row; empty: none is chained
  std::int64_t count = 0;
};
[[nodiscard]] std::optional<AuditEnd> read_audit_end(db::Connection& connection);
void add_to_audit_end(db::Connection& connection, ByteView chain);  // one row more
[[nodiscard]] std::optional<WallTime> read_audit_told(db::Connection& connection);
void store_audit_told(db::Connection& connection, WallTime told);

// For other units of this folder: of freeze_rows; and the number of the signers' changes, one more.
void store_whole_freeze(db::Connection& connection, const std::optional<dkim::Freeze>& freeze);
void count_signer_change(db::Connection& connection);

}  // namespace zonestore::rows
