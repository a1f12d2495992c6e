#include "zonestore/operations/views/rotation_facts.h"

#include "zonestore/rows/domain_rows.h"
#include "zonestore/rows/evidence_rows.h"
#include "zonestore/rows/moment_columns.h"
#include "zonestore/rows/settings_rows.h"
#include "zonestore/rows/store_row.h"

namespace zonestore {
namespace {

// The serial that brought the key: the journal's, else what it was at least, since a serial is never before the
// clock.
Serial serial_of_publication(db::Connection& connection, WallTime published) {
  db::Statement& row = connection.cached(
      "SELECT serial_after FROM journal_change WHERE zone_id = (SELECT dkim_zone_id FROM store) AND at_ms = ?1 "
      "ORDER BY change_id DESC LIMIT 1");
  row.bind(1, rows::to_column(published));
  const auto clock = std::chrono::duration_cast<Seconds>(published.time_since_epoch()).count();
  const Serial serial{static_cast<std::uint32_t>(row.step() ? row.integer(0) : clock)};
  row.reset();
  return serial;
}

}  // namespace

OwnServers own_servers(db::Connection& connection) {
  OwnServers servers;
  const ZoneId zone = rows::read_dkim_zone(connection);
  servers.delegated = rows::was_seen_served(connection);
  servers.named = rows::read_zone_settings(connection, zone).name_servers;
  for (ServerEvidenceView& each : rows::read_server_evidence(connection, zone)) {
    if (each.verdict == Verdict::kLagging && each.serial) {
      servers.lagging.push_back(
          {std::move(each.server), each.verdict, each.serial, std::move(each.detail), each.seen});
    }
  }
  return servers;
}

RotationFacts rotation_facts(db::Connection& connection, const Name& dkim_zone,
                             const rows::InstitutionRow& institution, const dkim::LifecyclePolicy& policy,
                             const OwnServers& servers) {
  RotationFacts facts;
  facts.code = institution.code.text();
  facts.dkim_zone = dkim_zone;
  facts.customer_selectors = rows::read_customer_selectors(connection);
  facts.lifecycle = institution.facts;
  facts.policy = policy;
  facts.domains = rows::domains_of(connection, institution.id);
  for (const dkim::SlotId slot : dkim::kSlots) {
    if (const std::optional<rows::SlotKey>& key = institution.key(slot)) {
      facts.keys.at(rows::InstitutionRow::index_of(slot)) = {
          key->key_id, servers.lagging.empty() ? Serial{} : serial_of_publication(connection, key->published)};
    }
  }
  facts.evidence = rows::read_evidence(connection, institution.id);
  facts.servers = servers;
  return facts;
}

}  // namespace zonestore
