// The catalog zone (RFC 9432): from it other servers learn which zones there are to follow, and need no clause for
// each.
//
//   catalog.secutix.invalid.                        SOA, NS invalid.    nobody is referred to it (section 4.1)
//   version.catalog.secutix.invalid.                TXT "2"
//   <member label>.zones.catalog.secutix.invalid.   PTR dkim.secutix.com.
//
// A consumer knows a member again by its label: under another one the same zone is a new one, of which it throws away
// what it had (section 5.4). So a label stays with its zone, and goes with it.
//
// Threads: that of the connection. Errors: db::Failure is thrown.
#pragma once

#include <string>
#include <vector>

#include "zonestore/rows/settings_rows.h"
#include "zonestore/zone/published_writer.h"

namespace zonestore::publish {

// The settings that a catalog begins with: what a zone has, but for its name server, which is none.
[[nodiscard]] rows::ZoneSettingsRow catalog_settings(const Name& mailbox);

// Where a member stands. Errors: kInvalid: the catalog's name leaves no room for it.
[[nodiscard]] Result<Name> member_name(const std::string& label, const Name& catalog);
// One that nobody can guess, as a name that nobody has had.
[[nodiscard]] std::string new_member_label();

// The whole zone from the list of zones; members that have no label get one, and it is kept.
void publish_catalog(db::Connection& connection, ZoneChange& change, const PublishedZone& catalog);

// What the zone, as it is published, says of its members and is not so, one line each: consumers follow zones that
// are not there, or miss some. Empty in a store that only this program has written.
[[nodiscard]] std::vector<std::string> find_catalog_faults(db::Connection& connection, const PublishedZone& catalog);

}  // namespace zonestore::publish
