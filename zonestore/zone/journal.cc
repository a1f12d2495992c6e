#include "zonestore/zone/journal.h"

#include <algorithm>

namespace zonestore {
namespace {

std::int64_t milliseconds(WallTime time) {
  return time.time_since_epoch().count();
}

std::uint64_t count_rows(const std::vector<Difference>& differences) {
  std::uint64_t rows = 0;
  for (const Difference& difference : differences) {
    rows += (difference.before ? 1U : 0U) + (difference.after ? 1U : 0U);
  }
  return rows;
}

std::uint64_t most_rows(const PublishedZone& zone) {
  return std::max(zone.record_set_count, kJournalRowsOfSmallZone);
}

void insert_row(db::Connection& connection, std::int64_t change_id, JournalOperation operation,
                const Difference& difference, const StoredData& data) {
  connection
      .cached(
          "INSERT INTO journal_record_set (change_id, operation, owner, type, ttl, rdata) "
          "VALUES (?, ?, ?, ?, ?, ?)")
      .bind(1, change_id)
      .bind(2, static_cast<std::int64_t>(operation))
      .bind(3, ByteView(difference.owner_key))
      .bind(4, static_cast<std::int64_t>(difference.type))
      .bind(5, std::int64_t{seconds(data.ttl)})
      .bind(6, ByteView(data.packed_rdata))
      .run();
}

void insert_rows(db::Connection& connection, std::int64_t change_id, const std::vector<Difference>& differences) {
  for (const Difference& difference : differences) {
    if (difference.before) {
      insert_row(connection, change_id, JournalOperation::kRemoved, difference, *difference.before);
    }
    if (difference.after) {
      insert_row(connection, change_id, JournalOperation::kAdded, difference, *difference.after);
    }
  }
}

std::int64_t insert_change(db::Connection& connection, const PublishedZone& zone, Serial before, WallTime now,
                           std::uint64_t rows) {
  connection
      .cached(
          "INSERT INTO journal_change (zone_id, serial_before, serial_after, at_ms, row_count) "
          "VALUES (?, ?, ?, ?, ?)")
      .bind(1, zone_column(zone.id))
      .bind(2, std::int64_t{before.value})
      .bind(3, std::int64_t{zone.serial.value})
      .bind(4, milliseconds(now))
      .bind(5, static_cast<std::int64_t>(rows))
      .run();
  return connection.last_insert_rowid();
}

struct OldestChange {
  std::int64_t change_id = 0;
  std::int64_t at_ms = 0;
  std::uint64_t row_count = 0;
};

std::optional<OldestChange> read_oldest(db::Connection& connection, ZoneId zone) {
  db::Statement& statement = connection.cached(
      "SELECT change_id, at_ms, row_count FROM journal_change WHERE zone_id = ? ORDER BY change_id LIMIT 1");
  statement.bind(1, zone_column(zone));
  std::optional<OldestChange> oldest;
  if (statement.step()) {
    oldest =
        OldestChange{statement.integer(0), statement.integer(1), static_cast<std::uint64_t>(statement.integer(2))};
  }
  statement.reset();
  return oldest;
}

bool has_more_changes_than(db::Connection& connection, ZoneId zone, std::uint64_t changes) {
  db::Statement& statement = connection.cached("SELECT journal_change_count FROM zone WHERE zone_id = ?");
  statement.bind(1, zone_column(zone));
  const bool more = statement.step() && static_cast<std::uint64_t>(statement.integer(0)) > changes;
  statement.reset();
  return more;
}

bool is_due(db::Connection& connection, const ZoneRow& row, const OldestChange& oldest, WallTime now) {
  const bool is_void = oldest.row_count == 0;
  if (is_void || row.journal_row_count > most_rows(row.zone)) {
    return true;
  }
  return oldest.at_ms < milliseconds(now - kJournalAge) &&
         has_more_changes_than(connection, row.zone.id, kJournalChanges);
}

// Deletes at most `most` rows of the change, the change itself with its last row. Returns how many rows.
std::uint64_t cut_change(db::Connection& connection, const OldestChange& oldest, std::uint64_t most) {
  connection
      .cached(
          "DELETE FROM journal_record_set WHERE (change_id, operation, owner, type) IN "
          "(SELECT change_id, operation, owner, type FROM journal_record_set WHERE change_id = ? LIMIT ?)")
      .bind(1, oldest.change_id)
      .bind(2, static_cast<std::int64_t>(most))
      .run();
  const auto rows = static_cast<std::uint64_t>(connection.changed_rows());
  const std::string_view end_of_change = rows < most ? "DELETE FROM journal_change WHERE change_id = ?"
                                                     : "UPDATE journal_change SET row_count = 0 WHERE change_id = ?";
  connection.cached(end_of_change).bind(1, oldest.change_id).run();
  return rows;
}

void cut_journal(db::Connection& connection, ZoneRow& row, std::uint64_t most, WallTime now) {
  while (most > 0) {
    const auto oldest = read_oldest(connection, row.zone.id);
    if (!oldest || !is_due(connection, row, *oldest, now)) {
      return;
    }
    const std::uint64_t rows = cut_change(connection, *oldest, most);
    row.journal_row_count -= std::min(rows, row.journal_row_count);
    most -= std::min(std::max<std::uint64_t>(rows, 1), most);
  }
}

}  // namespace

void append_to_journal(db::Connection& connection, ZoneRow& row, Serial before,
                       const std::vector<Difference>& differences, WallTime now) {
  const std::uint64_t rows = count_rows(differences);
  const bool is_kept = rows <= most_rows(row.zone);
  const std::int64_t change_id = insert_change(connection, row.zone, before, now, is_kept ? rows : 0);
  if (is_kept) {
    insert_rows(connection, change_id, differences);
    row.journal_row_count += rows;
  }
  cut_journal(connection, row, rows + kJournalRowsCutPerChange, now);
}

void delete_journal(db::Connection& connection, ZoneId zone) {
  connection.cached("DELETE FROM journal_change WHERE zone_id = ?")
      .bind(1, zone_column(zone))
      .run();  // its record sets go with it
}

}  // namespace zonestore
