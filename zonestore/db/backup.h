// Whole databases copied through SQLite's backup API, out of live files and into them.
//
// Threads: those of the connections. Errors: db::Failure is thrown.
#pragma once

#include <filesystem>

#include "zonestore/db/connection.h"

namespace zonestore::db {

// The destination becomes, in one transaction of its own, what the source is; killed, it stays as it was. Throws
// kUnknown if it cannot be told which of the two it is. It must be
// in no transaction. A source in a read transaction is copied as that sees it. Not to be used on a destination whose
// cached statements are in the middle of their rows.
void copy_database(Connection& source, Connection& destination);
void copy_pages(Connection& source, Connection& destination);  // the same, without asking what an error has left

// Into a file that is not there yet, made with this mode; durable when it returns, without a journal beside it. What
// was written is taken away again if it fails.
void copy_to_new_file(Connection& source, const std::filesystem::path& file, unsigned mode);

// Throws kDamaged for a database that SQLite finds broken.
void check_integrity(Connection& connection);

// Keeps everybody else, readers too, out of the file for as long as it lives, across transactions. Throws kBusy.
class ExclusiveHold {
 public:
  explicit ExclusiveHold(Connection& connection);
  ~ExclusiveHold();
  ExclusiveHold(const ExclusiveHold&) = delete;
  ExclusiveHold& operator=(const ExclusiveHold&) = delete;
  ExclusiveHold(ExclusiveHold&&) = delete;
  ExclusiveHold& operator=(ExclusiveHold&&) = delete;

 private:
  Connection& connection_;
};

}  // namespace zonestore::db
