// Which names inside record data may be compressed: those of the types of RFC 1035, and no others (RFC 3597 section
// 4).
#pragma once

#include <cstddef>
#include <cstdint>

#include "zonestore/zone/record_set.h"

namespace dnsd::wire {

struct RdataNames {
  std::uint8_t bytes_before = 0;  // of other data, before the first name
  std::uint8_t count = 0;         // names, one after the other; 0: nothing to compress
};

[[nodiscard]] constexpr RdataNames compressible_names(zonestore::RecordType type) {
  constexpr std::uint8_t kPreferenceBytes = 2;
  switch (static_cast<std::uint16_t>(type)) {
    case 2:   // NS
    case 3:   // MD
    case 4:   // MF
    case 5:   // CNAME
    case 7:   // MB
    case 8:   // MG
    case 9:   // MR
    case 12:  // PTR
      return {0, 1};
    case 6:   // SOA
    case 14:  // MINFO
      return {0, 2};
    case 15:  // MX
      return {kPreferenceBytes, 1};
    default:
      return {};
  }
}

}  // namespace dnsd::wire
