#include "zonestore/zone/published_writer.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "zonestore/zone/journal.h"
#include "zonestore/zone/limits.h"
#include "zonestore/zone/zone_table.h"

namespace zonestore {
namespace {

[[noreturn]] void refuse_set(const Name& owner, RecordType type, const std::string& why) {
  throw db::Failure(
      Error{ErrorCode::kInvalid, "the record set " + owner.to_text() + " " + to_text(type) + " " + why, ""});
}

void check_owner(const Name& owner, RecordType type, const Name& apex) {
  if (!owner.is_at_or_below(apex)) {
    refuse_set(owner, type, "is outside the zone " + apex.to_text());
  }
}

void check_soa(const RecordSet& soa, const Name& apex) {
  if (soa.owner != apex) {
    refuse_set(soa.owner, soa.type, "is not at the apex of the zone " + apex.to_text());
  }
  if (soa.rdata.size() != 1) {
    refuse_set(soa.owner, soa.type, "must have exactly one record");
  }
  if (auto data = parse_soa_rdata(soa.rdata.front()); !data) {
    refuse_set(soa.owner, soa.type, "is malformed: " + data.error().message);
  }
}

void check_record_set(const RecordSet& record_set, const Name& apex) {
  check_owner(record_set.owner, record_set.type, apex);
  if (seconds(record_set.ttl) == 0 || seconds(record_set.ttl) > kMaxTtl) {
    refuse_set(record_set.owner, record_set.type,
               "has the TTL " + std::to_string(seconds(record_set.ttl)) + ", not 1 to 2147483647");
  }
  if (record_set.rdata.empty()) {
    refuse_set(record_set.owner, record_set.type, "has no records");
  }
  for (const Bytes& record : record_set.rdata) {
    if (record.size() > kMaxRdataBytes) {
      refuse_set(record_set.owner, record_set.type, "has a record of more than 65535 bytes");
    }
  }
  if (record_set.type == RecordType::kSoa) {
    check_soa(record_set, apex);
  }
}

}  // namespace

ZoneChange::ZoneChange(db::Connection& connection, ZoneId zone)
    : connection_(connection), zone_(zone), apex_(read_zone_row(connection, zone).zone.apex) {}

void ZoneChange::put(const RecordSet& record_set) {
  check_record_set(record_set, apex_);
  RecordSet wanted = record_set;
  put_in_canonical_order(wanted.rdata);
  wanted_.insert_or_assign({encode_owner_key(wanted.owner, apex_), wanted.type}, std::move(wanted));
}

void ZoneChange::remove(const Name& owner, RecordType type) {
  check_owner(owner, type, apex_);
  if (type == RecordType::kSoa && owner == apex_) {
    refuse_set(owner, type, "cannot be removed: a zone has one always");
  }
  wanted_.insert_or_assign({encode_owner_key(owner, apex_), type}, std::nullopt);
}

namespace {

using Wanted = std::map<std::pair<Bytes, RecordType>, std::optional<RecordSet>>;

bool is_soa(const Wanted::key_type& key) {
  return key.first.empty() && key.second == RecordType::kSoa;
}

SoaData soa_of(const StoredData& stored) {
  return db::unwrap(parse_soa_rdata(db::unwrap(unpack_rdata(stored.packed_rdata)).front()));
}

StoredData with_serial(const StoredData& stored, Serial serial) {
  SoaData soa = soa_of(stored);
  soa.serial = serial.value;
  return {stored.ttl, pack_rdata({soa_rdata(soa)})};
}

Difference difference_of(db::Connection& connection, ZoneId zone, const Wanted::value_type& wanted) {
  const auto& [key, record_set] = wanted;
  Difference difference{key.first, key.second, read_record_set(connection, zone, key.first, key.second), {}};
  if (record_set) {
    difference.after = StoredData{record_set->ttl, pack_rdata(record_set->rdata)};
  }
  return difference;
}

// Every wanted set that is not as stored, but for the SOA.
std::vector<Difference> find_differences(db::Connection& connection, ZoneId zone, const Wanted& wanted) {
  std::vector<Difference> differences;
  for (const auto& entry : wanted) {
    if (is_soa(entry.first)) {
      continue;
    }
    if (Difference difference = difference_of(connection, zone, entry); difference.before != difference.after) {
      differences.push_back(std::move(difference));
    }
  }
  return differences;
}

// The SOA as stored, and as wanted: with the serial as it is.
Difference soa_difference(db::Connection& connection, const PublishedZone& zone, const Wanted& wanted) {
  Difference soa{{}, RecordType::kSoa, read_record_set(connection, zone.id, {}, RecordType::kSoa), {}};
  // Not find(): g++ 12 warns of an overread where it sees an empty vector compared.
  const auto entry = std::find_if(wanted.begin(), wanted.end(), [](const auto& one) { return is_soa(one.first); });
  if (entry != wanted.end() && entry->second) {
    soa.after = StoredData{entry->second->ttl, pack_rdata(entry->second->rdata)};
  } else {
    soa.after = soa.before;
  }
  if (!soa.after) {
    throw db::Failure(Error{ErrorCode::kInvalid, "the zone " + zone.apex.to_text() + " has no SOA",
                            "the first change of a zone must put it"});
  }
  return soa;
}

bool differs_but_for_serial(const Difference& soa) {
  return !soa.before || with_serial(*soa.before, Serial{}) != with_serial(*soa.after, Serial{});
}

// A zone that was never published has nothing to be later than; its first serial is the clock, in 2040 too.
Serial serial_after(Serial before, WallTime now) {
  if (before.value != 0) {
    return next_serial(before, now);
  }
  const auto clock = std::chrono::floor<Seconds>(now.time_since_epoch()).count();
  return next_serial(Serial{static_cast<std::uint32_t>(static_cast<std::uint64_t>(clock) - 1)}, now);
}

std::uint64_t hash_of(const Difference& difference, const StoredData& data) {
  return record_set_hash(difference.owner_key, difference.type, data.ttl, data.packed_rdata);
}

// Writes the difference, and takes it into the zone's count and hash sum.
void apply(db::Connection& connection, PublishedZone& zone, const Difference& difference) {
  if (difference.before) {
    --zone.record_set_count;
    zone.record_set_hash_sum -= hash_of(difference, *difference.before);
  }
  if (difference.after) {
    ++zone.record_set_count;
    zone.record_set_hash_sum += hash_of(difference, *difference.after);
    write_record_set(connection, {zone.id, difference.owner_key, difference.type, difference.after->ttl,
                                  difference.after->packed_rdata});
  } else {
    delete_record_set(connection, zone.id, difference.owner_key, difference.type);
  }
}

}  // namespace

ZoneChange::Outcome ZoneChange::commit(WallTime now) {
  ZoneRow row = read_zone_row(connection_, zone_);
  const Serial before = row.zone.serial;
  std::vector<Difference> differences = find_differences(connection_, zone_, wanted_);
  Difference soa = soa_difference(connection_, row.zone, wanted_);
  wanted_.clear();
  const std::optional<Serial> floor = std::exchange(floor_, std::nullopt);
  const bool is_raised = floor && before.value != 0 && is_before(before, *floor);
  if (differences.empty() && !differs_but_for_serial(soa) && !is_raised) {
    return {before, false};
  }
  row.zone.serial = serial_after(before, now);
  if (floor && is_before(row.zone.serial, *floor)) {
    row.zone.serial = *floor;
  }
  soa.after = with_serial(*soa.after, row.zone.serial);
  differences.push_back(std::move(soa));
  for (const Difference& difference : differences) {
    apply(connection_, row.zone, difference);
  }
  append_to_journal(connection_, row, before, differences, now);
  write_zone_row(connection_, row);
  return {row.zone.serial, true};
}

std::optional<PublishedZone> find_zone(db::Connection& connection, const Name& apex) {
  return read_zone(connection, apex);
}

std::vector<PublishedZone> list_zones(db::Connection& connection) {
  return read_zones(connection);
}

std::optional<RecordSet> find_record_set(db::Connection& connection, const PublishedZone& zone, const Name& owner,
                                         RecordType type) {
  if (!owner.is_at_or_below(zone.apex)) {
    return std::nullopt;
  }
  const auto stored = read_record_set(connection, zone.id, encode_owner_key(owner, zone.apex), type);
  if (!stored) {
    return std::nullopt;
  }
  return RecordSet{owner.lowered(), type, stored->ttl, db::unwrap(unpack_rdata(stored->packed_rdata))};
}

ZoneId create_zone(db::Connection& connection, const Name& apex, ZoneAccess access) {
  if (find_zone(connection, apex)) {
    throw db::Failure(Error{ErrorCode::kInvalid, "the store has a zone " + apex.to_text() + " already", ""});
  }
  return insert_zone_row(connection, apex.lowered(), access == ZoneAccess::kPrivate);
}

void delete_zone(db::Connection& connection, const PublishedZone& zone) {
  delete_journal(connection, zone.id);
  delete_zone_row(connection, zone);
}

}  // namespace zonestore
