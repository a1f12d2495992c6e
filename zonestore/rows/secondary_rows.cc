#include "zonestore/rows/secondary_rows.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "zonestore/rows/id_columns.h"
#include "zonestore/rows/moment_columns.h"
#include "zonestore/zone/peer_rows.h"

namespace zonestore::rows {
namespace {

constexpr std::string_view kListed =
    "SELECT secondary_id, name, from_addresses_only, all_zones, catalog, ixfr, anycast, added_wall_ms, "
    "added_boot_ms, "
    "added_boot_id, added_synchronised, added_trusted_ms, removed_wall_ms, removed_boot_ms, removed_boot_id, "
    "removed_synchronised, removed_trusted_ms FROM secondary WHERE listed = 1 ";
constexpr int kAdded = 7;
constexpr int kRemoved = kAdded + kMomentColumns;

SecondaryRow secondary_columns(const db::Statement& row) {
  SecondaryRow secondary;
  secondary.id = SecondaryId{row.integer(0)};
  secondary.name = row.text(1);
  secondary.from_addresses_only = row.integer(2) != 0;
  secondary.all_zones = row.integer(3) != 0;
  secondary.catalog = row.integer(4) != 0;
  secondary.ixfr = row.integer(5) != 0;
  secondary.anycast = row.integer(6) != 0;
  secondary.added = moment_columns(row, kAdded);
  if (!row.is_null(kRemoved)) {
    secondary.removed = moment_columns(row, kRemoved);
  }
  return secondary;
}

void read_lists(db::Connection& connection, SecondaryRow& secondary) {
  secondary.key_names = read_key_names(connection, secondary.id);
  secondary.addresses = read_addresses(connection, secondary.id);
  secondary.zones = read_zones_of(connection, secondary.id);
}

void store_keys(db::Connection& connection, SecondaryId id, const std::vector<Name>& names) {
  connection.cached("DELETE FROM secondary_key WHERE secondary_id = ?1").bind(1, to_column(id)).run();
  std::int64_t position = 0;
  for (const Name& name : names) {
    db::Statement& insert =
        connection.cached("INSERT INTO secondary_key (secondary_id, position, name) VALUES (?1, ?2, ?3)");
    const Name lowered = name.lowered();
    insert.bind(1, to_column(id)).bind(2, ++position).bind(3, lowered.wire()).run();
  }
}

void insert_addresses(db::Connection& connection, SecondaryId id, const std::vector<SocketAddress>& addresses) {
  std::int64_t position = 0;
  for (const SocketAddress& address : addresses) {
    db::Statement& insert = connection.cached(
        "INSERT INTO secondary_address (secondary_id, position, address, port) VALUES (?1, ?2, ?3, ?4)");
    insert.bind(1, to_column(id)).bind(2, ++position);
    insert.bind(3, ByteView(address.bytes())).bind(4, std::int64_t{address.port()}).run();
  }
}

void insert_zones(db::Connection& connection, SecondaryId id, const std::vector<Name>& apexes) {
  for (const Name& apex : apexes) {
    db::Statement& insert = connection.cached(
        "INSERT INTO secondary_zone (secondary_id, zone_id) SELECT ?1, zone_id FROM zone WHERE apex = ?2");
    const Name lowered = apex.lowered();
    insert.bind(1, to_column(id)).bind(2, lowered.wire()).run();
  }
}

}  // namespace

bool SecondaryRow::has(const PublishedZone& zone) const {
  return zone.is_private ? catalog : all_zones || std::find(zones.begin(), zones.end(), zone.apex) != zones.end();
}

std::vector<SecondaryRow> read_secondaries(db::Connection& connection) {
  db::Statement& rows = connection.cached(std::string(kListed) + "ORDER BY name");
  std::vector<SecondaryRow> secondaries;
  while (rows.step()) {
    secondaries.push_back(secondary_columns(rows));
  }
  rows.reset();
  for (SecondaryRow& secondary : secondaries) {
    read_lists(connection, secondary);
  }
  return secondaries;
}

std::optional<SecondaryRow> find_secondary(db::Connection& connection, const std::string& name) {
  db::Statement& row = connection.cached(std::string(kListed) + "AND name = ?1");
  row.bind(1, std::string_view(name));
  std::optional<SecondaryRow> secondary = row.step() ? std::optional(secondary_columns(row)) : std::nullopt;
  row.reset();
  if (secondary) {
    read_lists(connection, *secondary);
  }
  return secondary;
}

SecondaryId insert_secondary(db::Connection& connection, const SecondaryRow& row) {
  db::Statement& insert = connection.cached(
      "INSERT INTO secondary (name, from_addresses_only, all_zones, catalog, ixfr, anycast, added_wall_ms, "
      "added_boot_ms, added_boot_id, added_synchronised, added_trusted_ms, removed_wall_ms, removed_boot_ms, "
      "removed_boot_id, removed_synchronised, removed_trusted_ms) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)");
  insert.bind(1, std::string_view(row.name)).bind(2, std::int64_t{row.from_addresses_only});
  insert.bind(3, std::int64_t{row.all_zones}).bind(4, std::int64_t{row.catalog});
  insert.bind(5, std::int64_t{row.ixfr}).bind(6, std::int64_t{row.anycast});
  bind_moment(insert, kAdded, row.added);
  if (row.removed) {
    bind_moment(insert, kRemoved, *row.removed);
  } else {
    bind_no_moment(insert, kRemoved);
  }
  insert.run();
  const auto id = SecondaryId{connection.last_insert_rowid()};
  store_keys(connection, id, row.key_names);
  insert_addresses(connection, id, row.addresses);
  insert_zones(connection, id, row.zones);
  return id;
}

void update_secondary(db::Connection& connection, const SecondaryRow& row) {
  db::Statement& update = connection.cached(
      "UPDATE secondary SET from_addresses_only = ?2, catalog = ?3, ixfr = ?4, anycast = ?5 WHERE secondary_id = ?1");
  update.bind(1, to_column(row.id)).bind(2, std::int64_t{row.from_addresses_only});
  update.bind(3, std::int64_t{row.catalog}).bind(4, std::int64_t{row.ixfr}).bind(5, std::int64_t{row.anycast});
  update.run();
  store_keys(connection, row.id, row.key_names);
}

void end_secondary(db::Connection& connection, SecondaryId id, const Moment& moment, Listed listed) {
  db::Statement& end = connection.cached(
      "UPDATE secondary SET removed_wall_ms = ?2, removed_boot_ms = ?3, removed_boot_id = ?4, "
      "removed_synchronised = ?5, removed_trusted_ms = ?6 WHERE secondary_id = ?1 AND removed_wall_ms IS NULL");
  end.bind(1, to_column(id));
  bind_moment(end, 2, moment);
  end.run();
  if (listed == Listed::kNoMore) {
    connection.cached("UPDATE secondary SET listed = 0 WHERE secondary_id = ?1").bind(1, to_column(id)).run();
  }
}

void delete_ended_secondaries(db::Connection& connection, Milliseconds ended_before_trusted) {
  connection.cached("DELETE FROM secondary WHERE listed = 0 AND removed_trusted_ms < ?1")
      .bind(1, ended_before_trusted.count())
      .run();
}

}  // namespace zonestore::rows
