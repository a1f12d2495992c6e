// What is wrong with an institution's SPF and DMARC records, and the exact line to publish instead.
//
// SPF is followed as a receiver would in the worst case: every include and redirect is read, and RFC 7208 section
// 4.6.4 is counted over all of it, 10 look-ups and 2 that find nothing. Pure but for the look-ups, which are handed
// in.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tools/zonectl/probe/diagnosis.h"

namespace zonectl::probe {

// What a look-up found. `texts`: of a TXT question; `count`: records of the type.
struct Found {
  bool failed = false;  // nobody answered
  std::vector<std::string> texts;
  std::size_t count = 0;
};
using LookUp = std::function<Found(const zonestore::Name& name, zonestore::RecordType type)>;

struct PolicyFacts {
  zonestore::Name domain;
  // What each of the domain's servers has as its texts: of one that did not answer there is none here.
  std::vector<std::vector<std::string>> texts;
  zonestore::Name include;  // spf.secutix.com.
};

inline constexpr unsigned kMostLookups = 10;
inline constexpr unsigned kMostVoids = 2;

[[nodiscard]] Finding diagnose_spf(const PolicyFacts& facts, const LookUp& look_up);

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
