#include "dnsd/wire/record.h"

#include "dnsd/wire/name.h"

namespace dnsd::wire {

Record read_record(Reader& reader) {
  Record record;
  record.owner_at = reader.position();
  skip_name(reader);
  record.owner_is_root = reader.position() - record.owner_at == 1;
  record.type = static_cast<zonestore::RecordType>(reader.u16());
  record.record_class = reader.u16();
  record.ttl = reader.u32();
  record.rdata = reader.take(reader.u16());
  return record;
}

}  // namespace dnsd::wire
