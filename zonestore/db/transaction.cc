#include <sqlite3.h>

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

}  // namespace

Transaction::Transaction(Connection& connection, Kind kind) : connection_(connection) {
  connection_.execute(kind == Kind::kRead ? "BEGIN" : "BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (!open_) {
    return;
  }
  SQLite::Database& database = connection_.impl_->session->database;
  reset_statements(database.getHandle());
  database.tryExec("ROLLBACK");  // fails only if SQLite has rolled back already
}

void Transaction::commit() {
  reset_statements(connection_.impl_->session->database.getHandle());
  connection_.execute("COMMIT");
  open_ = false;
}

}  // namespace zonestore::db
