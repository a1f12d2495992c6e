#include "zonestore/publish/catalog.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "zonestore/crypto/random_hex.h"
#include "zonestore/publish/publisher.h"
#include "zonestore/rows/catalog_rows.h"
#include "zonestore/zone/zone_scan.h"

namespace zonestore::publish {
namespace {

constexpr std::size_t kLabelDigits = 16;          // 64 bits: no two zones of any store have ever had the same
constexpr Ttl kTtl{3600};                         // consumers go by transfers, not by time
constexpr std::string_view kSchemaVersion = "2";  // RFC 9432 section 4.2.1

constexpr std::uint64_t kSetsBesideMembers = 3;  // SOA, NS, version

RecordSet member_set(Name owner, const Name& member) {
  const ByteView apex = member.wire();
  return {std::move(owner), RecordType::kPtr, kTtl, {Bytes(apex.begin(), apex.end())}};
}

// Below the apex: version and members.
std::vector<RecordSet> sets_of(db::Connection& connection, const PublishedZone& catalog) {
  std::vector<RecordSet> sets;
  sets.push_back(
      {db::unwrap(catalog.apex.child("version")), RecordType::kTxt, kTtl, {txt_rdata(std::string(kSchemaVersion))}});
  for (rows::MemberRow& member : rows::read_members(connection)) {
    if (!member.label) {
      member.label = new_member_label();
      rows::store_member_label(connection, member.zone, *member.label);
    }
    sets.push_back(member_set(db::unwrap(member_name(*member.label, catalog.apex)), member.apex));
  }
  return sets;
}

}  // namespace

rows::ZoneSettingsRow catalog_settings(const Name& mailbox) {
  rows::ZoneSettingsRow settings;
  settings.name_servers = {db::unwrap(Name::parse("invalid."))};
  settings.mailbox = mailbox;
  return settings;
}

Result<Name> member_name(const std::string& label, const Name& catalog) {
  return catalog.child("zones").and_then([&label](const Name& zones) { return zones.child(label); });
}

std::string new_member_label() {
  return crypto::random_hex(kLabelDigits);
}

void publish_catalog(db::Connection& connection, ZoneChange& change, const PublishedZone& catalog) {
  publish_apex(connection, change, catalog);
  const std::vector<RecordSet> wanted = sets_of(connection, catalog);
  std::set<Name> owners;
  for (const RecordSet& set : wanted) {
    change.put(set);
    owners.insert(set.owner);
  }
  for_each_record_set(connection, catalog, [&](const RecordSet& set) {
    if (set.owner != catalog.apex && !owners.contains(set.owner)) {
      change.remove(set.owner, set.type);
    }
  });
}

std::vector<std::string> find_catalog_faults(db::Connection& connection, const PublishedZone& catalog) {
  const std::string name = "the catalog " + catalog.apex.to_text_no_dot();
  std::vector<std::string> faults;
  std::uint64_t expected = kSetsBesideMembers;
  for (const rows::MemberRow& member : rows::read_members(connection)) {
    const auto owner = member.label ? member_name(*member.label, catalog.apex) : Result<Name>(catalog.apex);
    const std::optional<RecordSet> listed = find_record_set(connection, catalog, db::unwrap(owner), RecordType::kPtr);
    ++expected;
    if (!listed || *listed != member_set(db::unwrap(owner), member.apex)) {
      faults.push_back(name + " does not list the zone " + member.apex.to_text_no_dot());
    }
  }
  if (faults.empty() && catalog.record_set_count != expected) {
    faults.push_back(name + " has " + std::to_string(catalog.record_set_count) + " record sets, and lists " +
                     std::to_string(expected - kSetsBesideMembers) + " zones");
  }
  return faults;
}

}  // namespace zonestore::publish
