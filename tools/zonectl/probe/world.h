// What a run of `check` asks with, and what it learnt of our own name servers: read by all its threads, changed by
// none.
#pragma once

#include <vector>

#include "tools/zonectl/probe/authority.h"
#include "zonestore/operations/evidence.h"

namespace zonectl::probe {

struct World {
  Resolver resolver;
  Patience patience;
  zonestore::Name dkim_zone;
  zonestore::Name spf_zone;
  std::vector<NameServer> own_servers;  // of the zone of the keys
};

}  // namespace zonectl::probe
