// What each selector's name serves and has served (table selector_content): a key, an empty p= or nothing, with the
// largest TTL. Ripening is measured against it.
//
// Threads: that of the connection. Errors: db::Failure is thrown.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zonestore/db/connection.h"
#include "zonestore/dkim/lifecycle.h"
#include "zonestore/rows/institution_rows.h"
#include "zonestore/zone/published_reader.h"

namespace zonestore::rows {

struct ContentRow {
  std::string kind;    // "absent", "key", "revoked"
  std::string key_id;  // of a key
  Ttl ttl{};
};
// When a content ended, and the slack of that time.
struct ContentEnd {
  Moment moment;
  Seconds slack{0};
};
// The name serves this from now on. Of one that has served nothing yet, the absence until now is kept too.
void record_content(db::Connection& connection, const PublishedZone& dkim_zone, InstitutionId id, dkim::SlotId slot,
                    const ContentRow& content, const ContentEnd& now);

// That were served before, oldest first.
[[nodiscard]] std::vector<dkim::EarlierContent> earlier_contents(db::Connection& connection, InstitutionId id,
                                                                 dkim::SlotId slot);
// The key that the name serves, as far as it has been published; empty: none.
[[nodiscard]] std::string served_key_id(db::Connection& connection, InstitutionId id, dkim::SlotId slot);
// The largest TTL that the present content of the slot's name was ever served with; nullopt if it never served any.
[[nodiscard]] std::optional<Ttl> largest_ttl_served(db::Connection& connection, InstitutionId id, dkim::SlotId slot);
// Until when resolvers may still answer with a key that was revoked at or after `since`, by the largest TTL that it
// was served with; nullopt: none was.
[[nodiscard]] std::optional<WallTime> last_answer_with_revoked(db::Connection& connection, WallTime since);

// Of what has ended in the change at work: the serial that the change gives the zone of the keys, by which servers
// are seen to have it.
void store_ended_serial(db::Connection& connection, Serial serial);

// What ended in the change at work in this slot ended a millisecond later than it did: of two keys that begin
// together the other slot's came first, and is the one that signing begins with (dkim::starts_with).
void end_a_moment_later(db::Connection& connection, InstitutionId id, dkim::SlotId slot);

// What the names still serve of this life ends later in the change, when its policy is gone: it keeps its slack.
// An absence does not, for it is no part of a life.
void keep_slack(db::Connection& connection, InstitutionId id, Seconds slack);

// Of the zone of the keys: names that are absent now were so under both negative TTLs. One absence ends, and another
// begins, with this TTL.
void renew_absences(db::Connection& connection, ZoneId zone, Ttl ttl, const Moment& now);

}  // namespace zonestore::rows
