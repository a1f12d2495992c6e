// Which institutions a command for many is about, found in one statement by what their rows hold: all that sign, all
// that hold a key, all with a slot worth a look. What may be done with each is asked of each, under the transaction
// that does it: a list is read before, and may be out of date when its turn comes.
//
// All by code, in order. Threads: that of the connection. Errors: db::Failure is thrown.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "zonestore/db/connection.h"
#include "zonestore/dkim/selector.h"

namespace zonestore::rows {

// In the phase "signing".
[[nodiscard]] std::vector<dkim::Code> signing_codes(db::Connection& connection);

// Not departed, with a key in that slot (nullopt: in either): what `revoke` for many may take.
[[nodiscard]] std::vector<dkim::Code> codes_with_key(db::Connection& connection, std::optional<dkim::SlotId> slot);

// Starting or signing, with that slot (nullopt: either) empty or holding a key that signs no longer: what `prepare`
// for many has to look at. The others need no new key, and with a million of them a look at each would take minutes.
[[nodiscard]] std::vector<dkim::Code> codes_to_prepare(db::Connection& connection, std::optional<dkim::SlotId> slot);

// How many codes_after() of institution_rows.h goes through, without the departed.
[[nodiscard]] std::uint64_t count_not_departed(db::Connection& connection);

}  // namespace zonestore::rows
