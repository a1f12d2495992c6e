#include "zonestore/rows/bulk_rows.h"

#include <array>

#include "zonestore/base/joined.h"
#include "zonestore/rows/moment_columns.h"

namespace zonestore::rows {
namespace {

// In the order of BulkState; the schema knows the same four.
constexpr std::array<std::string_view, 4> kStates{"waiting", "done", "refused", "failed"};

BulkState parse_state(const std::string& text) {
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    if (kStates.at(i) == text) {
      return static_cast<BulkState>(i);
    }
  }
  throw db::Failure(Error{ErrorCode::kDamaged, "\"" + text + "\" is no state of a bulk item", "", std::nullopt});
}

std::optional<BulkRunRow> run_of(db::Statement& row) {
  if (!row.step()) {
    return std::nullopt;
  }
  BulkRunRow run{row.integer(0), row.text(1), row.text(2), wall_column(row, 3), row.text(4), std::nullopt};
  if (!row.is_null(5)) {
    run.ended = wall_column(row, 5);
  }
  return run;
}

}  // namespace

std::string_view to_text(BulkState state) {
  return kStates.at(static_cast<std::size_t>(state));
}

void insert_bulk_item(db::Connection& connection, const BulkItemRow& item) {
  connection
      .cached("INSERT INTO bulk_item (run_id, position, code, arguments_json, state) VALUES (?1, ?2, ?3, ?4, ?5)")
      .bind(1, item.run)
      .bind(2, item.position)
      .bind(3, std::string_view(item.code.text()))
      .bind(4, std::string_view(item.arguments_json))
      .bind(5, to_text(item.state))
      .run();
}

std::vector<BulkItemRow> read_bulk_items(db::Connection& connection, std::int64_t run) {
  db::Statement rows = connection.prepare(
      "SELECT position, code, arguments_json, state, note FROM bulk_item WHERE run_id = ?1 ORDER BY position");
  rows.bind(1, run);
  std::vector<BulkItemRow> items;
  while (rows.step()) {
    items.push_back({run, rows.integer(0), db::unwrap(dkim::Code::parse(rows.text(1))), rows.text(2),
                     parse_state(rows.text(3)), rows.text(4)});
  }
  return items;
}

std::string count_bulk_items(db::Connection& connection, std::int64_t run) {
  db::Statement rows =
      connection.prepare("SELECT state, count(*) FROM bulk_item WHERE run_id = ?1 GROUP BY state ORDER BY state");
  rows.bind(1, run);
  std::string text;
  while (rows.step()) {
    append_joined(text, ", ", std::to_string(rows.integer(1)) + " " + rows.text(0));
  }
  return text;
}

bool complete_bulk_item(db::Connection& connection, std::int64_t run, std::int64_t position) {
  // Once: who resumed the same run beside us may have been first, and the caller takes its change back then.
  connection
      .cached(
          "UPDATE bulk_item SET state = 'done', note = '' WHERE run_id = ?1 AND position = ?2 AND state <> 'done'")
      .bind(1, run)
      .bind(2, position)
      .run();
  return connection.changed_rows() == 1;
}

void note_bulk_item(db::Connection& connection, std::int64_t run, std::int64_t position, BulkState state,
                    const std::string& note, bool was_undone) {
  // What was done stays told as done, whatever another who resumed the run met there.
  connection
      .cached(
          "UPDATE bulk_item SET state = ?3, note = ?4 "
          "WHERE run_id = ?1 AND position = ?2 AND (state <> 'done' OR ?5 = 1)")
      .bind(1, run)
      .bind(2, position)
      .bind(3, to_text(state))
      .bind(4, std::string_view(note))
      .bind(5, std::int64_t{was_undone})
      .run();
}

std::int64_t insert_bulk_run(db::Connection& connection, const BulkRunRow& run) {
  connection.cached("INSERT INTO bulk_run (command, arguments_json, began_ms, actor) VALUES (?1, ?2, ?3, ?4)")
      .bind(1, std::string_view(run.command))
      .bind(2, std::string_view(run.arguments_json))
      .bind(3, to_column(run.began))
      .bind(4, std::string_view(run.actor))
      .run();
  return connection.last_insert_rowid();
}

std::optional<BulkRunRow> find_bulk_run(db::Connection& connection, std::int64_t id) {
  db::Statement row = connection.prepare(
      "SELECT run_id, command, arguments_json, began_ms, actor, ended_ms FROM bulk_run WHERE run_id = ?1");
  return run_of(row.bind(1, id));
}

std::optional<BulkRunRow> open_bulk_run(db::Connection& connection, std::string_view command) {
  db::Statement row = connection.prepare(
      "SELECT run_id, command, arguments_json, began_ms, actor, ended_ms FROM bulk_run WHERE command = ?1 AND "
      "ended_ms IS NULL ORDER BY run_id DESC LIMIT 1");
  return run_of(row.bind(1, command));
}

void close_bulk_run(db::Connection& connection, std::int64_t id, WallTime now) {
  connection.cached("UPDATE bulk_run SET ended_ms = ?2 WHERE run_id = ?1").bind(1, id).bind(2, to_column(now)).run();
}

void delete_bulk_runs_before(db::Connection& connection, WallTime ended) {
  connection.cached("DELETE FROM bulk_run WHERE ended_ms < ?1").bind(1, to_column(ended)).run();
}

}  // namespace zonestore::rows
