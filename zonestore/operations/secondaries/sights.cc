#include "zonestore/operations/secondaries/sights.h"

#include <algorithm>
#include <utility>

#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/secondaries/secondary_rules.h"
#include "zonestore/rows/evidence_rows.h"
#include "zonestore/rows/server_serial_rows.h"
#include "zonestore/rows/store_row.h"

namespace zonestore {
namespace {

rows::SecondaryRow require_listed(db::Connection& connection, const std::string& name) {
  std::optional<rows::SecondaryRow> row = rows::find_secondary(connection, name);
  if (!row) {
    throw db::Failure(Error{ErrorCode::kNotFound, "there is no secondary " + name,
                            "zonectl secondary list shows those that are there", std::nullopt});
  }
  return *std::move(row);
}

// The enabled life of that number; nullopt: it has ended.
std::optional<rows::SecondaryRow> find_life(db::Connection& connection, SecondaryId life) {
  for (rows::SecondaryRow& row : rows::read_secondaries(connection)) {
    if (row.id == life && row.is_enabled()) {
      return std::move(row);
    }
  }
  return std::nullopt;
}

// One that is silent now may have been seen ahead: its serial stands until another was seen.
Verdict verdict_at(Verdict seen, const std::optional<Serial>& serial, Serial stored) {
  if (serial && is_before(stored, *serial)) {
    return Verdict::kAhead;
  }
  if (!serial || !is_settled(seen)) {
    return seen;
  }
  return is_before(*serial, stored) ? Verdict::kLagging : Verdict::kOk;
}

// One that falls silent is told, and keeps the serial that it was seen with.
void keep_sight(db::Connection& connection, const PublishedZone& zone, const SecondarySight& sight,
                const Moment& seen, const Moment& now) {
  const rows::ServerKey key = rows::key_of(sight.life);
  ServerEvidence evidence{zone.apex, key.server, sight.verdict, sight.serial, sight.detail};
  if (!evidence.serial) {
    const auto before = rows::find_server_evidence(connection, zone.id, key.server);
    evidence.serial = before ? before->serial : std::nullopt;
  }
  rows::put_server_evidence(connection, zone.id, {evidence, seen});
  if (sight.serial) {
    rows::keep_server_serial(connection, zone.id, key, *sight.serial, now);
  }
}

// How many changes of the zone came after that serial; nullopt: the journal does not say.
std::optional<std::uint64_t> changes_since(db::Connection& connection, const PublishedZone& zone, Serial serial) {
  if (serial == zone.serial) {
    return 0;
  }
  db::Statement& row = connection.cached(
      "SELECT (SELECT count(*) FROM journal_change AS later WHERE later.zone_id = ?1 "
      "AND later.change_id >= first.change_id) FROM journal_change AS first "
      "WHERE first.zone_id = ?1 AND first.serial_before = ?2 ORDER BY first.change_id DESC LIMIT 1");
  row.bind(1, static_cast<std::int64_t>(zone.id)).bind(2, std::int64_t{serial.value});
  std::optional<std::uint64_t> count;
  if (row.step()) {
    count = static_cast<std::uint64_t>(row.integer(0));
  }
  row.reset();
  return count;
}

}  // namespace

Result<std::vector<ZoneOfSecondaries>> secondaries_to_ask(Store& store, const std::optional<std::string>& name) {
  return db::at_border<std::vector<ZoneOfSecondaries>>([&] {
    db::Connection& connection = store.impl().connection;
    const db::Transaction reading(connection, db::Transaction::Kind::kRead);
    const std::vector<rows::SecondaryRow> all =
        name ? std::vector{require_listed(connection, *name)} : rows::read_secondaries(connection);
    std::vector<ZoneOfSecondaries> zones;
    for (const PublishedZone& zone : list_zones(connection)) {
      ZoneOfSecondaries of{zone.apex, zone.serial, {}};
      for (const rows::SecondaryRow& row : all) {
        if (row.is_enabled() && row.has(zone)) {
          of.secondaries.push_back({row.id, row.name, row.addresses});
        }
      }
      if (!of.secondaries.empty()) {
        zones.push_back(std::move(of));
      }
    }
    return zones;
  });
}

Result<bool> waits_for_servers(Store& store) {
  return db::at_border<bool>([&] { return rows::has_secondaries(store.impl().connection); });
}

Result<Moment> read_moment(Store& store) {
  return db::at_border<Moment>([&] {
    const db::Transaction reading(store.impl().connection, db::Transaction::Kind::kRead);
    return store.impl().now().moment;
  });
}

Result<std::vector<SecondarySight>> record_sights(Store& store, std::vector<SecondarySight> sights,
                                                  const Moment& seen) {
  return db::at_border<std::vector<SecondarySight>>([&] {
    db::Connection& connection = store.impl().connection;
    db::Transaction writing(connection, db::Transaction::Kind::kWrite);
    const Now now = rows::keep_moment(connection, *store.impl().clock);
    for (SecondarySight& sight : sights) {
      const std::optional<PublishedZone> zone = find_zone(connection, sight.zone);
      if (!zone || !find_life(connection, sight.life)) {
        continue;
      }
      sight.verdict = verdict_at(sight.verdict, sight.serial, zone->serial);
      keep_sight(connection, *zone, sight, seen, now.moment);
    }
    rows::delete_ended_secondaries(connection, now.moment.trusted - rows::kLongestPropagation);
    writing.commit();
    return std::move(sights);
  });
}

std::vector<SecondarySeen> what_was_seen_of(db::Connection& connection, const rows::SecondaryRow& row) {
  std::vector<SecondarySeen> all;
  for (const PublishedZone& zone : list_zones(connection)) {
    const auto known = rows::find_server_evidence(connection, zone.id, rows::key_of(row.id).server);
    if (!known || !row.has(zone)) {
      continue;
    }
    SecondarySeen each{zone.apex,     known->verdict,   known->serial, std::nullopt,
                       known->detail, known->seen.wall, known->verdict};
    if (known->serial) {
      each.verdict = verdict_at(known->verdict, known->serial, zone.serial);
      each.changes_late = changes_since(connection, zone, *known->serial);
    }
    all.push_back(std::move(each));
  }
  return all;
}

}  // namespace zonestore
