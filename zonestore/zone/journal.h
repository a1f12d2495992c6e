// The journal: what each change of a zone removed and added, for IXFR and for dnsd's catch-up.
//
// It is cut from its oldest end, a bounded number of rows with each change, so that no change pays for a big
// one of the past. A change that has begun to be cut, or was too big to be kept at all, is void: row_count 0.
// Readers must not go across a void or missing change.
// Threads: one thread, that of the transaction. Errors: thrown as db::Failure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "zonestore/base/moment.h"
#include "zonestore/zone/zone_table.h"

namespace zonestore {

// How far back the journal of a zone reaches: both hold at least, within the greatest number of rows.
inline constexpr std::chrono::days kJournalAge{7};
inline constexpr std::uint64_t kJournalChanges = 10'000;
// The greatest number of rows is that of the zone's record sets, but this many in a small zone: with more
// than that, reading the whole zone is the shorter way.
inline constexpr std::uint64_t kJournalRowsOfSmallZone = 10'000;
// The rows that a change may cut beside as many as it has added itself: some milliseconds of work.
inline constexpr std::uint64_t kJournalRowsCutPerChange = 1'000;

// What a change does to one record set; at least one side is there.
struct Difference {
  Bytes owner_key;
  RecordType type{};
  std::optional<StoredData> before;
  std::optional<StoredData> after;
};

// Writes the change from serial `before` to row.zone.serial, cuts the journal, and keeps
// row.journal_row_count (which the caller writes). Precondition: row is the zone as it is after the change.
void append_to_journal(db::Connection& connection, ZoneRow& row, Serial before,
                       const std::vector<Difference>& differences, WallTime now);

// All of a zone.
void delete_journal(db::Connection& connection, ZoneId zone);

}  // namespace zonestore
