// Whose servers answer for a name: the zone that encloses it, found through the resolver and then by the servers' own
// referrals, and what each of them says when asked without recursion.
//
//   resolver: NS of NAME, of its parent, ... until one is a zone's ──> its servers ──> referral? ──> the child's
//   servers
//
// The last step finds servers that a resolver will not tell of because none of them works.
// Threads: any number at once. Errors: in the values.
#pragma once

#include <string>
#include <vector>

#include "tools/zonectl/probe/resolver.h"

namespace zonectl::probe {

struct NameServer {
  zonestore::Name name;
  Address address;
  [[nodiscard]] std::string to_text() const {  // of one that was named by its address alone: that
    return name.is_root() ? address.to_text() : name.to_text_no_dot() + " (" + address.to_text() + ")";
  }
};

struct Authority {
  zonestore::Name zone;
  std::vector<NameServer> servers;  // each address of each, those with a route
  std::string failure;              // why there are none
};

[[nodiscard]] Authority find_authority(const Resolver& resolver, const zonestore::Name& name,
                                       const Patience& patience);

// The addresses of these name servers.
[[nodiscard]] std::vector<NameServer> with_addresses(const Resolver& resolver,
                                                     const std::vector<zonestore::Name>& names);

}  // namespace zonectl::probe
