// The one writer of audit rows. For the sources of zonestore/operations only.
#pragma once

#include <string_view>

#include "zonestore/crypto/digest.h"
#include "zonestore/db/connection.h"
#include "zonestore/operations/change/context.h"

namespace zonestore {

struct AuditNote {
  std::string what;  // one line for people
  std::string before_json = "{}";
  std::string after_json = "{}";
};

// Within the caller's transaction: writes the row, chains it to the one before, and notes in the store's row that it
// is the newest. Errors: db::Failure is thrown.
void write_audit(db::Connection& connection, const ChangeContext& context, std::string_view command,
                 std::string_view subject, const AuditNote& note, WallTime at);

// The columns of a row that the chain covers, in the order in which it does; audit_id first.
inline constexpr std::string_view kChainedColumns =
    "audit_id, at_ms, actor, login, command, subject, what, override_code, reason, before_json, after_json";

// What the chain's first row is chained to: it differs from store to store.
[[nodiscard]] crypto::Sha256Digest audit_chain_start(db::Connection& connection);

// The chain's value of a row whose columns 0 to 10 are kChainedColumns.
[[nodiscard]] crypto::Sha256Digest audit_chain_value(ByteView previous, const db::Statement& row);

}  // namespace zonestore
