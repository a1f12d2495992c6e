#include "zonestore/operations/bulk/bulk_runs.h"

#include <algorithm>
#include <utility>

#include "zonestore/operations/bulk/bulk_lock.h"
#include "zonestore/operations/change/change_scope.h"
#include "zonestore/operations/change/moment_keeper.h"
#include "zonestore/rows/target_rows.h"

namespace zonestore {
namespace {

constexpr Milliseconds kKept = std::chrono::hours(24 * 90);  // after its end, for those who look

void check_codes_differ(const BulkPlan& plan) {
  std::vector<std::string_view> codes;
  for (const BulkPlan::Item& item : plan.items) {
    codes.push_back(item.code.text());
  }
  std::sort(codes.begin(), codes.end());
  if (const auto twice = std::adjacent_find(codes.begin(), codes.end()); twice != codes.end()) {
    throw db::Failure(Error{ErrorCode::kInvalid, std::string(*twice) + " is named twice", "", std::nullopt});
  }
}

std::vector<BulkItem> read_items(db::Connection& connection, std::int64_t run, std::string_view command) {
  std::vector<BulkItem> items;
  for (rows::BulkItemRow& row : rows::read_bulk_items(connection, run)) {
    items.push_back({BulkTicket{run, row.position, std::string(command)}, std::move(row.code),
                     std::move(row.arguments_json), row.state, std::move(row.note)});
  }
  return items;
}

// "1990 done, 10 refused"
std::string counted(db::Connection& connection, std::int64_t run) {
  const std::string text = rows::count_bulk_items(connection, run);
  return text.empty() ? "nothing to do" : text;
}

std::string name_of(std::int64_t run) {
  return "bulk run " + std::to_string(run);
}

std::optional<BulkRun> open_run(db::Connection& connection, std::string_view command) {
  std::optional<rows::BulkRunRow> row = rows::open_bulk_run(connection, command);
  if (!row) {
    return std::nullopt;
  }
  return BulkRun{
      row->id, std::move(row->arguments_json), row->began, {}, std::move(row->command), std::move(row->actor), {}};
}

// Who is at work, or was, and what to do about it. `worker`: who holds the lock; empty: nobody is at work.
[[noreturn]] void throw_open(db::Connection& connection, const BulkRun& run, const std::string& worker) {
  const bool at_work = !worker.empty();
  const std::string command = "zonectl " + run.command;
  const std::string go_on =
      command + " --resume goes on with it; " + command + " --give-up " + std::to_string(run.id) + " gives it up";
  throw db::Failure(Error{ErrorCode::kRefused,
                          name_of(run.id) + " of " + run.command + ", begun " + to_rfc3339(run.began) +
                              (run.actor.empty() ? "" : " by " + run.actor) + ", " +
                              (at_work ? "is at work" : "waits to be resumed") + " (" + counted(connection, run.id) +
                              ")" + (at_work ? ": " + worker : ""),
                          at_work ? "wait for its end; or stop it (Ctrl-C), then " + go_on : go_on,
                          Refusal{Guard::kExists, std::nullopt}});
}

// Another process holds the lock of the command.
[[noreturn]] void throw_at_work(Store& store, const std::string& command) {
  db::Connection& connection = store.impl().connection;
  const std::string worker = who_holds_bulk_command(store.dir(), command);
  const db::Transaction reading(connection, db::Transaction::Kind::kRead);
  if (const std::optional<BulkRun> run = open_run(connection, command)) {
    throw_open(connection, *run, worker);
  }
  throw db::Failure(Error{ErrorCode::kRefused,
                          "another bulk run of " + command + " begins or ends just now: " + worker,
                          "try again in a moment", Refusal{Guard::kExists, std::nullopt}});
}

// In a dry run only looked at: nothing is left behind.
std::shared_ptr<const FileDescriptor> lock_or_refuse(Store& store, const ChangeContext& context,
                                                     const std::string& command) {
  if (context.dry_run) {
    if (is_bulk_command_locked(store.dir(), command)) {
      throw_at_work(store, command);
    }
    return nullptr;
  }
  std::shared_ptr<const FileDescriptor> lock = lock_bulk_command(store.dir(), command);
  if (!lock) {
    throw_at_work(store, command);
  }
  return lock;
}

// There may be one that was interrupted: nobody is at work, since this process has the lock.
void check_none_is_open(ChangeScope& change, const BulkPlan& plan) {
  const std::optional<BulkRun> open = open_run(change.connection(), plan.command);
  if (!open) {
    return;
  }
  if (!plan.takes_over) {
    throw_open(change.connection(), *open, "");
  }
  rows::close_bulk_run(change.connection(), open->id, change.wall());
}

}  // namespace

Result<std::vector<dkim::Code>> signing_institutions(Store& store) {
  return db::at_border<std::vector<dkim::Code>>([&] { return rows::signing_codes(store.impl().connection); });
}

Result<BulkRun> begin_bulk_run(Store& store, const ChangeContext& context, const BulkPlan& plan) {
  return db::at_border<BulkRun>([&] {
    check_codes_differ(plan);
    const MomentKeeper keeper(store.impl(), context);
    std::shared_ptr<const FileDescriptor> lock = lock_or_refuse(store, context, plan.command);
    ChangeScope change(store, context, plan.command, "");
    check_none_is_open(change, plan);
    rows::delete_bulk_runs_before(change.connection(), change.wall() - kKept);
    const std::string& actor = context.actor.name;
    const rows::BulkRunRow row{0, plan.command, plan.arguments_json, change.wall(), actor, std::nullopt};
    BulkRun run{rows::insert_bulk_run(change.connection(), row),
                plan.arguments_json,
                change.wall(),
                {},
                plan.command,
                actor,
                std::move(lock)};
    for (const BulkPlan::Item& each : plan.items) {
      const auto position = static_cast<std::int64_t>(run.items.size()) + 1;
      run.items.push_back(
          {BulkTicket{run.id, position, plan.command}, each.code, each.arguments_json, BulkState::kWaiting, ""});
      rows::insert_bulk_item(change.connection(),
                             {run.id, position, each.code, each.arguments_json, BulkState::kWaiting, ""});
    }
    Changed ignored;
    change.finish({name_of(run.id) + " began: " + std::to_string(plan.items.size()) + " institutions",
                   {},
                   AuditValue::of_json(plan.arguments_json)},
                  ignored);
    return run;
  });
}

Result<std::optional<BulkRun>> interrupted_bulk_run(Store& store, std::string_view command) {
  return db::at_border<std::optional<BulkRun>>([&]() -> std::optional<BulkRun> {
    db::Connection& connection = store.impl().connection;
    const db::Transaction reading(connection, db::Transaction::Kind::kRead);
    std::optional<BulkRun> run = open_run(connection, command);
    if (run) {
      run->items = read_items(connection, run->id, command);
    }
    return run;
  });
}

Result<std::optional<BulkRun>> resume_bulk_run(Store& store, const ChangeContext& context, std::string_view command) {
  return db::at_border<std::optional<BulkRun>>([&] {
    const MomentKeeper keeper(store.impl(), context);
    std::shared_ptr<const FileDescriptor> lock = lock_or_refuse(store, context, std::string(command));
    std::optional<BulkRun> run = db::unwrap(interrupted_bulk_run(store, command));
    if (run) {
      run->lock = std::move(lock);
    }
    return run;
  });
}

Result<GivenUp> give_up_bulk_run(Store& store, const ChangeContext& context, const std::string& command,
                                 std::int64_t run) {
  return db::at_border<GivenUp>([&] {
    const MomentKeeper keeper(store.impl(), context);
    const std::shared_ptr<const FileDescriptor> lock = lock_or_refuse(store, context, command);
    ChangeScope change(store, context, command, "");
    const std::optional<BulkRun> open = open_run(change.connection(), command);
    if (!open || open->id != run) {
      throw db::Failure(Error{ErrorCode::kNotFound, "no " + name_of(run) + " of " + command + " waits to be resumed",
                              "zonectl log shows the runs that there were", std::nullopt});
    }
    GivenUp outcome;
    outcome.run = run;
    outcome.counts = counted(change.connection(), run);
    rows::close_bulk_run(change.connection(), run, change.wall());
    change.finish({name_of(run) + " given up: " + outcome.counts}, outcome);
    return outcome;
  });
}

Result<std::vector<dkim::Code>> rotations_of_run(Store& store, std::int64_t run) {
  return db::at_border<std::vector<dkim::Code>>([&] {
    db::Connection& connection = store.impl().connection;
    const bool is_locked = is_bulk_command_locked(store.dir(), "rotate");
    const db::Transaction reading(connection, db::Transaction::Kind::kRead);
    const std::optional<rows::BulkRunRow> row = rows::find_bulk_run(connection, run);
    if (!row || row->command != "rotate") {
      throw db::Failure(Error{ErrorCode::kNotFound, "there is no " + name_of(run) + " of rotations",
                              "zonectl log shows the runs that there were", std::nullopt});
    }
    if (!row->ended && is_locked) {
      throw_open(connection, *open_run(connection, "rotate"), who_holds_bulk_command(store.dir(), "rotate"));
    }
    std::vector<dkim::Code> codes;
    for (const BulkItem& item : read_items(connection, run, "rotate")) {
      if (item.state == BulkState::kDone) {
        codes.push_back(item.code);
      }
    }
    return codes;
  });
}

Result<void> note_bulk_item(Store& store, const BulkTicket& ticket, BulkState state, const std::string& note,
                            IfDone if_done) {
  return db::at_border<void>([&] {
    db::Connection& connection = store.impl().connection;
    db::Transaction writing(connection, db::Transaction::Kind::kWrite);
    rows::note_bulk_item(connection, ticket.run, ticket.position, state, note, if_done == IfDone::kWasUndone);
    writing.commit();
  });
}

Result<void> end_bulk_run(Store& store, const ChangeContext& context, std::int64_t run) {
  return db::at_border<void>([&] {
    db::Connection& connection = store.impl().connection;
    const std::optional<rows::BulkRunRow> row = rows::find_bulk_run(connection, run);
    if (!row) {
      throw db::Failure(Error{ErrorCode::kNotFound, "there is no " + name_of(run), "", std::nullopt});
    }
    ChangeScope change(store, context, row->command, "");
    rows::close_bulk_run(connection, run, change.wall());
    Changed ignored;
    change.finish({name_of(run) + " ended: " + counted(connection, run)}, ignored);
  });
}

}  // namespace zonestore
