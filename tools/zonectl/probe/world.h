// What a run of `check` asks with, and what it learnt of our own name servers: read by all its threads, changed by
// none.
#pragma once

#include <string>
#include <vector>

#include "tools/zonectl/probe/authority.h"
#include "tools/zonectl/probe/organization.h"
#include "zonestore/operations/views/checking.h"

namespace zonectl::probe {

struct World {
  Resolver resolver;
  Patience patience;
  zonestore::Name dkim_zone;
  zonestore::Name spf_zone;
  // Those of the zone of the keys, but for the silent ones: these are not asked again.
  std::vector<NameServer> own_servers;
  std::vector<std::string> silent_servers;   // as people read them
  std::vector<std::string> lagging_servers;  // among own_servers: they were looked at twice
  const PublicSuffixes* suffixes = nullptr;
};

}  // namespace zonectl::probe
