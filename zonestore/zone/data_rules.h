// What record data must fulfil beside its form to mean anything to whoever reads it: digests as long as their kind
// is, and what clients refuse in SVCB. For data that comes in; what the store holds is written as it is. Inside zone/
// only.
#pragma once

#include <optional>
#include <string>

#include "zonestore/zone/record_set.h"

namespace zonestore {

// `rdata` has its type's form. nullopt, or what is wrong.
[[nodiscard]] std::optional<std::string> data_fault(RecordType type, ByteView rdata);

}  // namespace zonestore
