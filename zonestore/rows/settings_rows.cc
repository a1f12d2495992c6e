#include "zonestore/rows/settings_rows.h"

#include <algorithm>

#include "zonestore/rows/content_rows.h"
#include "zonestore/rows/evidence_rows.h"
#include "zonestore/rows/id_columns.h"
#include "zonestore/rows/moment_columns.h"
#include "zonestore/rows/server_serial_rows.h"

namespace zonestore::rows {
namespace {

std::uint32_t seconds_column(const db::Statement& row, int column) {
  return static_cast<std::uint32_t>(row.integer(column));
}

std::vector<Name> read_name_servers(db::Connection& connection, ZoneId zone) {
  db::Statement& rows = connection.cached("SELECT name FROM name_server WHERE zone_id = ?1 ORDER BY position");
  rows.bind(1, to_column(zone));
  std::vector<Name> names;
  while (rows.step()) {
    names.push_back(db::unwrap(Name::from_wire(rows.blob(0))));
  }
  rows.reset();
  return names;
}

void store_name_servers(db::Connection& connection, ZoneId zone, const std::vector<Name>& names) {
  const std::vector<NameServerRow> before = read_name_server_rows(connection, zone);
  // All of them anew: their order counts, since the first is the SOA's primary unless that is hidden.
  db::Statement& clear = connection.cached("DELETE FROM name_server WHERE zone_id = ?1");
  clear.bind(1, to_column(zone));
  clear.run();
  std::int64_t position = 0;
  for (const Name& name : names) {
    const bool anycast = std::any_of(before.begin(), before.end(),
                                     [&name](const NameServerRow& row) { return row.name == name && row.anycast; });
    db::Statement& insert =
        connection.cached("INSERT INTO name_server (zone_id, position, name, anycast) VALUES (?1, ?2, ?3, ?4)");
    insert.bind(1, to_column(zone)).bind(2, ++position).bind(3, name.wire()).bind(4, std::int64_t{anycast});
    insert.run();
  }
}

void remember_negative_ttl(db::Connection& connection, ZoneId zone, Ttl ttl, const Moment& ended) {
  db::Statement& insert = connection.cached(
      "INSERT INTO earlier_negative_ttl (zone_id, ttl, ended_wall_ms, ended_boot_ms, ended_boot_id, "
      "ended_synchronised, ended_trusted_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
  insert.bind(1, to_column(zone)).bind(2, std::int64_t{zonestore::seconds(ttl)});
  bind_moment(insert, 3, ended);
  insert.run();
}

std::int64_t refresh_and_retry(const ZoneSettingsRow& settings) {
  return std::int64_t{settings.refresh} + settings.retry;
}

// What nobody goes by any more.
void forget_refreshes(db::Connection& connection, ZoneId zone, const Moment& now) {
  db::Statement& remove = connection.cached(
      "DELETE FROM earlier_refresh WHERE zone_id = ?1 AND ended_trusted_ms + 1000 * refresh_and_retry < ?2");
  remove.bind(1, to_column(zone)).bind(2, (now.trusted - kLongestPropagation).count()).run();
}

void remember_refresh(db::Connection& connection, ZoneId zone, std::int64_t before, const Moment& ended) {
  forget_refreshes(connection, zone, ended);
  db::Statement& insert = connection.cached(
      "INSERT INTO earlier_refresh (zone_id, refresh_and_retry, ended_wall_ms, ended_boot_ms, ended_boot_id, "
      "ended_synchronised, ended_trusted_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
  insert.bind(1, to_column(zone)).bind(2, before);
  bind_moment(insert, 3, ended);
  insert.run();
}

}  // namespace

ZoneSettingsRow read_zone_settings(db::Connection& connection, ZoneId zone) {
  ZoneSettingsRow settings;
  db::Statement& row = connection.cached(
      "SELECT mailbox, soa_ttl, refresh, retry, expire, minimum, ns_ttl, primary_server FROM zone WHERE zone_id = "
      "?1");
  row.bind(1, to_column(zone));
  if (!row.step()) {
    throw db::Failure(Error{ErrorCode::kNotFound, "no such zone", "zonectl zone list", std::nullopt});
  }
  settings.mailbox = db::unwrap(Name::from_wire(row.blob(0)));
  settings.soa_ttl = seconds_column(row, 1);
  settings.refresh = seconds_column(row, 2);
  settings.retry = seconds_column(row, 3);
  settings.expire = seconds_column(row, 4);
  settings.minimum = seconds_column(row, 5);
  settings.ns_ttl = seconds_column(row, 6);
  if (!row.is_null(7)) {
    settings.hidden_primary = db::unwrap(Name::from_wire(row.blob(7)));
  }
  row.reset();
  settings.name_servers = read_name_servers(connection, zone);
  return settings;
}

void store_zone_settings(db::Connection& connection, ZoneId zone, const ZoneSettingsRow& settings,
                         const Moment& now) {
  const ZoneSettingsRow before = read_zone_settings(connection, zone);
  // Of a zone that had no name servers nobody can remember an absence: nothing of it was ever served.
  const bool was_published = !before.name_servers.empty();
  if (was_published && before.negative_ttl() != settings.negative_ttl()) {
    remember_negative_ttl(connection, zone, before.negative_ttl(), now);
    renew_absences(connection, zone, settings.negative_ttl(), now);
  }
  if (was_published && refresh_and_retry(before) != refresh_and_retry(settings)) {
    remember_refresh(connection, zone, refresh_and_retry(before), now);
  }
  db::Statement& update = connection.cached(
      "UPDATE zone SET mailbox = ?2, soa_ttl = ?3, refresh = ?4, retry = ?5, expire = ?6, minimum = ?7, ns_ttl = ?8, "
      "primary_server = ?9 WHERE zone_id = ?1");
  update.bind(1, to_column(zone)).bind(2, settings.mailbox.wire());
  update.bind(3, std::int64_t{settings.soa_ttl}).bind(4, std::int64_t{settings.refresh});
  update.bind(5, std::int64_t{settings.retry}).bind(6, std::int64_t{settings.expire});
  update.bind(7, std::int64_t{settings.minimum}).bind(8, std::int64_t{settings.ns_ttl});
  if (settings.hidden_primary) {
    update.bind(9, settings.hidden_primary->wire());
  } else {
    update.bind_null(9);
  }
  update.run();
  store_name_servers(connection, zone, settings.name_servers);
}

std::vector<NameServerRow> read_name_server_rows(db::Connection& connection, ZoneId zone) {
  db::Statement& rows =
      connection.cached("SELECT name, anycast FROM name_server WHERE zone_id = ?1 ORDER BY position");
  rows.bind(1, to_column(zone));
  std::vector<NameServerRow> servers;
  while (rows.step()) {
    servers.push_back({db::unwrap(Name::from_wire(rows.blob(0))), rows.integer(1) != 0});
  }
  rows.reset();
  return servers;
}

bool set_anycast(db::Connection& connection, ZoneId zone, const Name& name, bool anycast) {
  const std::vector<NameServerRow> rows = read_name_server_rows(connection, zone);
  const auto row =
      std::find_if(rows.begin(), rows.end(), [&name](const NameServerRow& each) { return each.name == name; });
  if (row == rows.end()) {
    return false;
  }
  db::Statement& update = connection.cached("UPDATE name_server SET anycast = ?3 WHERE zone_id = ?1 AND name = ?2");
  update.bind(1, to_column(zone)).bind(2, row->name.wire()).bind(3, std::int64_t{anycast}).run();
  return true;
}

std::vector<Name> read_all_name_servers(db::Connection& connection) {
  db::Statement& rows = connection.cached(
      "SELECT DISTINCT name FROM name_server WHERE zone_id NOT IN (SELECT zone_id FROM zone WHERE private = 1)");
  std::vector<Name> names;
  while (rows.step()) {
    names.push_back(db::unwrap(Name::from_wire(rows.blob(0))));
  }
  rows.reset();
  return names;
}

void delete_zone_settings(db::Connection& connection, ZoneId zone) {
  connection.cached("DELETE FROM name_server WHERE zone_id = ?1").bind(1, to_column(zone)).run();
  connection.cached("DELETE FROM earlier_negative_ttl WHERE zone_id = ?1").bind(1, to_column(zone)).run();
  delete_server_evidence(connection, zone);
}

std::vector<dkim::EarlierContent> absence_until(db::Connection& connection, ZoneId zone, const Moment& now) {
  db::Statement& rows = connection.cached(
      "SELECT ttl, ended_wall_ms, ended_boot_ms, ended_boot_id, ended_synchronised, ended_trusted_ms "
      "FROM earlier_negative_ttl WHERE zone_id = ?1 ORDER BY ended_wall_ms");
  rows.bind(1, to_column(zone));
  std::vector<dkim::EarlierContent> contents;
  while (rows.step()) {
    contents.push_back({Ttl{seconds_column(rows, 0)}, moment_columns(rows, 1)});
  }
  rows.reset();
  // What is in force until this moment: the name is about to be there.
  contents.push_back({read_zone_settings(connection, zone).negative_ttl(), now});
  return contents;
}

}  // namespace zonestore::rows
