// A record's name as the panels of DNS providers want it.
#pragma once

#include <string>
#include <string_view>

#include "zonestore/zone/name.h"

namespace zonectl {

// Within the zone: "stxsel1._domainkey", "@" for the zone itself. `name` is absolute, with the final dot; what lies
// outside of the zone stays as it is.
[[nodiscard]] std::string relative_name(std::string_view name, const zonestore::Name& zone);

}  // namespace zonectl
