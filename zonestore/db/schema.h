// Numbered, stepwise schemas: which application a file belongs to, which version it has, how it gets on.
//
// The .sql files of zonestore/db/schema/<database>/NNN_*.sql are embedded at build time in their order. A
// step and the new user_version are one transaction, so that a crash leaves the version before or after.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "zonestore/db/connection.h"

namespace zonestore::db {

struct Step {
  int version;  // 1, 2, 3, ...
  std::string_view name;
  std::string_view sql;
};

struct Schema {
  std::int32_t application_id;  // PRAGMA application_id
  std::string_view what;        // for messages: "a zone store", "a key vault"
  std::span<const Step> steps;
};

[[nodiscard]] const Schema& zone_schema();   // application id 0x7a6f6e65 "zone"
[[nodiscard]] const Schema& vault_schema();  // application id 0x766c7421 "vlt!"

// What the file is, by its header alone: regular, not empty, an SQLite database of ours. Throws Failure kMissing,
// kEmpty, kForeign, kFuture, kPermission. For programs that open to write, before they do: SQLite would change the
// journal mode of a database that is not ours, or roll it back. Nothing is read but the header, by SQLite's own
// descriptor and without a lock, so that a database which this process has open keeps all its locks.
void check_file(const std::filesystem::path& file, const Schema& schema);
// The same of a connection, which has not read anything yet.
void check_header(const Connection& connection, const Schema& schema);
// Throws kForeign for a database with a write-ahead log, beside which SQLite would make files; as check_header,
// before anything is read.
void refuse_log(const Connection& connection, const Schema& schema);

// Throws Failure kEmpty, kForeign, kFuture, or (an older version, opened read-only) kForeign with the command
// that upgrades. A reader that needs only what is there since version `oldest` says so.
void check_version(Connection& connection, const Schema& schema);
void check_version(Connection& connection, const Schema& schema, std::int64_t oldest);

// The version, if it is an older one.
[[nodiscard]] std::optional<std::int64_t> older_version(Connection& connection, const Schema& schema);

// Applies the missing steps; for an empty database, all of them, and sets application_id. Precondition: the
// caller holds a write transaction, so that its own first rows can go in with the schema. Throws like
// check_version.
void apply_steps(Connection& connection, const Schema& schema);

// apply_steps in one transaction for each step. The caller holds none. Of a scratch connection in memory alone, and
// done again by a later transaction if the file below has changed.
void migrate(Connection& connection, const Schema& schema);

}  // namespace zonestore::db
