// The institution's side: what its own name servers say of one of its domains.
#pragma once

#include <vector>

#include "tools/zonectl/probe/diagnosis.h"
#include "tools/zonectl/probe/world.h"

namespace zonectl::probe {

// Its name servers, its CNAMEs by slot, what these lead to, SPF, DMARC: in this order.
[[nodiscard]] std::vector<Finding> look_at_domain(const World& world, const zonestore::CheckSubject& subject,
                                                  const zonestore::DomainInstructions& domain);
// In little time: its CNAME for one slot, and what that leads to.
[[nodiscard]] std::vector<Finding> look_quickly_at_domain(const World& world, const zonestore::CheckSubject& subject,
                                                          const zonestore::DomainInstructions& domain,
                                                          zonestore::dkim::SlotId slot);

}  // namespace zonectl::probe
