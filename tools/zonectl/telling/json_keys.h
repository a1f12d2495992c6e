// The JSON form of public keys and their history; see json.h.
#pragma once

#include <string>
#include <vector>

#include "tools/zonectl/text/json_value.h"
#include "zonestore/operations/history/key_history.h"

namespace zonectl {

[[nodiscard]] Json keys_json(const std::string& code, const std::vector<zonestore::ServedKey>& keys);

}  // namespace zonectl
