// What is wrong with an institution's DMARC record, and the exact line to publish instead. Pure.
#pragma once

#include <string>
#include <vector>

#include "tools/zonectl/probe/diagnosis.h"

namespace zonectl::probe {

// `texts` are those of _dmarc.DOMAIN, else those of the nearest domain above that has such a record. Only ever a
// warning: mail is not lost without one.
struct DmarcFacts {
  zonestore::Name domain;
  zonestore::Name at;  // the domain whose _dmarc the texts are of
  bool failed = false;
  std::vector<std::string> texts;
};
[[nodiscard]] Finding diagnose_dmarc(const DmarcFacts& facts);

}  // namespace zonectl::probe
