#include "zonestore/zone/zone_scan.h"

namespace zonestore {

void for_each_record_set(db::Connection& connection, const PublishedZone& zone,
                         const std::function<void(const RecordSet&)>& visitor) {
  db::Statement rows =
      connection.prepare("SELECT owner, type, ttl, rdata FROM record_set WHERE zone_id = ?1 ORDER BY owner, type");
  rows.bind(1, static_cast<std::int64_t>(zone.id));
  while (rows.step()) {
    visitor(RecordSet{db::unwrap(decode_owner_key(rows.blob(0), zone.apex)), static_cast<RecordType>(rows.integer(1)),
                      Ttl{static_cast<std::uint32_t>(rows.integer(2))}, db::unwrap(unpack_rdata(rows.blob(3)))});
  }
}

}  // namespace zonestore
