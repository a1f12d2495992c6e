// The institution's side: what its own name servers say of one of its domains.
#pragma once

#include <vector>

#include "tools/zonectl/probe/diagnosis.h"
#include "tools/zonectl/probe/world.h"

namespace zonectl::probe {

// Its name servers, its CNAMEs by slot, SPF, DMARC: in this order.
[[nodiscard]] std::vector<Finding> look_at_domain(const World& world, const zonestore::CheckSubject& subject,
                                                  const zonestore::DomainInstructions& domain);

}  // namespace zonectl::probe
