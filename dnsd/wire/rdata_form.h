// Whether the data of a record that came in a message can be read at all, by the form of its type: for records that
// no query needs, but that other servers read and refuse when they cannot (RFC 1035 section 3.3 and the types' own
// RFCs).
//
// Lengths, names and character strings alone; what the numbers say does not count. Pure. Threads: any number at once.
#pragma once

#include "dnsd/wire/header.h"
#include "zonestore/zone/record_set.h"

namespace dnsd::wire {

// `rdata` lies in `message`: names in it may point back to what stands before (some types' should not, and are read
// all the same). A type without a known form can always be read.
[[nodiscard]] bool is_readable(ByteView message, zonestore::RecordType type, ByteView rdata);

}  // namespace dnsd::wire
