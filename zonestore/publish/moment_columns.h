// Times and moments as the schema keeps them: whole milliseconds; a moment in three columns.
#pragma once

#include "zonestore/base/moment.h"
#include "zonestore/db/connection.h"

namespace zonestore::publish {

[[nodiscard]] inline std::int64_t to_column(WallTime time) {
  return time.time_since_epoch().count();
}
[[nodiscard]] inline WallTime wall_column(const db::Statement& row, int column) {
  return WallTime(Milliseconds(row.integer(column)));
}

// Columns `first`, first+1, first+2: wall, boot, boot id.
[[nodiscard]] inline Moment moment_columns(const db::Statement& row, int first) {
  return Moment{wall_column(row, first), Milliseconds(row.integer(first + 1)), row.text(first + 2)};
}
inline void bind_moment(db::Statement& statement, int first, const Moment& moment) {
  statement.bind(first, to_column(moment.wall));
  statement.bind(first + 1, moment.since_boot.count());
  statement.bind(first + 2, std::string_view(moment.boot_id));
}
inline void bind_no_moment(db::Statement& statement, int first) {
  statement.bind_null(first);
  statement.bind_null(first + 1);
  statement.bind_null(first + 2);
}

}  // namespace zonestore::publish
