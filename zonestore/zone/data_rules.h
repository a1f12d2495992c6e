// What record data must fulfil beside its form to mean anything to whoever reads it: digests as long as their kind
// is, and what clients refuse in SVCB. For data that comes in; what the store holds is written as it is. Inside zone/
// only.
//
// A rule that NSD, Knot and BIND all know is a fault; one that none of them minds when it loads a zone is a doubt: a
// fault to the strict, and told to those who take a zone over as it is (Strictness).
#pragma once

#include <optional>
#include <string>

#include "zonestore/zone/record_set.h"

namespace zonestore {

struct DataFault {
  std::string message;
  bool is_doubt = false;
};
// `rdata` has its type's form. nullopt, or what is wrong.
[[nodiscard]] std::optional<DataFault> data_fault(RecordType type, ByteView rdata);

}  // namespace zonestore
