#include "zonestore/db/backup.h"

#include <cerrno>

#include <fcntl.h>
#include <sqlite3.h>

#include "zonestore/base/durable_file.h"
#include "zonestore/db/commit_mark.h"
#include "zonestore/db/file_check.h"
#include "zonestore/db/session.h"

namespace zonestore::db {
namespace {

namespace fs = std::filesystem;

constexpr int kPagesAtATime = 1024;

// Ends the copy whatever happens; what a failed one has written is rolled back.
struct BackupDeleter {
  void operator()(sqlite3_backup* backup) const noexcept { ::sqlite3_backup_finish(backup); }
};
using BackupHandle = std::unique_ptr<sqlite3_backup, BackupDeleter>;

// Closes it again: nobody has it open in SQLite any more.
void sync(const fs::path& path) {
  const FileDescriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor.is_open()) {
    throw Failure(file_error("write", path, errno));
  }
  if (const auto synced = sync_file(descriptor); !synced) {
    throw Failure(file_error("write", path, synced.error().value()));
  }
}

void remove_with_journal(const fs::path& file) {
  std::error_code ignored;
  fs::remove(file, ignored);
  fs::remove(file.string() + "-journal", ignored);
}

}  // namespace

// Whatever it throws, the destination may be either.
void copy_pages(Connection& source, Connection& destination) {
  const Session& from = *source.impl_->session;
  const Session& to = *destination.impl_->session;
  sqlite3* const handle = to.database.getHandle();
  const auto fail = [&](int code) -> Failure {
    return failure_from(code, ::sqlite3_errmsg(handle), ::sqlite3_system_errno(handle), to.file, true);
  };
  BackupHandle backup(::sqlite3_backup_init(handle, "main", from.database.getHandle(), "main"));
  if (backup == nullptr) {
    throw fail(::sqlite3_extended_errcode(handle));
  }
  int code = SQLITE_OK;
  while (code == SQLITE_OK) {
    code = ::sqlite3_backup_step(backup.get(), kPagesAtATime);
  }
  if (code != SQLITE_DONE) {
    throw fail(code);
  }
  if (const int finished = ::sqlite3_backup_finish(backup.release()); finished != SQLITE_OK) {
    throw fail(finished);
  }
}

namespace {

// The copy ends with a commit, and an error of that leaves open whether it was made. Returns if it was: the
// destination then carries the mark of the source's last commit.
void find_out_which(Connection& source, Connection& destination, const Failure& failure) {
  bool is_there = false;
  const std::optional<Bytes> wanted = CommitMark::newest(source);
  if (!wanted) {
    throw unknown_outcome(failure.error(), "");
  }
  try {
    Transaction after(destination, Transaction::Kind::kWrite);
    is_there = CommitMark::newest(destination) == wanted;
    if (is_there) {
      destination.execute("UPDATE commit_mark SET recent = recent");  // a commit that proves the one before
      after.commit();
    }
  } catch (const Failure& later) {
    throw unknown_outcome(failure.error(), later.error().message);
  }
  if (!is_there) {
    throw failure;
  }
}

}  // namespace

void copy_database(Connection& source, Connection& destination) {
  try {
    copy_pages(source, destination);
  } catch (const Failure& failure) {
    find_out_which(source, destination, failure);
  }
}

void copy_to_new_file(Connection& source, const fs::path& file, unsigned mode) {
  try {
    {
      Connection copy = Connection::open(file, Access::kCreate, kDefaultBusyTimeout, mode);
      // Nobody has seen the file yet: one sync at the end makes it durable.
      copy.execute("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF");
      copy_pages(source, copy);
    }
    sync(file);
    if (const auto synced = sync_directory(directory_of(file)); !synced) {
      throw Failure(file_error("write", file.parent_path(), synced.error().value()));
    }
  } catch (const Failure&) {
    remove_with_journal(file);
    throw;
  }
}

void check_integrity(Connection& connection) {
  Statement row = connection.prepare("PRAGMA quick_check(1)");
  const std::string said = row.step() ? row.text(0) : "";
  if (said != "ok") {
    throw Failure(Error{ErrorCode::kDamaged, connection.file().string() + " is damaged: " + said,
                        "take another backup", std::nullopt});
  }
}

// In this mode SQLite keeps the locks that a transaction took when it ends; while it waits it would keep its read
// lock too, and a writer that wants to commit would wait for that: so first the locks, then the mode.
ExclusiveHold::ExclusiveHold(Connection& connection) : connection_(connection) {
  connection_.execute("BEGIN EXCLUSIVE; PRAGMA locking_mode=EXCLUSIVE; COMMIT");
}

ExclusiveHold::~ExclusiveHold() {
  try {
    // The locks go with the next access.
    connection_.execute("PRAGMA locking_mode=NORMAL");
    (void)connection_.integer("SELECT count(*) FROM sqlite_schema");
  } catch (const Failure&) {
    // Then they go when the connection is closed.
    return;
  }
}

}  // namespace zonestore::db
