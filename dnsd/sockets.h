// The sockets of a start: bound anew, or those that the service manager has kept from the dnsd before, so that what
// came in between is answered. Threads: before any other runs; the log may be used unstarted.
#pragma once

#include <vector>

#include "dnsd/config/config.h"
#include "dnsd/net/bind.h"
#include "dnsd/util/log.h"
#include "dnsd/util/result.h"

namespace dnsd {

struct Sockets {
  std::vector<net::BoundAddress> bound;
  bool are_kept = false;  // a manager was given them: queries wait in them when we are gone
};

// Errors: which address cannot be had, why, and what to do.
[[nodiscard]] util::Result<Sockets> open_sockets(const config::Config& config, unsigned workers,
                                                 const util::Log& log);

}  // namespace dnsd
