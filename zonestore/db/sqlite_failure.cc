// SQLite's result codes become Error codes here and nowhere else.
#include <cerrno>

#include <sqlite3.h>

#include "zonestore/db/file_check.h"
#include "zonestore/db/lock_holders.h"
#include "zonestore/db/session.h"

namespace zonestore::db {
namespace {

// Everything that is known about one failed call.
struct Report {
  int code;  // extended
  const std::string& said;
  int system_error;
  const std::filesystem::path& file;
  bool for_writing;

  [[nodiscard]] int primary_code() const { return code & 0xff; }
  [[nodiscard]] std::string name() const { return file.string(); }
};

Error busy(const Report& report) {
  return {ErrorCode::kBusy, report.name() + " is locked: " + who_holds(report.file, LockKind::kDatabase),
          "try again in a moment; if it stays so, look at what that process does"};
}

Error hot_journal(const Report& report) {
  return {ErrorCode::kHotJournal, report.name() + " holds an unfinished change of a writer that died",
          "run: zonectl store recover (as the store's owner)"};
}

Error damaged(const Report& report) {
  return {ErrorCode::kDamaged, report.name() + " is damaged: " + report.said,
          "restore the store from a backup: zonectl restore FILE"};
}

Error full(const Report& report) {
  return {ErrorCode::kFull, report.name() + ": no space left on the disk",
          "make room and run the command again; nothing was changed"};
}

Error cannot_open(const Report& report) {
  if (std::optional<Error> obstacle = find_obstacle(report.file, report.for_writing)) {
    return std::move(*obstacle);
  }
  if (has_unreadable_journal(report.file)) {
    return hot_journal(report);
  }
  return {ErrorCode::kIo, report.name() + ": " + report.said, {}};
}

Error read_only(const Report& report) {
  switch (report.code) {
    case SQLITE_READONLY_ROLLBACK:
    case SQLITE_READONLY_RECOVERY:  // the same for a write-ahead log, which a store has only if someone set it
    case SQLITE_READONLY_CANTINIT:
    case SQLITE_READONLY_CANTLOCK:
      return hot_journal(report);
    case SQLITE_READONLY_DBMOVED:
      return {ErrorCode::kMissing, report.name() + " was moved or replaced while it was open",
              "run the command again"};
    default:
      break;
  }
  if (!report.for_writing) {
    return {ErrorCode::kReadOnly, report.name() + " was opened for reading only", {}};
  }
  if (std::optional<Error> obstacle = find_obstacle(report.file, true)) {
    return std::move(*obstacle);
  }
  return {ErrorCode::kReadOnly, report.name() + ": " + report.said, {}};
}

Error disk_failed(const Report& report) {
  if (report.code == SQLITE_IOERR_BLOCKED) {
    return busy(report);
  }
  if (report.code == SQLITE_IOERR_SHORT_READ || report.code == SQLITE_IOERR_CORRUPTFS) {
    return damaged(report);
  }
  switch (report.system_error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return full(report);
    case EROFS:
      return file_error("write", report.file, EROFS);
    default:
      break;
  }
  std::string message = report.name() + ": " + report.said;
  if (report.system_error != 0) {
    message += " (" + std::generic_category().message(report.system_error) + ")";
  }
  return {ErrorCode::kIo, std::move(message), "look at the disk and the system's log"};
}

Error error_from(const Report& report) {
  switch (report.primary_code()) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return busy(report);
    case SQLITE_FULL:
      return full(report);
    case SQLITE_READONLY:
      return read_only(report);
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return cannot_open(report);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_ERROR:       // no such table or column
    case SQLITE_CONSTRAINT:  // the rows there contradict the change
    case SQLITE_MISMATCH:
      return damaged(report);
    case SQLITE_IOERR:
      return disk_failed(report);
    default:
      return {ErrorCode::kIo, report.name() + ": " + report.said, {}};
  }
}

}  // namespace

Failure failure_from(int result_code, const std::string& said, int system_error, const std::filesystem::path& file,
                     bool for_writing) {
  return Failure(error_from(Report{result_code, said, system_error, file, for_writing}));
}

namespace {

// What the system said; the roll-back that follows a failed write makes SQLite forget it, but for the file's own.
int system_error_of(sqlite3* handle) {
  int error = ::sqlite3_system_errno(handle);
  if (error == 0 && ::sqlite3_file_control(handle, "main", SQLITE_FCNTL_LAST_ERRNO, &error) != SQLITE_OK) {
    return 0;
  }
  return error;
}

}  // namespace

Failure failure_from(const SQLite::Exception& exception, const Session& session) {
  int code = exception.getExtendedErrorCode();
  if (code <= 0) {
    code = exception.getErrorCode() > 0 ? exception.getErrorCode()
                                        : SQLITE_MISUSE;  // SQLiteCpp's own checks, such as: there is no row
  }
  return failure_from(code, exception.what(), system_error_of(session.database.getHandle()), session.file,
                      session.for_writing);
}

}  // namespace zonestore::db
