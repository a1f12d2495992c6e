// The audit log as rows (table audit), each chained to the one before; operations/README.md writes the chain down.
//
// Threads: that of the connection. Errors: db::Failure is thrown.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zonestore/base/bytes.h"
#include "zonestore/base/moment.h"
#include "zonestore/crypto/digest.h"
#include "zonestore/db/connection.h"

namespace zonestore::rows {

struct AuditRow {
  std::int64_t id = 0;
  WallTime at;
  std::string actor;
  std::string login;
  std::string command;
  std::string subject;        // the institution's code, a zone, or empty
  std::string what;           // one line for people
  std::string override_code;  // empty: none
  std::string reason;         // empty: none was given
  std::string before_json;
  std::string after_json;
};

// Within the caller's transaction: writes the row (but its id, which comes by itself), chains it to the one before,
// and notes in the store's row that it is the newest.
void insert_audit(db::Connection& connection, const AuditRow& row);

struct AuditFilter {
  std::vector<std::string> subjects{};  // of any of these; empty: of all
  std::optional<WallTime> since{};
  std::optional<std::uint32_t> newest{};  // only the newest so many
};
// Oldest first. The visitor returns false to stop.
void read_audit(db::Connection& connection, const AuditFilter& filter,
                const std::function<bool(const AuditRow&)>& visitor);

// Is there a row of this command that says this of what came after it?
[[nodiscard]] bool has_audit(db::Connection& connection, std::string_view command, std::string_view after_json);

// ---- the chain ----

// What the chain's first row is chained to: it differs from store to store.
[[nodiscard]] crypto::Sha256Digest audit_chain_start(db::Connection& connection);

struct ChainedRow {
  std::int64_t id = 0;
  WallTime at;
  std::string command;
  std::optional<Bytes> carried;  // the chain's value; nullopt: it is not chained
  // What it should carry if the row before carries `previous`. Valid while the row is visited.
  std::function<crypto::Sha256Digest(ByteView previous)> value_after;
};
// The rows after this id, in order, at most so many. How many there were.
std::int64_t read_chained(db::Connection& connection, std::int64_t after_id, std::int64_t most,
                          const std::function<void(const ChainedRow&)>& visitor);
// The newest of them that is chained; value_after is not set.
[[nodiscard]] std::optional<ChainedRow> newest_chained(db::Connection& connection);

}  // namespace zonestore::rows
