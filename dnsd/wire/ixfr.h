// What a request for the changes of a zone says of where they are to begin (RFC 1995 section 3). Pure. Threads: any.
#pragma once

#include <cstdint>
#include <optional>

#include "dnsd/wire/query.h"

namespace dnsd::wire {

// The serial of the SOA record in the authority section, which is of the question's name; nullopt: there is none.
// Precondition: `query` was read from `message`, and was found good.
[[nodiscard]] std::optional<std::uint32_t> ixfr_serial(ByteView message, const Query& query);

}  // namespace dnsd::wire
