#include <sqlite3.h>

#include "zonestore/db/commit_mark.h"
#include "zonestore/db/connection.h"
#include "zonestore/db/session.h"

namespace zonestore::db {
namespace {

// A statement that was stepped and left there keeps its lock on the file beyond the transaction, and would make
// other writers wait for as long as it is kept.
void reset_statements(sqlite3* handle) {
  for (sqlite3_stmt* each = ::sqlite3_next_stmt(handle, nullptr); each != nullptr;
       each = ::sqlite3_next_stmt(handle, each)) {
    if (::sqlite3_stmt_busy(each) != 0) {
      ::sqlite3_reset(each);
    }
  }
}

constexpr int kMostMigrations = 5;

// A scratch connection that was brought up loses that when another program changes the file.
bool is_outdated(Connection& connection, const Session& session) {
  return session.brought_up_to != nullptr &&
         connection.integer("PRAGMA user_version") < session.brought_up_to->steps.back().version;
}

}  // namespace

Transaction::Transaction(Connection& connection, Kind kind) : connection_(connection), kind_(kind) {
  const std::string_view begin = kind == Kind::kRead ? "BEGIN" : "BEGIN IMMEDIATE";
  connection_.execute(begin);
  try {
    for (int tries = 0; is_outdated(connection_, *connection_.impl_->session); ++tries) {
      if (tries == kMostMigrations) {
        throw Failure(Error{ErrorCode::kBusy,
                            connection_.file().string() + " is changed by an older program again and again",
                            "try again in a moment", std::nullopt});
      }
      connection_.execute("ROLLBACK");
      migrate(connection_, *connection_.impl_->session->brought_up_to);
      connection_.execute(begin);
    }
  } catch (...) {
    connection_.impl_->session->database.tryExec("ROLLBACK");
    throw;
  }
  changes_before_ = ::sqlite3_total_changes(connection.impl_->session->database.getHandle());
}

Transaction::~Transaction() {
  if (!open_) {
    return;
  }
  SQLite::Database& database = connection_.impl_->session->database;
  reset_statements(database.getHandle());
  database.tryExec("ROLLBACK");  // fails only if SQLite has rolled back already
}

bool Transaction::has_written() const {
  return kind_ == Kind::kWrite &&
         ::sqlite3_total_changes(connection_.impl_->session->database.getHandle()) != changes_before_;
}

void Transaction::commit() {
  sqlite3* const handle = connection_.impl_->session->database.getHandle();
  reset_statements(handle);
  const std::optional<CommitMark> mark = has_written() ? CommitMark::put(connection_) : std::nullopt;
  try {
    connection_.execute("COMMIT");
  } catch (const Failure& failure) {
    if (::sqlite3_get_autocommit(handle) == 0) {
      throw;  // it is open as before
    }
    open_ = false;
    if ((::sqlite3_errcode(handle) & 0xff) == SQLITE_FULL) {
      throw;  // said of a write, and all of those come before the step that makes the change
    }
    find_out(failure.error(), mark);
  }
  open_ = false;
}

// Returns if it was done after all.
void Transaction::find_out(const Error& error, const std::optional<CommitMark>& mark) {
  CommitMark::Found found = CommitMark::Found::kLost;
  std::string why;
  try {
    if (mark) {
      Transaction after(connection_, Kind::kWrite);
      found = mark->look(connection_);
      if (found == CommitMark::Found::kThere) {
        (void)CommitMark::put(connection_);
        connection_.execute("COMMIT");
        after.open_ = false;
        trouble_ = error.message;
        return;
      }
    }
  } catch (const Failure& failure) {
    found = CommitMark::Found::kLost;
    why = failure.error().message;
  }
  if (found == CommitMark::Found::kAbsent) {
    throw Failure(error);
  }
  throw unknown_outcome(error, why);
}

}  // namespace zonestore::db
