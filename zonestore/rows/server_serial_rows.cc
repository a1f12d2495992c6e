#include "zonestore/rows/server_serial_rows.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "zonestore/judgement/evidence.h"
#include "zonestore/rows/evidence_rows.h"
#include "zonestore/rows/id_columns.h"
#include "zonestore/rows/moment_columns.h"
#include "zonestore/rows/settings_rows.h"
#include "zonestore/rows/store_row.h"

namespace zonestore::rows {
namespace {

constexpr char kLifeMark = '#';
// So far before the store's serial is kept what was seen with a later one.
constexpr std::uint32_t kOtherHistory = 0x4000'0000;

void delete_serial(db::Connection& connection, ZoneId zone, const std::string& server, Serial serial) {
  db::Statement& remove =
      connection.cached("DELETE FROM server_serial WHERE zone_id = ?1 AND server = ?2 AND serial = ?3");
  remove.bind(1, to_column(zone)).bind(2, std::string_view(server)).bind(3, std::int64_t{serial.value}).run();
}

void put_serial(db::Connection& connection, ZoneId zone, const ServerKey& key, const dkim::SerialSeen& seen) {
  db::Statement& put = connection.cached(
      "INSERT OR REPLACE INTO server_serial (zone_id, server, secondary_id, serial, first_seen_wall_ms, "
      "first_seen_boot_ms, first_seen_boot_id, first_seen_synchronised, first_seen_trusted_ms, last_seen_wall_ms, "
      "last_seen_boot_ms, last_seen_boot_id, last_seen_synchronised, last_seen_trusted_ms) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)");
  put.bind(1, to_column(zone)).bind(2, std::string_view(key.server));
  if (key.secondary) {
    put.bind(3, to_column(*key.secondary));
  } else {
    put.bind_null(3);
  }
  put.bind(4, std::int64_t{seen.serial.value});
  bind_moment(put, 5, seen.first);
  bind_moment(put, 5 + kMomentColumns, seen.last);
  put.run();
}

Serial stored_serial(db::Connection& connection, ZoneId zone) {
  db::Statement& row = connection.cached("SELECT serial FROM zone WHERE zone_id = ?1");
  row.bind(1, to_column(zone));
  const Serial stored{row.step() ? static_cast<std::uint32_t>(row.integer(0)) : 0};
  row.reset();
  return stored;
}

// A serial that the store has not given out is of another history, whatever serial the store gets later: who has it
// has nothing that ended here.
Serial in_this_history(Serial seen, Serial stored) {
  return seen == stored || is_before(seen, stored) ? seen : Serial{stored.value - kOtherHistory};
}

// Of one that was seen since, what is older than any wait.
bool is_past(const dkim::SerialSeen& seen, const Moment& now) {
  return now.trusted - seen.last.trusted > kLongestPropagation;
}

// The name servers of the zone as they were seen, at each address; a name that was never seen is one without a look.
void add_name_servers(db::Connection& connection, ZoneId zone, dkim::Propagation& propagation) {
  std::vector<std::string> known;
  for (const ServerEvidenceView& each : read_server_evidence(connection, zone)) {
    known.push_back(each.server);
  }
  for (const NameServerRow& row : read_name_server_rows(connection, zone)) {
    bool is_known = false;
    for (const std::string& server : known) {
      if (is_named(server, {row.name}) && !server_name(server).empty()) {
        propagation.servers.push_back({server, read_server_serials(connection, zone, server), row.anycast});
        is_known = true;
      }
    }
    if (!is_known) {
      propagation.servers.push_back({row.name.to_text_no_dot(), {}, row.anycast});
    }
  }
}

void add_secondaries(db::Connection& connection, ZoneId zone, dkim::Propagation& propagation) {
  db::Statement& rows = connection.cached(
      "SELECT secondary_id, name, anycast, added_wall_ms, added_boot_ms, added_boot_id, added_synchronised, "
      "added_trusted_ms, removed_wall_ms, removed_boot_ms, removed_boot_id, removed_synchronised, removed_trusted_ms "
      "FROM secondary AS s WHERE all_zones = 1 OR EXISTS (SELECT 1 FROM secondary_zone AS z "
      "WHERE z.secondary_id = s.secondary_id AND z.zone_id = ?1) ORDER BY secondary_id");
  constexpr int kAdded = 3;
  constexpr int kRemoved = kAdded + kMomentColumns;
  rows.bind(1, to_column(zone));
  std::vector<SecondaryId> ids;
  const std::size_t first = propagation.servers.size();
  while (rows.step()) {
    ids.push_back(SecondaryId{rows.integer(0)});
    dkim::FollowingServer server{rows.text(1), {}, rows.integer(2) != 0};
    server.life = dkim::FollowingServer::Life{moment_columns(rows, kAdded), std::nullopt};
    if (!rows.is_null(kRemoved)) {
      server.life->removed = moment_columns(rows, kRemoved);
    }
    propagation.servers.push_back(std::move(server));
  }
  rows.reset();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    propagation.servers[first + i].seen = read_server_serials(connection, zone, key_of(ids[i]).server);
  }
}

void add_earlier_refresh(db::Connection& connection, ZoneId zone, dkim::Propagation& propagation) {
  db::Statement& rows = connection.cached(
      "SELECT refresh_and_retry, ended_wall_ms, ended_boot_ms, ended_boot_id, ended_synchronised, ended_trusted_ms "
      "FROM earlier_refresh WHERE zone_id = ?1");
  rows.bind(1, to_column(zone));
  while (rows.step()) {
    propagation.earlier.push_back({Seconds(rows.integer(0)), moment_columns(rows, 1)});
  }
  rows.reset();
}

}  // namespace

ServerKey key_of(SecondaryId secondary) {
  return {kLifeMark + std::to_string(to_column(secondary)), secondary};
}

std::optional<SecondaryId> secondary_of(const std::string& server) {
  std::int64_t number = 0;
  const char* const end = server.data() + server.size();
  const auto [stopped, error] = std::from_chars(server.data() + 1, end, number);
  if (server.size() < 2 || server.front() != kLifeMark || error != std::errc{} || stopped != end) {
    return std::nullopt;
  }
  return SecondaryId{number};
}

void keep_server_serial(db::Connection& connection, ZoneId zone, const ServerKey& key, Serial answered,
                        const Moment& now) {
  const Serial serial = in_this_history(answered, stored_serial(connection, zone));
  dkim::SerialSeen seen{serial, now, now};
  for (const dkim::SerialSeen& each : read_server_serials(connection, zone, key.server)) {
    if (each.serial == serial) {
      seen.first = each.first;
    } else if (is_before(serial, each.serial) || is_past(each, now)) {
      delete_serial(connection, zone, key.server, each.serial);
    }
  }
  put_serial(connection, zone, key, seen);
}

std::vector<dkim::SerialSeen> read_server_serials(db::Connection& connection, ZoneId zone,
                                                  const std::string& server) {
  db::Statement& rows = connection.cached(
      "SELECT serial, first_seen_wall_ms, first_seen_boot_ms, first_seen_boot_id, first_seen_synchronised, "
      "first_seen_trusted_ms, last_seen_wall_ms, last_seen_boot_ms, last_seen_boot_id, last_seen_synchronised, "
      "last_seen_trusted_ms FROM server_serial WHERE zone_id = ?1 AND server = ?2");
  rows.bind(1, to_column(zone)).bind(2, std::string_view(server));
  std::vector<dkim::SerialSeen> seen;
  while (rows.step()) {
    seen.push_back({Serial{static_cast<std::uint32_t>(rows.integer(0))}, moment_columns(rows, 1),
                    moment_columns(rows, 1 + kMomentColumns)});
  }
  rows.reset();
  return seen;
}

void forget_server_serials(db::Connection& connection, SecondaryId secondary) {
  connection.cached("DELETE FROM server_serial WHERE secondary_id = ?1").bind(1, to_column(secondary)).run();
}

void forget_server_serials(db::Connection& connection, ZoneId zone, const std::string& server) {
  db::Statement& remove = connection.cached("DELETE FROM server_serial WHERE zone_id = ?1 AND server = ?2");
  remove.bind(1, to_column(zone)).bind(2, std::string_view(server)).run();
}

dkim::Propagation read_propagation(db::Connection& connection, ZoneId zone) {
  dkim::Propagation propagation;
  db::Statement& row = connection.cached("SELECT serial, refresh + retry FROM zone WHERE zone_id = ?1");
  row.bind(1, to_column(zone));
  if (row.step()) {
    propagation.stored = Serial{static_cast<std::uint32_t>(row.integer(0))};
    propagation.refresh_and_retry = Seconds(row.integer(1));
  }
  row.reset();
  add_name_servers(connection, zone, propagation);
  add_secondaries(connection, zone, propagation);
  add_earlier_refresh(connection, zone, propagation);
  return propagation;
}

bool has_secondaries(db::Connection& connection) {
  db::Statement& row = connection.cached("SELECT 1 FROM secondary LIMIT 1");
  const bool has = row.step();
  row.reset();
  return has;
}

bool has_enrolled_secondary(db::Connection& connection, ZoneId zone) {
  db::Statement& row = connection.cached(
      "SELECT 1 FROM secondary AS s WHERE listed = 1 AND removed_wall_ms IS NULL AND (all_zones = 1 OR EXISTS "
      "(SELECT 1 FROM secondary_zone AS z WHERE z.secondary_id = s.secondary_id AND z.zone_id = ?1)) LIMIT 1");
  row.bind(1, to_column(zone));
  const bool has = row.step();
  row.reset();
  return has;
}

Milliseconds follows_within(db::Connection& connection, ZoneId zone, const Moment& now) {
  return has_enrolled_secondary(connection, zone)
             ? dkim::refresh_and_retry_at(now, read_propagation(connection, zone))
             : Milliseconds{0};
}

std::vector<dkim::ServerWait> ServerWaits::waits_of(const Moment& ended, const std::optional<Serial>& ended_serial) {
  if (!any_) {
    any_ = has_secondaries(connection_);
  }
  if (!*any_ || is_long_past(ended)) {
    return {};
  }
  if (!propagation_) {
    propagation_ = read_propagation(connection_, zone_ ? *zone_ : read_dkim_zone(connection_));
  }
  return dkim::waits_of(ended, ended_serial, *propagation_);
}

bool ServerWaits::is_long_past(const Moment& ended) {
  const std::optional<Moment> last = read_kept_time(connection_).last;
  return last && last->trusted - ended.trusted > kLongestPropagation;
}

std::optional<Serial> ended_serial_column(const db::Statement& row, int column) {
  if (row.is_null(column) || row.integer(column) == kSerialNotYetKnown) {
    return std::nullopt;
  }
  return Serial{static_cast<std::uint32_t>(row.integer(column))};
}

}  // namespace zonestore::rows
