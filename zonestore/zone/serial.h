// SOA serial numbers (RFC 1982).
#pragma once

#include <cstdint>

#include "zonestore/base/moment.h"

namespace zonestore {

struct Serial {
  std::uint32_t value = 0;
  friend bool operator==(const Serial&, const Serial&) = default;
};

// RFC 1982 section 3.2. Two serials exactly 2^31 apart are neither before nor after each other.
[[nodiscard]] bool is_before(Serial left, Serial right);

// The serial that follows `current`: max(current + 1, seconds since 1970) in the order of RFC 1982.
[[nodiscard]] Serial next_serial(Serial current, WallTime now);

}  // namespace zonestore
