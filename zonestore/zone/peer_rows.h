// The enabled secondaries from their tables, for the reader of this folder.
// Threads: one thread, that of the connection. Errors: thrown as db::Failure.
#pragma once

#include "zonestore/db/connection.h"
#include "zonestore/zone/peers.h"

namespace zonestore {

// The schema's step that made the tables: before it there are no peers.
inline constexpr std::int64_t kPeersSince = 16;

// By name. Precondition: the store is of that step or a later one.
[[nodiscard]] Peers read_peers(db::Connection& connection);

// Of one row, of whatever state. Keys and addresses in their order.
[[nodiscard]] std::vector<Name> read_key_names(db::Connection& connection, SecondaryId secondary);
[[nodiscard]] std::vector<SocketAddress> read_addresses(db::Connection& connection, SecondaryId secondary);
// In canonical order.
[[nodiscard]] std::vector<Name> read_zones_of(db::Connection& connection, SecondaryId secondary);

}  // namespace zonestore
