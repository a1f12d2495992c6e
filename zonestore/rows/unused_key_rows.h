// Keys that lie in the vault and are in no slot (table unused_key of zone.db; that of the vault is the vault's own):
// those that were withdrawn, whose private halves are to go, and those of a command that is at work or has died.
//
// Threads: that of the connection. Errors: db::Failure is thrown.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "zonestore/base/moment.h"
#include "zonestore/db/connection.h"

namespace zonestore::rows {

struct UnusedKey {
  bool withdrawn = false;
  Moment seen;  // first, if it was not withdrawn
};
[[nodiscard]] std::optional<UnusedKey> find_unused_key(db::Connection& connection, const std::string& key_id);
// Those that were not withdrawn, from behind one id up to another, in order.
[[nodiscard]] std::vector<std::string> unused_keys_between(db::Connection& connection, const std::string& after,
                                                           const std::string& last);
// Those that were, in order.
[[nodiscard]] std::vector<std::string> withdrawn_keys_after(db::Connection& connection, const std::string& after,
                                                            std::size_t most);
// Seen in no slot now.
void insert_unused_key(db::Connection& connection, const std::string& key_id, const Moment& seen);
void delete_unused_key(db::Connection& connection, const std::string& key_id);

}  // namespace zonestore::rows
