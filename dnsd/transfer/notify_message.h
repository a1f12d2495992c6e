// The bytes of a NOTIFY and of its answer (RFC 1996 sections 3 and 4). Pure. Threads: any number at once.
#pragma once

#include <cstdint>
#include <optional>

#include "dnsd/transfer/notify_plan.h"
#include "dnsd/wire/tsig_mac.h"
#include "dnsd/zone/image.h"

namespace dnsd::transfer {

// One that was sent: what its answer must fit.
struct SentNotify {
  zonestore::Bytes message = {};
  std::uint16_t id = 0;
  const wire::TsigKey* key = nullptr;  // nullptr: unsigned
  zonestore::Bytes mac = {};
};

// With the zone's SOA as a hint. Throws std::bad_alloc.
[[nodiscard]] SentNotify make_notify(const zone::Zone& zone, std::uint16_t id, const wire::TsigKey* key,
                                     std::uint64_t unix_seconds);

// `apex`: of the zone it was about. nullopt: it is none of ours, is not signed as it should be, or says SERVFAIL: as
// if nothing had come.
[[nodiscard]] std::optional<NotifyPlan::Reaction> read_notify_answer(wire::ByteView answer, const SentNotify& sent,
                                                                     const zonestore::Name& apex,
                                                                     const wire::TsigKeys& keys,
                                                                     std::uint64_t unix_seconds);

}  // namespace dnsd::transfer
