// What is wrong with an institution's DMARC, and the exact line to publish instead (RFC 7489 section 6.6.3: the
// record of the domain, else of its organizational domain; RFC 9091: else of the public suffix above that). The line
// keeps every good tag, and is never weaker than what is there. Only ever a warning: mail is not lost without one.
// Pure.
#pragma once

#include <string>
#include <vector>

#include "tools/zonectl/probe/diagnosis.h"

namespace zonectl::probe {

// What stands at _dmarc.DOMAIN.
struct DmarcPlace {
  enum class Kind : std::uint8_t { kDomain, kOrganization, kPublicSuffix };
  zonestore::Name domain;
  Kind kind = Kind::kDomain;
  bool failed = false;  // nobody answered
  std::vector<std::string> texts = {};
  bool has_alias_beside = false;  // a CNAME stands beside its TXT
};

struct DmarcFacts {
  zonestore::Name domain;
  std::vector<DmarcPlace>
      places;  // in the order in which receivers look; each but the first only while none was found
};
[[nodiscard]] Finding diagnose_dmarc(const DmarcFacts& facts);

// A DMARC record stands there: receivers look no further.
[[nodiscard]] bool has_dmarc_record(const std::vector<std::string>& texts);

}  // namespace zonectl::probe
