// What is known of a secondary in a zone, in words.
#pragma once

#include <string>

#include "zonestore/operations/secondaries/secondaries.h"

namespace zonectl {

// "current", "3 changes late", "silent"
[[nodiscard]] std::string state_text(const zonestore::SecondarySeen& seen);

// "ns2-key, ns2-new": the names of its keys; empty: none.
[[nodiscard]] std::string keys_text(const zonestore::SecondaryView& secondary);

}  // namespace zonectl
