// The audit log as a chain: each row carries a SHA-256 over the value of the row before and all of its own columns,
// and the store's row holds the newest value and the number of chained rows. README.md of this folder writes it down.
//
//   start ──> row 1 ──> row 2 ──> ... ──> row n <── store.audit_chain, audit_count
//
// Anyone who may write the store can also compute a new chain: it shows accidents and edits that did not, and against
// the rest one keeps the newest value, which verify_log tells, where the store's owner cannot write.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "zonestore/operations/change/store.h"

namespace zonestore {

struct AuditFault {
  std::int64_t id = 0;         // of the row; of the first that is missing
  std::optional<WallTime> at;  // of the row, if it is there
  std::string command;         // as at
  std::string message;         // one line
};

struct AuditCheck {
  std::uint64_t rows = 0;
  std::uint64_t unchained = 0;     // of them, the oldest, from before the store had a chain
  std::int64_t newest_id = 0;      // 0: no rows
  std::string newest_chain;        // 64 hexadecimal digits; empty: no chained row
  std::vector<AuditFault> faults;  // the first kMostFaults, in the order of the rows
  std::uint64_t fault_count = 0;   // all of them
};
inline constexpr std::size_t kMostFaults = 20;

// A row as it was told earlier, and kept where the store's owner cannot write.
struct AuditRowTold {
  std::int64_t id = 0;
  std::string chain;  // 64 hexadecimal digits
};

// Reads every row, in bounded memory and in short read transactions. Faults are no error: they are the answer. With
// `expected` a log that has not that row with that value has a fault more, the first: its end was cut off, and the
// store's row with it, or it was written anew.
[[nodiscard]] Result<AuditCheck> verify_log(Store& store, const std::optional<AuditRowTold>& expected = std::nullopt);

// The newest row, once a day (UTC, by the wall clock): for a place that the store's owner cannot write. nullopt: it
// was told today, or there is none. Writes when, and nothing else.
[[nodiscard]] Result<std::optional<AuditRowTold>> tell_newest_row(Store& store);

}  // namespace zonestore
