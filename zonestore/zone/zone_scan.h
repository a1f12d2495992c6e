// A published zone, record set by record set, for who holds a transaction on the store.
#pragma once

#include <functional>

#include "zonestore/db/connection.h"
#include "zonestore/zone/published_reader.h"

namespace zonestore {

// In canonical order (RFC 4034 section 6.1), by type within an owner. Bounded memory. Threads: that of the
// connection. Errors: db::Failure is thrown, kDamaged for rows that no publishing makes.
void for_each_record_set(db::Connection& connection, const PublishedZone& zone,
                         const std::function<void(const RecordSet&)>& visitor);

}  // namespace zonestore
