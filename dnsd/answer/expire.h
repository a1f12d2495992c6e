// When a secondary's copy of a zone expires, for those that ask (RFC 7314): a primary says what its SOA says.
//
// Pure. Threads: any number at once.
#pragma once

#include <cstdint>
#include <optional>

#include "dnsd/wire/query.h"
#include "dnsd/zone/image.h"

namespace dnsd::answer {

// In seconds; nullopt: nobody asked, or this is no question that it belongs to (SOA, IXFR and AXFR alone).
[[nodiscard]] std::optional<std::uint32_t> expire_for(const wire::Query& query, const zone::Zone& zone);

}  // namespace dnsd::answer
