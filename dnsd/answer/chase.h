// From the question to the sections: RFC 1034 section 4.3.2, with CNAME and DNAME followed through our zones.
//
//   name ─> zone ─> look_up ─> kExact, kWildcard ─> the type is there ........ answer
//    ^                              │               a CNAME is there ─┐
//    │                              │               neither .......... │ ... NODATA, SOA
//    │                         kDname ─> DNAME, synthesized CNAME ────┤
//    │                         kCut .................................. │ ... referral, glue
//    │                         kNone ................................. │ ... NXDOMAIN, SOA
//    └────────────────────── the target is the name now <─────────────┘
//
// What was found before a change of name stays in the answer; the RCODE is that of the last name (RFC 6604 section
// 3). A chain that leaves our zones, comes back to where it was, or is longer than kMostChanges ends with what is
// there.
#pragma once

#include "dnsd/answer/reply.h"

namespace dnsd::answer {

inline constexpr unsigned kMostChanges = 16;  // of the name that is looked for

// Answers the question of `reply`, which has one of class IN and an ordinary type, or ANY.
void answer_from_zones(Reply& reply, const zone::Image& image);

}  // namespace dnsd::answer
