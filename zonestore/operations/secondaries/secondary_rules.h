// What a secondary may be, and what is known of it. For the sources of zonestore/operations only. Errors: db::Failure
// is thrown.
#pragma once

#include "zonestore/operations/secondaries/secondaries.h"
#include "zonestore/rows/secondary_rows.h"

namespace zonestore {

// The row as it is to be; what is not said stays. Names a zone once, in the store's order.
void apply(const SecondarySettings& settings, rows::SecondaryRow& row);

// Throws kInvalid, kNotFound and kNoKey. `may_lack_key`: somebody has said that it has none.
void check_secondary(db::Connection& connection, const rows::SecondaryRow& row, bool may_lack_key);

// Has it become another server, or one of other zones, so that nothing that was seen before is known of it?
[[nodiscard]] bool begins_anew(const rows::SecondaryRow& before, const rows::SecondaryRow& after);

// What is known of it in each of its zones, by zone.
[[nodiscard]] std::vector<SecondarySeen> what_was_seen_of(db::Connection& connection, const rows::SecondaryRow& row);

// "ns2.secutix.com of dkim.secutix.com": name servers of our zones that have one of its addresses, by the records of
// the store, else as they were last seen.
[[nodiscard]] std::vector<std::string> name_servers_at(db::Connection& connection, const rows::SecondaryRow& row);

}  // namespace zonestore
