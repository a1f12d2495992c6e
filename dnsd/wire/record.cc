#include "dnsd/wire/record.h"

#include "dnsd/wire/name.h"

namespace dnsd::wire {
Record read_record(Reader& reader) {
  Record record;
  record.owner_at = reader.position();
  const ByteView rest = reader.rest();
  record.owner_is_root = !rest.empty() && rest[0] == 0;  // an OPT record's is; most queries have no other
  if (record.owner_is_root) {
    reader.take(1);
  } else {
    skip_name(reader);
  }
  const ByteView head = reader.take(kRecordHeadBytes);
  if (!head.empty()) {
    record.type = static_cast<zonestore::RecordType>(load_u16(head.data()));
    record.record_class = load_u16(head.data() + 2);
    record.ttl = load_u32(head.data() + 4);
    record.rdata = reader.take(load_u16(head.data() + 8));
  }
  return record;
}

}  // namespace dnsd::wire
