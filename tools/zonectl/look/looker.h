// The child's side: takes tasks from the pipe, looks, and answers; many at once. It knows neither store nor vault.
//
// Threads: one a task. Ownership: the process is its own. Ends when the parent has gone.
#pragma once

#include <memory>
#include <vector>

#include "tools/zonectl/probe/address.h"
#include "tools/zonectl/probe/organization.h"
#include "zonestore/base/moment.h"

namespace zonectl::look {

// Whom it asks, as the caller says it.
struct Means {
  std::vector<probe::Address> servers;    // ours, in place of those in the zones' NS records; empty: these
  std::vector<probe::Address> resolvers;  // those of the system were read before
  zonestore::Milliseconds timeout{2000};  // of one attempt, where a look may take its time
  // Read before, as the child opens no file; none: as old as libpsl.
  std::shared_ptr<const probe::PublicSuffixes> suffixes = nullptr;
};

void look_for_parent(int pipe, const Means& means);

}  // namespace zonectl::look
