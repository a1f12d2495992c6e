// Publishing the SPF zone: terms in, the TXT records of the next step out, inside the caller's transaction.
//
//   spf_term (wanted) + spf_version (served, and still held) ──> spf::next_bodies ──> record sets
//                                                                     └──> spf_term (homes), spf_version
//
// Threads: that of the connection. Errors: db::Failure is thrown.
#pragma once

#include <string>

#include "zonestore/db/connection.h"
#include "zonestore/zone/published_writer.h"

namespace zonestore::publish {

// Settles the terms, publishes what is to be served now, and keeps what it replaces for as long as it may be held.
// Says what changes, for people; empty if nothing does. Terms whose time has come are no longer allowed.
std::string publish_spf(db::Connection& connection, ZoneChange& change, const PublishedZone& spf_zone,
                        const Now& now);

}  // namespace zonestore::publish
