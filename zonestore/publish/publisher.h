// Publishing: business rows in, record sets out, inside the caller's transaction.
//
//   institution, slots, keys  ──> TXT at sel1-mosa._domainkey.<dkim zone>, and what each name has served with its TTL
//   SPF terms                 ──> TXT at <spf zone>, _1.<spf zone>, ...: spf_publisher.h
//   zone settings             ──> SOA and NS at the apex
//   static records            ──> themselves: see static_rows.h
//
// Each call derives the whole of what its rows mean and hands it to the ZoneChange, which writes what differs: to
// publish twice is to publish once. Threads: that of the connection. Errors: db::Failure is thrown.
#pragma once

#include "zonestore/dkim/lifecycle.h"
#include "zonestore/rows/institution_rows.h"
#include "zonestore/rows/policy_rows.h"
#include "zonestore/rows/settings_rows.h"
#include "zonestore/zone/published_writer.h"

namespace zonestore::publish {

// The TXT records of both selectors, and the history of what the names have served.
void publish_institution(db::Connection& connection, ZoneChange& change, const PublishedZone& dkim_zone,
                         const rows::InstitutionRow& institution, const dkim::LifecyclePolicy& policy,
                         const Moment& now);

// SOA and NS. TTLs of other record sets stay as they are.
void publish_apex(db::Connection& connection, ZoneChange& change, const PublishedZone& zone);
[[nodiscard]] RecordSet name_server_set(const PublishedZone& zone, const rows::ZoneSettingsRow& settings);

// What is or would be served at a selector that holds this key.
[[nodiscard]] RecordSet selector_record_set(const dkim::Code& code, dkim::SlotId slot, const Name& dkim_zone,
                                            ByteView public_spki, Ttl ttl);

}  // namespace zonestore::publish
