// The SPF and DMARC records of an institution's mail domain, as its own name servers have them; what these lead to,
// as the resolver finds it. For the sources of this folder only.
#pragma once

#include <vector>

#include "tools/zonectl/probe/authority.h"
#include "tools/zonectl/probe/diagnosis.h"
#include "tools/zonectl/probe/world.h"

namespace zonectl::probe {

class Witness;

// SPF, then DMARC. `authority`: of the domain itself, with its witnesses.
[[nodiscard]] std::vector<Finding> look_at_mail_policy(const World& world, const zonestore::CheckSubject& subject,
                                                       const zonestore::DomainInstructions& domain,
                                                       const Authority& authority, std::vector<Witness>& witnesses);

}  // namespace zonectl::probe
