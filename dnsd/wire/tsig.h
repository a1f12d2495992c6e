// The TSIG record that may close a query (RFC 8945 section 4.2), as far as a server without keys needs it: to say
// that it does not know this one, in the form that the client can tell from a zone that is not ours. Pure. Threads:
// any number at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "dnsd/wire/header.h"
#include "zonestore/zone/record_set.h"

namespace dnsd::wire {

inline constexpr zonestore::RecordType kTypeTsig{250};

struct Tsig {
  std::size_t owner_at = 0;  // where in the query the key's name begins; it may be compressed
  ByteView algorithm;        // its name, uncompressed
  ByteView time_and_fudge;   // 8 bytes, as they came
  std::uint16_t original_id = 0;
};

// nullopt: the record is malformed (answer FORMERR, RFC 8945 section 5.2). `owner_at` is taken as it is.
[[nodiscard]] std::optional<Tsig> parse_tsig(std::size_t owner_at, std::uint16_t record_class, ByteView rdata);

// Puts a TSIG record with the error BADKEY and without a MAC behind the answer in `answer`, which is `size` bytes
// long (RFC 8945 sections 5.2.1 and 5.3.2), and counts it. Gives back the new length. Where `limit` leaves no room,
// the answer gets TC instead, and stays as long as it is.
[[nodiscard]] std::size_t append_unknown_key(MutableBytes answer, std::size_t size, std::size_t limit, ByteView query,
                                             const Tsig& tsig);

}  // namespace dnsd::wire
