#include "zonestore/operations/bulk/bulk_runs.h"

#include <algorithm>
#include <array>
#include <utility>

#include "zonestore/operations/bulk/bulk_lock.h"
#include "zonestore/operations/change/change_scope.h"
#include "zonestore/operations/change/moment_keeper.h"
#include "zonestore/rows/moment_columns.h"

namespace zonestore {
namespace {

constexpr std::array<std::string_view, 4> kStates{"waiting", "done", "refused", "failed"};
constexpr Milliseconds kKept = std::chrono::hours(24 * 90);  // after its end, for those who look

BulkState parse_state(const std::string& text) {
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    if (kStates.at(i) == text) {
      return static_cast<BulkState>(i);
    }
  }
  throw db::Failure(Error{ErrorCode::kDamaged, "\"" + text + "\" is no state of a bulk item", "", std::nullopt});
}

void insert_item(db::Connection& connection, const BulkItem& item) {
  connection
      .cached("INSERT INTO bulk_item (run_id, position, code, arguments_json, state) VALUES (?1, ?2, ?3, ?4, ?5)")
      .bind(1, item.ticket.run)
      .bind(2, item.ticket.position)
      .bind(3, std::string_view(item.code.text()))
      .bind(4, std::string_view(item.arguments_json))
      .bind(5, to_text(BulkState::kWaiting))
      .run();
}

void forget_old_runs(db::Connection& connection, WallTime now) {
  connection.cached("DELETE FROM bulk_run WHERE ended_ms < ?1").bind(1, rows::to_column(now - kKept)).run();
}

std::int64_t insert_run(db::Connection& connection, const BulkPlan& plan, const std::string& actor, WallTime now) {
  connection.cached("INSERT INTO bulk_run (command, arguments_json, began_ms, actor) VALUES (?1, ?2, ?3, ?4)")
      .bind(1, std::string_view(plan.command))
      .bind(2, std::string_view(plan.arguments_json))
      .bind(3, rows::to_column(now))
      .bind(4, std::string_view(actor))
      .run();
  return connection.last_insert_rowid();
}

void close_run(db::Connection& connection, std::int64_t run, WallTime now) {
  connection.cached("UPDATE bulk_run SET ended_ms = ?2 WHERE run_id = ?1")
      .bind(1, run)
      .bind(2, rows::to_column(now))
      .run();
}

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
  db::Statement rows = connection.prepare(
      "SELECT position, code, arguments_json, state, note FROM bulk_item WHERE run_id = ?1 ORDER BY position");
  rows.bind(1, run);
  std::vector<BulkItem> items;
  while (rows.step()) {
    items.push_back({BulkTicket{run, rows.integer(0), std::string(command)},
                     db::unwrap(dkim::Code::parse(rows.text(1))), rows.text(2), parse_state(rows.text(3)),
                     rows.text(4)});
  }
  return items;
}

// "1990 done, 10 refused"
std::string counted(db::Connection& connection, std::int64_t run) {
  db::Statement rows =
      connection.prepare("SELECT state, count(*) FROM bulk_item WHERE run_id = ?1 GROUP BY state ORDER BY state");
  rows.bind(1, run);
  std::string text;
  while (rows.step()) {
    text += (text.empty() ? "" : ", ") + std::to_string(rows.integer(1)) + " " + rows.text(0);
  }
  return text.empty() ? "nothing to do" : text;
}

std::string name_of(std::int64_t run) {
  return "bulk run " + std::to_string(run);
}

std::optional<BulkRun> open_run(db::Connection& connection, std::string_view command) {
  db::Statement row = connection.prepare(
      "SELECT run_id, arguments_json, began_ms, actor FROM bulk_run WHERE command = ?1 AND ended_ms IS NULL "
      "ORDER BY run_id DESC LIMIT 1");
  if (!row.bind(1, command).step()) {
    return std::nullopt;
  }
  return BulkRun{row.integer(0), row.text(1), rows::wall_column(row, 2), {}, std::string(command), row.text(3), {}};
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
  close_run(change.connection(), open->id, change.wall());
}

}  // namespace

std::string_view to_text(BulkState state) {
  return kStates.at(static_cast<std::size_t>(state));
}

Result<std::vector<dkim::Code>> signing_institutions(Store& store) {
  return db::at_border<std::vector<dkim::Code>>([&] {
    db::Statement rows =
        store.impl().connection.prepare("SELECT code FROM institution WHERE phase = 'signing' ORDER BY code");
    std::vector<dkim::Code> codes;
    while (rows.step()) {
      codes.push_back(db::unwrap(dkim::Code::parse(rows.text(0))));
    }
    return codes;
  });
}

Result<BulkRun> begin_bulk_run(Store& store, const ChangeContext& context, const BulkPlan& plan) {
  return db::at_border<BulkRun>([&] {
    check_codes_differ(plan);
    const MomentKeeper keeper(store.impl(), context);
    std::shared_ptr<const FileDescriptor> lock = lock_or_refuse(store, context, plan.command);
    ChangeScope change(store, context, plan.command, "");
    check_none_is_open(change, plan);
    forget_old_runs(change.connection(), change.wall());
    const std::string& actor = context.actor.name;
    BulkRun run{insert_run(change.connection(), plan, actor, change.wall()),
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
      insert_item(change.connection(), run.items.back());
    }
    Changed ignored;
    change.finish({name_of(run.id) + " began: " + std::to_string(plan.items.size()) + " institutions", "{}",
                   plan.arguments_json},
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
    close_run(change.connection(), run, change.wall());
    change.finish({name_of(run) + " given up: " + outcome.counts}, outcome);
    return outcome;
  });
}

Result<std::vector<dkim::Code>> rotations_of_run(Store& store, std::int64_t run) {
  return db::at_border<std::vector<dkim::Code>>([&] {
    db::Connection& connection = store.impl().connection;
    const bool is_locked = is_bulk_command_locked(store.dir(), "rotate");
    const db::Transaction reading(connection, db::Transaction::Kind::kRead);
    db::Statement row = connection.prepare("SELECT ended_ms FROM bulk_run WHERE run_id = ?1 AND command = 'rotate'");
    if (!row.bind(1, run).step()) {
      throw db::Failure(Error{ErrorCode::kNotFound, "there is no " + name_of(run) + " of rotations",
                              "zonectl log shows the runs that there were", std::nullopt});
    }
    if (row.is_null(0) && is_locked) {
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
    connection
        .cached(
            "UPDATE bulk_item SET state = ?3, note = ?4 "
            "WHERE run_id = ?1 AND position = ?2 AND (state <> 'done' OR ?5 = 1)")
        .bind(1, ticket.run)
        .bind(2, ticket.position)
        .bind(3, to_text(state))
        .bind(4, std::string_view(note))
        .bind(5, std::int64_t{if_done == IfDone::kWasUndone})
        .run();
    writing.commit();
  });
}

Result<void> end_bulk_run(Store& store, const ChangeContext& context, std::int64_t run) {
  return db::at_border<void>([&] {
    db::Connection& connection = store.impl().connection;
    db::Statement row = connection.prepare("SELECT command FROM bulk_run WHERE run_id = ?1");
    if (!row.bind(1, run).step()) {
      throw db::Failure(Error{ErrorCode::kNotFound, "there is no " + name_of(run), "", std::nullopt});
    }
    const std::string command = row.text(0);
    row.reset();
    ChangeScope change(store, context, command, "");
    close_run(connection, run, change.wall());
    Changed ignored;
    change.finish({name_of(run) + " ended: " + counted(connection, run)}, ignored);
  });
}

}  // namespace zonestore
