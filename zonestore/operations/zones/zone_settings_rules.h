// What a zone's settings must fulfil to be served rightly. For the sources of this folder only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "zonestore/rows/settings_rows.h"
#include "zonestore/zone/published_writer.h"

namespace zonestore {

inline constexpr std::uint32_t kMaxSeconds = 2'147'483'647;  // RFC 2181 section 8

struct SettingProblem {
  std::string message;
  std::string hint;
  bool is_doubt = false;            // NSD, Knot and BIND load it (Objection::Kind::kDoubt)
  bool is_of_negative_ttl = false;  // above a day
};

// What is wrong with the numbers and the list of name servers.
[[nodiscard]] std::vector<SettingProblem> problems_of(const rows::ZoneSettingsRow& settings);
// Throws the first of them as db::Failure kInvalid. Those that `before` had already came with the zone's file, and
// stay.
void check_zone_settings(const rows::ZoneSettingsRow& settings);
void check_zone_settings(const rows::ZoneSettingsRow& settings, const rows::ZoneSettingsRow& before);

// A name server in a zone of the store must have an address there, unless it is delegated away. Throws db::Failure
// kRefused with kNoGlue.
void check_name_server_addresses(db::Connection& connection, const std::vector<Name>& names);

// Makes it the SOA's MNAME: the first of the name servers if it is one of them, else the hidden primary.
void set_primary(rows::ZoneSettingsRow& settings, const Name& primary);

// The zone that answers the world for a name: the deepest that it lies in and that is not private.
[[nodiscard]] std::optional<PublishedZone> zone_of(const std::vector<PublishedZone>& zones, const Name& name);
// True if the zone has an A or AAAA record there.
[[nodiscard]] bool has_address(db::Connection& connection, const PublishedZone& zone, const Name& name);
// True if this zone is the one that answers for the name. What another's data below it say counts for nobody.
[[nodiscard]] bool answers_for(db::Connection& connection, const PublishedZone& zone, const Name& name);

}  // namespace zonestore
