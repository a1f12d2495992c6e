// Record data as it comes from a command line, where the shell has taken the quotes away.
#pragma once

#include <string>
#include <vector>

#include "zonestore/zone/record_set.h"

namespace zonectl {

// The presentation form that the arguments mean together: joined by blanks. Of TXT, an argument that has no quotes of
// its own is one text, blanks and all, in as many strings of 255 bytes as it needs: `TXT "v=spf1 -all"` is one
// string.
[[nodiscard]] std::string record_text(zonestore::RecordType type, const std::vector<std::string>& arguments);

}  // namespace zonectl
