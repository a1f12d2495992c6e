// What the sources of db/ share: the open SQLite handle, and the one way from its errors to a Failure.
// Inside db/ only.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>

#include "zonestore/db/connection.h"
#include "zonestore/db/schema.h"

namespace zonestore::db {

// One opened database; Connection and its statements hold it together.
struct Session {
  Session(std::filesystem::path path, Access access, Milliseconds busy_timeout);

  std::filesystem::path file;  // absolute
  bool scratch;
  bool for_writing;  // the file itself
  SQLite::Database database;
  // Of a scratch connection that was brought up: each transaction looks whether it still is.
  const Schema* brought_up_to = nullptr;
};

// The Failure for a result code of SQLite, extended or not, with the message that came with it and errno as
// SQLite kept it (0: unknown).
[[nodiscard]] Failure failure_from(int result_code, const std::string& said, int system_error,
                                   const std::filesystem::path& file, bool for_writing);
[[nodiscard]] Failure failure_from(const SQLite::Exception& exception, const Session& session);

// Runs `body`; what SQLiteCpp throws in it becomes a Failure.
template <class Body>
decltype(auto) guarded(const Session& session, Body&& body) {
  try {
    return std::forward<Body>(body)();
  } catch (const SQLite::Exception& exception) {
    throw failure_from(exception, session);
  }
}

struct Statement::Impl {
  std::shared_ptr<const Session> session;  // first: the statement must go before the database is closed
  SQLite::Statement statement;
};

struct Connection::Impl {
  std::shared_ptr<Session> session;
  std::map<std::string, Statement, std::less<>> cached;
};

}  // namespace zonestore::db
