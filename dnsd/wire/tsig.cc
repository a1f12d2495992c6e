#include "dnsd/wire/tsig.h"

#include "dnsd/wire/name.h"
#include "dnsd/wire/reader.h"

namespace dnsd::wire {

std::optional<Tsig> parse_tsig(const Record& record) {
  constexpr std::size_t kTimeAndFudgeBytes = 8;
  const std::size_t algorithm_bytes = uncompressed_name_size(record.rdata);
  Reader reader(record.rdata);
  Tsig tsig;
  tsig.owner_at = record.owner_at;
  tsig.ttl = record.ttl;
  tsig.algorithm = reader.take(algorithm_bytes);
  tsig.time_and_fudge = reader.take(kTimeAndFudgeBytes);
  tsig.mac = reader.take(reader.u16());
  tsig.original_id = reader.u16();
  tsig.error = reader.u16();
  tsig.other = reader.take(reader.u16());
  if (algorithm_bytes == 0 || record.record_class != kClassAny || !reader.ok() || !reader.at_end()) {
    return std::nullopt;
  }
  return tsig;
}

}  // namespace dnsd::wire
