#include "zonestore/zone/peer_rows.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace zonestore {
namespace {

std::int64_t secondary_column(SecondaryId secondary) {
  return static_cast<std::int64_t>(secondary);
}

db::Failure damaged(SecondaryId secondary, const std::string& what) {
  return db::Failure(Error{ErrorCode::kDamaged,
                           what + " of secondary " + std::to_string(secondary_column(secondary)) + " is none",
                           "restore the store from a backup"});
}

std::vector<Name> read_names(db::Connection& connection, std::string_view sql, SecondaryId secondary,
                             const std::string& what) {
  db::Statement& rows = connection.cached(sql);
  rows.bind(1, secondary_column(secondary));
  std::vector<Name> names;
  while (rows.step()) {
    auto name = Name::from_wire(rows.blob(0));
    if (!name) {
      throw damaged(secondary, what);
    }
    names.push_back(std::move(*name));
  }
  rows.reset();
  return names;
}

}  // namespace

Peers read_peers(db::Connection& connection) {
  db::Statement& rows = connection.cached(
      "SELECT secondary_id, name, from_addresses_only, all_zones, catalog, ixfr FROM secondary "
      "WHERE listed = 1 AND removed_wall_ms IS NULL ORDER BY name");
  Peers peers;
  while (rows.step()) {
    Peer& peer = peers.emplace_back();
    peer.id = static_cast<SecondaryId>(rows.integer(0));
    peer.name = rows.text(1);
    peer.from_addresses_only = rows.integer(2) != 0;
    peer.all_zones = rows.integer(3) != 0;
    peer.catalog = rows.integer(4) != 0;
    peer.ixfr = rows.integer(5) != 0;
  }
  rows.reset();
  for (Peer& peer : peers) {
    peer.key_names = read_key_names(connection, peer.id);
    peer.addresses = read_addresses(connection, peer.id);
    peer.zones = read_zones_of(connection, peer.id);
  }
  return peers;
}

std::vector<Name> read_key_names(db::Connection& connection, SecondaryId secondary) {
  return read_names(connection, "SELECT name FROM secondary_key WHERE secondary_id = ? ORDER BY position", secondary,
                    "a key's name");
}

std::vector<SocketAddress> read_addresses(db::Connection& connection, SecondaryId secondary) {
  db::Statement& rows =
      connection.cached("SELECT address, port FROM secondary_address WHERE secondary_id = ? ORDER BY position");
  rows.bind(1, secondary_column(secondary));
  std::vector<SocketAddress> addresses;
  while (rows.step()) {
    const auto address = SocketAddress::from_bytes(rows.blob(0), static_cast<std::uint16_t>(rows.integer(1)));
    if (!address) {
      throw damaged(secondary, "an address");
    }
    addresses.push_back(*address);
  }
  rows.reset();
  return addresses;
}

std::vector<Name> read_zones_of(db::Connection& connection, SecondaryId secondary) {
  std::vector<Name> apexes = read_names(
      connection, "SELECT z.apex FROM secondary_zone AS s JOIN zone AS z USING (zone_id) WHERE s.secondary_id = ?",
      secondary, "a zone");
  std::sort(apexes.begin(), apexes.end());
  return apexes;
}

}  // namespace zonestore
