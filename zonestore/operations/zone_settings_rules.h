// What a zone's settings must fulfil to be served rightly. For the sources of this folder only.
#pragma once

#include <optional>
#include <vector>

#include "zonestore/publish/settings_rows.h"
#include "zonestore/zone/published_writer.h"

namespace zonestore {

// Numbers and the list of name servers. Throws db::Failure kInvalid.
void check_zone_settings(const publish::ZoneSettingsRow& settings);

// A name server in a zone of the store must have an address there, unless it is delegated away. Throws db::Failure
// kRefused with kNoGlue.
void check_name_server_addresses(db::Connection& connection, const std::vector<Name>& names);

// Makes it the SOA's MNAME: the first of the name servers if it is one of them, else the hidden primary.
void set_primary(publish::ZoneSettingsRow& settings, const Name& primary);

// The zone that answers for a name: the deepest that it lies in.
[[nodiscard]] std::optional<PublishedZone> zone_of(const std::vector<PublishedZone>& zones, const Name& name);
// True if the zone has an A or AAAA record there.
[[nodiscard]] bool has_address(db::Connection& connection, const PublishedZone& zone, const Name& name);
// True if this zone is the one that answers for the name. What another's data below it say counts for nobody.
[[nodiscard]] bool answers_for(db::Connection& connection, const PublishedZone& zone, const Name& name);

}  // namespace zonestore
