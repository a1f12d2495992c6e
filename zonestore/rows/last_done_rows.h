// The table last_done: what is done or looked at every so often, when last, and what was found.
// Threads: that of the connection. Errors: db::Failure is thrown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "zonestore/base/moment.h"
#include "zonestore/db/connection.h"

namespace zonestore::rows {

struct LastDone {
  std::string what;  // "maintain", "file", "zones", "keys", "log"
  WallTime at;
  std::string command;  // that did it
  std::string fault;    // one line; empty: all was right
};

[[nodiscard]] std::vector<LastDone> read_last_done(db::Connection& connection);  // by `what`
void write_last_done(db::Connection& connection, const LastDone& done);

}  // namespace zonestore::rows
