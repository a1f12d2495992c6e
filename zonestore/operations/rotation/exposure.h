// For how long a key that is withdrawn may still be found: by resolvers that remember it, and by servers that have
// not followed yet. Errors: db::Failure is thrown.
#pragma once

#include "zonestore/operations/rotation/slots.h"
#include "zonestore/rows/institution_rows.h"

namespace zonestore {

// At most, of what the slot's name serves now: the largest TTL that it was served with (`ttl`, if it never was), and
// what servers take to follow if none is seen to do so sooner.
[[nodiscard]] Milliseconds longest_exposure(db::Connection& connection, rows::InstitutionId institution,
                                            dkim::SlotId slot, Ttl ttl, const Moment& now);

}  // namespace zonestore
