// The store as numbers, for Prometheus: what status tells, and what beside it is worth a line over months. No code,
// no domain.
//
// One walk over the store; a million institutions take seconds. Threads: that of the Store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "zonestore/exposition/exposition.h"
#include "zonestore/operations/views/status.h"

namespace zonestore {

struct StoreFigures {
  StoreStatus status;
  std::vector<std::pair<std::string, std::uint64_t>> keys;  // published ones, by algorithm
  std::optional<WallTime> active_key_oldest;                // when it was published
  std::optional<WallTime> active_key_median;
  std::optional<WallTime> evidence_oldest;  // the last look that is longest ago
  std::uint64_t spf_bytes = 0;              // of the longest record
  std::uint64_t spf_lookups = 0;            // that including our policy costs a customer
  std::uint64_t audit_rows = 0;
  std::vector<std::pair<std::string, std::uint64_t>> file_bytes;  // zone.db, vault.db; none that cannot be looked at
};
[[nodiscard]] Result<StoreFigures> store_figures(Store& store);

void expose(const StoreFigures& figures, exposition::Exposition& out);

}  // namespace zonestore
