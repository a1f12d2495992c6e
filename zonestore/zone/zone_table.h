// Rows of the store's zone, removed_zone and record_set tables, for the reader and the writer of this folder.
// Threads: one thread, that of the connection. Errors: thrown as db::Failure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "zonestore/db/connection.h"
#include "zonestore/zone/published_reader.h"

namespace zonestore {

// A zone's id as a column.
[[nodiscard]] constexpr std::int64_t zone_column(ZoneId zone) {
  return static_cast<std::int64_t>(zone);
}

// A zone, and how many rows journal_record_set has of it.
struct ZoneRow {
  PublishedZone zone;
  std::uint64_t journal_row_count = 0;
};

// Throws kNotFound if there is no such zone.
[[nodiscard]] ZoneRow read_zone_row(db::Connection& connection, ZoneId id);
[[nodiscard]] std::optional<PublishedZone> read_zone(db::Connection& connection, const Name& apex);
// By apex, in canonical order. Of any schema: a store from before there were peers (kPeersSince) has no private zone.
[[nodiscard]] std::vector<PublishedZone> read_zones(db::Connection& connection);
// Writes serial, count, hash sum and journal row count.
void write_zone_row(db::Connection& connection, const ZoneRow& row);

// A zone that has no content yet; the apex is in lower case.
[[nodiscard]] ZoneId insert_zone_row(db::Connection& connection, const Name& apex, bool is_private);
// With its record sets; its serial is remembered (serial_of_removed).
void delete_zone_row(db::Connection& connection, const PublishedZone& zone);

// What the store keeps of a record set beside its zone, owner and type.
struct StoredData {
  Ttl ttl{};
  Bytes packed_rdata;
  friend bool operator==(const StoredData&, const StoredData&) = default;
};

[[nodiscard]] std::optional<StoredData> read_record_set(db::Connection& connection, ZoneId zone, ByteView owner_key,
                                                        RecordType type);
void write_record_set(db::Connection& connection, const StoredRecordSet& record_set);
void delete_record_set(db::Connection& connection, ZoneId zone, ByteView owner_key, RecordType type);

}  // namespace zonestore
