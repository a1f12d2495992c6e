#include "zonestore/operations/zones/zones.h"

#include <utility>

#include "zonestore/operations/change/change_scope.h"
#include "zonestore/operations/zones/stored_content.h"
#include "zonestore/operations/zones/zone_settings_rules.h"
#include "zonestore/operations/zones/zone_view.h"
#include "zonestore/rows/evidence_rows.h"
#include "zonestore/rows/server_serial_rows.h"
#include "zonestore/rows/static_rows.h"
#include "zonestore/zone/zone_file.h"
#include "zonestore/zone/zone_scan.h"

namespace zonestore {

ZoneView zone_view(db::Connection& connection, const PublishedZone& zone) {
  rows::ZoneSettingsRow settings = rows::read_zone_settings(connection, zone.id);
  Name primary = settings.primary();
  std::vector<Name> anycast;
  for (rows::NameServerRow& row : rows::read_name_server_rows(connection, zone.id)) {
    if (row.anycast) {
      anycast.push_back(std::move(row.name));
    }
  }
  return ZoneView{zone.apex,
                  zone.serial,
                  zone.record_set_count,
                  rows::count_static(connection, zone.id),
                  std::move(settings.name_servers),
                  std::move(anycast),
                  std::move(primary),
                  std::move(settings.mailbox),
                  settings.soa_ttl,
                  settings.refresh,
                  settings.retry,
                  settings.expire,
                  settings.minimum,
                  settings.ns_ttl,
                  zone.is_private};
}

AuditValue audit_value(const ZoneView& view) {
  const auto text_of = [](const Name& name) { return name.to_text(); };
  return {{"primary", view.primary.to_text()},
          {"mailbox", view.mailbox.to_text()},
          {"soa_ttl", view.soa_ttl},
          {"refresh", view.refresh},
          {"retry", view.retry},
          {"expire", view.expire},
          {"minimum", view.minimum},
          {"ns_ttl", view.ns_ttl},
          {"name_servers", AuditValue::list_of(view.name_servers, text_of)},
          {"anycast", AuditValue::list_of(view.anycast, text_of)}};
}

namespace {

void apply(const ZoneSettings& wanted, rows::ZoneSettingsRow& row) {
  if (wanted.name_servers) {
    row.name_servers = *wanted.name_servers;
    row.hidden_primary.reset();
  }
  if (wanted.primary) {
    set_primary(row, *wanted.primary);
  }
  row.mailbox = wanted.mailbox.value_or(row.mailbox);
  row.soa_ttl = wanted.soa_ttl.value_or(row.soa_ttl);
  row.refresh = wanted.refresh.value_or(row.refresh);
  row.retry = wanted.retry.value_or(row.retry);
  row.expire = wanted.expire.value_or(row.expire);
  row.minimum = wanted.minimum.value_or(row.minimum);
  row.ns_ttl = wanted.ns_ttl.value_or(row.ns_ttl);
}

void mark_anycast(db::Connection& connection, const PublishedZone& zone, const std::vector<Name>& names,
                  bool anycast) {
  for (const Name& name : names) {
    if (!rows::set_anycast(connection, zone.id, name, anycast)) {
      throw db::Failure(Error{ErrorCode::kInvalid,
                              name.to_text_no_dot() + " is no name server of " + zone.apex.to_text_no_dot(),
                              "zonectl zone show " + zone.apex.to_text_no_dot(), std::nullopt});
    }
    if (anycast) {
      continue;
    }
    for (const ServerEvidenceView& each : rows::read_server_evidence(connection, zone.id)) {
      if (!server_name(each.server).empty() && is_named(each.server, {name})) {
        rows::forget_server_serials(connection, zone.id, each.server);  // of which of the sites, nobody knows
      }
    }
  }
}

// Nobody is referred to the catalog, and no server of it is looked at.
void check_catalog_settings(const PublishedZone& zone, const ZoneSettings& wanted) {
  const bool names_servers = wanted.name_servers || wanted.primary || !wanted.anycast.empty();
  if (zone.is_private && names_servers) {
    throw db::Failure(Error{
        ErrorCode::kRefused, zone.apex.to_text_no_dot() + " is the catalog: its name server is invalid. (RFC 9432)",
        "zonectl secondary add NAME --catalog lets a server have it", Refusal{Guard::kReserved, std::nullopt}});
  }
}

// What the new ones lead to, and what nobody needs any more without the old ones.
void judge_name_servers(ChangeScope& change, const PublishedZone& zone, const std::vector<Name>& before,
                        const Objections& known, ZoneChanged& outcome) {
  Objections objections;
  StoredContent(change.connection(), zone).judge(zone.apex, objections);
  forget_known(objections, known);
  throw_first_fault(objections, outcome.warnings);
  for (const RecordSet& set : take_out_orphaned_glue(change.connection(), change.zone(zone), zone, before)) {
    outcome.warnings.push_back(set.owner.to_text_no_dot() + " " + to_text(set.type) +
                               " lies below a zone cut and goes with its name server");
  }
}

}  // namespace

Result<std::vector<ZoneView>> list_zones(Store& store) {
  return db::at_border<std::vector<ZoneView>>([&] {
    db::Connection& connection = store.impl().connection;
    const db::Transaction reading(connection, db::Transaction::Kind::kRead);
    std::vector<ZoneView> views;
    for (const PublishedZone& zone : list_zones(connection)) {
      views.push_back(zone_view(connection, zone));
    }
    return views;
  });
}

Result<ZoneView> show_zone(Store& store, const Name& apex) {
  return db::at_border<ZoneView>([&] {
    const db::Transaction reading(store.impl().connection, db::Transaction::Kind::kRead);
    return zone_view(store.impl().connection, store.impl().published(apex));
  });
}

Result<ZoneChanged> set_zone(Store& store, const ChangeContext& context, const Name& apex,
                             const ZoneSettings& settings) {
  return db::at_border<ZoneChanged>([&] {
    ChangeScope change(store, context, "zone set", apex.to_text_no_dot());
    const PublishedZone zone = change.store().published(apex);
    check_catalog_settings(zone, settings);
    const AuditValue before = audit_value(zone_view(change.connection(), zone));
    rows::ZoneSettingsRow row = rows::read_zone_settings(change.connection(), zone.id);
    const rows::ZoneSettingsRow row_before = row;
    apply(settings, row);
    check_zone_settings(row, row_before);
    check_name_server_addresses(change.connection(), row.name_servers);
    // What was in doubt before is not held against this change.
    Objections known;
    StoredContent(change.connection(), zone).judge(zone.apex, known);
    // The rules look at the store, with the change in it.
    rows::store_zone_settings(change.connection(), zone.id, row, change.moment());
    mark_anycast(change.connection(), zone, settings.anycast, true);
    mark_anycast(change.connection(), zone, settings.not_anycast, false);
    publish::publish_apex(change.connection(), change.zone(zone), zone);
    ZoneChanged outcome;
    judge_name_servers(change, zone, row_before.name_servers, known, outcome);
    outcome.zone = zone_view(change.connection(), zone);
    const AuditValue after = audit_value(outcome.zone);
    if (after == before) {
      outcome.changed = false;  // without finish() the change is rolled back
      outcome.dry_run = context.dry_run;
      return outcome;
    }
    change.finish({"settings changed", before, after}, outcome);
    outcome.zone.serial = outcome.zones.front().serial;
    return outcome;
  });
}

Result<ZoneChanged> raise_serial(Store& store, const ChangeContext& context, const Name& apex, Serial at_least) {
  return db::at_border<ZoneChanged>([&] {
    ChangeScope change(store, context, "zone serial", apex.to_text_no_dot());
    const PublishedZone zone = change.store().published(apex);
    ZoneChanged outcome;
    outcome.zone = zone_view(change.connection(), zone);
    if (zone.serial == at_least || is_before(at_least, zone.serial)) {
      outcome.changed = false;
      outcome.dry_run = context.dry_run;
      return outcome;
    }
    if (!is_before(zone.serial, at_least)) {
      throw db::Failure(Error{ErrorCode::kInvalid,
                              std::to_string(at_least.value) + " is neither before nor after the serial " +
                                  std::to_string(zone.serial.value),
                              "give one that is less than 2147483648 above it", std::nullopt});
    }
    constexpr std::uint32_t kThreeYears = 100'000'000;  // of serials that go by the clock
    if (const std::uint32_t step = at_least.value - zone.serial.value; step > kThreeYears) {
      outcome.warnings.push_back("that is " + std::to_string(step) + " above the serial " +
                                 std::to_string(zone.serial.value) + ", and a serial never goes back");
    }
    change.zone(zone).not_before(at_least);
    publish::publish_apex(change.connection(), change.zone(zone), zone);
    change.finish({"serial raised to " + std::to_string(at_least.value) + " at least",
                   {{"serial", zone.serial.value}},
                   {{"at_least", at_least.value}}},
                  outcome);
    outcome.zone.serial = outcome.zones.front().serial;
    return outcome;
  });
}

Result<Serial> export_zone(Store& store, const Name& apex, std::ostream& out) {
  return db::at_border<Serial>([&] {
    db::Connection& connection = store.impl().connection;
    const db::Transaction reading(connection, db::Transaction::Kind::kRead);
    const PublishedZone zone = store.impl().published(apex);
    const std::optional<RecordSet> soa = find_record_set(connection, zone, zone.apex, RecordType::kSoa);
    if (!soa) {
      throw db::Failure(Error{ErrorCode::kDamaged, "the zone " + apex.to_text_no_dot() + " has no SOA",
                              "restore the store from a backup", std::nullopt});
    }
    ZoneFileWriter writer(out, zone.apex);
    db::unwrap(writer.begin(*soa));
    for_each_record_set(connection, zone, [&](const RecordSet& record_set) {
      if (record_set.type != RecordType::kSoa) {
        db::unwrap(writer.write(record_set));
      }
    });
    return zone.serial;
  });
}

Result<Name> parse_mailbox(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) {
    return Name::parse(text);
  }
  std::string local;
  for (const char byte : text.substr(0, at)) {
    if (byte == '.' || byte == '\\') {  // dots of the local part are no ends of labels (RFC 1035 section 8)
      local += '\\';
    }
    local += byte;
  }
  if (local.empty() || text.substr(at + 1).empty()) {
    return fail(ErrorCode::kInvalid, "'" + std::string(text) + "' is not a mailbox",
                "write hostmaster.secutix.com or hostmaster@secutix.com");
  }
  return Name::parse(local + "." + std::string(text.substr(at + 1)));
}

}  // namespace zonestore
