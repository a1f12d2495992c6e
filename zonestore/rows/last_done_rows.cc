#include "zonestore/rows/last_done_rows.h"

#include "zonestore/rows/moment_columns.h"

namespace zonestore::rows {

std::vector<LastDone> read_last_done(db::Connection& connection) {
  db::Statement rows = connection.prepare("SELECT what, at_ms, command, fault FROM last_done ORDER BY what");
  std::vector<LastDone> done;
  while (rows.step()) {
    done.push_back({rows.text(0), wall_column(rows, 1), rows.text(2), rows.text(3)});
  }
  return done;
}

void write_last_done(db::Connection& connection, const LastDone& done) {
  db::Statement& replace = connection.cached(
      "INSERT INTO last_done (what, at_ms, command, fault) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET "
      "at_ms = excluded.at_ms, command = excluded.command, fault = excluded.fault");
  replace.bind(1, std::string_view(done.what)).bind(2, to_column(done.at));
  replace.bind(3, std::string_view(done.command)).bind(4, std::string_view(done.fault));
  replace.run();
}

}  // namespace zonestore::rows
