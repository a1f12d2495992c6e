#include "zonestore/db/connection.h"

#include <cerrno>

#include <sqlite3.h>

#include "zonestore/base/durable_file.h"
#include "zonestore/db/file_check.h"
#include "zonestore/db/scratch.h"
#include "zonestore/db/session.h"

namespace zonestore::db {
namespace {

namespace fs = std::filesystem;

// Absolute, so that no name means something special to SQLite ("", ":memory:", "file:...") and a later change
// of the working directory does no harm.
fs::path absolute_path(const fs::path& file) {
  std::error_code error;
  fs::path absolute = fs::absolute(file, error);
  if (error || !file.has_filename()) {
    throw Failure(Error{ErrorCode::kInvalid, "\"" + file.string() + "\" is not a file's path", {}});
  }
  return absolute.lexically_normal();
}

// SQLite would make the file with the umask's mode and through a symbolic link.
void make_file(const fs::path& file, unsigned mode) {
  const auto made = create_file(file, mode);
  if (!made && made.error().value() != EEXIST) {
    throw Failure(file_error("make", file, made.error().value()));
  }
}

bool writes_file(Access access) {
  return access == Access::kReadWrite || access == Access::kCreate;
}

SQLite::Database open_database(const fs::path& file, Access access, Milliseconds busy_timeout) {
  try {
    // No mutex: a connection is one thread's at a time, and a load would take it a dozen times for each row.
    const int flags = access == Access::kReadOnly ? SQLite::OPEN_READONLY : SQLite::OPEN_READWRITE;
    return SQLite::Database(file.string(), flags | SQLite::OPEN_NOMUTEX, static_cast<int>(busy_timeout.count()),
                            access == Access::kScratch ? scratch_layer() : "");
  } catch (const SQLite::Exception& exception) {
    throw failure_from(exception.getExtendedErrorCode(), exception.what(), errno, file, writes_file(access));
  }
}

void configure(Session& session) {
  // temp_store: nothing of a store, least of all of the vault, goes to files outside its directory.
  session.database.exec(
      "PRAGMA foreign_keys=ON; PRAGMA mmap_size=0; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;"
      "PRAGMA temp_store=MEMORY");
  if (session.scratch) {
    session.database.exec("PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY");
  }
  if (!session.for_writing) {
    return;
  }
  // FULL syncs the journal's truncation too: EXTRA would add something in the DELETE mode only.
  session.database.exec("PRAGMA synchronous=FULL");
  const std::string mode = session.database.execAndGet("PRAGMA journal_mode=TRUNCATE").getString();
  if (mode != "truncate") {
    throw Failure(Error{ErrorCode::kIo,
                        session.file.string() + " stays in the journal mode \"" + mode + "\" instead of truncate",
                        "end every program that has it open and try again"});
  }
}

}  // namespace

Session::Session(fs::path path, Access access, Milliseconds busy_timeout)
    : file(std::move(path)),
      scratch(access == Access::kScratch),
      for_writing(writes_file(access)),
      database(open_database(file, access, busy_timeout)) {
  ::sqlite3_extended_result_codes(database.getHandle(), 1);
  // Without the right to write SQLite opens the file read-only and says nothing.
  if (for_writing && ::sqlite3_db_readonly(database.getHandle(), "main") != 0) {
    throw failure_from(SQLITE_READONLY, "the file is read-only", 0, file, true);
  }
  guarded(*this, [this] { configure(*this); });
}

Connection Connection::open(const fs::path& file, Access access, Milliseconds busy_timeout, unsigned mode) {
  const fs::path path = absolute_path(file);
  if (access == Access::kCreate) {
    make_file(path, mode);
  }
  // Before SQLite opens it: opening a pipe would hang.
  if (std::optional<Error> obstacle = find_obstacle(path, writes_file(access))) {
    throw Failure(std::move(*obstacle));
  }
  if (std::optional<Error> obstacle = find_journal_obstacle(path)) {
    throw Failure(std::move(*obstacle));
  }
  auto impl = std::make_unique<Impl>();
  impl->session = std::make_shared<Session>(path, access, busy_timeout);
  return Connection(std::move(impl));
}

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connection::~Connection() = default;
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;

Statement Connection::prepare(std::string_view sql) {
  const Session& session = *impl_->session;
  return guarded(session, [&] {
    return Statement(std::make_unique<Statement::Impl>(
        Statement::Impl{impl_->session, SQLite::Statement(session.database, std::string(sql))}));
  });
}

Statement& Connection::cached(std::string_view sql) {
  const auto found = impl_->cached.find(sql);
  if (found == impl_->cached.end()) {
    return impl_->cached.emplace(std::string(sql), prepare(sql)).first->second;
  }
  found->second.reset();
  return found->second;
}

void Connection::execute(std::string_view sql) {
  guarded(*impl_->session, [&] { impl_->session->database.exec(std::string(sql)); });
}

std::int64_t Connection::integer(std::string_view sql) {
  Statement statement = prepare(sql);
  if (!statement.step()) {
    throw Failure(Error{ErrorCode::kDamaged, file().string() + " is damaged: no row for " + std::string(sql), {}});
  }
  return statement.integer(0);
}

std::int64_t Connection::last_insert_rowid() const {
  return impl_->session->database.getLastInsertRowid();
}
std::int64_t Connection::changed_rows() const {
  return impl_->session->database.getChanges();
}
const fs::path& Connection::file() const {
  return impl_->session->file;
}
bool Connection::is_read_only() const {
  return !impl_->session->for_writing && !impl_->session->scratch;
}
bool Connection::is_scratch() const {
  return impl_->session->scratch;
}

ScratchHold::ScratchHold(Connection& connection) : connection_(connection) {
  if (connection.is_scratch()) {
    sqlite3* const handle = connection.impl_->session->database.getHandle();
    drops_before_ = scratch_drops(handle);
    hold_scratch(handle, true);
  }
}

ScratchHold::~ScratchHold() {
  if (connection_.is_scratch()) {
    hold_scratch(connection_.impl_->session->database.getHandle(), false);
  }
}

bool ScratchHold::broken() const {
  return connection_.is_scratch() && scratch_drops(connection_.impl_->session->database.getHandle()) != drops_before_;
}

}  // namespace zonestore::db
