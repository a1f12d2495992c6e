#include "zonestore/zone/content_check.h"

#include <map>
#include <optional>

#include "zonestore/zone/record_set.h"
#include "zonestore/zone/zone_table.h"

namespace zonestore {
namespace {

struct Tally {
  std::uint64_t count = 0;
  std::uint64_t hash_sum = 0;
};

std::map<std::int64_t, Tally> tally_all(db::Connection& connection) {
  db::Statement rows = connection.prepare("SELECT zone_id, owner, type, ttl, rdata FROM record_set NOT INDEXED");
  std::map<std::int64_t, Tally> tallies;
  while (rows.step()) {
    Tally& tally = tallies[rows.integer(0)];
    ++tally.count;
    tally.hash_sum += record_set_hash(rows.blob(1), static_cast<RecordType>(rows.integer(2)),
                                      static_cast<Ttl>(rows.integer(3)), rows.blob(4));
  }
  return tallies;
}

std::optional<std::uint32_t> serial_of_soa(db::Connection& connection, const PublishedZone& zone) {
  const std::optional<StoredData> stored =
      read_record_set(connection, zone.id, encode_owner_key(zone.apex, zone.apex), RecordType::kSoa);
  const Result<std::vector<Bytes>> rdata =
      stored ? unpack_rdata(stored->packed_rdata) : Result<std::vector<Bytes>>(std::vector<Bytes>{});
  if (!rdata || rdata->empty()) {
    return std::nullopt;
  }
  const Result<SoaData> soa = parse_soa_rdata(rdata->front());
  return soa ? std::optional(soa->serial) : std::nullopt;
}

}  // namespace

std::vector<std::string> find_content_faults(db::Connection& connection) {
  const std::map<std::int64_t, Tally> tallies = tally_all(connection);
  std::vector<std::string> faults;
  for (const PublishedZone& zone : read_zones(connection)) {
    const auto found = tallies.find(static_cast<std::int64_t>(zone.id));
    const Tally tally = found == tallies.end() ? Tally{} : found->second;
    const std::string name = "zone " + zone.apex.to_text_no_dot();
    if (tally.count != zone.record_set_count) {
      faults.push_back(name + " has " + std::to_string(tally.count) + " record sets, and its count says " +
                       std::to_string(zone.record_set_count));
    } else if (tally.hash_sum != zone.record_set_hash_sum) {
      faults.push_back(name + ": its record sets do not fit its checksum");
    } else if (serial_of_soa(connection, zone) != zone.serial.value) {
      faults.push_back(name + " has serial " + std::to_string(zone.serial.value) +
                       ", and its SOA record does not say so");
    }
  }
  return faults;
}

}  // namespace zonestore
