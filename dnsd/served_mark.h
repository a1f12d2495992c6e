// The file that says that this machine's dnsd once had a store to serve: the unit starts with it even while the store
// is missing, and without it and a store does not start at all (deploy/dnsd.service).
//
// Threads: one.
#pragma once

#include "dnsd/sandbox_places.h"
#include "dnsd/util/log.h"

namespace dnsd {

// In the state directory, if the service manager has made one. What is there stays as it is; that it cannot be made
// is logged and does no harm to what is served.
void leave_served_mark(const ServiceDirectories& directories, const util::Log& log);

}  // namespace dnsd
