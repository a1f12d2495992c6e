#include "zonestore/operations/zones.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "zonestore/operations/change_scope.h"
#include "zonestore/operations/zone_rules.h"
#include "zonestore/zone/zone_file.h"
#include "zonestore/zone/zone_scan.h"

namespace zonestore {
namespace {

constexpr std::uint32_t kMaxSeconds = 2'147'483'647;  // RFC 2181 section 8
constexpr std::uint32_t kMaxNegativeTtl = 86'400;     // RFC 2308 section 5
constexpr std::size_t kMaxNameServers = 13;           // then the NS answer of ordinary names still fits 512 bytes

[[noreturn]] void throw_invalid(std::string message, std::string hint = {}) {
  throw db::Failure(Error{ErrorCode::kInvalid, std::move(message), std::move(hint), std::nullopt});
}

ZoneView zone_view(db::Connection& connection, const PublishedZone& zone) {
  publish::ZoneSettingsRow settings = publish::read_zone_settings(connection, zone.id);
  return ZoneView{zone.apex,
                  zone.serial,
                  zone.record_set_count,
                  std::move(settings.name_servers),
                  std::move(settings.mailbox),
                  settings.soa_ttl,
                  settings.refresh,
                  settings.retry,
                  settings.expire,
                  settings.minimum,
                  settings.ns_ttl};
}

std::string zone_json(const ZoneView& view) {
  nlohmann::json json{{"mailbox", view.mailbox.to_text()},
                      {"soa_ttl", view.soa_ttl},
                      {"refresh", view.refresh},
                      {"retry", view.retry},
                      {"expire", view.expire},
                      {"minimum", view.minimum},
                      {"ns_ttl", view.ns_ttl}};
  for (const Name& name : view.name_servers) {
    json["name_servers"].push_back(name.to_text());
  }
  return json.dump();
}

void apply(const ZoneSettings& wanted, publish::ZoneSettingsRow& row) {
  row.name_servers = wanted.name_servers.value_or(std::move(row.name_servers));
  row.mailbox = wanted.mailbox.value_or(row.mailbox);
  row.soa_ttl = wanted.soa_ttl.value_or(row.soa_ttl);
  row.refresh = wanted.refresh.value_or(row.refresh);
  row.retry = wanted.retry.value_or(row.retry);
  row.expire = wanted.expire.value_or(row.expire);
  row.minimum = wanted.minimum.value_or(row.minimum);
  row.ns_ttl = wanted.ns_ttl.value_or(row.ns_ttl);
}

std::vector<Name> all_apexes(db::Connection& connection) {
  std::vector<Name> apexes;
  for (const PublishedZone& zone : list_zones(connection)) {
    apexes.push_back(zone.apex);
  }
  return apexes;
}

void check_name_servers(const std::vector<Name>& names, const std::vector<Name>& zones) {
  if (names.empty()) {
    throw_invalid("a zone needs at least one name server", "give each with --ns");
  }
  if (names.size() > kMaxNameServers) {
    throw_invalid("a zone may have at most " + std::to_string(kMaxNameServers) + " name servers");
  }
  for (auto name = names.begin(); name != names.end(); ++name) {
    if (name->is_root()) {
      throw_invalid("the root is no name server");
    }
    if (std::find(names.begin(), name, *name) != name) {
      throw_invalid("the name server " + name->to_text_no_dot() + " is given twice");
    }
    for (const Name& zone : zones) {
      if (name->is_at_or_below(zone)) {
        throw_invalid("the name server " + name->to_text_no_dot() + " lies in the zone " + zone.to_text_no_dot() +
                          ", which could not serve its address",
                      "name one outside of it, such as ns1.secutix.com");
      }
    }
  }
}

void check_range(const std::string& what, std::uint32_t value, std::uint32_t most) {
  if (value < 1 || value > most) {
    throw_invalid(what + " must be from 1 to " + std::to_string(most) + " seconds, not " + std::to_string(value));
  }
}

}  // namespace

void check_zone_settings(const publish::ZoneSettingsRow& settings, const std::vector<Name>& zones) {
  check_name_servers(settings.name_servers, zones);
  check_range("the SOA's TTL", settings.soa_ttl, kMaxSeconds);
  check_range("refresh", settings.refresh, kMaxSeconds);
  check_range("retry", settings.retry, kMaxSeconds);
  check_range("expire", settings.expire, kMaxSeconds);
  check_range("minimum (the negative TTL)", settings.minimum, kMaxNegativeTtl);
  check_range("the TTL of NS", settings.ns_ttl, kMaxSeconds);
  if (settings.retry > settings.refresh) {
    throw_invalid("retry (" + std::to_string(settings.retry) + ") must not be above refresh (" +
                  std::to_string(settings.refresh) + ")");
  }
  if (settings.expire <= settings.refresh) {
    throw_invalid("expire (" + std::to_string(settings.expire) + ") must be above refresh (" +
                  std::to_string(settings.refresh) + ")");
  }
}

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
    const std::string before = zone_json(zone_view(change.connection(), zone));
    publish::ZoneSettingsRow row = publish::read_zone_settings(change.connection(), zone.id);
    apply(settings, row);
    check_zone_settings(row, all_apexes(change.connection()));
    publish::store_zone_settings(change.connection(), zone.id, row, change.moment());
    publish::publish_apex(change.connection(), change.zone(zone), zone);
    ZoneChanged outcome;
    outcome.zone = zone_view(change.connection(), zone);
    const std::string after = zone_json(outcome.zone);
    if (after == before) {
      outcome.changed = false;
      outcome.dry_run = context.dry_run;
      return outcome;
    }
    change.finish({"settings changed", before, after}, outcome);
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
    if (byte == '.' || byte == '\\') {
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
