#include "zonestore/operations/backup/restore_serials.h"

#include <algorithm>
#include <utility>

#include "zonestore/base/joined.h"
#include "zonestore/rows/evidence_rows.h"
#include "zonestore/rows/secondary_rows.h"
#include "zonestore/rows/settings_rows.h"

namespace zonestore {
namespace {

// A change takes a second of the serial, and a bulk of many may run ahead of the clock by a day: where nobody knows
// what was given out since the backup, the serial goes on so far behind the clock's. A secondary that has one of
// those would take the same serial for "current", whatever is in it.
constexpr std::uint32_t kBehindTheClock = 4'000'000;

template <class Thing>
void add_once(std::vector<Thing>& things, Thing thing) {
  if (std::find(things.begin(), things.end(), thing) == things.end()) {
    things.push_back(std::move(thing));
  }
}

void add_secondary(ServersOfZone& servers, const rows::SecondaryRow& row) {
  const auto same = [&row](const ServersOfZone::Secondary& each) {
    return each.name == row.name && each.addresses == row.addresses;
  };
  if (std::none_of(servers.secondaries.begin(), servers.secondaries.end(), same)) {
    servers.secondaries.push_back({row.name, row.addresses});
  }
}

// A private zone names no server that anybody could ask: only its secondaries have it.
void add_servers(db::Connection& connection, ServersOfZone& servers) {
  const std::optional<PublishedZone> zone = find_zone(connection, servers.apex);
  if (!zone) {
    return;
  }
  if (!zone->is_private) {
    for (const rows::NameServerRow& row : rows::read_name_server_rows(connection, zone->id)) {
      add_once(servers.name_servers, row.name);
    }
    for (const ServerEvidenceView& each : rows::read_server_evidence(connection, zone->id)) {
      add_once(servers.known, each.server);
    }
  }
  for (const rows::SecondaryRow& row : rows::read_secondaries(connection)) {
    if (row.is_enabled() && row.has(*zone)) {
      add_secondary(servers, row);
    }
  }
}

std::optional<Serial> serial_of(db::Connection& connection, std::string_view sql, const Name& apex) {
  db::Statement row = connection.prepare(sql);
  row.bind(1, apex.wire());
  return row.step() ? std::optional(Serial{static_cast<std::uint32_t>(row.integer(0))}) : std::nullopt;
}

void raise(Serial& highest, const std::optional<Serial>& serial) {
  if (serial && is_before(highest, *serial)) {
    highest = *serial;
  }
}

Serial highest_here(ChangeScope& change, bool has_live, const PublishedZone& zone) {
  if (!has_live) {
    return Serial{next_serial(zone.serial, change.wall()).value + kBehindTheClock};
  }
  Serial highest = zone.serial;
  raise(highest, serial_of(change.connection(), "SELECT serial FROM live.zone WHERE apex = ?1", zone.apex));
  raise(highest, serial_of(change.connection(), "SELECT serial FROM live.removed_zone WHERE apex = ?1", zone.apex));
  return highest;
}

// One that was seen ahead, and is silent now, may have that serial all the same.
void raise_by_evidence(db::Connection& connection, const PublishedZone& zone, Serial& highest) {
  db::Statement& rows =
      connection.cached("SELECT serial FROM main.server_evidence WHERE zone_id = ?1 AND serial IS NOT NULL");
  rows.bind(1, static_cast<std::int64_t>(zone.id));
  while (rows.step()) {
    raise(highest, Serial{static_cast<std::uint32_t>(rows.integer(0))});
  }
  rows.reset();
}

void tell(const PublishedZone& zone, Serial here, Restored& outcome) {
  std::vector<std::string> unheard;
  for (const ServedSerial& each : outcome.served) {
    if (each.zone != zone.apex) {
      continue;
    }
    if (!each.serial) {
      unheard.push_back(each.server + " (" + each.detail + ")");
    } else if (is_before(here, *each.serial)) {
      outcome.warnings.push_back(each.server + " has serial " + std::to_string(each.serial->value) + " of " +
                                 zone.apex.to_text_no_dot() +
                                 ", which is later than any that is known here: the new serial is after it");
    }
  }
  if (!unheard.empty()) {
    outcome.warnings.push_back("which serial of " + zone.apex.to_text_no_dot() + " it has could not be asked of " +
                               joined(unheard, ", ") +
                               ": if it has one of lost history, `zonectl status` will show it as ahead");
  }
}

}  // namespace

std::vector<ServersOfZone> servers_to_ask(db::Connection& restored, db::Connection* live) {
  const db::Transaction reading(restored, db::Transaction::Kind::kRead);
  std::optional<db::Transaction> reading_live;
  if (live != nullptr) {
    reading_live.emplace(*live, db::Transaction::Kind::kRead);
  }
  std::vector<ServersOfZone> all;
  for (const PublishedZone& zone : list_zones(restored)) {
    ServersOfZone servers{zone.apex, {}, {}, {}};
    add_servers(restored, servers);
    if (live != nullptr) {
      add_servers(*live, servers);
    }
    all.push_back(std::move(servers));
  }
  return all;
}

void raise_serials(ChangeScope& change, bool has_live, Restored& outcome) {
  for (const PublishedZone& zone : list_zones(change.connection())) {
    Serial highest = highest_here(change, has_live, zone);
    tell(zone, highest, outcome);
    raise_by_evidence(change.connection(), zone, highest);
    for (const ServedSerial& each : outcome.served) {
      if (each.zone == zone.apex) {
        raise(highest, each.serial);
      }
    }
    change.zone(zone).not_before(Serial{highest.value + 1});
  }
}

}  // namespace zonestore
