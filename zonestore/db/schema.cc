#include "zonestore/db/schema.h"

#include <algorithm>
#include <array>

#include <sqlite3.h>

#include "zonestore/base/big_endian.h"
#include "zonestore/db/embedded_schema.h"
#include "zonestore/db/session.h"

namespace zonestore::db {
namespace {

std::int64_t newest_version(const Schema& schema) {
  return schema.steps.empty() ? 0 : schema.steps.back().version;
}

Failure foreign(const std::filesystem::path& file, const Schema& schema, const std::string& why) {
  return Failure(Error{ErrorCode::kForeign, file.string() + " is not " + std::string(schema.what) + ": " + why,
                       "name the store's directory with --store"});
}

Failure empty_file(const std::filesystem::path& file) {
  return Failure(Error{ErrorCode::kEmpty, file.string() + " is empty",
                       "an interrupted zonectl init leaves this behind: run zonectl init again"});
}

Failure future(const std::filesystem::path& file, const Schema& schema, std::int64_t version) {
  return Failure(Error{ErrorCode::kFuture,
                       file.string() + " has schema version " + std::to_string(version) + "; this program knows " +
                           std::to_string(newest_version(schema)) + " and older",
                       "install the version of the programs that made it, or a newer one"});
}

Failure outdated(const std::filesystem::path& file, const Schema& schema, std::int64_t version) {
  return Failure(Error{ErrorCode::kForeign,
                       file.string() + " has the older schema version " + std::to_string(version) +
                           "; this program needs " + std::to_string(newest_version(schema)),
                       "run as the store's owner: zonectl maintain"});
}

}  // namespace

const Schema& zone_schema() {
  static const Schema schema{0x7a6f6e65, "a zone store", zone_steps()};
  return schema;
}

const Schema& vault_schema() {
  static const Schema schema{0x766c7421, "a key vault", vault_steps()};
  return schema;
}

namespace {

// The first bytes of every SQLite file (https://www.sqlite.org/fileformat.html, section 1.3).
constexpr std::size_t kHeaderBytes = 100;
constexpr std::size_t kReadVersionAt = 19;
constexpr std::size_t kUserVersionAt = 60;
constexpr std::size_t kApplicationIdAt = 68;
constexpr std::uint8_t kReadVersionOfLog = 2;  // only by way of a write-ahead log
constexpr std::string_view kMagic("SQLite format 3\0", 16);

using FileHeader = std::array<std::uint8_t, kHeaderBytes>;

// `size`: as much of the header as the file has.
void judge_header(const FileHeader& header, std::size_t size, const std::filesystem::path& file,
                  const Schema& schema) {
  if (size == 0) {
    throw empty_file(file);
  }
  if (size < header.size() || !std::equal(kMagic.begin(), kMagic.end(), header.begin())) {
    throw foreign(file, schema, "not an SQLite database");
  }
  const ByteView bytes(header);
  if (static_cast<std::int32_t>(read_u32(bytes.subspan(kApplicationIdAt))) != schema.application_id) {
    throw foreign(file, schema, "a database of another application");
  }
  const auto version = static_cast<std::int32_t>(read_u32(bytes.subspan(kUserVersionAt)));
  if (version > newest_version(schema)) {
    throw future(file, schema, version);
  }
}

// Reads as much of the header as there is, and gives back how much that was: through the descriptor that SQLite holds
// and without a lock. To open and close another one would drop every lock that this process holds on the file.
std::size_t read_header(const Session& session, FileHeader& header) {
  sqlite3* const handle = session.database.getHandle();
  sqlite3_file* file = nullptr;
  sqlite3_int64 size = 0;
  int code = ::sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (code == SQLITE_OK) {
    code = file->pMethods->xFileSize(file, &size);
  }
  // SQLite tells a file of one byte for an empty one.
  const std::size_t there = std::clamp<std::size_t>(static_cast<std::size_t>(size), 1, header.size());
  if (code == SQLITE_OK) {
    code = file->pMethods->xRead(file, header.data(), static_cast<int>(there), 0);
  }
  if (code == SQLITE_IOERR_SHORT_READ) {
    return 0;  // empty, or cut since its size was asked for
  }
  if (code != SQLITE_OK) {
    throw failure_from(code, "its header cannot be read", ::sqlite3_system_errno(handle), session.file, false);
  }
  return there;
}

}  // namespace

void check_header(const Connection& connection, const Schema& schema) {
  const Session& session = *connection.impl_->session;
  FileHeader header{};
  const std::size_t size = read_header(session, header);
  judge_header(header, size, session.file, schema);
}

void refuse_log(const Connection& connection, const Schema& schema) {
  const Session& session = *connection.impl_->session;
  FileHeader header{};
  if (read_header(session, header) == header.size() && header.at(kReadVersionAt) == kReadVersionOfLog) {
    throw Failure(Error{
        ErrorCode::kForeign,
        session.file.string() + " is not " + std::string(schema.what) + " as we keep it: it has a write-ahead log",
        "run as the store's owner: zonectl maintain", std::nullopt});
  }
}

void check_file(const std::filesystem::path& file, const Schema& schema) {
  check_header(Connection::open(file, Access::kReadOnly), schema);  // SQLite reads nothing before it is asked to
}

namespace {

bool is_empty(Connection& connection) {
  return connection.integer("PRAGMA application_id") == 0 && connection.integer("PRAGMA user_version") == 0 &&
         connection.integer("SELECT count(*) FROM sqlite_schema") == 0;
}

// The version of a store of ours. Throws kForeign and kFuture.
std::int64_t checked_version(Connection& connection, const Schema& schema) {
  if (connection.integer("PRAGMA application_id") != schema.application_id) {
    throw foreign(connection.file(), schema, "a database of another application");
  }
  const std::int64_t version = connection.integer("PRAGMA user_version");
  if (version > newest_version(schema)) {
    throw future(connection.file(), schema, version);
  }
  return version;
}

void apply(Connection& connection, const Step& step) {
  connection.execute(step.sql);
  connection.execute("PRAGMA user_version=" + std::to_string(step.version));
}

// The version to go on from; an empty database becomes one of ours at version 0.
std::int64_t begin_at(Connection& connection, const Schema& schema) {
  if (is_empty(connection)) {
    connection.execute("PRAGMA application_id=" + std::to_string(schema.application_id));
    return 0;
  }
  return checked_version(connection, schema);
}

}  // namespace

void check_version(Connection& connection, const Schema& schema) {
  check_version(connection, schema, newest_version(schema));
}

void check_version(Connection& connection, const Schema& schema, std::int64_t oldest) {
  if (is_empty(connection)) {
    throw empty_file(connection.file());
  }
  const std::int64_t version = checked_version(connection, schema);
  if (connection.is_read_only() && version < oldest) {
    throw outdated(connection.file(), schema, version);
  }
}

std::optional<std::int64_t> older_version(Connection& connection, const Schema& schema) {
  const std::int64_t version = checked_version(connection, schema);
  return version < newest_version(schema) ? std::optional(version) : std::nullopt;
}

void apply_steps(Connection& connection, const Schema& schema) {
  const std::int64_t version = begin_at(connection, schema);
  for (const Step& step : schema.steps) {
    if (step.version > version) {
      apply(connection, step);
    }
  }
}

void migrate(Connection& connection, const Schema& schema) {
  Session& session = *connection.impl_->session;
  bool migrated = session.brought_up_to != nullptr;
  session.brought_up_to = nullptr;
  for (const Step& step : schema.steps) {
    if (!is_empty(connection) && checked_version(connection, schema) >= step.version) {
      continue;  // without the write lock, which a store that is up to date need not wait for
    }
    Transaction transaction(connection, Transaction::Kind::kWrite);
    // What SQLite knows of the tables may be of before they were dropped (scratch.h); it looks when it reads them.
    (void)connection.integer("SELECT count(*) FROM sqlite_schema");
    if (begin_at(connection, schema) < step.version) {  // another process may have been faster
      apply(connection, step);
      transaction.commit();
      migrated = true;
    }
  }
  if (migrated && session.scratch) {
    session.brought_up_to = &schema;
  }
}

}  // namespace zonestore::db
