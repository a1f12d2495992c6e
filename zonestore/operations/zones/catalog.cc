#include "zonestore/operations/zones/catalog.h"

#include <algorithm>
#include <utility>

#include "zonestore/operations/change/change_scope.h"
#include "zonestore/operations/zones/zone_settings_rules.h"
#include "zonestore/publish/catalog.h"
#include "zonestore/rows/catalog_rows.h"
#include "zonestore/rows/secondary_rows.h"
#include "zonestore/rows/settings_rows.h"
#include "zonestore/rows/store_row.h"

namespace zonestore {
namespace {

[[noreturn]] void throw_refused(Guard guard, std::string message, std::string hint) {
  throw db::Failure(Error{ErrorCode::kRefused, std::move(message), std::move(hint), Refusal{guard, std::nullopt}});
}

std::optional<PublishedZone> find_catalog(db::Connection& connection) {
  const std::optional<ZoneId> id = rows::read_catalog_zone(connection);
  const std::vector<PublishedZone> zones = list_zones(connection);
  const auto found =
      std::find_if(zones.begin(), zones.end(), [&id](const PublishedZone& zone) { return id && zone.id == *id; });
  return found == zones.end() ? std::nullopt : std::optional(*found);
}

PublishedZone require_catalog(db::Connection& connection) {
  std::optional<PublishedZone> catalog = find_catalog(connection);
  if (!catalog) {
    throw db::Failure(Error{ErrorCode::kNotFound, "no catalog is set",
                            "zonectl catalog set NAME makes one, such as catalog.secutix.invalid", std::nullopt});
  }
  return *std::move(catalog);
}

CatalogView catalog_view(db::Connection& connection, const PublishedZone& catalog) {
  CatalogView view{catalog.apex, catalog.serial, {}};
  for (rows::MemberRow& member : rows::read_members(connection)) {
    view.members.push_back({std::move(member.apex), member.label.value_or("")});
  }
  for (rows::SecondaryRow& secondary : rows::read_secondaries(connection)) {
    if (secondary.catalog && secondary.is_enabled()) {
      view.consumers.push_back(std::move(secondary.name));
    }
  }
  return view;
}

AuditValue audit_value(const CatalogView& view) {
  return {{"catalog", view.apex.to_text_no_dot()},
          {"members", AuditValue::list_of(view.members, [](const CatalogMember& member) -> AuditValue {
             return {{"zone", member.zone.to_text_no_dot()}, {"label", member.label}};
           })}};
}

// A private zone answers nobody: what lies under it would be gone for the world, and what lies above would answer for
// it.
void check_place(db::Connection& connection, const Name& apex) {
  for (const PublishedZone& zone : list_zones(connection)) {
    const std::string name = zone.apex.to_text_no_dot();
    if (zone.apex == apex) {
      throw_refused(Guard::kExists, name + " is a zone of this store already",
                    "give the catalog a name of its own, such as catalog.secutix.invalid");
    }
    if (apex.is_at_or_below(zone.apex) || zone.apex.is_at_or_below(apex)) {
      throw_refused(Guard::kReserved,
                    apex.to_text_no_dot() + (apex.is_at_or_below(zone.apex) ? " lies under" : " lies above") +
                        " the zone " + name + ", and the catalog is for other servers alone",
                    "give it a name beside the zones, such as catalog.secutix.invalid");
    }
  }
}

void check_room(const Name& apex) {
  if (!publish::member_name(publish::new_member_label(), apex)) {
    throw db::Failure(Error{ErrorCode::kInvalid,
                            "the name " + apex.to_text_no_dot() + " leaves no room for its members' names",
                            "give a shorter one, such as catalog.secutix.invalid", std::nullopt});
  }
}

PublishedZone make_catalog(ChangeScope& change, const Name& apex) {
  db::Connection& connection = change.connection();
  const std::optional<Serial> last = serial_of_removed(connection, apex);
  const ZoneId id = create_zone(connection, apex, ZoneAccess::kPrivate);
  rows::store_catalog_zone(connection, id);
  PublishedZone catalog = require_catalog(connection);
  const Name mailbox = rows::read_zone_settings(connection, rows::read_dkim_zone(connection)).mailbox;
  rows::store_zone_settings(connection, id, publish::catalog_settings(mailbox), change.moment());
  if (last) {  // consumers that still have it must see it go on
    change.zone(catalog).not_before(next_serial(*last, change.wall()));
  }
  change.publish_catalog();
  return catalog;
}

std::string counted_zones(const CatalogView& view) {
  return std::to_string(view.members.size()) + (view.members.size() == 1 ? " zone" : " zones");
}

}  // namespace

Result<CatalogView> show_catalog(Store& store) {
  return db::at_border<CatalogView>([&] {
    db::Connection& connection = store.impl().connection;
    const db::Transaction reading(connection, db::Transaction::Kind::kRead);
    return catalog_view(connection, require_catalog(connection));
  });
}

Result<CatalogChanged> set_catalog(Store& store, const ChangeContext& context, const Name& apex) {
  return db::at_border<CatalogChanged>([&] {
    ChangeScope change(store, context, "catalog set", apex.lowered().to_text_no_dot());
    CatalogChanged outcome;
    if (const std::optional<PublishedZone> present = find_catalog(change.connection())) {
      if (present->apex != apex) {
        throw_refused(
            Guard::kExists,
            "the catalog is " + present->apex.to_text_no_dot() +
                ": consumers keep each zone for the catalog that they have it from, and would drop all zones "
                "with that",
            "keep the name; or, with clauses for each zone at each consumer: zonectl catalog unset");
      }
      outcome.catalog = catalog_view(change.connection(), *present);
      outcome.changed = false;
      outcome.dry_run = context.dry_run;
      return outcome;
    }
    check_place(change.connection(), apex);
    check_room(apex);
    outcome.catalog = catalog_view(change.connection(), make_catalog(change, apex));
    const AuditNote note{"catalog made, of " + counted_zones(outcome.catalog), {}, audit_value(outcome.catalog)};
    change.finish(note, outcome);
    outcome.catalog.serial = outcome.zones.front().serial;
    return outcome;
  });
}

Result<CatalogChanged> unset_catalog(Store& store, const ChangeContext& context) {
  return db::at_border<CatalogChanged>([&] {
    ChangeScope change(store, context, "catalog unset", "");
    db::Connection& connection = change.connection();
    const PublishedZone catalog = require_catalog(connection);
    CatalogChanged outcome;
    outcome.catalog = catalog_view(connection, catalog);
    for (const std::string& consumer : outcome.catalog.consumers) {
      std::string warning = consumer;
      warning +=
          " keeps its zones for as long as it has the catalog's clause: a clause for each zone takes its place, in ";
      warning += "one reload: zonectl secondary config ";
      warning += consumer;
      warning += " --for SERVER";
      outcome.warnings.push_back(std::move(warning));
    }
    rows::delete_zone_settings(connection, catalog.id);
    rows::store_catalog_zone(connection, std::nullopt);
    delete_zone(connection, catalog);
    change.finish({"catalog " + catalog.apex.to_text_no_dot() + " taken away", audit_value(outcome.catalog), {}},
                  outcome);
    return outcome;
  });
}

}  // namespace zonestore
