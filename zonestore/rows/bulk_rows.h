// Runs of bulk commands and their items (tables bulk_run, bulk_item).
//
// Threads: that of the connection. Errors: db::Failure is thrown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zonestore/base/moment.h"
#include "zonestore/db/connection.h"
#include "zonestore/dkim/selector.h"

namespace zonestore::rows {

enum class BulkState : std::uint8_t {
  kWaiting,
  kDone,
  kRefused,  // by a guard: nothing was changed, and nothing is broken
  kFailed,   // an error: nothing was changed, or it was undone
};
[[nodiscard]] std::string_view to_text(BulkState state);  // "waiting"

struct BulkItemRow {
  std::int64_t run = 0;
  std::int64_t position = 0;
  dkim::Code code;
  std::string arguments_json;
  BulkState state = BulkState::kWaiting;
  std::string note;  // refused or failed: the error in one line
};
void insert_bulk_item(db::Connection& connection, const BulkItemRow& item);
[[nodiscard]] std::vector<BulkItemRow> read_bulk_items(db::Connection& connection, std::int64_t run);  // by position
// How many are in which state: "1990 done, 10 refused"; empty: there are none.
[[nodiscard]] std::string count_bulk_items(db::Connection& connection, std::int64_t run);
// False: it was done already, and stays as it is.
[[nodiscard]] bool complete_bulk_item(db::Connection& connection, std::int64_t run, std::int64_t position);
// One that is done stays so, unless it was undone.
void note_bulk_item(db::Connection& connection, std::int64_t run, std::int64_t position, BulkState state,
                    const std::string& note, bool was_undone);

struct BulkRunRow {
  std::int64_t id = 0;
  std::string command;
  std::string arguments_json;
  WallTime began;
  std::string actor;              // who began it; empty: not on record
  std::optional<WallTime> ended;  // nullopt: it is at work, or waits to be resumed
};
// Its id; that of the row and its end are not read.
std::int64_t insert_bulk_run(db::Connection& connection, const BulkRunRow& run);
[[nodiscard]] std::optional<BulkRunRow> find_bulk_run(db::Connection& connection, std::int64_t id);
// The last one of this command that has not ended.
[[nodiscard]] std::optional<BulkRunRow> open_bulk_run(db::Connection& connection, std::string_view command);
void close_bulk_run(db::Connection& connection, std::int64_t id, WallTime now);
// Those that ended before, with their items.
void delete_bulk_runs_before(db::Connection& connection, WallTime ended);

}  // namespace zonestore::rows
