// Bulk runs: which institutions a bulk command is to work through, and how far it has come. The list is on disk
// before the first of them is touched, and each item turns done in the transaction of its own change (ChangeContext's
// bulk_ticket): whatever kills the program, a resumed run does none of them twice.
//
// Threads: that of the store. Errors: as in base/error.h.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zonestore/base/file_descriptor.h"
#include "zonestore/dkim/selector.h"
#include "zonestore/operations/change/store.h"
#include "zonestore/rows/bulk_rows.h"

namespace zonestore {

using rows::BulkState;

struct BulkItem {
  BulkTicket ticket;
  dkim::Code code;
  std::string arguments_json;  // its own
  BulkState state = BulkState::kWaiting;
  std::string note;  // refused or failed: the error in one line
};

struct BulkRun {
  std::int64_t id = 0;
  std::string arguments_json;  // of the whole command, for a resumed run
  WallTime began;
  std::vector<BulkItem> items;
  std::string command;
  std::string actor;  // who began it; empty: not on record
  // While it lives the run is at work (bulk_lock.h); nullptr: it was only looked at, or nothing is written.
  std::shared_ptr<const FileDescriptor> lock;
};

struct BulkPlan {
  struct Item {
    dkim::Code code;
    std::string arguments_json = "{}";
  };
  std::string command;  // "rotate", "add"
  std::string arguments_json = "{}";
  std::vector<Item> items;  // in the order of work; no code twice
  // Of a command that is resumed by giving it again (import): an interrupted run is given up for this one.
  bool takes_over = false;
};

// Those that sign, by code.
[[nodiscard]] Result<std::vector<dkim::Code>> signing_institutions(Store& store);

// Writes the list down, with an audit row, and locks the command: the run is at work as long as its `lock` lives. In
// a dry run nothing is written. Errors: kInvalid for a code that comes twice; kRefused/kExists while another run of
// the command is at work, or waits to be resumed: who began it, when, and how it is given up.
[[nodiscard]] Result<BulkRun> begin_bulk_run(Store& store, const ChangeContext& context, const BulkPlan& plan);

// The last run of the command that did not come to its end, to look at; nullopt if there is none.
[[nodiscard]] Result<std::optional<BulkRun>> interrupted_bulk_run(Store& store, std::string_view command);

// The same, locked, to go on with. Errors: kRefused/kExists if it is at work.
[[nodiscard]] Result<std::optional<BulkRun>> resume_bulk_run(Store& store, const ChangeContext& context,
                                                             std::string_view command);

// Ends a run that waits to be resumed, as it is, with an audit row. Errors: kNotFound if no such run of the command
// is open; kRefused/kExists if it is at work.
struct GivenUp : Changed {
  std::int64_t run = 0;
  std::string counts;  // "1990 done, 10 waiting"
};
[[nodiscard]] Result<GivenUp> give_up_bulk_run(Store& store, const ChangeContext& context, const std::string& command,
                                               std::int64_t run);

// The institutions that this bulk run has rotated, in its order. Errors: kNotFound if there is no such run, or none
// of rotations; kRefused/kExists while it is at work.
[[nodiscard]] Result<std::vector<dkim::Code>> rotations_of_run(Store& store, std::int64_t run);

// An item that was refused or failed. One that is done stays done, unless it was undone again.
enum class IfDone : std::uint8_t { kStaysDone, kWasUndone };
[[nodiscard]] Result<void> note_bulk_item(Store& store, const BulkTicket& ticket, BulkState state,
                                          const std::string& note, IfDone if_done = IfDone::kStaysDone);

// With an audit row that has the numbers. Errors: kNotFound.
[[nodiscard]] Result<void> end_bulk_run(Store& store, const ChangeContext& context, std::int64_t run);

}  // namespace zonestore
