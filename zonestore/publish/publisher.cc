#include "zonestore/publish/publisher.h"

#include <algorithm>
#include <string>
#include <utility>

#include "zonestore/dkim/record_text.h"
#include "zonestore/rows/content_rows.h"
#include "zonestore/rows/static_rows.h"

namespace zonestore::publish {
namespace {

// The rules keep these names free; a store that was changed by other hands must not lose a record to a key unseen.
void check_is_free(db::Connection& connection, const PublishedZone& dkim_zone, const Name& selector) {
  const std::vector<RecordType> types = rows::static_types_at(connection, dkim_zone, selector);
  if (types.empty()) {
    return;
  }
  const std::string type = zonestore::to_text(types.front());
  throw db::Failure(Error{
      ErrorCode::kRefused,
      "a static record stands where a key is published: " + selector.to_text_no_dot() + " " + type,
      "zonectl record remove " + dkim_zone.apex.to_text_no_dot() + " " + selector.to_text_no_dot() + ". " + type,
      Refusal{Guard::kReserved, std::nullopt}});
}

}  // namespace

RecordSet selector_record_set(const dkim::Code& code, dkim::SlotId slot, const Name& dkim_zone, ByteView public_spki,
                              Ttl ttl) {
  return RecordSet{db::unwrap(dkim::selector_name(code, slot, dkim_zone)),
                   RecordType::kTxt,
                   ttl,
                   {txt_rdata(db::unwrap(dkim::record_text(public_spki)))}};
}

void publish_institution(db::Connection& connection, ZoneChange& change, const PublishedZone& dkim_zone,
                         const rows::InstitutionRow& institution, const dkim::LifecyclePolicy& policy,
                         const Moment& now) {
  const Ttl negative_ttl = rows::read_zone_settings(connection, dkim_zone.id).negative_ttl();
  const rows::ContentEnd ended{now, policy.slack};
  for (const dkim::SlotId slot : dkim::kSlots) {
    check_is_free(connection, dkim_zone, db::unwrap(dkim::selector_name(institution.code, slot, dkim_zone.apex)));
    const Ttl ttl = dkim::ttl_of(institution.facts, slot, policy);
    const std::optional<rows::SlotKey>& key = institution.key(slot);
    if (key) {
      change.put(selector_record_set(institution.code, slot, dkim_zone.apex, key->public_spki, ttl));
      rows::record_content(connection, dkim_zone, institution.id, slot, {"key", key->key_id, ttl}, ended);
    } else if (dkim::facts_of(institution.facts, slot).revoked) {
      // An empty p= says that the key was revoked (RFC 6376 section 3.6.1); absence may be anybody's mistake.
      change.put(RecordSet{db::unwrap(dkim::selector_name(institution.code, slot, dkim_zone.apex)),
                           RecordType::kTxt,
                           ttl,
                           {txt_rdata(dkim::kRevokedText)}});
      rows::record_content(connection, dkim_zone, institution.id, slot, {"revoked", "", ttl}, ended);
    } else {
      // Absence is content too: resolvers remember it, for the negative TTL, and the next key waits for that.
      change.remove(db::unwrap(dkim::selector_name(institution.code, slot, dkim_zone.apex)), RecordType::kTxt);
      rows::record_content(connection, dkim_zone, institution.id, slot, {"absent", "", negative_ttl}, ended);
    }
  }
}

void publish_apex(db::Connection& connection, ZoneChange& change, const PublishedZone& zone) {
  const rows::ZoneSettingsRow settings = rows::read_zone_settings(connection, zone.id);
  // With the serial of before: ZoneChange puts the new one in if anything differs.
  SoaData soa{settings.primary(), settings.mailbox, zone.serial.value, settings.refresh,
              settings.retry,     settings.expire,  settings.minimum};
  change.put(RecordSet{zone.apex, RecordType::kSoa, Ttl{settings.soa_ttl}, {soa_rdata(soa)}});
  change.put(name_server_set(zone, settings));
}

RecordSet name_server_set(const PublishedZone& zone, const rows::ZoneSettingsRow& settings) {
  RecordSet name_servers{zone.apex, RecordType::kNs, Ttl{settings.ns_ttl}, {}};
  for (const Name& name : settings.name_servers) {
    const ByteView wire = name.wire();
    name_servers.rdata.emplace_back(wire.begin(), wire.end());
  }
  return name_servers;
}

}  // namespace zonestore::publish
