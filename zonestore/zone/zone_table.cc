#include "zonestore/zone/zone_table.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "zonestore/zone/peer_rows.h"

namespace zonestore {
namespace {

constexpr std::string_view kSelectZones =
    "SELECT zone_id, apex, serial, record_set_count, record_set_hash_sum, journal_row_count, private FROM zone";
constexpr std::string_view kSelectZonesBeforePrivate =
    "SELECT zone_id, apex, serial, record_set_count, record_set_hash_sum, journal_row_count, 0 FROM zone";

// Asked each time: a store is brought up to date beside a running reader.
std::string_view select_zones(db::Connection& connection) {
  return connection.integer("PRAGMA user_version") >= kPeersSince ? kSelectZones : kSelectZonesBeforePrivate;
}

std::uint64_t unsigned_bits(std::int64_t value) {
  return static_cast<std::uint64_t>(value);
}
std::int64_t signed_bits(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}

ZoneRow row_of(const db::Statement& statement) {
  auto apex = Name::from_wire(statement.blob(1));
  if (!apex) {
    throw db::Failure(Error{ErrorCode::kDamaged,
                            "the apex of zone " + std::to_string(statement.integer(0)) + ": " + apex.error().message,
                            "restore the store from a backup"});
  }
  ZoneRow row;
  row.zone.id = static_cast<ZoneId>(statement.integer(0));
  row.zone.apex = std::move(*apex);
  row.zone.serial = Serial{static_cast<std::uint32_t>(statement.integer(2))};
  row.zone.record_set_count = unsigned_bits(statement.integer(3));
  row.zone.record_set_hash_sum = unsigned_bits(statement.integer(4));
  row.journal_row_count = unsigned_bits(statement.integer(5));
  row.zone.is_private = statement.integer(6) != 0;
  return row;
}

}  // namespace

ZoneRow read_zone_row(db::Connection& connection, ZoneId id) {
  db::Statement& statement = connection.cached(std::string(select_zones(connection)) + " WHERE zone_id = ?");
  statement.bind(1, zone_column(id));
  if (!statement.step()) {
    throw db::Failure(Error{ErrorCode::kNotFound, "the store has no zone " + std::to_string(zone_column(id)), ""});
  }
  ZoneRow row = row_of(statement);
  statement.reset();
  return row;
}

std::optional<PublishedZone> read_zone(db::Connection& connection, const Name& apex) {
  const Name lowered = apex.lowered();
  db::Statement& statement = connection.cached(std::string(select_zones(connection)) + " WHERE apex = ?");
  statement.bind(1, lowered.wire());
  std::optional<PublishedZone> zone;
  if (statement.step()) {
    zone = row_of(statement).zone;
  }
  statement.reset();
  return zone;
}

std::vector<PublishedZone> read_zones(db::Connection& connection) {
  db::Statement& statement = connection.cached(select_zones(connection));
  std::vector<PublishedZone> zones;
  while (statement.step()) {
    zones.push_back(row_of(statement).zone);
  }
  statement.reset();
  std::sort(zones.begin(), zones.end(),
            [](const PublishedZone& left, const PublishedZone& right) { return left.apex < right.apex; });
  return zones;
}

void write_zone_row(db::Connection& connection, const ZoneRow& row) {
  connection
      .cached(
          "UPDATE zone SET serial = ?, record_set_count = ?, record_set_hash_sum = ?, journal_row_count = ? "
          "WHERE zone_id = ?")
      .bind(1, std::int64_t{row.zone.serial.value})
      .bind(2, signed_bits(row.zone.record_set_count))
      .bind(3, signed_bits(row.zone.record_set_hash_sum))
      .bind(4, signed_bits(row.journal_row_count))
      .bind(5, zone_column(row.zone.id))
      .run();
}

std::optional<StoredData> read_record_set(db::Connection& connection, ZoneId zone, ByteView owner_key,
                                          RecordType type) {
  db::Statement& statement =
      connection.cached("SELECT ttl, rdata FROM record_set WHERE zone_id = ? AND owner = ? AND type = ?");
  statement.bind(1, zone_column(zone)).bind(2, owner_key).bind(3, static_cast<std::int64_t>(type));
  std::optional<StoredData> data;
  if (statement.step()) {
    const ByteView rdata = statement.blob(1);
    data = StoredData{static_cast<Ttl>(statement.integer(0)), Bytes(rdata.begin(), rdata.end())};
  }
  statement.reset();
  return data;
}

void write_record_set(db::Connection& connection, const StoredRecordSet& record_set) {
  connection
      .cached(
          "INSERT INTO record_set (zone_id, owner, type, ttl, rdata) VALUES (?, ?, ?, ?, ?) "
          "ON CONFLICT (zone_id, owner, type) DO UPDATE SET ttl = excluded.ttl, rdata = excluded.rdata")
      .bind(1, zone_column(record_set.zone))
      .bind(2, record_set.owner_key)
      .bind(3, static_cast<std::int64_t>(record_set.type))
      .bind(4, std::int64_t{seconds(record_set.ttl)})
      .bind(5, record_set.packed_rdata)
      .run();
}

void delete_record_set(db::Connection& connection, ZoneId zone, ByteView owner_key, RecordType type) {
  connection.cached("DELETE FROM record_set WHERE zone_id = ? AND owner = ? AND type = ?")
      .bind(1, zone_column(zone))
      .bind(2, owner_key)
      .bind(3, static_cast<std::int64_t>(type))
      .run();
}

ZoneId insert_zone_row(db::Connection& connection, const Name& apex, bool is_private) {
  connection.cached("INSERT INTO zone (apex, private) VALUES (?, ?)")
      .bind(1, apex.wire())
      .bind(2, std::int64_t{is_private})
      .run();
  return static_cast<ZoneId>(connection.last_insert_rowid());
}

void delete_zone_row(db::Connection& connection, const PublishedZone& zone) {
  connection.cached("INSERT OR REPLACE INTO removed_zone (apex, serial) VALUES (?, ?)")
      .bind(1, zone.apex.wire())
      .bind(2, std::int64_t{zone.serial.value})
      .run();
  connection.cached("DELETE FROM record_set WHERE zone_id = ?").bind(1, zone_column(zone.id)).run();
  connection.cached("DELETE FROM zone WHERE zone_id = ?").bind(1, zone_column(zone.id)).run();
}

std::optional<Serial> serial_of_removed(db::Connection& connection, const Name& apex) {
  const Name lowered = apex.lowered();
  db::Statement& row = connection.cached("SELECT serial FROM removed_zone WHERE apex = ?");
  row.bind(1, lowered.wire());
  std::optional<Serial> serial;
  if (row.step()) {
    serial = Serial{static_cast<std::uint32_t>(row.integer(0))};
  }
  row.reset();
  return serial;
}

}  // namespace zonestore
