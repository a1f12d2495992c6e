// A mail domain belongs to one institution. For the sources of this folder only.
#pragma once

#include "zonestore/db/connection.h"
#include "zonestore/dkim/selector.h"

namespace zonestore {

// Throws kRefused/kExists when another institution has the domain, or it lies in a zone of ours: what stands there is
// ours, no customer's.
void check_domain_is_free(db::Connection& connection, const dkim::Code& code, const Name& domain);

}  // namespace zonestore
