#include "dnsd/wire/ixfr.h"

#include "dnsd/wire/record.h"

namespace dnsd::wire {

std::optional<std::uint32_t> ixfr_serial(ByteView message, const Query& query) {
  constexpr std::size_t kSoaNumberBytes = 20;  // from the serial on (RFC 1035 section 3.3.13)
  Reader reader(message);
  reader.take(kHeaderBytes + query.question.bytes.size());
  for (unsigned left = query.header.answer_count; left > 0 && reader.ok(); --left) {
    (void)read_record(reader);
  }
  const Record record = query.header.authority_count > 0 ? read_record(reader) : Record{};
  LoweredName owner;
  if (!reader.ok() || record.type != RecordType::kSoa || record.rdata.size() < kSoaNumberBytes ||
      !expand_name(message, record.owner_at, owner) || !is_same(owner.view(), query.question.name.view())) {
    return std::nullopt;
  }
  return load_u32(record.rdata.last(kSoaNumberBytes).data());
}

}  // namespace dnsd::wire
