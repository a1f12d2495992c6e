// Times and moments as the schema keeps them: whole milliseconds; a moment in five columns, one after the other:
// PREFIX_wall_ms, PREFIX_boot_ms, PREFIX_boot_id, PREFIX_synchronised, PREFIX_trusted_ms.
#pragma once

#include <optional>

#include "zonestore/base/moment.h"
#include "zonestore/db/connection.h"

namespace zonestore::rows {

[[nodiscard]] inline std::int64_t to_column(WallTime time) {
  return time.time_since_epoch().count();
}
[[nodiscard]] inline WallTime wall_column(const db::Statement& row, int column) {
  return WallTime(Milliseconds(row.integer(column)));
}
[[nodiscard]] inline std::optional<WallTime> wall_column_or_none(const db::Statement& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional(wall_column(row, column));
}

inline constexpr int kMomentColumns = 5;

// Columns `first` and the four after it.
[[nodiscard]] inline Moment moment_columns(const db::Statement& row, int first) {
  return Moment{wall_column(row, first), Milliseconds(row.integer(first + 1)), row.text(first + 2),
                row.integer(first + 3) != 0, Milliseconds(row.integer(first + 4))};
}
inline void bind_moment(db::Statement& statement, int first, const Moment& moment) {
  statement.bind(first, to_column(moment.wall));
  statement.bind(first + 1, moment.since_boot.count());
  statement.bind(first + 2, std::string_view(moment.boot_id));
  statement.bind(first + 3, std::int64_t{moment.synchronised});
  statement.bind(first + 4, moment.trusted.count());
}
inline void bind_no_moment(db::Statement& statement, int first) {
  for (int column = first; column < first + kMomentColumns; ++column) {
    statement.bind_null(column);
  }
}

}  // namespace zonestore::rows
