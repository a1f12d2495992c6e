#include "zonestore/operations/secondaries/secondaries.h"

#include <algorithm>
#include <utility>

#include "zonestore/operations/change/change_scope.h"
#include "zonestore/operations/secondaries/secondary_rules.h"
#include "zonestore/rows/evidence_rows.h"
#include "zonestore/rows/server_serial_rows.h"
#include "zonestore/rows/store_row.h"
#include "zonestore/zone/published_writer.h"

namespace zonestore {
namespace {

rows::SecondaryRow require_secondary(db::Connection& connection, const std::string& name) {
  std::optional<rows::SecondaryRow> row = rows::find_secondary(connection, name);
  if (!row) {
    throw db::Failure(Error{ErrorCode::kNotFound, "there is no secondary " + name,
                            "zonectl secondary list shows those that are there", std::nullopt});
  }
  return *std::move(row);
}

std::vector<Name> zones_of(db::Connection& connection, const rows::SecondaryRow& row) {
  if (!row.all_zones) {
    return row.zones;
  }
  std::vector<Name> apexes;
  for (const PublishedZone& zone : list_zones(connection)) {
    if (!zone.is_private || row.catalog) {
      apexes.push_back(zone.apex);
    }
  }
  return apexes;
}

std::optional<Name> catalog_of(db::Connection& connection, const rows::SecondaryRow& row) {
  for (const PublishedZone& zone : list_zones(connection)) {
    if (zone.is_private && row.catalog) {
      return zone.apex;
    }
  }
  return std::nullopt;
}

SecondaryView secondary_view(db::Connection& connection, const rows::SecondaryRow& row) {
  SecondaryView view;
  view.name = row.name;
  view.key_names = row.key_names;
  view.addresses = row.addresses;
  view.all_zones = row.all_zones;
  view.zones = zones_of(connection, row);
  view.from_addresses_only = row.from_addresses_only;
  view.catalog = row.catalog;
  view.catalog_zone = catalog_of(connection, row);
  view.ixfr = row.ixfr;
  view.anycast = row.anycast;
  view.enabled = row.is_enabled();
  view.seen = what_was_seen_of(connection, row);
  view.since = row.removed.value_or(row.added).wall;
  return view;
}

AuditValue audit_value(const rows::SecondaryRow& row) {
  const auto text_of_name = [](const Name& name) { return name.to_text_no_dot(); };
  const auto text_of_address = [](const SocketAddress& address) { return address.to_text(); };
  return {{"name", row.name},
          {"addresses", AuditValue::list_of(row.addresses, text_of_address)},
          {"keys", AuditValue::list_of(row.key_names, text_of_name)},
          {"all_zones", row.all_zones},
          {"zones", AuditValue::list_of(row.zones, text_of_name)},
          {"from_addresses_only", row.from_addresses_only},
          {"catalog", row.catalog},
          {"ixfr", row.ixfr},
          {"anycast", row.anycast},
          {"enabled", row.is_enabled()}};
}

bool is_secondary_of(const rows::SecondaryRow& row, const Name& apex) {
  return row.all_zones || std::find(row.zones.begin(), row.zones.end(), apex) != row.zones.end();
}

// Whoever is no secondary of ours any more may answer for long: nothing of ours reaches it.
void warn_of_old_data(db::Connection& connection, const rows::SecondaryRow& row, Changed& outcome) {
  outcome.warnings.push_back(row.name +
                             " may go on answering with what it has until the SOA's expire has passed (14 days, "
                             "unless zone set has changed it)");
  for (const std::string& server : name_servers_at(connection, row)) {
    outcome.warnings.push_back("it stands at an address of the name server " + server +
                               ": take that out of the zone's NS records, and out of the parent's");
  }
}

// Its verdict goes with it: nobody looks at it any more. What was seen of it stays, for what waits for it.
void end_life(ChangeScope& change, const rows::SecondaryRow& row, rows::Listed listed) {
  rows::end_secondary(change.connection(), row.id, change.moment(), listed);
  rows::delete_server_evidence(change.connection(), rows::key_of(row.id).server);
}

// The row as it is in the store after this: another life where it has become another server.
rows::SecondaryRow put(ChangeScope& change, const rows::SecondaryRow& before, rows::SecondaryRow after,
                       bool enabled) {
  db::Connection& connection = change.connection();
  if (before.is_enabled() && !enabled) {
    end_life(change, before, rows::Listed::kAsDisabled);
    after.removed = change.moment();
  }
  if (begins_anew(before, after) || (enabled && !before.is_enabled())) {
    end_life(change, before, rows::Listed::kNoMore);
    after.added = change.moment();
    after.removed = enabled ? std::nullopt : std::optional(change.moment());
    after.id = rows::insert_secondary(connection, after);
  } else {
    rows::update_secondary(connection, after);
    if (before.anycast && !after.anycast) {
      rows::forget_server_serials(connection, after.id);  // which of the sites it was seen of, nobody knows
    }
  }
  return after;
}

std::string what_changed(const rows::SecondaryRow& before, bool enabled) {
  if (before.is_enabled() == enabled) {
    return "secondary " + before.name + " changed";
  }
  return "secondary " + before.name + (enabled ? " enabled" : " disabled");
}

}  // namespace

Result<std::vector<SecondaryView>> list_secondaries(Store& store) {
  return db::at_border<std::vector<SecondaryView>>([&] {
    db::Connection& connection = store.impl().connection;
    const db::Transaction reading(connection, db::Transaction::Kind::kRead);
    std::vector<SecondaryView> views;
    for (const rows::SecondaryRow& row : rows::read_secondaries(connection)) {
      views.push_back(secondary_view(connection, row));
    }
    return views;
  });
}

Result<SecondaryView> show_secondary(Store& store, const std::string& name) {
  return db::at_border<SecondaryView>([&] {
    db::Connection& connection = store.impl().connection;
    const db::Transaction reading(connection, db::Transaction::Kind::kRead);
    return secondary_view(connection, require_secondary(connection, name));
  });
}

Result<SecondaryChanged> add_secondary(Store& store, const ChangeContext& context, const std::string& name,
                                       const SecondarySettings& settings) {
  return db::at_border<SecondaryChanged>([&] {
    ChangeScope change(store, context, "secondary add", "");
    if (rows::find_secondary(change.connection(), name)) {
      throw db::Failure(Error{ErrorCode::kRefused, "there is a secondary " + name + " already",
                              "zonectl secondary set " + name + " changes it",
                              Refusal{Guard::kExists, std::nullopt}});
    }
    rows::SecondaryRow row;
    row.name = name;
    row.added = change.moment();
    apply(settings, row);
    check_secondary(change.connection(), row, settings.key_names && settings.key_names->empty());
    row.id = rows::insert_secondary(change.connection(), row);
    SecondaryChanged outcome;
    outcome.secondary = secondary_view(change.connection(), row);
    const ZoneId dkim_zone = rows::read_dkim_zone(change.connection());
    if (const Milliseconds longer = rows::follows_within(change.connection(), dkim_zone, change.moment());
        longer > Milliseconds{0} && is_secondary_of(row, store.dkim_zone())) {
      outcome.keys_wait_longer = longer;
    }
    change.finish({"secondary " + name + " added", {}, audit_value(row)}, outcome);
    return outcome;
  });
}

Result<SecondaryChanged> set_secondary(Store& store, const ChangeContext& context, const std::string& name,
                                       const SecondarySettings& settings) {
  return db::at_border<SecondaryChanged>([&] {
    ChangeScope change(store, context, "secondary set", "");
    const rows::SecondaryRow before = require_secondary(change.connection(), name);
    rows::SecondaryRow after = before;
    apply(settings, after);
    const bool had_none = before.key_names.empty();
    check_secondary(change.connection(), after, settings.key_names ? settings.key_names->empty() : had_none);
    const bool enabled = settings.enabled.value_or(before.is_enabled());
    after = put(change, before, std::move(after), enabled);
    SecondaryChanged outcome;
    outcome.secondary = secondary_view(change.connection(), after);
    const AuditValue was = audit_value(before);
    const AuditValue is = audit_value(after);
    if (was == is) {
      outcome.changed = false;
      outcome.dry_run = context.dry_run;
      return outcome;
    }
    if (before.is_enabled() && !enabled) {
      warn_of_old_data(change.connection(), before, outcome);
    }
    change.finish({what_changed(before, enabled), was, is}, outcome);
    return outcome;
  });
}

Result<SecondaryChanged> remove_secondary(Store& store, const ChangeContext& context, const std::string& name) {
  return db::at_border<SecondaryChanged>([&] {
    ChangeScope change(store, context, "secondary remove", "");
    const rows::SecondaryRow row = require_secondary(change.connection(), name);
    SecondaryChanged outcome;
    outcome.secondary = secondary_view(change.connection(), row);
    end_life(change, row, rows::Listed::kNoMore);
    warn_of_old_data(change.connection(), row, outcome);
    change.finish({"secondary " + name + " removed", audit_value(row), {}}, outcome);
    return outcome;
  });
}

}  // namespace zonestore
