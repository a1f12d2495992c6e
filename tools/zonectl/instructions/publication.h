// What an institution publishes for its domains, as those want to know it who type it into a DNS panel. Nobody asks
// the DNS here. Pure. Threads: any.
#pragma once

#include <string>
#include <vector>

#include "tools/zonectl/probe/organization.h"
#include "zonestore/operations/views/instructions.h"

namespace zonectl::instructions {

// A zone whose panel may be the one to type into, and the name that it takes.
struct Panel {
  zonestore::Name zone;
  std::string name;  // "stxsel1._domainkey", "@"
};

struct Publication {
  zonestore::DomainInstructions dns;
  zonestore::CustomerRecord dmarc;       // only if none of dmarc_names has one
  std::vector<std::string> dmarc_names;  // where receivers look for one: the domain's, its organization's
  std::vector<zonestore::Name> zones;    // of the panels: the organization first, the domain last
};

[[nodiscard]] Publication publication_of(zonestore::DomainInstructions dns, const probe::PublicSuffixes& suffixes);
// Of the zones at or above the record's name, the likeliest first.
[[nodiscard]] std::vector<Panel> panels_of(const zonestore::CustomerRecord& record, const Publication& publication);

// The institution, with all of its domains.
struct Publications {
  std::string code;
  std::vector<Publication> domains;
};

}  // namespace zonectl::instructions
