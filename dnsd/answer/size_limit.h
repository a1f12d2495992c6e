// How long an answer may be. Pure. Threads: any number at once.
#pragma once

#include <cstddef>

#include "dnsd/answer/cookie.h"
#include "dnsd/answer/settings.h"
#include "dnsd/wire/query.h"

namespace dnsd::answer {

// In bytes. Over TCP as long as a message can be. Over UDP what client and server both take (RFC 6891 section 6.2.5),
// and, from a client whose address may be forged, a few times the query's `query_bytes` at most.
[[nodiscard]] std::size_t limit_bytes(const wire::Query& query, std::size_t query_bytes, const Settings& settings,
                                      Transport transport, CookieState cookie);

}  // namespace dnsd::answer
