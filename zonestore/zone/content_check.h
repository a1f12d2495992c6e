// Is what is published whole? Each zone's record sets against its count and the sum of their hashes, and its serial
// against its SOA record: what dnsd checks when it loads, and would refuse.
//
// Precondition: the caller holds a transaction. Threads: that of the connection. Errors: db::Failure is thrown;
// what is not whole is no error but the answer.
#pragma once

#include <string>
#include <vector>

#include "zonestore/db/connection.h"

namespace zonestore {

// One line for each zone that is not whole. Reads every record set once, in the order of the file.
[[nodiscard]] std::vector<std::string> find_content_faults(db::Connection& connection);

}  // namespace zonestore
