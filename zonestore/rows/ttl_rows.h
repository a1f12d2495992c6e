// How far the published TTLs have followed the store's policy (table ttls_behind). Errors: db::Failure is thrown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "zonestore/db/connection.h"

namespace zonestore::rows {

// The TTLs of the institutions after this code have still to follow; nullopt: all do.
[[nodiscard]] std::optional<std::string> read_ttls_behind(db::Connection& connection);
void store_ttls_behind(db::Connection& connection, const std::optional<std::string>& after_code);

// How many institutions there are after that code, without the departed.
[[nodiscard]] std::uint64_t count_institutions_after(db::Connection& connection, const std::string& after_code);

}  // namespace zonestore::rows
