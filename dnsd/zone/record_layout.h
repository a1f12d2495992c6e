// From the store's packed record data to the bytes of an answer section, and to the SOA of a negative answer.
// Pure. Threads: any number at once.
#pragma once

#include <cstdint>

#include "dnsd/wire/answer_writer.h"
#include "zonestore/base/bytes.h"
#include "zonestore/base/error.h"
#include "zonestore/zone/record_set.h"

namespace dnsd::zone {

// An answer section of this length fits every message, whatever its question and OPT record.
inline constexpr std::size_t kMaxAnswerSectionBytes = 65000;

struct LaidOut {
  std::uint16_t count = 0;
  zonestore::Bytes answer;  // per record: C0 0C | type | class IN | TTL | RDLENGTH | RDATA
};

// Fills `out`, whose memory is used again. Errors: kDamaged for lengths that do not add up, for no record at
// all, and for a set that no message could hold; `out` is then not to be used.
[[nodiscard]] zonestore::Result<void> lay_out(zonestore::RecordType type, zonestore::Ttl ttl,
                                              zonestore::ByteView packed_rdata, LaidOut& out);

// Takes the first record off `answer`, what lay_out made; false: none is left.
[[nodiscard]] bool take_record(zonestore::ByteView& answer, wire::RecordView& record);

struct SoaAnswer {
  std::uint32_t serial = 0;
  // As a negative answer carries it (RFC 2308 section 3): from the type on, TTL min(SOA TTL, SOA minimum).
  zonestore::Bytes negative;
};
// From the answer section of an SOA record set. Errors: kDamaged when it is not one record, or not an SOA's.
[[nodiscard]] zonestore::Result<SoaAnswer> lay_out_soa(std::uint16_t count, zonestore::ByteView answer);

}  // namespace dnsd::zone
