// Is the store whole? Everything that can be checked without the world: SQLite's pages, the published record sets as
// dnsd checks them, the vault's private halves, and the audit chain. What was found is kept, and `status` tells it.
//
// Threads: that of the Store. Errors: as in base/error.h. What is not whole is no error but the answer.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "zonestore/operations/change/store.h"

namespace zonestore {

struct Verified {
  std::string what;                 // "file", "zones", "keys", "log"
  std::string told;                 // what was looked at, for people: "2 zones, 4,012 record sets"
  std::vector<std::string> faults;  // the first 20, one line each
  std::uint64_t fault_count = 0;
  std::string not_looked;  // why nobody could look; empty: somebody did
};

// All four, in this order, each under a read lock of its own: writers wait as long as the longest takes (of a million
// institutions, some seconds). Errors: kBusy.
[[nodiscard]] Result<std::vector<Verified>> verify_store(Store& store);

// The published record sets alone, under a read lock.
[[nodiscard]] Result<Verified> verify_zones(Store& store);

// For `status`: what `command` found, and when. What nobody could look at stays as it was.
[[nodiscard]] Result<void> keep_verified(Store& store, const std::vector<Verified>& verified,
                                         const std::string& command);

}  // namespace zonestore
