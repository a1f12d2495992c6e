#include "zonestore/rows/kept_time.h"

#include "zonestore/rows/moment_columns.h"

namespace zonestore::rows {

KeptTime read_kept_time(db::Connection& connection) {
  db::Statement& row = connection.cached(
      "SELECT last_wall_ms, last_boot_ms, last_boot_id, last_synchronised, last_trusted_ms, known_ms FROM store");
  KeptTime kept;
  if (row.step()) {
    if (!row.is_null(0)) {
      kept.last = moment_columns(row, 0);
    }
    if (!row.is_null(kMomentColumns)) {
      kept.known = Milliseconds(row.integer(kMomentColumns));
    }
  }
  row.reset();
  return kept;
}

void store_kept_time(db::Connection& connection, const KeptTime& kept) {
  db::Statement& update = connection.cached(
      "UPDATE store SET last_wall_ms = ?1, last_boot_ms = ?2, last_boot_id = ?3, last_synchronised = ?4, "
      "last_trusted_ms = ?5, known_ms = ?6");
  if (kept.last) {
    bind_moment(update, 1, *kept.last);
  } else {
    bind_no_moment(update, 1);
  }
  if (kept.known) {
    update.bind(kMomentColumns + 1, kept.known->count());
  } else {
    update.bind_null(kMomentColumns + 1);
  }
  update.run();
}

Now keep_moment(db::Connection& connection, const Clock& clock) {
  KeptTime kept = read_kept_time(connection);
  Now now{trust(kept, clock.now())};
  keep(kept, now.moment);
  store_kept_time(connection, kept);
  return now;
}

}  // namespace zonestore::rows
