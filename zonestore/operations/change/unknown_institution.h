// What is said of a code that no institution has: whose it may have been meant to be. Never that it can be added: who
// mistypes a code must not be led to a second institution.
//
// For the sources of zonestore/operations only.
#pragma once

#include <optional>
#include <string>

#include "zonestore/base/error.h"
#include "zonestore/db/connection.h"
#include "zonestore/dkim/selector.h"

namespace zonestore {

// kNotFound, with the code that is nearest to it. Reads all codes that have about its length, so it is for an error
// that ends a command, not for each of many. Throws db::Failure if they cannot be read.
[[nodiscard]] Error unknown_institution(db::Connection& connection, const dkim::Code& code);
// Likewise of a mail domain: the nearest that an institution has, without the final dot.
[[nodiscard]] std::optional<std::string> nearest_domain(db::Connection& connection, const Name& domain);

}  // namespace zonestore
